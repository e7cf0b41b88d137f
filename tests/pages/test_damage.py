"""One damaged file costs one card: no page fails, each names what is damaged, and the rest stays."""

import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import cached, check_view
from gru4rec_core.report.html.page import render_report
from gru4rec_core.results.comparison import build_comparison_result
from gru4rec_core.results.decision import DecisionInput, record_decision
from gru4rec_core.results.html_report import gather_contents
from gru4rec_core.workspace.integrity import find_damage
from gru4rec_core.workspace.store import Workspace
from tests.damaged_files import DAMAGES, FILES, damage, find_file

PAGES = ("overview", "data", "train", "compare", "accuracy", "sessions", "try_it")

REVIEW = ("overview", "train", "compare", "accuracy", "sessions", "try_it")

CARDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("metrics", "predictions", "run", "config", "run's split", "state"), REVIEW),
    **dict.fromkeys(("epochs", "environment"), REVIEW),
    **dict.fromkeys(("baseline", "baseline's predictions"), REVIEW),
    **dict.fromkeys(("weights", "run's vocabulary"), ("try_it",)),
    **dict.fromkeys(("items", "timestamps", "offsets", "session ids", "vocabulary"), ("data",)),
    **dict.fromkeys(("dataset", "comparison"), PAGES),
}
"""On which pages each damaged file has a card. The others are made again where they are needed."""


def all_html(app: AppTest) -> str:
    return " ".join(element.proto.body for element in app.get("html"))


def check_page(app: AppTest, page: str, file: str, name: str) -> None:
    """The page says what is damaged where it needs it, and shows the rest."""
    text = all_html(app)
    if page in CARDS.get(file, ()):
        assert "is damaged." in text, f"{file}: no card on {page}"
        assert name in text, f"{file}: {page} does not name {name}"
    elif file not in CARDS:
        assert "is damaged." not in text
    if file not in ("dataset", "comparison"):
        assert app.title[0].value


@pytest.mark.parametrize("file", FILES)
def test_a_damaged_file_costs_one_card(finished: Workspace, open_page: Callable[..., AppTest], file: str) -> None:
    name = damage(finished.root, file, "garbled").name
    for page in CARDS.get(file, ("overview",)):
        check_page(open_page(page), page, file, name)


@pytest.mark.faults
@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("file", FILES)
def test_each_damage_on_each_page(finished: Workspace, open_page: Callable[..., AppTest], file: str, how: str) -> None:
    path = find_file(finished.root, file)
    before = path.read_bytes()
    for page in PAGES:
        damage(finished.root, file, how)
        check_page(open_page(page), page, file, path.name)
        path.write_bytes(before)


def test_the_workspace_is_checked_and_repaired_from_overview(
    finished: Workspace, open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_view.WorkspaceCheck, "start", check_view.WorkspaceCheck.run)  # no thread to wait for
    app = open_page("overview")
    damage(finished.root, "run's vocabulary", "cut")
    damage(finished.root, "train part", "garbled")
    app.button(key="check-workspace").click().run()
    assert re.search(r"2 of \d+ things checked are damaged\.", all_html(app))
    app.button(key="repair-all").click().run()
    assert not app.exception
    assert "Nothing in the workspace is damaged (" in all_html(app)
    assert find_damage(finished) == []


def test_overview_goes_on_below_a_dataset_whose_log_is_gone(
    finished: Workspace, open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(finished.root, "items", "deleted")
    monkeypatch.setattr(cached, "default_plan", lambda record: finished.open_dataset(record.id))  # as for a longer log
    app = open_page("overview")
    assert "items.npy is missing or damaged." in all_html(app)
    assert [one.value for one in app.header] == ["Datasets", "Comparisons"]
    assert app.button(key="check-workspace")


def test_without_a_result_only_what_it_is_computed_from_has_a_card(
    finished: Workspace, open_page: Callable[..., AppTest]
) -> None:
    damage(finished.root, "items", "deleted")
    damage(finished.root, "weights", "cut")
    for path in finished.root.glob("runs/*/metrics.json"):
        path.unlink()
    for path in finished.root.glob("runs/*/predictions.parquet"):
        path.unlink()
    text = all_html(open_page("compare"))
    assert "metrics.json is missing" in text
    assert "weights.npz" not in text
    assert "items.npy is missing" in text  # the warnings about the log are part of the result


def test_a_repaired_run_takes_part_again(finished: Workspace, open_page: Callable[..., AppTest]) -> None:
    run_id = damage(finished.root, "config", "emptied").parent.name
    app = open_page("compare")
    assert "BPR, seed 0 is damaged and left out" in all_html(app)
    app.button(key=f"repair-run-{run_id}").click().run()
    assert not app.exception
    assert "is damaged" not in all_html(app)


def test_a_damaged_decision_costs_its_row(finished: Workspace, open_page: Callable[..., AppTest]) -> None:
    result = build_comparison_result(finished, finished.comparisons()[0].id)
    for why in ("Because of the hits.", "Because of the time."):
        record_decision(finished, result, result.pair, DecisionInput("choose", "Ada", why))
    broken = finished.root / "decisions" / finished.list_folders("decisions")[0] / "decision.json"
    broken.write_bytes(b"")
    app = open_page("overview")
    assert "decision.json is empty" in all_html(app)
    assert all_html(app).count("Because of the ") == 1
    app.button(key=f"repair-list-decision-{broken.parent.name}").click().run()
    assert all_html(app).count("Because of the ") == 2


def test_a_damaged_comparison_is_not_said_to_be_deleted_or_never_trained(
    finished: Workspace, open_page: Callable[..., AppTest]
) -> None:
    result = build_comparison_result(finished, finished.comparisons()[0].id)
    record_decision(finished, result, result.pair, DecisionInput("choose", "Ada", "It is better."))
    damage(finished.root, "comparison", "emptied")
    app = open_page("overview")
    shown = " ".join([all_html(app), *(element.value for element in app.text)]).lower()
    assert "the comparison is damaged" in shown
    assert "but no comparison to show" in shown
    for wrong in ("the comparison was deleted", "nothing is trained yet", "nothing trained yet"):
        assert wrong not in shown


def test_a_model_whose_rival_is_damaged_is_not_said_to_be_the_only_one_that_was_trained(
    finished: Workspace, open_page: Callable[..., AppTest]
) -> None:
    for run in finished.runs():
        if run.config.loss == "top1":
            (finished.run_folder(run.id) / "config.json").write_bytes(b"")
    app = open_page("compare")
    assert "One model can be read" in all_html(app)
    assert "was trained" not in all_html(app)
    assert app.columns[0].children  # the ladder, where otherwise the square is


def test_a_run_whose_comparison_was_removed_is_not_said_to_be_untrained(
    finished: Workspace, open_page: Callable[..., AppTest]
) -> None:
    for run in finished.runs():
        if run.config.loss == "top1":
            finished.delete_run(run.id, with_comparisons=True)
    app = open_page("compare")
    assert "1 run on shop log, but no comparison to show" in all_html(app)
    assert "no models have been trained" not in all_html(app)


def test_the_report_of_a_model_whose_rival_is_damaged_says_so(finished: Workspace) -> None:
    for run in finished.runs():
        if run.config.loss == "top1":
            (finished.run_folder(run.id) / "config.json").write_bytes(b"")
    result = build_comparison_result(finished, finished.comparisons()[0].id)
    html = render_report(gather_contents(finished, result))
    assert "One model can be read" in html
    assert "TOP1, seed 0 is damaged and left out." in html


@pytest.mark.parametrize("file", ["metrics", "predictions", "weights"])
def test_who_may_not_repair_is_not_told_what_repair_does(
    finished: Workspace, open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    monkeypatch.setenv("GRU4REC_READ_ONLY", "1")
    damage(finished.root, file, "cut")
    text = all_html(open_page("try_it"))
    assert "is damaged." in text
    assert "GRU4REC_READ_ONLY" in text
    assert "Repair" not in text
