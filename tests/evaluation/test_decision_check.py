"""Whether a decision would be taken again: every verdict against every decision."""

import pytest

from gru4rec_core.evaluation.decision_check import check_decision, check_sentence
from gru4rec_core.evaluation.verdict import Verdict


def verdict_of(kind: str, better: str | None = None) -> Verdict:
    return Verdict(kind, better, better, ("A verdict.", "More."), (), {}, None, None)


@pytest.mark.parametrize(
    ("model", "kind", "better", "check"),
    [
        ("bpr", "clear", "bpr", "holds"),
        ("bpr", "size-open", "bpr", "holds"),
        ("bpr", "equivalent", None, "holds"),
        ("bpr", "clear", "top1", "reversed"),
        ("bpr", "size-open", "top1", "reversed"),
        ("bpr", "undecided", None, "open"),
        ("bpr", "invalid", None, "open"),
        ("", "undecided", None, "holds"),
        ("", "invalid", None, "holds"),
        ("", "clear", "bpr", "settled"),
        ("", "equivalent", None, "settled"),
    ],
)
def test_each_decision_and_each_verdict(model, kind, better, check):
    assert check_decision(model, verdict_of(kind, better)) == check


def test_the_sentence_has_the_check_and_the_verdict():
    verdict = verdict_of("clear", "top1")
    assert check_sentence("reversed", verdict) == "It would be the other way round now. A verdict."
