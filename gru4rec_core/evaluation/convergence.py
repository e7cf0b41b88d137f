"""Was a model still improving when its training stopped?

Judged by the metric that decides, on validation data: the hits must rise steadily over the last epochs, in all seeds
together, more than their wavering explains, and by enough to matter. decisions/0018 has the rule and its error rate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
import pandas as pd

GAIN = 0.005
"""The last two epochs must have gained more than this share: a smaller rise does not matter."""

CHANCE = 0.05
"""A rise that comes this often by chance alone is no rise."""

SHORTEST, LONGEST = 4, 6
"""Epochs at the end that are looked at: half of all, within these bounds."""

SHORT_GAIN = 0.05
"""In training of fewer epochs than `SHORTEST` chance cannot be judged: each epoch must have gained this share."""

TOO_FEW = f"too few epochs to tell (fewer than {SHORTEST})"
"""What is said where a rise is neither clear nor can be ruled out."""

_PREFIX = "validation_accuracy@"


@dataclass(frozen=True)
class ValidationCurves:
    """Hits of one model on the validation data, epoch by epoch.

    Attributes:
        k: the list length of these hits: the one asked for, or the nearest that was recorded.
        curves: float64 [n_epochs] in [0, 1] for each seed; seeds may differ in length.
    """

    k: int
    curves: tuple[np.ndarray, ...]

    @property
    def mean(self) -> np.ndarray:
        """Mean over seeds of the epochs that all have, the last ones: float64 [n_epochs]."""
        return _last_epochs(self.curves).mean(axis=0)

    @property
    def still_improving(self) -> bool:
        """Whether the model was still improving (see `is_still_improving`)."""
        return is_still_improving(self.curves)

    @property
    def is_open(self) -> bool:
        """Whether its epochs are too few to tell: it was not clearly improving, and may still have been."""
        return _last_epochs(self.curves).shape[1] < SHORTEST and not self.still_improving


def read_validation_curves(epochs: Sequence[pd.DataFrame], k: int) -> ValidationCurves | None:
    """The curves of a model's seeds; None where a run has no validation figures.

    Args:
        epochs: of each seed, a row per epoch, hits in columns such as `validation_accuracy@10`.
        k: the list length that decides.
    """
    names = [[str(name) for name in table] for table in epochs]
    recorded = [{int(name.removeprefix(_PREFIX)) for name in some if name.startswith(_PREFIX)} for some in names]
    common = set.intersection(*recorded) if recorded else set()
    if not common:
        return None
    nearest = min(sorted(common), key=lambda length: abs(length - k))
    curves = [table[f"{_PREFIX}{nearest}"].dropna().to_numpy(np.float64) for table in epochs]
    return ValidationCurves(nearest, tuple(curves)) if all(map(len, curves)) else None


def is_still_improving(curves: Sequence[np.ndarray]) -> bool:
    """Whether the curves of a model's seeds were still rising at their end.

    >>> is_still_improving([np.array([0.10, 0.14, 0.17, 0.19, 0.20, 0.21])])
    True
    >>> is_still_improving([np.array([0.10, 0.18, 0.21, 0.20, 0.21, 0.20])])
    False
    """
    last = _last_epochs(curves)
    n_epochs = last.shape[1]
    if n_epochs < 2:
        return False
    mean = last.mean(axis=0)
    if n_epochs < SHORTEST:
        return bool((mean[1:] > mean[:-1] * (1 + SHORT_GAIN)).all())
    matters = bool(mean[-1] > mean[-3] * (1 + GAIN))
    window = int(np.clip(n_epochs // 2, SHORTEST, LONGEST))
    return matters and chance_of_rise(last[:, -window:]) <= CHANCE


def chance_of_rise(curves: np.ndarray) -> float:
    """How often curves would rise at least as steadily if the order of their epochs meant nothing: in (0, 1].

    The exact p value of Page's L (Page 1963), by enumeration, so that a single seed can be judged too.

    Args:
        curves: float64 [n_seeds, n_epochs], at most 6 epochs.
    """
    n_epochs = curves.shape[1]
    orders = np.array(list(permutations(range(n_epochs))))
    place = np.arange(1, n_epochs + 1)
    # Ranks, doubled so that those of ties are whole numbers too: int64 [n_seeds, n_epochs].
    each, other = curves[:, :, None], curves[:, None, :]
    doubled = 1 + (each > other).sum(axis=2) + (each >= other).sum(axis=2)
    chances = np.ones(1)  # by the statistic's value
    for ranks in doubled:
        values = ranks[orders] @ place
        chances = np.convolve(chances, np.bincount(values) / len(orders))
    return float(min(chances[int((doubled @ place).sum()) :].sum(), 1.0))


def _last_epochs(curves: Sequence[np.ndarray]) -> np.ndarray:
    """The epochs that all seeds have, counted from the end: float64 [n_seeds, n_epochs]."""
    n_epochs = min(len(curve) for curve in curves)
    return np.array([curve[len(curve) - n_epochs :] for curve in curves])
