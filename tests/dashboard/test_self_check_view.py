"""What the self-check's answer looks like; the page tests ask for it."""

import pytest

from dashboard import self_check_view
from gru4rec_core.evaluation.self_check import Sabotage, SelfCheck


@pytest.mark.parametrize(("found", "tone"), [(True, "good"), (False, "error")])
def test_a_failed_check_is_an_error_box(monkeypatch, found, tone):
    boxes, sentences = [], []
    monkeypatch.setattr(self_check_view.messages, "show_message", lambda text, severity: boxes.append((text, severity)))
    monkeypatch.setattr(self_check_view.widgets, "sentence", sentences.append)
    answer = SelfCheck("BPR", 3, 20, 1, 0.031, 0.05, Sabotage(0.1, 0.40, 0.388, found))
    self_check_view.show_answer(answer)
    assert boxes == [(answer.sentences[0], tone)]
    assert sentences == [
        "BPR was compared with itself 20 times, its 3 seeds dealt into two halves: 1 of these pairs was called"
        " different (up to 3 may be, by chance).",
        "BPR was made worse with noise, from 40.0 to 38.8 hits per 100: the verdict"
        f" {'notices it' if found else 'does not notice it'}.",
        "The smallest difference that this test can see is about 3.1 %; differences of 5 % or more matter (the"
        " margin).",
    ]
