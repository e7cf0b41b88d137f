"""Tables for the accuracy charts, including which slice is weakest.

Rates are hits per 100 predictions, averaged over a method's seeds (`evaluation.slices`). Tables explain; they decide
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gru4rec_core.config import MAX_LIST_LENGTH
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.evaluation.metrics import never_recommended
from gru4rec_core.evaluation.rate_intervals import level_text
from gru4rec_core.evaluation.seed_outcomes import is_hit, mean_of_seeds
from gru4rec_core.evaluation.slices import FEW_EVENTS, NOT_IN_TRAINING, OTHER, confusion, rank_distribution
from gru4rec_core.evaluation.verdict import BEST_SELLERS
from gru4rec_core.report.labels import item_label, short, tell_apart
from gru4rec_core.words import figure

if TYPE_CHECKING:
    from gru4rec_core.evaluation.comparability import ModelResults

OTHER_ITEMS = "other items"
"""Column of a confusion map for guesses outside the items shown."""

TITLES = {
    "position": "By items seen before",
    "length": "By length of the session",
    "popularity": "By popularity of the item that came",
    "repeat": "New to the session, or seen in it before",
}
"""Heading of each slice; keys as in `evaluation.slices.SLICES`."""

_SENTENCES = {
    "position": "after {value} items",
    "length": "in sessions of {value} items",
    "popularity": "where the next item was one of the {value}",
    "repeat": "where the next item was {value} in its session",
}


def chart_rows(slices: pd.DataFrame, whole: pd.DataFrame, cut: str, unit: str) -> pd.DataFrame:
    """What the chart of one slice shows: the whole test first, then each value in its order, a row per method.

    Args:
        slices: `evaluation.slices.slice_rates`.
        whole: `evaluation.slices.whole_rates` of the same methods.
        cut: which slice.
        unit: what a prediction is, "sessions" or "events".

    Returns:
        The columns of both, `what`: the label of the row, with its number of predictions in brackets, `few`: whether
        a value has fewer than `FEW_EVENTS` of them, and `unit`.
    """
    rows = pd.concat([whole.assign(value=f"all test {unit}"), slices[slices["slice"] == cut]], ignore_index=True)
    few = (rows["n_events"] < FEW_EVENTS) & (rows["order"] >= 0)
    count = rows["n_events"].map("{:,}".format).where(~few, rows["n_events"].map("few: {}".format))
    return rows.assign(what=rows["value"] + " (" + count + ")", few=few, unit=unit)


def slice_figures(slices: pd.DataFrame, k: int, confidence: float) -> pd.DataFrame:
    """The figures of all slices as a table for people: kind, value, method, hits with their interval, counts.

    Args:
        slices: `evaluation.slices.slice_rates`.
        k: list length of the hits.
        confidence: level of the intervals.
    """
    level = level_text(confidence)
    columns = {
        "slice": "kind",
        "value": "value",
        "label": "method",
        "hits": f"top {k} per 100",
        "low": f"{level} from",
        "high": f"{level} to",
        "n_events": "test events",
        "n_sessions": "test sessions",
    }
    return slices.assign(slice=slices["slice"].map(TITLES))[list(columns)].rename(columns=columns)


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
    model: ModelResults,
    vocabulary: ItemVocabulary,
    n_top: int = 12,
    seed: int = 0,
    names: Mapping[str, str] | None = None,
) -> tuple[pd.DataFrame, list[str]]:
    """First guess against the item that came, for the items that came most often; of the seed with this index.

    Args:
        model: whose guesses.
        vocabulary: the items by id.
        n_top: how many items are shown.
        seed: index of the seed.
        names: what to call an item; an item without a name is called by its id in the log.

    Returns:
        Columns true, predicted (item names, "other items"), share (per 100 of the row), n_events, hit; and the items
        in their order.
    """
    pairs = confusion(model.evaluations[seed], n_top)
    shown = pairs.drop_duplicates("target").sort_values("target_order")["target"].tolist()
    items = tell_apart([short(item_label(item, vocabulary, names or {})) for item in shown])
    called = dict(zip(shown, items, strict=True)) | {OTHER: OTHER_ITEMS}
    frame = pd.DataFrame(
        {
            "true": pairs["target"].map(called),
            "predicted": pairs["predicted"].map(called),
            "share": pairs["share_per_100"],
            "n_events": pairs["n_events"],
            "hit": (pairs["target"] == pairs["predicted"]).to_numpy(),
        }
    )
    return frame, items


def unseen_items(
    model: ModelResults,
    vocabulary: ItemVocabulary,
    train_counts: np.ndarray,
    k: int,
    seed: int = 0,
    names: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Items that stand in no list of length k of the seed with this index, the most often missed first.

    Columns: item (its name), id (in the log, where `names` has any), training events, came next (how often it was the
    true item).
    """
    evaluation = model.evaluations[seed]
    items = never_recommended(evaluation, k)
    came = np.bincount(evaluation.target[evaluation.target >= 0], minlength=evaluation.n_items)
    frame = pd.DataFrame({"item": [item_label(int(item), vocabulary, names or {}) for item in items]}, dtype="str")
    if names:
        frame["id"] = [str(item) for item in vocabulary.decode(items)]
    frame = frame.assign(**{"training events": train_counts[items], "came next": came[items]})
    return frame.sort_values(["came next", "training events"], ascending=False, kind="stable", ignore_index=True)


def has_categories(categories: Mapping[str, str], k: int) -> bool:
    """Whether it can be said how often an item of the right category was guessed.

    Args:
        categories: the category of each item that has one.
        k: list length; longer lists than `MAX_LIST_LENGTH` were not kept.
    """
    return bool(categories) and k <= MAX_LIST_LENGTH


def category_figures(rates: pd.DataFrame, k: int, confidence: float) -> pd.DataFrame:
    """How often the right item and an item of the right category were guessed, as a table for people.

    Args:
        rates: `evaluation.categories.category_rates`.
        k: list length.
        confidence: level of the intervals.
    """
    level = level_text(confidence)
    columns = {
        "label": "method",
        "first": "right category, first guess",
        "first_low": f"{level} from",
        "first_high": f"{level} to",
    }
    if k > 1:  # the first guess is all of a list of one
        columns |= {
            "category": f"right category, top {k}",
            "low": f"top {k} from",
            "high": f"top {k} to",
        }
    columns["item"] = f"right item, top {k}"
    return rates[list(columns)].rename(columns=columns)


def category_sentence(rates: pd.DataFrame, name: str, k: int, unit: str) -> str:
    """How often a method guesses category and item, beside best-sellers, and whose first guess is best at categories.

    Args:
        rates: `evaluation.categories.category_rates`.
        name: of the method.
        k: list length.
        unit: what a prediction is, "sessions" or "events".
    """
    row, best = rates[rates["name"] == name].iloc[0], rates.iloc[0]
    sellers = rates[(rates["name"] == BEST_SELLERS) & (rates["name"] != name)]["first"]
    beside = f", that of best-sellers for {figure(sellers.iloc[0])}" if len(sellers) else ""
    said = (
        f"The first guess of {row['label']} was of the right category for {figure(row['first'])} of 100 test"
        f" {unit}{beside}."
    )
    if best["first"] > row["first"] and best["name"] != BEST_SELLERS:
        said += f" Most often right: {best['label']}, {figure(best['first'])}."
    if k == 1:
        return f"{said} It was the item itself for {figure(row['item'])}."
    return (
        f"{said} {row['label']} had an item of the right category in its top {k} for {figure(row['category'])} of 100,"
        f" and the item itself for {figure(row['item'])}."
    )


def find_weakest(table: pd.DataFrame, all_hits: float) -> pd.Series | None:
    """The slice with the fewest hits, among those that are clearly weaker than the whole; None where there is none.

    Clearly: its interval lies below the rate of the whole test. Items that training never saw are left out: every model
    misses them.

    Args:
        table: one method's rows of `evaluation.slices.slice_rates`.
        all_hits: its hits per 100 over the whole test.
    """
    weaker = table[(table["high"] < all_hits) & (table["value"] != NOT_IN_TRAINING)]
    return None if weaker.empty else weaker.iloc[int(weaker["hits"].to_numpy().argmin())]


def weakest_sentence(
    whole: pd.Series, row: pd.Series | None, k: int, confidence: float, unit: str, *, has_unseen: bool = False
) -> str:
    """The headline of the Accuracy page, e.g. "BPR is weakest in sessions of 4-5 items: the next item was …".

    Args:
        whole: the model's row of `evaluation.slices.whole_rates`.
        row: the weakest slice (`find_weakest`), None where none is clearly weaker.
        k: list length.
        confidence: level of the interval in `row`.
        unit: what a prediction is, "sessions" or "events".
        has_unseen: items that training never saw came next too (`find_weakest` leaves them out).
    """
    all_hits = figure(whole["hits"])
    if row is None:
        apart, other = ("Apart from items that training never saw, no", " other") if has_unseen else ("No", "")
        return (
            f"{whole['label']} had the next item in its top {k} for {all_hits} of 100 test {unit}."
            f" {apart} slice is clearly weaker: no{other} interval lies wholly below that figure."
        )
    low, hits, high = (figure(row[name]) for name in ("low", "hits", "high"))
    return (
        f"{whole['label']} is weakest {_where(row['slice'], row['value'])}: the next item was in its top {k} for {hits}"
        f" of 100 ({level_text(confidence)}: {low} to {high}), against {all_hits} of 100 over all test {unit}."
    )


def misses_sentence(model: ModelResults, kind: np.ndarray | None, k: int) -> str:
    """How many misses *See these misses* shows, and how they go with the rate.

    Args:
        model: whose misses.
        kind: bool [n_events], the events of a slice (`select_slice`); None for the whole test.
        k: list length.
    """
    missed = ~is_hit(model, k) if kind is None else ~is_hit(model, k)[kind]
    such = "" if kind is None else "such "
    missed_text = f"{int(missed.sum()):,} of {len(missed):,} {such}test {model.unit}"
    if model.n_seeds == 1:
        return f"It missed {missed_text}."
    return f"By majority of its {model.n_seeds} seeds it missed {missed_text}; the rate is the mean over the seeds."


def _means(columns: Sequence[pd.Series]) -> list[float]:
    """The mean over seeds of each row."""
    return [mean_of_seeds(row) for row in zip(*columns, strict=True)]


def _where(cut: str, value: str) -> str:
    if cut == "position" and value in {"none", "1"}:
        return "at the first item" if value == "none" else "after a single item"
    return _SENTENCES[cut].format(value=value)
