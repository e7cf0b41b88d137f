"""The switch on Train is the library's proposal; tests/pages/test_train.py drives it."""

from dashboard import windows_form
from gru4rec_core.config import SplitConfig
from gru4rec_core.jobs.backtest_planning import WindowProposal


def test_where_nothing_is_proposed_the_reason_stands_in_place_of_the_switch(monkeypatch, dataset) -> None:
    said: list[str] = []
    monkeypatch.setattr(windows_form.cached, "window_proposal", lambda record, rule: WindowProposal(None, "too short"))
    monkeypatch.setattr(windows_form.messages, "show_aside", said.append)
    assert windows_form.ask_for_windows(dataset, SplitConfig()) is None
    assert said == ["Testing on several weeks is not offered: too short."]
