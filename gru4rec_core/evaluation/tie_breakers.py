"""Which of two equivalent models trains faster, and which recommends more of the catalogue, beyond chance?

Nothing is said of a difference that could be noise: of runs side by side on a busy machine, or of the few items that
happened to enter a list in this test.
"""

import numpy as np

from gru4rec_core.config import ComparisonConfig
from gru4rec_core.errors import ConfigError
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.metrics import top_lists
from gru4rec_core.evaluation.resampling import mcnemar_midp
from gru4rec_core.storage import release_pages

FASTER = 1.2
"""The slower model takes at least this many times as long: runs side by side differ by 20 % for no reason."""

FASTER_ALONE = 2.0
"""The same where one of the models has a single run, whose spread is not known."""


def faster(a: ModelResults, b: ModelResults) -> ModelResults | None:
    """The model that trains faster: every run of it took less time than every run of the other, by enough."""
    if not (a.run_seconds and b.run_seconds):
        return None
    quick, slow = sorted((a, b), key=lambda model: np.mean(model.run_seconds))
    factor = FASTER if min(len(a.run_seconds), len(b.run_seconds)) > 1 else FASTER_ALONE
    clear_of_spread = max(quick.run_seconds) < min(slow.run_seconds)
    return quick if clear_of_spread and np.mean(slow.run_seconds) >= factor * np.mean(quick.run_seconds) else None


def wider(a: ModelResults, b: ModelResults, config: ComparisonConfig) -> ModelResults | None:
    """The model whose lists hold more of the catalogue, if that is unlikely to be chance.

    Item by item, which model recommends it at all, in more of its seeds; the items that tell the two apart must favour
    one by a mid-p McNemar test at the comparison's level. None too where fewer than k top items were kept.
    """
    try:
        shown_a, shown_b = (_share_of_seeds(model, config.deciding_k) for model in (a, b))
    except ConfigError:
        return None
    only_a, only_b = int((shown_a > shown_b).sum()), int((shown_b > shown_a).sum())
    if mcnemar_midp(only_a, only_b) > 1 - config.confidence:
        return None
    return a if only_a > only_b else b


def _share_of_seeds(model: ModelResults, k: int) -> np.ndarray:
    """In which share of the seeds each item is in at least one top-k list: float64 [n_items]."""
    shown = np.zeros((model.n_seeds, model.evaluations[0].n_items))
    for seed, evaluation in enumerate(model.evaluations):
        lists = top_lists(evaluation, k)
        shown[seed, lists[lists >= 0]] = 1
        release_pages(lists)
    return shown.mean(axis=0)
