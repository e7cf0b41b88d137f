"""What was recognised about a file can be corrected: the page follows at once, and reads what the command reads."""

import io
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from gru4rec_core.cli.app import main
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.store import Workspace

START = 1_700_000_000
EVENTS = "session,time,item\n" + "".join(f"s{i // 4},{START + i},{'abcd'[i % 3]}\n" for i in range(80))
BASKETS = "tea,milk\nmilk,tea,bread\ntea,bread\n" * 5
NUMBERS = "2014,2015,2016\n" + "".join(f"{i // 4},{START + i},{i % 7 + 100}\n" for i in range(80))
WIDE = "anna;tea;milk\nbert;milk;bread\ncleo;tea;bread\n" * 4
NESTED = "".join(
    f'{{"session": {i}, "events": [{{"aid": 1, "ts": {i}}}, {{"aid": 2, "ts": {i + 1}}}]}}\n' for i in range(9)
)
LAYOUT, HEADER, ENCODING = "What does a row hold?", "What is the first line?", "Encoding"


def box(page: AppTest, label: str):
    return next(one for one in page.selectbox if one.label == label)


def written(page: AppTest) -> str:
    return "\n".join([*(one.body for one in page.get("html")), *(one.value for one in page.text)])


def read(page: AppTest, workspace: Workspace) -> dict[str, bytes]:
    """Presses Import; the arrays of the dataset."""
    assert not page.button(key="read-log").disabled, written(page)
    page.button(key="read-log").click().run()
    assert not page.exception
    return stored(workspace)


def stored(workspace: Workspace) -> dict[str, bytes]:
    (record,) = workspace.datasets()
    assert isinstance(record, DatasetRecord)
    files = sorted(workspace.dataset_folder(record.id).iterdir())
    return {path.name: path.read_bytes() for path in files if path.name not in ("dataset.json", "checksums.json")}


@pytest.fixture
def by_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def run(name: str, content: bytes, *options: str) -> dict[str, bytes]:
        (tmp_path / name).write_bytes(content)
        with monkeypatch.context() as patch:
            patch.setenv("GRU4REC_HOME", str(tmp_path / "other"))
            with pytest.raises(SystemExit) as ended:
                main(["import", str(tmp_path / name), "--json", *options])
        assert not ended.value.code
        return stored(Workspace(tmp_path / "other"))

    return run


@pytest.mark.parametrize(
    ("name", "content", "choices", "options"),
    [
        ("baskets.csv", BASKETS.encode(), {LAYOUT: "session-per-line"}, ["--layout", "session-per-line"]),
        ("wide.csv", WIDE.encode(), {LAYOUT: "wide"}, ["--layout", "wide"]),
        ("wide.csv", WIDE.encode(), {LAYOUT: "wide", HEADER: False}, ["--layout", "wide", "--no-header"]),
        ("bare.csv", NUMBERS.encode(), {HEADER: True}, ["--header"]),
        ("named.csv", EVENTS.encode(), {HEADER: False}, ["--no-header"]),
        ("greek.csv", EVENTS.replace("a", "Käse").encode(), {ENCODING: "windows-1252"}, ["--encoding", "windows-1252"]),
    ],
)
def test_what_is_chosen_on_the_page_is_what_the_option_does(
    name: str, content: bytes, choices: dict, options: list[str], page: AppTest, by_command, tmp_path: Path
) -> None:
    page.file_uploader[0].upload(name, content, "text/csv").run()
    assert "Recognised: " in written(page)
    for label, choice in choices.items():
        box(page, label).set_value(choice).run()
    assert not page.exception
    if ENCODING not in choices:
        assert "As you chose: " in written(page)
    columns = []
    if page.button(key="read-log").disabled:  # nothing suggests these columns: named by hand, on both sides
        for label, i in (("Session", 1), ("Time", 2), ("Item", 3)):
            column = f"column {i}" if choices.get(HEADER) is False else ("2014", "2015", "2016")[i - 1]
            box(page, label).set_value(column).run()
            columns += [f"--{'timestamp' if label == 'Time' else label.lower()}", column]
    by_page = read(page, Workspace(tmp_path / "workspace"))
    assert by_page == by_command(name, content, *options, *columns)


@pytest.mark.parametrize("seed", [0, 7])
def test_a_sample_keeps_the_sessions_that_the_command_keeps(seed: int, page: AppTest, by_command, tmp_path: Path):
    page.file_uploader[0].upload("visits.csv", EVENTS.encode(), "text/csv").run()
    share, draw = (
        next(one for one in page.number_input if one.label == label) for label in ("Sessions to keep, in %", "Seed")
    )
    assert (share.value, draw.disabled) == (100, True)
    share.set_value(30.0).run()
    next(one for one in page.number_input if one.label == "Seed").set_value(seed).run()
    assert "of these 80 rows are of sessions outside the sample" in written(page)
    by_page = read(page, Workspace(tmp_path / "workspace"))
    assert by_page == by_command("visits.csv", EVENTS.encode(), "--sample", "0.3", "--seed", str(seed))


def test_rows_and_first_sessions_follow_the_choice_at_once(page: AppTest) -> None:
    page.file_uploader[0].upload("baskets.csv", BASKETS.encode(), "text/csv").run()
    assert "Recognised: one event per row" in written(page)
    assert box(page, LAYOUT).value is None
    box(page, LAYOUT).set_value("session-per-line").run()
    assert list(page.dataframe[0].value.columns) == ["line", "order", "item"]
    assert "2: 3 events" in written(page)
    assert HEADER not in [one.label for one in page.selectbox]  # no line of such a file is a header


def test_a_layout_that_the_file_cannot_have_is_refused_and_can_be_taken_back(page: AppTest) -> None:
    page.file_uploader[0].upload("visits.csv", EVENTS.encode(), "text/csv").run()
    box(page, LAYOUT).set_value("nested").run()
    assert not page.exception
    assert "The file cannot be read as one session per line, with a list of its events (JSON)." in written(page)
    assert "read-log" not in [button.key for button in page.button]
    box(page, LAYOUT).set_value(None).run()
    assert not page.button(key="read-log").disabled


def test_json_has_no_header_to_ask_for(page: AppTest) -> None:
    page.file_uploader[0].upload("nested.jsonl", NESTED.encode(), "application/json").run()
    assert "Recognised: one session per line, with a list of its events (JSON)." in written(page)
    assert HEADER not in [one.label for one in page.selectbox]


def test_what_cannot_be_recognised_can_still_be_said(page: AppTest) -> None:
    table = "session time item\n" + "".join(f"s{i // 3} {START + i} a{i % 2}\n" for i in range(30))
    page.file_uploader[0].upload("spaces.txt", table.encode(), "text/plain").run()
    assert "columns separated by spaces" in written(page)
    box(page, LAYOUT).set_value("session-per-line").run()
    assert "As you chose: one session per line" in written(page)


def test_a_workbook_has_no_encoding_to_choose(page: AppTest) -> None:
    content = io.BytesIO()
    pd.read_csv(io.StringIO(EVENTS)).to_excel(content, index=False)
    page.file_uploader[0].upload("visits.xlsx", content.getvalue(), "text/csv").run()
    assert LAYOUT in [one.label for one in page.selectbox]
    assert ENCODING not in [one.label for one in page.selectbox]
