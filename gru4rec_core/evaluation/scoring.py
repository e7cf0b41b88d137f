"""How are the true next items of an evaluation set ranked by anything that scores items?

Ranks are exact over the whole catalogue, never over sampled candidates (sampled ranks can reverse the order of
two models: Krichene & Rendle 2020). They keep their ties: how many items score higher, how many the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
import pandas as pd

from gru4rec_core.config import MAX_LIST_LENGTH
from gru4rec_core.data.split_types import EvaluationSet, EventIndex
from gru4rec_core.errors import ConfigError, RunError
from gru4rec_core.evaluation.ranks import RankCounts, Ties, count_ranks, true_item_ranks

BLOCK_BYTES = 64 * 2**20
"""Most memory for the scores of one block of events and for ranking them, in bytes."""

BYTES_PER_SCORE = 16
"""Memory for one score while its block is ranked: float32 score, int64 index in the partition, masks."""

Progress = Callable[[int, int], None]
"""Called with (events done, events in all)."""


class Scorer(Protocol):
    """Anything that scores every item of the catalogue as the next item of a session.

    `scores` takes n histories: arrays of int32 item ids, oldest first, possibly empty; ids of -1 (unknown items) are
    passed over. It returns float32 [n, n_items]: higher is better, and only the order counts. A row depends on its
    own history alone, and the histories stay as they were.
    """

    @property
    def name(self) -> str: ...

    @property
    def n_items(self) -> int: ...

    def scores(self, sessions: Sequence[np.ndarray]) -> np.ndarray: ...


class FastScorer(Scorer, Protocol):
    """A scorer that ranks a whole evaluation set faster than history by history.

    `rank_counts` returns what `evaluate` would compute from `scores`, in the order of `events.events()`, with
    min(top_k, n_items) top items; it raises RunError for NaN scores.
    """

    def rank_counts(self, events: EvaluationSet, top_k: int, on_progress: Progress | None = None) -> RankCounts: ...


@dataclass(frozen=True)
class Evaluation:
    """The ranks of one scorer on one evaluation set: n events in session order.

    Attributes:
        session: int32 [n], index into the sessions of the evaluated dataset.
        session_id: [n], that session's name in the log.
        position: int32 [n], place of the true item in its session, from 0, so the number of items before it.
        target: int32 [n], the true item; -1 where it does not occur in training.
        greater, equal, top_items, top_scores: see `RankCounts`.
        n_items: size of the catalogue that was ranked.
    """

    session: np.ndarray
    session_id: np.ndarray
    position: np.ndarray
    target: np.ndarray
    greater: np.ndarray
    equal: np.ndarray
    top_items: np.ndarray
    top_scores: np.ndarray
    n_items: int

    @property
    def n_events(self) -> int:
        return len(self.target)

    @property
    def n_sessions(self) -> int:
        """Sessions with at least one predicted event."""
        return len(np.unique(self.session))

    def ranks(self, ties: Ties = "median") -> np.ndarray:
        """Ranks of the true items, float64 [n], from 1 (see `true_item_ranks`)."""
        return true_item_ranks(self.greater, self.equal, self.target, ties)

    def to_frame(self) -> pd.DataFrame:
        """The predictions table: one row per event; top_items and top_scores hold arrays (int32, float32)."""
        return pd.DataFrame(
            {
                "session_index": self.session,
                "session": self.session_id,
                "position": self.position,
                "target": self.target,
                "greater": self.greater,
                "equal": self.equal,
                "top_items": pd.Series(list(self.top_items), dtype=object),
                "top_scores": pd.Series(list(self.top_scores), dtype=object),
            }
        )


def evaluate(
    scorer: Scorer, events: EvaluationSet, top_k: int = MAX_LIST_LENGTH, on_progress: Progress | None = None
) -> Evaluation:
    """Ranks every predicted event of an evaluation set, each from the items before it in its session.

    Works in blocks of at most `BLOCK_BYTES`, unless the scorer has a faster way of its own (`FastScorer`). Unknown
    items in a history are passed over; an unknown true item is a miss.

    Args:
        scorer: the model or baseline.
        events: what to predict, in ids of the scorer's training vocabulary.
        top_k: how many top items to keep per event, from 1.
        on_progress: called with (events done, events in all) after every block.

    Raises:
        ConfigError: top_k below 1.
        RunError: the scorer returned NaN, or not one score per item.
    """
    if top_k < 1:
        raise ConfigError("At least one top item is kept.", found=f"top_k {top_k}", remedy="Use 1 or more.")
    index = events.events()
    if hasattr(scorer, "rank_counts"):
        counts = cast(FastScorer, scorer).rank_counts(events, top_k, on_progress)
    else:
        counts = _rank_by_scores(scorer, events, index, top_k, on_progress)
    _check_counts(counts, scorer, len(index.target), min(top_k, scorer.n_items))
    return Evaluation(
        session=index.session,
        session_id=np.asarray(events.dataset.session_ids)[index.session],
        position=index.position,
        target=index.target,
        greater=counts.greater,
        equal=counts.equal,
        top_items=counts.top_items,
        top_scores=counts.top_scores,
        n_items=scorer.n_items,
    )


def block_rows(n_columns: int, bytes_per_cell: int = BYTES_PER_SCORE) -> int:
    """How many rows of `n_columns` cells fit into `BLOCK_BYTES`, at least 1."""
    return max(1, BLOCK_BYTES // (bytes_per_cell * max(1, n_columns)))


def _rank_by_scores(
    scorer: Scorer, events: EvaluationSet, index: EventIndex, top_k: int, on_progress: Progress | None
) -> RankCounts:
    # Filled block by block: all scores at once would be n_events × n_items.
    n, n_kept = len(index.target), min(top_k, scorer.n_items)
    counts = RankCounts(
        np.empty(n, np.int32),
        np.empty(n, np.int32),
        np.empty((n, n_kept), np.int32),
        np.empty((n, n_kept), np.float32),
    )
    block = block_rows(scorer.n_items)
    for start in range(0, n, block):
        stop = min(start + block, n)
        scores = scorer.scores(_histories(events, index, start, stop))
        _check_scores(scores, scorer, events, index, start)
        part = count_ranks(scores, index.target[start:stop], n_kept)
        for array, block_of_it in zip(counts, part, strict=True):
            array[start:stop] = block_of_it
        if on_progress:
            on_progress(stop, n)
    return counts


def _histories(events: EvaluationSet, index: EventIndex, start: int, stop: int) -> list[np.ndarray]:
    """The known items before each of the events start … stop - 1."""
    items = events.dataset.items
    begins = events.dataset.offsets[index.session[start:stop]]
    ends = begins + index.position[start:stop]
    rows = [items[begin:end] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]
    # Views where no item is unknown; only the others are copied.
    return [row if row.size == 0 or row.min() >= 0 else row[row >= 0] for row in rows]


def _check_scores(scores: np.ndarray, scorer: Scorer, events: EvaluationSet, index: EventIndex, start: int) -> None:
    if scores.ndim != 2 or scores.shape[1] != scorer.n_items:
        raise RunError(
            "A scorer gives every item one score per history.",
            found=f"scores of shape {scores.shape} for {scorer.n_items} items",
            where=f"scorer {scorer.name}",
        )
    # A NaN anywhere makes the maximum NaN: one pass, and no mask of the whole block.
    bad = np.isnan(scores.max(axis=1))
    if bad.any():
        event = start + int(np.argmax(bad))
        session = events.dataset.session_ids[index.session[event]]
        where = f"scorer {scorer.name}, session {session}, position {index.position[event]}"
        raise _not_a_number(f"NaN for {int(bad.sum())} of {len(scores)} events", where)


def _check_counts(counts: RankCounts, scorer: Scorer, n: int, n_kept: int) -> None:
    if len(counts.greater) != n or counts.top_items.shape != (n, n_kept):
        raise RunError(
            "A scorer ranks every predicted event.",
            found=f"{len(counts.greater)} ranks, top items of shape {counts.top_items.shape} for {n} events",
            where=f"scorer {scorer.name}",
        )
    bad = np.isnan(counts.top_scores).any(axis=1)
    if bad.any():
        raise _not_a_number("NaN among the top scores", f"scorer {scorer.name}, event {int(np.argmax(bad))}")


def _not_a_number(found: str, where: str) -> RunError:
    return RunError(
        "A score is not a number (NaN).",
        found=found,
        where=where,
        remedy="Train again with a lower learning rate; if this happens again, look into the run's log.",
    )
