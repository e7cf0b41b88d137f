"""Whether a decision would be taken again: every verdict against every decision."""

from dataclasses import replace

import pytest

from gru4rec_core.evaluation.decision_check import check_baseline, check_decision, check_sentence
from gru4rec_core.evaluation.verdict import BaselineVerdict, Verdict


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


@pytest.mark.parametrize(
    ("outcome", "check"),
    [("better", "holds"), ("as-well", "holds"), ("beaten", "reversed"), ("undecided", "open"), ("no-baseline", "open")],
)
def test_a_decision_for_a_baseline_holds_while_it_does_as_well(outcome, check):
    against = BaselineVerdict(outcome, "bpr", 0.5, "markov", 0.5, None, "On the baseline.")
    verdict = Verdict("equivalent", None, "bpr", ("A verdict.", "On the baseline."), (), {}, against, None)
    assert check_baseline(verdict) == check
    assert check_sentence("holds", verdict, on_baseline=True) == "The decision holds. On the baseline."
    leading = replace(verdict, baseline_leads=True)
    assert check_sentence("holds", leading, on_baseline=True) == "The decision holds. A verdict."
    assert check_baseline(verdict_of("invalid")) == "open"
