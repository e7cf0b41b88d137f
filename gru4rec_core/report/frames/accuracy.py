"""Tables for the accuracy charts, including which slice is weakest.

Rates are hits per 100 predictions, averaged over a method's seeds. Tables explain; they test nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.evaluation.metrics import never_recommended, seen_before
from gru4rec_core.evaluation.scoring import Evaluation
from gru4rec_core.evaluation.seed_outcomes import is_hit, mean_of_seeds, rate
from gru4rec_core.evaluation.slices import OTHER, confusion, popularity_thirds, rank_distribution, slice_accuracy

if TYPE_CHECKING:
    from gru4rec_core.evaluation.comparability import ModelResults

FEW_SESSIONS = 200
"""Slices with fewer test sessions than this are drawn faint: chance moves them by several points."""

OTHER_ITEMS = "other items"
"""Column of a confusion map for guesses outside the items shown."""

RANKS = ("1", "2-3", "4-5", "6-10", "11-20", "21-100", "over 100", "unknown item")
"""The buckets of `by_rank`, best first."""

TITLES = {
    "position": "By items seen before",
    "length": "By length of the session",
    "popularity": "By popularity of the item that came",
    "repeat": "New to the session, or seen in it before",
}
"""Heading of each slice; keys as in `evaluation.slices.SLICES`."""

_VALUES = {
    ("repeat", "repeat"): "already seen",
    ("repeat", "new"): "new",
    ("popularity", "head"): "best-sellers",
    ("popularity", "middle"): "middling items",
    ("popularity", "tail"): "rare items",
    ("popularity", "unknown item"): "not in training",
}
_SENTENCES = {
    "position": "after {value} items",
    "length": "in sessions of {value} items",
    "popularity": "where the next item was one of the {value}",
    "repeat": "where the next item was {value} in its session",
}


def by_slice(models: Sequence[ModelResults], events: EvaluationSet, train_counts: np.ndarray, k: int) -> pd.DataFrame:
    """Hits per 100 of every method by kind of event.

    Columns: name, label, kind, slice, value, order (of the value in its slice), hits, n_events, n_sessions.
    """
    parts = []
    for model in models:
        tables = [slice_accuracy(evaluation, events, train_counts, k) for evaluation in model.evaluations]
        # All seeds predict the same events, so their tables have the same rows.
        mean = tables[0].assign(hits=_means([table["hits_per_100"] for table in tables]))
        parts.append(mean.assign(name=model.name, label=model.label, kind=model.kind))
    frame = pd.concat(parts, ignore_index=True)
    frame["value"] = [
        _VALUES.get((cut, value), value) for cut, value in zip(frame["slice"], frame["value"], strict=True)
    ]
    return frame[["name", "label", "kind", "slice", "value", "order", "hits", "n_events", "n_sessions"]]


def overall(models: Sequence[ModelResults], k: int) -> pd.DataFrame:
    """Hits per 100 of every method over all events: name, label, kind, hits."""
    return pd.DataFrame(
        [
            {
                "name": model.name,
                "label": model.label,
                "kind": model.kind,
                "hits": 100 * rate(model, f"accuracy@{k}") if model.n_events else 0.0,
            }
            for model in models
        ]
    )


def by_rank(models: Sequence[ModelResults]) -> pd.DataFrame:
    """How often the true item has which rank: name, label, kind, rank (bucket), order, share (per 100), n_events.

    Shares and events are means over seeds.
    """
    parts = []
    for model in models:
        tables = [rank_distribution(evaluation) for evaluation in model.evaluations]
        mean = tables[0].assign(
            share=_means([table["share_per_100"] for table in tables]),
            n_events=_means([table["n_events"] for table in tables]),
        )
        parts.append(mean.assign(name=model.name, label=model.label, kind=model.kind))
    frame = pd.concat(parts, ignore_index=True)
    # The first five buckets always, deeper ones only where some method has an event there.
    occurs = frame.groupby("rank")["share"].transform("sum") > 0
    return frame.loc[occurs | (frame["order"] < 5), ["name", "label", "kind", "rank", "order", "share", "n_events"]]


def confusions(
    model: ModelResults, vocabulary: ItemVocabulary, n_top: int = 12, seed: int = 0
) -> tuple[pd.DataFrame, list[str]]:
    """First guess against the item that came, for the items that came most often; of the seed with this index.

    Returns:
        Columns true, predicted (item names, "other items"), share (per 100 of the row), n_events, hit; and the items
        in their order.
    """
    pairs = confusion(model.evaluations[seed], n_top)
    shown = pairs.drop_duplicates("target").sort_values("target_order")["target"].to_numpy()
    items = [str(item) for item in vocabulary.decode(shown)]
    # `OTHER` is negative: clipped so that it can be decoded, then replaced by its name.
    guessed = pairs["predicted"].to_numpy()
    names = np.where(guessed == OTHER, OTHER_ITEMS, _names(vocabulary, np.maximum(guessed, 0)))
    frame = pd.DataFrame(
        {
            "true": _names(vocabulary, pairs["target"].to_numpy()),
            "predicted": names,
            "share": pairs["share_per_100"],
            "n_events": pairs["n_events"],
            "hit": (pairs["target"] == pairs["predicted"]).to_numpy(),
        }
    )
    return frame, items


def unseen_items(
    model: ModelResults, vocabulary: ItemVocabulary, train_counts: np.ndarray, k: int, seed: int = 0
) -> pd.DataFrame:
    """Items that stand in no list of length k of the seed with this index, the most often missed first.

    Columns: item (name), training events, came next (how often it was the true item).
    """
    evaluation = model.evaluations[seed]
    items = never_recommended(evaluation, k)
    came = np.bincount(evaluation.target[evaluation.target >= 0], minlength=evaluation.n_items)
    frame = pd.DataFrame(
        {"item": _names(vocabulary, items), "training events": train_counts[items], "came next": came[items]}
    )
    return frame.sort_values(["came next", "training events"], ascending=False, kind="stable", ignore_index=True)


def find_weakest(table: pd.DataFrame, at_least: int = FEW_SESSIONS) -> pd.Series | None:
    """The slice with the fewest hits, among those with enough test sessions; items unknown to training are left out.

    Args:
        table: one method's rows of `by_slice`.
        at_least: test sessions that a slice must have.
    """
    fair = table[(table["n_sessions"] >= at_least) & (table["value"] != "not in training")]
    return None if fair.empty else fair.iloc[int(fair["hits"].to_numpy().argmin())]


def weakest_sentence(label: str, row: pd.Series | None, all_hits: float, k: int, unit: str = "sessions") -> str:
    """The headline of the Accuracy page, e.g. "BPR is weakest in sessions of 4-5 items: the next item was …".

    Args:
        label: what the model is called.
        row: the weakest slice (`find_weakest`), None where no slice is large enough.
        all_hits: hits per 100 over the whole test.
        k: list length.
        unit: what a prediction is, "sessions" or "events".
    """
    if row is None:
        return (
            f"{label} had the next item in its top {k} for {all_hits:.1f} of 100 test {unit}."
            f" No slice has {FEW_SESSIONS} test sessions: too few to call one the weakest."
        )
    where = _where(row["slice"], row["value"])
    return (
        f"{label} is weakest {where}: the next item was in its top {k} for {row['hits']:.1f} of 100,"
        f" against {all_hits:.1f} of all test {unit}."
    )


def misses_sentence(model: ModelResults, kind: np.ndarray | None, k: int) -> str:
    """How many misses *See these misses* shows, and how they go with the rate.

    Args:
        model: whose misses.
        kind: bool [n_events], the events of a slice (`select_slice`); None for the whole test.
        k: list length.
    """
    missed = ~is_hit(model, k) if kind is None else ~is_hit(model, k)[kind]
    counted = f"{int(missed.sum()):,} of {len(missed):,} such test {model.unit}"
    if kind is None:
        counted = counted.replace("such ", "")
    if model.n_seeds == 1:
        return f"It missed {counted}."
    return f"By majority of its {model.n_seeds} seeds it missed {counted}; the rate is the mean over the seeds."


def bounds(value: str) -> tuple[int, int | None]:
    """The limits of a slice of positions or lengths: "none" is 0 to 0, "4-5" is 4 to 5, "over 20" is 21 to None."""
    if value == "none":
        return 0, 0
    if value.startswith("over "):
        return int(value.removeprefix("over ")) + 1, None
    # "3" has no upper part: it is 3 to 3.
    low, _, high = value.partition("-")
    return int(low), int(high or low)


def select_slice(
    evaluation: Evaluation, events: EvaluationSet, train_counts: np.ndarray, cut: str, value: str
) -> np.ndarray:
    """The predictions that one row of `by_slice` counts: bool [n_events].

    Args:
        evaluation: the ranks that the row was computed from.
        events: what was predicted.
        train_counts: training events of each item, int64 [n_items].
        cut: the slice of the row.
        value: the value of the row.
    """
    numbers = {"position": evaluation.position, "length": events.dataset.lengths[evaluation.session]}
    if cut in numbers:
        low, high = bounds(value)
        return (numbers[cut] >= low) & (numbers[cut] <= (np.inf if high is None else high))
    if cut == "repeat":
        seen = seen_before(events, evaluation.session, evaluation.position, evaluation.target)
        return seen if value == _VALUES["repeat", "repeat"] else ~seen
    known = evaluation.target >= 0
    if value == _VALUES["popularity", "unknown item"]:
        return ~known
    third = [_VALUES["popularity", name] for name in ("head", "middle", "tail")].index(value)
    return known & (popularity_thirds(train_counts)[evaluation.target] == third)


def _means(columns: Sequence[pd.Series]) -> list[float]:
    """The mean over seeds of each row."""
    return [mean_of_seeds(row) for row in zip(*columns, strict=True)]


def _where(cut: str, value: str) -> str:
    if cut == "position" and value in {"none", "1"}:
        return "at the first item" if value == "none" else "after a single item"
    return _SENTENCES[cut].format(value=value)


def _names(vocabulary: ItemVocabulary, ids: np.ndarray) -> np.ndarray:
    return np.array([str(item) for item in vocabulary.decode(ids)], dtype=object)
