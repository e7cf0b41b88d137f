"""Which sessions does a list of predictions show, and what does a row or a line of its download hold?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.hit_overlap import OUTCOMES
from gru4rec_core.evaluation.seed_outcomes import hit_counts, is_hit, seed_index

CHOICES = ("all", "only_b", "only_a", "neither", "both")
"""The outcomes that can be asked for, by their names in links; "all" asks for nothing."""


def missed_by(model: ModelResults, k: int) -> np.ndarray:
    """Row numbers of the predictions that a method missed (top `k`), by majority of its seeds."""
    return np.flatnonzero(~is_hit(model, k))


def choose(choice: str, n_events: int, labels: np.ndarray | None) -> np.ndarray:
    """Row numbers of the predictions with an outcome, ascending.

    Args:
        choice: one of `CHOICES`; anything else is taken as "all".
        n_events: predictions in all.
        labels: outcome of each prediction; None where there is no pair of models: then all are meant.
    """
    if labels is None or choice not in OUTCOMES:
        return np.arange(n_events)
    return np.flatnonzero(labels == choice)


def arrange(predictions: np.ndarray, matches: np.ndarray, order: np.ndarray) -> np.ndarray:
    """The predictions that match, in the order given.

    Args:
        predictions: row numbers, int64 [n].
        matches: bool [n_events] (`event_filters.find_matches`).
        order: row numbers of all events (`event_orders.order_events`).
    """
    wanted = np.zeros(len(order), bool)
    wanted[predictions] = True
    return order[(wanted & matches)[order]]


class SessionList(NamedTuple):
    """Predictions gathered by session, in the order of each session's first one.

    Attributes:
        first: row number of the first prediction of each session, int64 [n_sessions].
        counts: how many of the predictions belong to it, int64 [n_sessions].
    """

    first: np.ndarray
    counts: np.ndarray


def gather_sessions(predictions: np.ndarray, session: np.ndarray) -> SessionList:
    """Gathers predictions by session.

    Args:
        predictions: row numbers in the order they are read, int64 [n].
        session: session of each event, int [n_events].
    """
    _, first, counts = np.unique(session[predictions], return_index=True, return_counts=True)
    by_place = np.argsort(first)
    return SessionList(predictions[first[by_place]], counts[by_place])


def prediction_rows(
    predictions: np.ndarray, models: Sequence[ModelResults], events: EvaluationSet, seed: int = 0
) -> pd.DataFrame:
    """One row per prediction.

    Columns: event (its row number), session (name), length (items of the session), step (place of the item that came,
    from 1), last and target (ids, -1 where there is none or it is unknown), and for every model, of one seed,
    `guess:NAME` (id of its first guess) and `rank:NAME` (of the true item, inf if unknown).

    Args:
        predictions: row numbers, int64 [n].
        models: what predicted them.
        events: what was predicted.
        seed: index of the seed.
    """
    evaluation = models[0].evaluations[0]
    session, position = evaluation.session[predictions], evaluation.position[predictions]
    begins = events.dataset.offsets[session]
    last = np.where(position > 0, events.dataset.items[np.maximum(begins + position - 1, 0)], -1)
    frame = pd.DataFrame(
        {
            "event": predictions,
            "session": evaluation.session_id[predictions].astype(str),
            "length": events.dataset.offsets[session + 1] - begins,
            "step": position + 1,
            "last": last,
            "target": evaluation.target[predictions],
        }
    )
    for model in models:
        of_seed = model.evaluations[seed_index(model, seed)]
        frame[f"guess:{model.name}"] = of_seed.top_items[predictions, 0]
        frame[f"rank:{model.name}"] = of_seed.ranks()[predictions]
    return frame


def guesses_table(
    rows: pd.DataFrame, models: Sequence[ModelResults], k: int, seed: int, item: Callable[[int], str]
) -> pd.DataFrame:
    """The predictions in words, for a file: what was seen and came, and of each model rank and all k guesses.

    Args:
        rows: `prediction_rows` of the same models.
        models: what predicted them.
        k: guesses per model.
        seed: index of the seed.
        item: the name of an item by its id.
    """
    names, events = _Names(item), rows["event"].to_numpy()
    columns = {
        "session": rows["session"],
        "items in session": rows["length"],
        "step": rows["step"],
        "seen last": names.of(rows["last"]),
        "came next": names.of(rows["target"]),
    }
    for model in models:
        columns[f"{model.label}: rank"] = [_rank(rank) for rank in rows[f"rank:{model.name}"]]
        if model.n_seeds > 1:
            columns[f"{model.label}: seeds with a hit"] = hit_counts(model, k)[events]
        guesses = model.evaluations[seed_index(model, seed)].top_items[events]
        for place in range(min(k, guesses.shape[1])):
            columns[f"{model.label}: guess {place + 1}"] = names.of(guesses[:, place])
    return pd.DataFrame(columns)


class _Names:
    """Names of many ids, each asked for once."""

    def __init__(self, item: Callable[[int], str]) -> None:
        self._item = item
        self._known: dict[int, str] = {}

    def of(self, ids: Sequence[int] | np.ndarray | pd.Series) -> list[str]:
        numbers = np.asarray(ids).tolist()
        for number in set(numbers) - self._known.keys():
            self._known[number] = self._item(number)
        return [self._known[number] for number in numbers]


def _rank(rank: float) -> str:
    """As it stands in a file: ranks are counted, not estimated, so nothing is rounded."""
    return "unknown" if np.isinf(rank) else f"{rank:.1f}".removesuffix(".0")
