"""How does the Accuracy page present one model, starting with its weakest slice?"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import cached, review_context, seed_choice, state, theme, widgets
from dashboard.compare_view import draw_slices
from dashboard.review_context import Review
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.seed_outcomes import shown_seed
from gru4rec_core.evaluation.slices import NOT_IN_TRAINING, choose_methods
from gru4rec_core.report.charts import accuracy as accuracy_charts
from gru4rec_core.report.export import export_table
from gru4rec_core.report.frames import accuracy as accuracy_frames
from gru4rec_core.report.glossary import BASELINE_MEANINGS
from gru4rec_core.words import figure, percent_text, share_text


def choose_model(review: Review) -> ModelResults:
    """The model the page is about: from the URL, else the best; baselines can be chosen too."""
    names = [model.name for model in review.models]
    verdict = review.result.verdict
    best = verdict.best if verdict and verdict.best else names[0]
    requested = state.requested_place("model", names)
    chosen = st.selectbox(
        "Model",
        names,
        index=names.index(best) if requested is None else requested,
        format_func=lambda name: review.model(name).label,
        key="model-choice",
        width=280,
    )
    state.set_params(model=chosen)
    if chosen in BASELINE_MEANINGS:
        widgets.sentence(BASELINE_MEANINGS[chosen], muted=True)
    return review.model(chosen)


def side_by_side(review: Review, model: ModelResults) -> list[ModelResults]:
    """The methods of the page's charts: the compared pair, the chosen model and the strongest baseline, each once."""
    compared = review.result.pair or review.contenders[:1]
    drawn = choose_methods(review.models, review.record.config.deciding_k)
    strongest = [other for other in drawn if other.kind == "baseline"]
    chosen = [other for other in review.contenders if other is model or other in compared]
    return list({other.name: other for other in (*chosen, model, *strongest)}.values())


def show_headline(review: Review, model: ModelResults, k: int) -> pd.Series | None:
    """The slice that is clearly weaker in one sentence; returns its row for the next step."""
    table = review_context.slice_table(review, (model.name,), k)
    confidence = review.record.config.confidence
    whole = review_context.whole_table(review, [model.name], k).iloc[0]
    weakest = accuracy_frames.find_weakest(table, whole["hits"])
    n_unknown = int(table.loc[table["value"] == NOT_IN_TRAINING, "n_events"].sum())
    text = accuracy_frames.weakest_sentence(whole, weakest, k, confidence, review.unit, has_unseen=n_unknown > 0)
    widgets.sentence(text, size="1.25rem", weight=600, heading=True)
    kind = None if weakest is None else review_context.select_kind(review, weakest["slice"], weakest["value"])
    widgets.sentence(accuracy_frames.misses_sentence(model, kind, k), muted=True)
    if n_unknown:
        widgets.sentence(
            f"Of the items that came, {share_text(n_unknown, model.n_events)} were never seen in training: misses for"
            " every model.",
            muted=True,
        )
    return weakest


def show_slices(review: Review, shown: list[ModelResults], k: int) -> None:
    """Hits by kind of session, the models side by side, and all figures as a table."""
    widgets.section("By kind of session")
    draw_slices(review, shown, k, key="slice")
    st.caption("Among many kinds, some differ by chance: a lead inside overlapping intervals may be none.")
    with st.expander("All figures", key="slice-figures"):
        table = review_context.slice_table(review, tuple(model.name for model in shown), k)
        figures = accuracy_frames.slice_figures(table, k, review.record.config.confidence)
        exported = export_table(figures, review_context.table_source(review, k))
        rates: dict[Any, Any] = dict.fromkeys(figures.select_dtypes("float"), figure)
        counts = dict.fromkeys(figures.select_dtypes("int"), "{:,}")
        drawn = figures.style.format({**rates, **counts})
        widgets.show_table(exported, key="slices", name="slices", shown=drawn)


def show_ranks(review: Review, shown: list[ModelResults]) -> None:
    """Which rank the true next item had."""
    table = accuracy_frames.by_rank(shown)
    firsts = table[table["rank"] == "1"]
    words = ", ".join(f"{label} {figure(share)}" for label, share in zip(firsts["label"], firsts["share"], strict=True))
    widgets.show_chart(
        partial(accuracy_charts.rank_bars, table, unit=review.unit, dark=theme.is_dark()),
        key="ranks",
        alt=f"Rank of the item that came next; first place of 100 test {review.unit}: {words}",
    )


def show_categories(review: Review, model: ModelResults, k: int) -> None:
    """How often the guess is of the right category, where the items' categories are known."""
    if not accuracy_frames.has_categories(cached.item_categories(review.record.dataset_id), k):
        return
    confidence = review.record.config.confidence
    rates = review_context.category_table(review, k)
    widgets.section("The right category")
    widgets.sentence(accuracy_frames.category_sentence(rates, model.name, k, review.unit))
    figures = accuracy_frames.category_figures(rates, k, confidence)
    exported = export_table(figures, review_context.table_source(review, k))
    formats: dict[Any, Any] = dict.fromkeys(figures.select_dtypes("float"), figure)
    drawn = figures.style.format(formats)
    widgets.show_table(exported, key="categories", name="categories", shown=drawn)


def show_confusion(review: Review, model: ModelResults) -> None:
    """First guess against the item that came, for the most frequent items."""
    seed = shown_seed(model, review.record.config.deciding_k)
    table, items = accuracy_frames.confusions(model, review.vocabulary, seed=seed, names=review.item_names)
    if table.empty:
        st.text("No item of the test was known in training, so there is nothing to set side by side.")
        return
    hit_rate = table[table["hit"]]["n_events"].sum() / table["n_events"].sum()
    widgets.show_chart(
        partial(accuracy_charts.confusion_map, table, items, model.label, dark=theme.is_dark()),
        key="confusion",
        alt=f"First guess of {model.label} against the item that came, {len(items)} most frequent items; "
        f"a hit in {percent_text(hit_rate)} of their events",
    )
    _say_seed(review, model, seed)


def show_never_recommended(review: Review, model: ModelResults, k: int) -> None:
    """Items that are in no list of length k."""
    seed = shown_seed(model, review.record.config.deciding_k)
    counts = np.asarray(review.split.train_counts)
    table = accuracy_frames.unseen_items(model, review.vocabulary, counts, k, seed, review.item_names)
    n_items = len(review.vocabulary)
    widgets.section("Never recommended")
    _say_seed(review, model, seed)
    if table.empty:
        st.text(f"Each of the {n_items:,} items is in at least one top {k}.")
        return
    st.text(
        f"{len(table):,} of {n_items:,} items are in no top {k} of the {model.n_events:,} test {review.unit}; "
        f"they came next {table['came next'].sum():,} times."
    )
    exported = export_table(table, review_context.table_source(review, k))
    widgets.show_table(
        exported, key="never-shown", name="never-recommended", shown=table, columns=_narrow_columns("id" in table)
    )


def _narrow_columns(with_ids: bool) -> dict[str, Any]:
    """Widths in px with which all columns of the items never recommended fit beside the map on a laptop's screen."""
    item, count = st.column_config.TextColumn, st.column_config.NumberColumn
    return {
        "item": item(width=105 if with_ids else 180),
        "id": item(width=75),
        "training events": count("in training", width=78, help="Training events"),
        "came next": count(width=76),
    }


def _say_seed(review: Review, model: ModelResults, seed: int) -> None:
    """Whose guesses these are, of a model with several seeds."""
    if model.n_seeds > 1:
        name = seed_choice.seed_names(review, [model])[seed]
        st.caption(f"The guesses of seed {name}, the one nearest the mean of all {model.n_seeds}.")


def misses_params(model: ModelResults, weakest: pd.Series | None) -> dict[str, str]:
    """URL parameters that make the Sessions page show this model's misses in the weakest slice."""
    params = {"show": "missed", "missed": model.name}
    return params if weakest is None else params | {"kind": f"{weakest['slice']}:{weakest['value']}"}
