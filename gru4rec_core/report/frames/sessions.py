"""Tables of predictions beside what came next, and of one session step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.evaluation.hit_overlap import OUTCOMES
from gru4rec_core.evaluation.ranks import count_ranks, top_items, true_item_ranks
from gru4rec_core.evaluation.scoring import Scorer
from gru4rec_core.evaluation.seed_outcomes import hit_counts, is_hit, seed_index

if TYPE_CHECKING:
    from gru4rec_core.evaluation.comparability import ModelResults

N_RANDOM = 50
_SEED = 20  # of the random 50; fixed, so that everyone in a team sees the same ones
CHOICES = ("random", "only_b", "only_a", "neither", "both")
"""The chips of the Sessions page, by their names in the URL; all but the first are outcomes."""


def random_events(n_events: int) -> np.ndarray:
    """The *Random 50*: row numbers of predictions, int64, ascending; the same whenever the test is the same."""
    rng = np.random.default_rng(_SEED)
    return np.sort(rng.choice(n_events, size=min(N_RANDOM, n_events), replace=False))


def missed_by(model: ModelResults, k: int) -> np.ndarray:
    """Row numbers of the predictions that a method missed (top `k`), by majority of its seeds."""
    return np.flatnonzero(~is_hit(model, k))


def choose(choice: str, n_events: int, labels: np.ndarray | None) -> np.ndarray:
    """Row numbers of the predictions behind a chip, ascending.

    Args:
        choice: one of `CHOICES`; anything else is taken as "random".
        n_events: predictions in all.
        labels: outcome of each prediction; None where there is no pair of models: then every chip is "random".
    """
    if labels is None or choice not in OUTCOMES:
        return random_events(n_events)
    return np.flatnonzero(labels == choice)


@dataclass(frozen=True)
class Filters:
    """Further conditions on the predictions; None means no condition.

    Attributes:
        came: ids of items; one of them came next.
        had: ids of items; the session had one of them before.
        shortest, longest: number of items seen before the prediction.
        kind: bool [n_events], the predictions of one slice (`evaluation.slices.select_slice`).
    """

    came: np.ndarray | None = None
    had: np.ndarray | None = None
    shortest: int | None = None
    longest: int | None = None
    kind: np.ndarray | None = None


def find_items(vocabulary: ItemVocabulary, text: str) -> np.ndarray | None:
    """Ids of the items whose name contains `text` in any case, int32, ascending; None for a blank text."""
    part = text.strip().casefold()
    if not part:
        return None
    return np.array([i for i, item in enumerate(vocabulary.items) if part in str(item).casefold()], np.int32)


def narrow(predictions: np.ndarray, model: ModelResults, events: EvaluationSet, filters: Filters) -> np.ndarray:
    """The predictions that meet every condition, in the same order.

    Args:
        predictions: row numbers, int64 [n].
        model: any model tested on `events`; only what it was tested on counts.
        events: what was predicted.
        filters: the conditions.
    """
    evaluation = model.evaluations[0]
    position = evaluation.position[predictions]
    keep = np.ones(len(predictions), bool)
    if filters.came is not None:
        keep &= np.isin(evaluation.target[predictions], filters.came)
    if filters.shortest is not None:
        keep &= position >= filters.shortest
    if filters.longest is not None:
        keep &= position <= filters.longest
    if filters.kind is not None:
        keep &= filters.kind[predictions]
    if filters.had is not None:
        begins = events.dataset.offsets[evaluation.session[predictions]]
        # Running count of such items in the log, [n_events + 1]: a history has one where the count grows within it.
        count = np.concatenate([[0], np.cumsum(np.isin(events.dataset.items, filters.had))])
        keep &= count[begins + position] > count[begins]
    return predictions[keep]


def prediction_rows(
    predictions: np.ndarray, models: Sequence[ModelResults], events: EvaluationSet, k: int, seed: int = 0
) -> pd.DataFrame:
    """One row per prediction.

    Columns: event (its row number), session (name), seen (items before it), last and target (ids, -1 where there is
    none or it is unknown), and for every model, of one seed, `guess:NAME` (id of its first guess) and `rank:NAME` (of
    the true item, inf if unknown); of all its seeds `seeds:NAME` (in how many of them the item was in the top k).

    Args:
        predictions: row numbers, int64 [n].
        models: what predicted them.
        events: what was predicted.
        k: list length.
        seed: index of the seed.
    """
    evaluation = models[0].evaluations[0]
    begins = events.dataset.offsets[evaluation.session[predictions]]
    position = evaluation.position[predictions]
    last = np.where(position > 0, events.dataset.items[np.maximum(begins + position - 1, 0)], -1)
    frame = pd.DataFrame(
        {
            "event": predictions,
            "session": evaluation.session_id[predictions].astype(str),
            "seen": position,
            "last": last,
            "target": evaluation.target[predictions],
        }
    )
    for model in models:
        of_seed = model.evaluations[seed_index(model, seed)]
        frame[f"guess:{model.name}"] = of_seed.top_items[predictions, 0]
        frame[f"rank:{model.name}"] = of_seed.ranks()[predictions]
        frame[f"seeds:{model.name}"] = hit_counts(model, k)[predictions]
    return frame


@dataclass(frozen=True)
class Step:
    """One event of a session: the item that came, and what each model guessed.

    Attributes:
        position: from 0.
        item: id of the item that came, -1 if unknown.
        trained: the event was training data, so a good guess proves nothing.
        guesses: by model name, ids of its first guesses, best first; empty at the first item.
        ranks: by model name, rank of the item that came; inf if unknown, NaN at the first item.
    """

    position: int
    item: int
    trained: bool
    guesses: dict[str, list[int]]
    ranks: dict[str, float]


def predict_steps(
    items: np.ndarray, scorers: Mapping[str, Scorer], trained: np.ndarray, *, first: int = 0, top: int = 3
) -> list[Step]:
    """One session step by step: each model guesses every item from the items before it.

    Args:
        items: int32 [length], the whole session; -1 is an unknown item, left out of histories.
        scorers: by model name.
        trained: bool [length], the positions that were training data.
        first: first position to show; the items before it still count as history.
        top: guesses kept.
    """
    positions = range(max(first, 1), len(items))
    histories = [items[:position][items[:position] >= 0] for position in positions]
    steps = [Step(0, int(items[0]), bool(trained[0]), {}, {})] if first == 0 and len(items) else []
    if not histories:
        return steps
    targets = items[positions.start :]
    counts = {name: count_ranks(scorer.scores(histories), targets, top) for name, scorer in scorers.items()}
    ranks = {name: true_item_ranks(count.greater, count.equal, targets) for name, count in counts.items()}
    for row, position in enumerate(positions):
        steps.append(
            Step(
                position,
                int(items[position]),
                bool(trained[position]),
                {name: count.top_items[row].tolist() for name, count in counts.items()},
                {name: float(rank[row]) for name, rank in ranks.items()},
            )
        )
    return steps


def as_tested(steps: Sequence[Step], models: Sequence[ModelResults], session: int, seed: int) -> list[Step]:
    """The steps, with guesses and ranks as stored wherever the step was a test event.

    Inference in NumPy may order nearly equal scores otherwise than TensorFlow did in the test.

    Args:
        steps: of one session (`predict_steps`).
        models: those whose guesses the steps hold.
        session: the session's index in the evaluations.
        seed: index of the seed that guessed.
    """
    evaluation = models[0].evaluations[0]
    rows = np.flatnonzero(evaluation.session == session)
    row_of = dict(zip(evaluation.position[rows].tolist(), rows.tolist(), strict=True))
    return [_with_stored(step, models, row_of.get(step.position), seed) for step in steps]


def _with_stored(step: Step, models: Sequence[ModelResults], row: int | None, seed: int) -> Step:
    if row is None:
        return step
    guesses, ranks = dict(step.guesses), dict(step.ranks)
    for model in models:
        if model.name in guesses:
            evaluation = model.evaluations[seed_index(model, seed)]
            guesses[model.name] = evaluation.top_items[row, : len(guesses[model.name])].tolist()
            ranks[model.name] = float(evaluation.ranks()[row])
    return replace(step, guesses=guesses, ranks=ranks)


def leave_one_out(items: Sequence[int], scorer: Scorer, top: int = 5) -> list[tuple[int, list[int]]]:
    """The first guesses without each item in turn.

    Returns:
        Pairs of the position left out (-1: none) and the ids of the `top` best items, best first.
    """
    histories = [np.asarray(items, np.int32)]
    histories += [np.delete(histories[0], position) for position in range(len(items))]
    scores = scorer.scores(histories)
    best, _ = top_items(scores, min(top, scores.shape[1]))
    return [(row - 1, ids.tolist()) for row, ids in enumerate(best)]


def best_items(items: Sequence[int], scorer: Scorer, top: int = 10) -> pd.DataFrame:
    """A model's best next items: id, place (from 1), score, relative (0 to 100).

    Scores have no unit and no zero, and two losses spread them differently. So `relative` runs from the mean score of
    all items (0) to the best score (100); an item below the mean has 0.
    """
    scores = scorer.scores([np.asarray(items, np.int32)])
    ids, values = (part[0] for part in top_items(scores, min(top, scores.shape[1])))
    mean, highest = float(scores.mean()), float(values[0])
    above = np.maximum(values.astype(float) - mean, 0.0)
    relative = 100 * above / (highest - mean) if highest > mean else np.full(len(ids), 100.0)
    return pd.DataFrame({"id": ids, "place": np.arange(1, len(ids) + 1), "score": values, "relative": relative})
