"""Would a decision of then be taken again, by the verdict of now?"""

from typing import Literal

from gru4rec_core.evaluation.verdict import Verdict

DecisionCheck = Literal["holds", "reversed", "open", "settled"]
"""holds: the same decision; reversed: the other model is better now; open: not decided now; settled: more data was
asked for, and now there is an answer."""

_WORDS: dict[DecisionCheck, str] = {
    "holds": "The decision holds.",
    "reversed": "It would be the other way round now.",
    "open": "This log does not decide it.",
    "settled": "Now it can be decided.",
}


def check_decision(model: str, verdict: Verdict) -> DecisionCheck:
    """What the verdict of now says of a decision for a model ("" for more data first).

    A decision for a model holds while that model is better or equivalent to the other.
    """
    if not model:
        return "holds" if verdict.kind in {"undecided", "invalid"} else "settled"
    if verdict.kind in {"undecided", "invalid"}:
        return "open"
    return "holds" if verdict.better in {None, model} else "reversed"


def check_baseline(verdict: Verdict) -> DecisionCheck:
    """What the verdict of now, beside that baseline alone, says of a decision for a baseline.

    It holds while the baseline does as well as the best model, or better.
    """
    outcome = verdict.baselines.outcome if verdict.baselines else "no-baseline"
    if outcome in {"as-well", "better"}:
        return "holds"
    return "reversed" if outcome == "beaten" else "open"


def deciding_sentence(verdict: Verdict, *, on_baseline: bool = False) -> str:
    """What the verdict says of what was decided: on the two models, or on the best of them and the baseline."""
    if on_baseline and verdict.baselines and not verdict.baseline_leads:
        return verdict.baselines.sentence
    return verdict.sentences[0]


def check_sentence(check: DecisionCheck, verdict: Verdict, *, on_baseline: bool = False) -> str:
    """The check and the verdict it comes from, in words."""
    return f"{_WORDS[check]} {deciding_sentence(verdict, on_baseline=on_baseline)}"
