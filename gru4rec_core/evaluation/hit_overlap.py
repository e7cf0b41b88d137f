"""Which test events did both models hit, which did only one hit, and which did neither?"""

from typing import Literal, NamedTuple

import numpy as np

from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.comparability import ModelResults, find_obstacle
from gru4rec_core.evaluation.seed_outcomes import is_hit

Outcome = Literal["both", "only_a", "only_b", "neither"]
OUTCOMES: tuple[Outcome, ...] = ("both", "only_b", "only_a", "neither")
"""In the order they are shown."""


class HitOverlap(NamedTuple):
    """How the hits of two models overlap.

    Attributes:
        labels: outcome of each event, text [n_events], in the order of the evaluations.
        counts: events of each outcome.
        shares: the same as shares in [0, 1].
        squares: the same as 100 whole squares.
    """

    labels: np.ndarray
    counts: dict[Outcome, int]
    shares: dict[Outcome, float]
    squares: dict[Outcome, int]


def find_hit_overlap(a: ModelResults, b: ModelResults, k: int) -> HitOverlap:
    """Sorts the test events by which of two models had the true item in its top k.

    With several seeds the majority decides (`seed_outcomes.is_hit`).

    Raises:
        RunError: the two models cannot be compared.
    """
    if obstacle := find_obstacle([a, b]):
        raise RunError(obstacle.sentence, where=f"{a.label}, {b.label}", remedy=obstacle.remedy)
    hit_a, hit_b = is_hit(a, k), is_hit(b, k)
    labels = np.select([hit_a & hit_b, hit_a, hit_b], ["both", "only_a", "only_b"], "neither")
    counts: dict[Outcome, int] = {name: int((labels == name).sum()) for name in OUTCOMES}
    squares = apportion(list(counts.values()))
    return HitOverlap(
        labels,
        counts,
        {name: count / len(labels) for name, count in counts.items()},
        dict(zip(OUTCOMES, squares, strict=True)),
    )


def apportion(counts: list[int], total: int = 100) -> list[int]:
    """Whole numbers in proportion to the counts that add up to `total` (largest remainder; ties: the first).

    >>> apportion([1, 1, 1])
    [34, 33, 33]
    """
    exact = total * np.asarray(counts, dtype=np.float64) / sum(counts)
    whole = np.floor(exact).astype(int)
    missing = total - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:missing]] += 1
    return [int(number) for number in whole]
