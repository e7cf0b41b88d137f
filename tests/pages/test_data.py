"""The page Data: is this log fit to train on; and a bad file is told what is wrong with it."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.jobs import jobs
from gru4rec_core.workspace.importing import import_sample
from gru4rec_core.workspace.records import DatasetOrigin
from tests.chart_specs import chart_title

ROWS = "".join(
    f"{s},{1_700_000_000 + 90_000 * s + 60 * t},{'abcde'[(s * t) % 5]}\n" for s in range(40) for t in range(5)
)
GOOD = f"session,timestamp,item\n{ROWS}".encode()
UNUSUAL = f"wer,wann,was\n{ROWS}".encode()
PERSONS = f"user_id,timestamp,item\n{ROWS}".encode()


def written(app) -> str:
    """Everything the page writes as HTML or text."""
    return "\n".join([*(one.body for one in app.get("html")), *(one.value for one in app.text)])


def labels(app) -> list[str]:
    return [button.label for button in app.button]


def stored_uploads(workspace) -> list[str]:
    return [path.name for path in (workspace.root / "uploads").glob("[!.]*")]


def upload(app, name: str, content: bytes):
    return app.file_uploader[0].upload(name, content, "text/csv").run()


def read(app):
    return app.button(key="read-log").click().run()


def by_label(app, kind: str, label: str):
    return next(one for one in app.get(kind) if one.label == label)


@pytest.fixture
def page(open_page):
    return open_page("data")


def test_an_empty_workspace_offers_samples_and_an_upload_with_its_limit(page):
    assert labels(page) == ["Copy link", "Words", "Load the sample workouts", "Load the sample shop", "About"]
    assert "up to 1,000 MB" in page.file_uploader[0].label


def test_a_csv_with_usual_columns_is_read_with_one_button(page, workspace):
    upload(page, "visits.csv", GOOD)
    assert "Recognised: session = session, time = timestamp, item = item." in written(page)
    read(page)
    assert not page.exception
    (record,) = workspace.datasets()
    assert (record.name, record.source, record.n_sessions, record.n_items) == ("visits", "upload", 40, 5)
    assert "Good: visits.csv was imported: 40 sessions, 5 items" in written(page)
    assert "Train on this" in labels(page)
    page.run()
    assert "was imported" not in written(page)


def test_columns_with_unusual_names_are_mapped_by_hand(page, workspace):
    upload(page, "log.csv", UNUSUAL)
    assert "Not every column was recognised" in written(page)
    for label, column in (("Session", "wer"), ("Time", "wann"), ("Item", "was")):
        by_label(page, "selectbox", label).select(column)
    page.run()
    assert "recognised" not in written(page)
    read(page)
    assert workspace.datasets()[0].n_sessions == 40


def test_a_person_is_not_taken_as_a_visit_but_cut_by_a_pause(page, workspace):
    upload(page, "persons.csv", PERSONS)
    assert "events are divided wherever nothing happens for more than 30 minutes" in written(page)
    assert by_label(page, "number_input", "A pause of more than this many minutes starts a new session").value == 30
    read(page)
    (record,) = workspace.datasets()
    assert record.mapping["user"] == "user_id"
    assert record.mapping["session_gap_minutes"] == 30


@pytest.mark.parametrize(
    ("name", "content"), [("empty.csv", b""), ("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9)]
)
def test_a_file_that_is_no_log_is_told_rule_and_remedy_without_a_traceback(page, workspace, name: str, content: bytes):
    upload(page, name, content)
    assert not page.exception
    assert 'role="alert"' in written(page)
    assert "What to do" in written(page)
    assert workspace.datasets() == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("header.csv", b"session,timestamp,item\n"),
        ("times.csv", b"session,timestamp,item\n1,soon,a\n1,later,b\n"),
    ],
)
def test_a_log_without_a_usable_row_is_explained_and_the_file_is_kept(page, workspace, name: str, content: bytes):
    upload(page, name, content)
    assert page.button(key="read-log").disabled
    assert not page.exception
    assert "What to do" in written(page)
    assert name in written(page)
    assert workspace.datasets() == []


def test_rejected_rows_are_listed_with_place_and_reason(page, workspace):
    upload(page, "some.csv", GOOD + b"7,never,a\n")
    read(page)
    assert "Rows left out: 1" in [one.label for one in page.expander]
    assert workspace.rejected(workspace.datasets()[0].id)["place"].tolist() == [202]


def test_a_file_stays_until_it_is_read_or_put_away_also_on_the_way_back(page, workspace):
    upload(page, "visits.csv", GOOD)
    page.switch_page("pages/train.py").run()
    page.switch_page("pages/data.py").run()
    assert "visits.csv" in written(page)
    assert len(stored_uploads(workspace)) == 1
    page.button(key="discard").click().run()
    assert "visits.csv" not in written(page)
    assert stored_uploads(workspace) == []
    read(upload(page, "visits.csv", GOOD))
    assert len(stored_uploads(workspace)) == 1  # its dataset may have to be read again


def test_markup_in_item_names_stays_text(page):
    nasty = GOOD.replace(b",a\n", b",<img src=x onerror=alert(1)>\n")
    upload(page, "nasty.csv", nasty)
    read(page)
    assert "&lt;img src=x" in written(page)
    assert "<img" not in written(page)


def test_the_test_rule_is_drawn_and_its_choice_kept_for_training(workspace, open_page):
    record = import_sample(workspace, "workouts")
    app = open_page("data")
    spec = json.loads(app.get("vega_lite_chart")[0].proto.spec)
    assert [layer["encoding"]["y"]["title"] for layer in spec["layer"]] == ["number of events"]
    app.segmented_control(key=f"data-rule-{record.id}").set_value("time").run()
    spec = json.loads(app.get("vega_lite_chart")[0].proto.spec)
    assert len(spec["layer"]) == 3  # bars, the cut, its label
    assert "predictions in" in written(app)
    app.switch_page("pages/train.py").run()
    assert app.segmented_control(key=f"train-rule-{record.id}").value == "time"


def test_sessions_of_one_item_only_are_explained(page, workspace):
    rows = "".join(f"{s},{s},a\n" for s in range(12))
    upload(page, "ones.csv", f"session,timestamp,item\n{rows}".encode())
    assert page.button(key="read-log").disabled
    assert not page.exception
    assert "No session has two events" in written(page)
    assert "ones.csv" in written(page)
    assert workspace.datasets() == []


def test_a_session_column_that_never_repeats_is_not_taken_for_one(page, workspace):
    rows = "".join(f"{s},{s},a\n" for s in range(40))
    app = upload(page, "ones.csv", f"session,timestamp,item\n{rows}".encode())
    assert app.button(key="read-log").disabled
    assert "Choose a column for the session" in written(app)


def test_items_are_shown_by_their_names_where_the_file_has_them(page, workspace):
    rows = "".join(f"{s},{s * 90_000 + t},{t},name {t}\n" for s in range(9) for t in range(3))
    upload(page, "named.csv", f"session,timestamp,item,title\n{rows}".encode())
    read(page)
    assert workspace.datasets()[0].n_items == 3
    assert "name 2" in written(page)


def test_repeats_can_be_left_out_and_the_choice_reaches_training(workspace, open_page, monkeypatch):
    record = import_sample(workspace, "workouts")
    app = open_page("data")
    app.toggle(key=f"data-collapse-{record.id}").set_value(True).run()
    assert not app.exception
    monkeypatch.setattr(jobs, "submit_comparison", lambda workspace, comparison_id: None)
    app.switch_page("pages/train.py").run()
    app.button(key="start").click().run()
    assert workspace.comparisons()[0].split.collapse_repeats


def log_uploaders(app):
    """Uploaders of a log, not of a dataset's items."""
    return [one for one in app.file_uploader if not one.key.startswith("items-file")]


def test_adding_a_log_is_a_view_of_its_own_with_the_way_back(workspace, open_page):
    record = import_sample(workspace, "workouts")
    app = open_page("data", dataset=record.id)
    assert not log_uploaders(app)
    app.button(key="add-log").click().run()
    assert [one.value for one in app.title] == ["Add a log"]
    assert len(log_uploaders(app)) == 1
    assert "Train on this" not in labels(app)
    app.button(key="back-to-dataset").click().run()
    assert not log_uploaders(app)
    assert "Train on this" in labels(app)


def test_a_dataset_is_given_another_name_and_keeps_its_address(workspace, open_page):
    record = import_sample(workspace, "workouts")
    app = open_page("data", dataset=record.id)
    app.button(key=f"rename-{record.id}").click().run()
    app.text_input(key=f"new-name-{record.id}").set_value("club of 2024").run()
    app.button(key=f"rename-now-{record.id}").click().run()
    assert workspace.dataset(record.id).name == "club of 2024"
    assert "Data: club of 2024" in written(app)


def test_a_blank_name_is_refused_with_its_rule(workspace, open_page):
    record = import_sample(workspace, "workouts")
    app = open_page("data", dataset=record.id)
    app.button(key=f"rename-{record.id}").click().run()
    app.text_input(key=f"new-name-{record.id}").set_value("  ").run()
    app.button(key=f"rename-now-{record.id}").click().run()
    assert "A dataset needs a name." in written(app)
    assert workspace.dataset(record.id).name == record.name


def test_an_upload_with_dates_over_weeks_is_tested_on_its_last_days(page, workspace):
    upload(page, "visits.csv", GOOD)
    read(page)
    record = workspace.datasets()[0]
    assert page.segmented_control(key=f"data-rule-{record.id}").value == "time"
    assert page.number_input(key=f"data-days-{record.id}").value == 5
    page.switch_page("pages/overview.py").run()
    assert "Tested on the last 5 days, because this log spans" in written(page)


def test_a_sample_and_a_short_upload_keep_the_last_item_rule(page, workspace):
    short = b"".join(line for line in GOOD.splitlines(keepends=True)[:50])
    upload(page, "short.csv", short)
    read(page)
    record = workspace.datasets()[0]
    assert page.segmented_control(key=f"data-rule-{record.id}").value == "last-item"
    page.button(key="add-log").click().run()
    page.button(key="sample-workouts").click().run()
    sample = next(one for one in workspace.datasets() if one.generated)
    assert page.segmented_control(key=f"data-rule-{sample.id}").value == "last-item"


def test_every_chart_of_the_page_has_a_title(workspace, open_page):
    import_sample(workspace, "workouts")
    app = open_page("data")
    titles = [chart_title(json.loads(one.proto.spec)) for one in app.get("vega_lite_chart")]
    assert titles == [
        "Events per month, by part",
        "How long sessions are",
        "How popular items are",
        "What follows what",
    ]


def test_a_file_in_another_encoding_asks_for_it(page, workspace):
    content = GOOD.decode().replace(",a\n", ",Käse\n").encode("windows-1251", "replace").replace(b"K?se", b"K\xe4se")
    upload(page, "visits.csv", content)
    box = by_label(page, "selectbox", "Encoding")
    assert box.value == "windows-1252"
    assert "not in UTF-8" in written(page)
    read(page)
    assert not page.exception
    (record,) = workspace.datasets()
    assert "Käse" in workspace.open_dataset(record.id).vocabulary


def test_utf8_and_utf16(page):
    upload(page, "visits.csv", GOOD)
    assert by_label(page, "selectbox", "Encoding").value == "utf-8"
    assert "not in UTF-8" not in written(page)
    page.button(key="discard").click().run()
    upload(page, "wide.csv", GOOD.decode().encode("utf-16"))
    assert by_label(page, "selectbox", "Encoding").value == "utf-16"


def test_a_log_that_is_here_already_is_told(page, workspace):
    read(upload(page, "visits.csv", GOOD))
    page.button(key="add-log").click().run()
    page.file_uploader[0].upload("again.csv", GOOD, "text/csv").run()
    read(page)
    assert "These events were already in the workspace as “visits”; nothing changed." in written(page)
    assert [record.name for record in workspace.datasets()] == ["visits"]


@pytest.mark.parametrize(
    ("times", "unit"),
    [
        (range(3_093_496_444_800_000_000, 3_093_496_444_800_000_006), "us"),  # the year 99999
        ((-9_214_560_000 * 10**9, 1, 2, 3, 4, 9_214_646_399 * 10**9), "ns"),  # the years 1678 and 2261
        ([7] * 6, ""),
    ],
)
def test_a_log_of_odd_times_opens(times, unit, open_page, workspace):
    frame = pd.DataFrame({"session": list("aaabbb") * 2, "timestamp": [*times, *times], "item": list("xyzyzx") * 2})
    record = workspace.add_dataset(SessionDataset(frame), "odd", DatasetOrigin("upload"), time_unit=unit)
    assert not open_page("data", dataset=record.id).exception
