"""The page Data tests whether order matters, and shows what came of it."""

from __future__ import annotations

import time

import pytest
from streamlit.testing.v1 import AppTest

from gru4rec_core.errors import RunError
from gru4rec_core.jobs import jobs
from gru4rec_core.results.order import store_result
from gru4rec_core.workspace.job_state import JobState, ProcessIdentity, write_state
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.store import Workspace
from tests.chart_specs import charts
from tests.order_results import order_result

HEADLINE = "Order explains 40 % of what can be predicted here (95 % interval: 35 to 45 %)."


@pytest.fixture
def record(workspace: Workspace, make_dataset) -> DatasetRecord:
    return workspace.add_dataset(make_dataset(*["abcabc", "bca", "cabca", "ab"] * 5), "letters")


def written(app: AppTest) -> str:
    texts = [*(one.body for one in app.get("html")), *(one.value for one in app.text)]
    return "\n".join(texts).replace("\N{NO-BREAK SPACE}", " ")


def keys(app: AppTest) -> list[str]:
    return [button.key for button in app.button if button.key and "order-test" in button.key]


def test_one_button_starts_it(open_page, record: DatasetRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    submitted = []
    monkeypatch.setattr(jobs, "submit", lambda workspace, kind, job_id: submitted.append((kind, job_id)))
    page = open_page("data", dataset=record.id)
    assert "Does order matter here?" in [header.value for header in page.header]
    assert "What is lost by shuffling is what order is worth." in written(page)
    page.button(key=f"order-test-{record.id}").click().run()
    assert not page.exception
    assert submitted == [("order-test", record.id)]


def test_an_engine_that_does_not_start_is_an_error_on_the_page(open_page, record, monkeypatch) -> None:
    def refuse(*arguments: object) -> None:
        raise RunError("The job engine cannot be reached.")

    monkeypatch.setattr(jobs, "submit", refuse)
    page = open_page("data", dataset=record.id).button(key=f"order-test-{record.id}").click().run()
    assert not page.exception
    assert "The job engine cannot be reached." in written(page)


def test_the_result_is_a_sentence_a_chart_and_its_meaning(open_page, record, workspace: Workspace) -> None:
    store_result(workspace, record, order_result())
    page = open_page("data", dataset=record.id)
    assert HEADLINE in written(page)
    assert "choose one that uses order" in written(page)
    assert "its test is not touched" in written(page)
    assert "Predicted with and without order" in charts(page)
    assert keys(page) == []


def test_a_damaged_result_is_offered_again(open_page, record, workspace: Workspace) -> None:
    store_result(workspace, record, order_result())
    folder = workspace.order_test_folder(record.id)
    write_state(folder, JobState(state="done"))
    (folder / "result.json").write_text("{")
    assert keys(open_page("data", dataset=record.id)) == [f"order-test-{record.id}"]


def test_while_it_runs_there_is_progress_and_cancel(open_page, record, workspace: Workspace) -> None:
    running = JobState(state="running", phase="predicting in order and shuffled", done=3, total=4)
    running = running.model_copy(update={"heartbeat": time.time(), "worker": ProcessIdentity.current()})
    write_state(workspace.order_test_folder(record.id), running)
    page = open_page("data", dataset=record.id)
    assert "▶ Order test · predicting in order and shuffled" in written(page)
    assert keys(page) == [f"cancel-order-test-{record.id}"]


def test_one_that_failed_says_why_and_can_be_tried_again(open_page, record, workspace: Workspace) -> None:
    write_state(workspace.order_test_folder(record.id), JobState(state="failed", reason="There was not enough memory."))
    page = open_page("data", dataset=record.id)
    assert "There was not enough memory." in written(page)
    assert keys(page) == [f"retry-order-test-{record.id}"]


def test_where_nobody_may_start_it_only_its_result_is_shown(open_page, record, workspace, monkeypatch) -> None:
    monkeypatch.setenv("GRU4REC_READ_ONLY", "1")
    assert "Does order matter here?" not in [header.value for header in open_page("data", dataset=record.id).header]
    store_result(workspace, record, order_result())
    assert HEADLINE in written(open_page("data", dataset=record.id))
