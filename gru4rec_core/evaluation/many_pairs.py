"""Which of many pairs of models differ, after allowing for how many pairs were tested?

Two answers stand side by side, for they promise different things. Holm's p values keep the chance of even one false
alarm below the level; with many pairs they find little. Benjamini-Hochberg's keep the expected share of false alarms
among the pairs called different below it. The verdict goes by Holm's.
"""

from dataclasses import dataclass
from typing import Any

from gru4rec_core.evaluation.comparison import Comparison
from gru4rec_core.evaluation.pair_verdict import adjusted_p
from gru4rec_core.evaluation.resampling import benjamini_hochberg

FEW_CONTENDERS = 5
"""Up to so many trained models (ten pairs) Holm's p values are enough."""


@dataclass(frozen=True)
class AdjustedPair:
    """A pair of trained models, and its p values.

    Attributes:
        leader, other: names; the leader has the higher value of the deciding metric.
        leader_label, other_label: what people call them.
        difference: leader less other, of the deciding metric, as a fraction.
        p_value: of the permutation test on this pair alone.
        p_holm, p_benjamini_hochberg: adjusted for all pairs of trained models.
    """

    leader: str
    other: str
    leader_label: str
    other_label: str
    difference: float
    p_value: float
    p_holm: float
    p_benjamini_hochberg: float

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        names = ("leader", "other", "difference", "p_value", "p_holm", "p_benjamini_hochberg")
        return {name: getattr(self, name) for name in names}


def adjust_many_pairs(comparison: Comparison) -> list[AdjustedPair]:
    """Every pair of trained models with both adjusted p values, the smallest first; none up to five trained models."""
    trained = {model.name for model in comparison.models if model.kind == "gru4rec"}
    if len(trained) <= FEW_CONTENDERS:
        return []
    pairs = [pair.toward_leader() for pair in comparison.pairs if {pair.a.name, pair.b.name} <= trained]
    p_values = [pair.deciding.p_value for pair in pairs]
    adjusted = [
        AdjustedPair(
            leader=pair.b.name,
            other=pair.a.name,
            leader_label=pair.b.label,
            other_label=pair.a.label,
            difference=pair.deciding.difference,
            p_value=p,
            p_holm=p_holm,
            p_benjamini_hochberg=float(p_bh),
        )
        for pair, p, (p_holm, _), p_bh in zip(
            pairs, p_values, adjusted_p(pairs, comparison.config), benjamini_hochberg(p_values), strict=True
        )
    ]
    return sorted(adjusted, key=lambda pair: pair.p_value)


def explain_adjustments(confidence: float) -> str:
    """What each of the two kinds of p value promises, as one sentence."""
    level = 1 - confidence
    most = f"at most {100 * level:.4g} %"
    return (
        f"Call a pair different if its adjusted p is at most {level:.4g}. With Holm, the chance of even one false alarm"
        f" among all pairs is then {most}; with Benjamini-Hochberg, on average {most} of the pairs called different are"
        " false alarms."
    )
