"""Which events of a log are kept before it is split into training and test?"""

from typing import Any

import numpy as np

from gru4rec_core.config import SplitConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import SplitStep


def select(dataset: SessionDataset, keep: np.ndarray) -> SessionDataset:
    """The events where `keep` (bool [n_events]) is True, without sessions that have none left. Item ids stay."""
    kept_before = np.r_[0, np.cumsum(keep)]
    ends = kept_before[dataset.offsets]
    stays = np.diff(ends) > 0
    return SessionDataset.from_arrays(
        np.asarray(dataset.items)[keep],
        np.asarray(dataset.timestamps)[keep],
        np.r_[0, ends[1:][stays]],
        np.asarray(dataset.session_ids)[stays],
        dataset.vocabulary,
        dataset.time_unit,
    )


def select_sessions(dataset: SessionDataset, chosen: np.ndarray) -> SessionDataset:
    """The sessions where `chosen` (bool [n_sessions]) is True."""
    return select(dataset, np.repeat(chosen, dataset.lengths))


def apply_filters(dataset: SessionDataset, config: SplitConfig) -> tuple[SessionDataset, tuple[SplitStep, ...]]:
    """Collapse repeats, then drop rare items, then short sessions; again until nothing more is dropped.

    The rounds are needed because each filter can make work for another: a session shortened by a rare item, an item
    made rare by a dropped session. All counts are over the whole log, as is usual in the field.

    Returns:
        The filtered log (a new one when anything was dropped), and the steps: in the first round one for every filter
        in use, later only for those that dropped something.
    """
    steps: list[SplitStep] = []
    round_number = 1
    while True:
        before = dataset
        for name, why, keep in _filters(config):
            left = select(dataset, mask) if not (mask := keep(dataset)).all() else dataset
            if round_number == 1 or left is not dataset:
                title = name if round_number == 1 else f"{name}, round {round_number}"
                steps.append(SplitStep.between(title, why, dataset, left))
            dataset = left
        if dataset is before or dataset.n_events == 0:
            return dataset, tuple(steps)
        round_number += 1


def _filters(config: SplitConfig) -> list[tuple[str, str, Any]]:
    support, length = config.min_item_support, config.min_session_length
    filters: list[tuple[str, str, Any]] = []
    if config.collapse_repeats:
        filters.append(("collapse repeats", "The same item several times in a row counts once.", _no_repeat))
    if support > 1:
        why = f"Items with fewer than {support} events in the whole log, the later test included, are left out."
        filters.append(("item support", why, lambda log: _supported(log, support)))
    if length > 1:
        why = f"Sessions of fewer than {length} events are left out."
        filters.append(("session length", why, lambda log: np.repeat(log.lengths >= length, log.lengths)))
    return filters


def _no_repeat(dataset: SessionDataset) -> np.ndarray:
    keep = np.ones(dataset.n_events, bool)
    keep[1:] = dataset.items[1:] != dataset.items[:-1]
    keep[dataset.offsets[:-1]] = True
    return keep


def _supported(dataset: SessionDataset, support: int) -> np.ndarray:
    enough: np.ndarray = dataset.counts() >= support
    return enough[dataset.items]
