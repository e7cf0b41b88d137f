"""Which small table does each accuracy chart draw, and which slice is the weakest?

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
from gru4rec_core.evaluation.slices import OTHER, confusion, popularity_thirds, rank_distribution, slice_accuracy
from gru4rec_core.report.charts.accuracy import FEW, OTHER_ITEMS
from gru4rec_core.report.frames.comparison import mean_hits

if TYPE_CHECKING:
    from gru4rec_core.evaluation.comparability import ModelResults

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
    """Hits of every method by kind of event: name, label, kind, slice, value, order, hits, n_events, n_sessions."""
    parts = []
    for model in models:
        tables = [slice_accuracy(one, events, train_counts, k) for one in model.evaluations]
        mean = tables[0].assign(hits=np.mean([table["hits_per_100"] for table in tables], axis=0))
        parts.append(mean.assign(name=model.name, label=model.label, kind=model.kind))
    frame = pd.concat(parts, ignore_index=True)
    frame["value"] = [
        _VALUES.get((cut, value), value) for cut, value in zip(frame["slice"], frame["value"], strict=True)
    ]
    return frame[["name", "label", "kind", "slice", "value", "order", "hits", "n_events", "n_sessions"]]


def overall(models: Sequence[ModelResults], k: int) -> pd.DataFrame:
    """Hits of every method over all events: name, label, kind, hits."""
    return pd.DataFrame(
        [
            {"name": model.name, "label": model.label, "kind": model.kind, "hits": 100 * _mean(mean_hits(model, k))}
            for model in models
        ]
    )


def by_rank(models: Sequence[ModelResults]) -> pd.DataFrame:
    """Where the true item stood: name, label, kind, rank (bucket), order, share (per 100), n_events."""
    parts = []
    for model in models:
        tables = [rank_distribution(one) for one in model.evaluations]
        mean = tables[0].assign(share=np.mean([table["share_per_100"] for table in tables], axis=0))
        parts.append(mean.assign(name=model.name, label=model.label, kind=model.kind))
    frame = pd.concat(parts, ignore_index=True)
    occurs = frame.groupby("rank")["share"].transform("sum") > 0
    return frame.loc[occurs | (frame["order"] < 5), ["name", "label", "kind", "rank", "order", "share", "n_events"]]


def confusions(model: ModelResults, vocabulary: ItemVocabulary, n_top: int = 12) -> tuple[pd.DataFrame, list[str]]:
    """First guess against what came, for the items that came most often, of the method's first seed.

    Returns:
        Columns true, predicted (item names, "other items"), share (per 100 of the row), n_events, hit; and the items
        in their order.
    """
    pairs = confusion(model.evaluations[0], n_top)
    shown = pairs.drop_duplicates("target").sort_values("target_order")["target"].to_numpy()
    items = [str(item) for item in vocabulary.decode(shown)]
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


def unseen_items(model: ModelResults, vocabulary: ItemVocabulary, train_counts: np.ndarray, k: int) -> pd.DataFrame:
    """Items in no list of length k of the first seed: item, training events, times it came next; most missed first."""
    evaluation = model.evaluations[0]
    items = never_recommended(evaluation, k)
    came = np.bincount(evaluation.target[evaluation.target >= 0], minlength=evaluation.n_items)
    frame = pd.DataFrame(
        {"item": _names(vocabulary, items), "training events": train_counts[items], "came next": came[items]}
    )
    return frame.sort_values(["came next", "training events"], ascending=False, kind="stable", ignore_index=True)


def weakest(table: pd.DataFrame, at_least: int = FEW) -> pd.Series | None:
    """The slice of at least so many test sessions with the fewest hits; items that training never saw left out.

    Args:
        table: one method's rows of `by_slice`.
    """
    fair = table[(table["n_sessions"] >= at_least) & (table["value"] != "not in training")]
    return None if fair.empty else fair.iloc[int(fair["hits"].to_numpy().argmin())]


def weakest_sentence(label: str, row: pd.Series | None, all_hits: float, k: int, unit: str = "sessions") -> str:
    """The page's headline, e.g. "BPR is weakest in sessions of 4-5 items: 8.1 hits per 100 in its top 3 …"."""
    if row is None:
        return (
            f"{label} had the next item in its top {k} for {all_hits:.1f} of 100 test {unit}. No slice has {FEW} test"
            " sessions: too few to call one the weakest."
        )
    where = _where(row["slice"], row["value"])
    return (
        f"{label} is weakest {where}: the next item was in its top {k} for {row['hits']:.1f} of 100,"
        f" against {all_hits:.1f} of all test {unit}."
    )


def bounds(value: str) -> tuple[int, int | None]:
    """The numbers a slice of positions or lengths stands for: "none" 0, "4-5" 4 to 5, "over 20" 21 and more."""
    if value == "none":
        return 0, 0
    if value.startswith("over "):
        return int(value.removeprefix("over ")) + 1, None
    low, _, high = value.partition("-")
    return int(low), int(high or low)


def of_slice(
    evaluation: Evaluation, events: EvaluationSet, train_counts: np.ndarray, cut: str, value: str
) -> np.ndarray:
    """Which predictions a row of `by_slice` counts: bool [n_events].

    Args:
        cut, value: as in the row.
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


def _where(cut: str, value: str) -> str:
    if cut == "position" and value in {"none", "1"}:
        return "at the first item" if value == "none" else "after a single item"
    return _SENTENCES[cut].format(value=value)


def _names(vocabulary: ItemVocabulary, ids: np.ndarray) -> np.ndarray:
    return np.array([str(item) for item in vocabulary.decode(ids)], dtype=object)


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else 0.0
