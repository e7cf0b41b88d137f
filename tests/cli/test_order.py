"""The command `order` runs the test in its own process, once per log."""

import pytest

from gru4rec_core.experiments import order_test
from gru4rec_core.workspace.store import Workspace
from tests.order_results import order_result


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The list lengths that the test itself was run with; it is not about what a model learns here."""
    called: list[int] = []
    monkeypatch.setattr(order_test, "run_order_test", lambda train, k, report: called.append(k) or order_result())
    return called


def test_a_log_is_tested_once_and_told_in_sentences(run, log, calls: list[int], workspace: Workspace) -> None:
    first = run("order", log, "--json")
    assert first.status == 0, first.err
    assert first.json["share"]["share"] == {"value": 0.4, "low": 0.35, "high": 0.45}
    assert first.json["headline"] == "Order explains 40 % of what can be predicted here (95 % interval: 35 to 45 %)."
    text = run("order", "letters").out
    assert text.startswith(first.json["headline"])
    assert "choose one that uses order" in text
    assert "its test is not touched" in text
    assert calls == [3]  # seven items
    assert workspace.order_test_folder(workspace.dataset("letters").id).is_dir()


def test_the_reason_is_told_where_it_fails(run, log, monkeypatch) -> None:
    monkeypatch.setattr(order_test, "run_order_test", lambda *_: 1 / 0)
    other = log.with_name("other.csv")
    other.write_text(log.read_text().replace("item 6", "item 7"))
    found = run("order", other)
    assert found.status == 1
    assert "ZeroDivisionError" in found.err
