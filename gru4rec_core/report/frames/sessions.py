"""Which predictions are shown beside what came, and how is one session told step by step?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.evaluation.hit_overlap import OUTCOMES
from gru4rec_core.evaluation.ranks import count_ranks
from gru4rec_core.report.frames.comparison import mean_hits, mean_ranks

if TYPE_CHECKING:
    from gru4rec_core.evaluation.comparability import ModelResults

N_RANDOM = 50
_SEED = 20  # of the random 50: fixed, so that a team sees the same ones
CHOICES = ("random", "only_b", "only_a", "neither", "both")
"""The chips of the page, by their name in the URL; all but the first are outcomes."""


class Scores(Protocol):
    """What scores histories, e.g. `NumpyGru4Rec`."""

    def scores(self, sessions: Sequence[np.ndarray]) -> np.ndarray: ...


def random_events(n_events: int) -> np.ndarray:
    """The *Random 50*: places of predictions, ascending, int64; the same whenever the test is the same."""
    rng = np.random.default_rng(_SEED)
    return np.sort(rng.choice(n_events, size=min(N_RANDOM, n_events), replace=False))


def missed_by(model: ModelResults, k: int) -> np.ndarray:
    """Places of the predictions that a method did not have among its first `k` in more than half of its seeds."""
    return np.flatnonzero(mean_hits(model, k) < 0.5)


def choose(choice: str, n_events: int, labels: np.ndarray | None) -> np.ndarray:
    """Places of the predictions behind a chip, ascending.

    Args:
        choice: one of `CHOICES`; anything else is taken as "random".
        n_events: predictions in all.
        labels: outcome of each (`find_hit_overlap`); None where there is no pair: then all are random.
    """
    if labels is None or choice not in OUTCOMES:
        return random_events(n_events)
    return np.flatnonzero(labels == choice)


@dataclass(frozen=True)
class Filters:
    """More conditions on the sessions; None asks nothing.

    Attributes:
        came: ids of items, one of which came next.
        had: ids of items, one of which the session had had before.
        shortest, longest: items seen before the prediction.
        kind: bool [n_events], the predictions of one slice (`accuracy_frames.of_slice`).
    """

    came: np.ndarray | None = None
    had: np.ndarray | None = None
    shortest: int | None = None
    longest: int | None = None
    kind: np.ndarray | None = None


def named_like(vocabulary: ItemVocabulary, text: str) -> np.ndarray | None:
    """Ids of the items whose name holds `text`, whatever the case; None for a blank text."""
    wanted = text.strip().casefold()
    if not wanted:
        return None
    return np.array([i for i, item in enumerate(vocabulary.items) if wanted in str(item).casefold()], np.int32)


def narrow(places: np.ndarray, model: ModelResults, events: EvaluationSet, filters: Filters) -> np.ndarray:
    """Those of the predictions that meet every condition, in the same order."""
    one = model.evaluations[0]
    position = one.position[places]
    keep = np.ones(len(places), bool)
    if filters.came is not None:
        keep &= np.isin(one.target[places], filters.came)
    if filters.shortest is not None:
        keep &= position >= filters.shortest
    if filters.longest is not None:
        keep &= position <= filters.longest
    if filters.kind is not None:
        keep &= filters.kind[places]
    if filters.had is not None:
        begins = events.dataset.offsets[one.session[places]]
        # How many such items stand before each event of the log: a history has one where the count grew.
        before = np.concatenate([[0], np.cumsum(np.isin(events.dataset.items, filters.had))])
        keep &= before[begins + position] > before[begins]
    return places[keep]


def prediction_rows(places: np.ndarray, models: Sequence[ModelResults], events: EvaluationSet) -> pd.DataFrame:
    """One row a prediction: event, session (its name), seen (items before), last, target (ids), and for every
    model `guess:NAME` (id of its first guess) and `rank:NAME` (of the true item, inf if unknown).
    """
    one = models[0].evaluations[0]
    begins = events.dataset.offsets[one.session[places]]
    position = one.position[places]
    last = np.where(position > 0, events.dataset.items[np.maximum(begins + position - 1, 0)], -1)
    frame = pd.DataFrame(
        {
            "event": places,
            "session": one.session_id[places].astype(str),
            "seen": position,
            "last": last,
            "target": one.target[places],
        }
    )
    for model in models:
        frame[f"guess:{model.name}"] = model.evaluations[0].top_items[places, 0]
        frame[f"rank:{model.name}"] = mean_ranks(model)[places]
    return frame


@dataclass(frozen=True)
class Step:
    """One place of a session: what came there, and what each model had guessed.

    Attributes:
        position: from 0.
        item: id of the item that came, -1 if unknown.
        trained: the step was training data, so that a good guess proves nothing.
        guesses: by model name, ids of its first guesses, best first; empty at the first item.
        ranks: by model name, rank of the item that came; inf if unknown, NaN at the first item.
    """

    position: int
    item: int
    trained: bool
    guesses: dict[str, list[int]]
    ranks: dict[str, float]


def steps(
    items: np.ndarray, scorers: Mapping[str, Scores], trained: np.ndarray, *, first: int = 0, top: int = 3
) -> list[Step]:
    """One session step by step, each model guessing every item from those before it.

    Args:
        items: int32 [length], the whole session; -1 is an unknown item, passed over in histories.
        scorers: by model name.
        trained: bool [length], the places that were training data.
        first: first position to tell; the items before it still count as history.
        top: guesses kept.
    """
    positions = range(max(first, 1), len(items))
    histories = [items[:position][items[:position] >= 0] for position in positions]
    told = [Step(0, int(items[0]), bool(trained[0]), {}, {})] if first == 0 and len(items) else []
    if not histories:
        return told
    targets = items[positions.start :]
    counts = {name: count_ranks(one.scores(histories), targets, top) for name, one in scorers.items()}
    for place, position in enumerate(positions):
        guesses = {name: one.top_items[place].tolist() for name, one in counts.items()}
        ranks = {
            name: float(1 + one.greater[place] + one.equal[place] / 2) if targets[place] >= 0 else float("inf")
            for name, one in counts.items()
        }
        told.append(Step(position, int(items[position]), bool(trained[position]), guesses, ranks))
    return told


def leave_one_out(items: Sequence[int], scorer: Scores, top: int = 5) -> list[tuple[int, list[int]]]:
    """The first guesses without each item in turn: (place left out, ids best first), place -1 for the whole strip."""
    histories = [np.asarray(items, np.int32)]
    histories += [np.delete(histories[0], place) for place in range(len(items))]
    scores = scorer.scores(histories)
    best = np.argsort(-scores, axis=1, kind="stable")[:, :top]
    return [(place - 1, row.tolist()) for place, row in enumerate(best)]


def best_items(items: Sequence[int], scorer: Scores, top: int = 10) -> pd.DataFrame:
    """A model's best next items: id, place (from 1), score, relative (0 to 100).

    Scores have no unit and no zero, and two losses spread them differently. `relative` is the way from the mean score
    of all items (0) to the best one (100); what lies below the mean is 0.
    """
    scores = scorer.scores([np.asarray(items, np.int32)])[0]
    best = np.argsort(-scores, kind="stable")[:top]
    mean, first = float(scores.mean()), float(scores[best[0]])
    above = np.maximum(scores[best].astype(float) - mean, 0.0)
    relative = 100 * above / (first - mean) if first > mean else np.full(len(best), 100.0)
    return pd.DataFrame({"id": best, "place": np.arange(1, len(best) + 1), "score": scores[best], "relative": relative})
