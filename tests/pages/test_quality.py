"""The page Data: is this log clean, and what can be done about it; a cleaned dataset is one like any other."""

from __future__ import annotations

import pytest

from gru4rec_core.workspace.importing import ImportSource, import_file

SPRING = 1_700_000_000


def written(app) -> str:
    return "\n".join([*(one.body for one in app.get("html")), *(one.value for one in app.text)])


def labels(app) -> list[str]:
    return [button.label for button in app.button]


def expanders(app) -> list[str]:
    return [one.label for one in app.expander]


@pytest.fixture
def messy(workspace, tmp_path):
    """Five duplicates (more than 1 %), a robot, an item that occurs once, a pause."""
    rows = [(f"s{s}", SPRING + 40_000 * s + 60 * i, "abcde"[(s + i) % 5]) for s in range(60) for i in range(3)]
    rows += rows[:5]
    rows += [("=bot", SPRING + 50_000 + 10 * i, "abcde"[i % 5]) for i in range(150)]
    rows += [("late", SPRING, "a"), ("late", SPRING + 9_000, "once")]
    path = tmp_path / "messy.csv"
    path.write_text("session,timestamp,item\n" + "".join(f"{s},{t},{i}\n" for s, t, i in rows) + f"s,{SPRING},\n")
    return import_file(workspace, ImportSource(path))


@pytest.fixture
def page(messy, open_page):
    return open_page("data", dataset=messy.id)


def press(app, key: str):
    app.button(key=key).click().run()
    assert not app.exception
    return app


def test_findings_are_shown_with_figures_effects_and_buttons(page):
    text = written(page)
    assert "337 of 338 rows are events; 1 was left out." in text
    assert "Some events are in the log twice. 5 of 337" in text
    assert "Some sessions probably come from robots" in text
    assert {"Drop duplicates…", "Drop likely robots…", "Cut at pauses over 30 min…"} <= set(labels(page))
    assert any(label.startswith("Minor warnings: ") for label in expanders(page))
    assert "Is this log clean?" in [one.value for one in page.header]
    table = next(one.value for one in page.dataframe if "events per minute" in one.value)
    assert table["session"].tolist() == ["=bot"]


def test_a_preview_says_what_would_be_left_and_makes_nothing(page, messy, workspace):
    press(page, f"do-duplicates-0-{messy.id}")
    assert "Leaves 332 of 337 events, 62 of 62 sessions, 6 of 6 items." in written(page)
    assert "“messy, without duplicates”" in written(page)
    press(page, "close-preview")
    assert "Leaves" not in written(page)
    assert len(workspace.datasets()) == 1


def test_a_cleaned_dataset_is_made_shown_and_cleaned_further(page, messy, workspace, open_page):
    press(page, f"do-duplicates-0-{messy.id}")
    press(page, "make-dataset")
    made = workspace.datasets()[0]
    assert made.name == "messy, without duplicates"
    assert "Made from messy by dropping duplicates." in written(page)
    assert page.query_params["dataset"] == made.id
    assert [toast.value for toast in page.toast] == ["You are now looking at messy, without duplicates"]
    press(page, f"do-robots-0-{made.id}")
    press(page, "make-dataset")
    second = workspace.datasets()[0]
    assert second.name == "messy, without duplicates, without likely robots"
    assert "Likely robots" not in " ".join(label for label in expanders(page) if label.startswith("Ignored"))
    press(page, f"open-parent-{second.id}")
    assert page.query_params["dataset"] == made.id
    overview = open_page("overview")
    assert "made from messy, without duplicates" in written(overview)


def test_sessions_are_cut_at_pauses_of_the_chosen_length(page, messy, workspace):
    press(page, f"do-long-pauses-0-{messy.id}")
    assert "Turns 62 sessions into 63; 2 more than before have only one event." in written(page)
    page.number_input(key=f"clean-minutes-{messy.id}").set_value(200.0).run()
    assert "This step changes nothing" in written(page)
    assert page.button(key="make-dataset").disabled
    page.number_input(key=f"clean-minutes-{messy.id}").set_value(0.5).run()
    press(page, "make-dataset")
    assert workspace.datasets()[0].name == "messy, cut at pauses over 0.5 min"


def test_a_step_that_leaves_nothing_is_explained_in_its_preview(workspace, tmp_path, open_page):
    path = tmp_path / "few.csv"
    path.write_text("session,timestamp,item\n1,5,a\n1,6,b\n2,7,a\n")
    record = import_file(workspace, ImportSource(path))
    app = open_page("data", dataset=record.id)
    press(app, f"do-single-items-0-{record.id}")
    assert "there would be nothing to predict" in written(app)
    assert app.button(key="make-dataset").disabled


def test_a_warning_is_ignored_and_shown_again(page, messy, workspace):
    assert "warnings" in written(page)
    n_found = len([label for label in labels(page) if label == "Ignore"])
    press(page, f"keep-duplicates-{messy.id}")
    assert workspace.dataset(messy.id).set_aside == ("duplicates",)
    assert "Ignored: Duplicates" in expanders(page)
    assert len([label for label in labels(page) if label == "Ignore"]) == n_found - 1
    press(page, f"again-duplicates-{messy.id}")
    assert workspace.dataset(messy.id).set_aside == ()
    assert "Ignored: Duplicates" not in expanders(page)


def test_a_clean_log_is_told_so_and_its_checks_are_collapsed(workspace, tmp_path, open_page):
    path = tmp_path / "plain.csv"
    rows = "".join(f"{s},{SPRING + 4_000 * s + 60 * i},{'abcde'[(s + i) % 5]}\n" for s in range(60) for i in range(3))
    path.write_text(f"session,timestamp,item\n{rows}")
    app = open_page("data", dataset=import_file(workspace, ImportSource(path)).id)
    assert "Found nothing that could distort a result." in written(app)
    assert "12 of 12 checks found nothing worth a warning" in expanders(app)


def test_a_cleaned_dataset_outlives_its_parent(page, messy, workspace, open_page):
    press(page, f"do-duplicates-0-{messy.id}")
    press(page, "make-dataset")
    made = workspace.datasets()[0]
    workspace.delete_dataset(messy.id)
    app = open_page("data", dataset=made.id)
    assert "Made from messy by dropping duplicates." in written(app)
    assert not [key for key in (button.key for button in app.button) if key and key.startswith("open-parent")]
    app.switch_page("pages/train.py").run()
    assert not app.exception
