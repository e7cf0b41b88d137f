"""How does the Accuracy page present one model, starting with its weakest slice?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import review_context, seed_choice, state, theme, widgets
from dashboard.compare_view import draw_slices
from dashboard.review_context import Review
from gru4rec_core.config import MAX_LIST_LENGTH
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.seed_outcomes import shown_seed
from gru4rec_core.report.charts import accuracy as accuracy_charts
from gru4rec_core.report.charts import comparison as comparison_charts
from gru4rec_core.report.export import export_table
from gru4rec_core.report.frames import accuracy as accuracy_frames
from gru4rec_core.report.frames import comparison as comparison_frames

_MAX_RANK_BARS = 4  # models whose ranks are drawn side by side


def choose_model(review: Review) -> ModelResults:
    """The model the page is about: from the URL, else the best; baselines can be chosen too."""
    names = [model.name for model in review.models]
    verdict = review.result.verdict
    best = verdict.best if verdict and verdict.best else names[0]
    requested = st.query_params.get("model")
    chosen = st.selectbox(
        "Model",
        names,
        index=names.index(requested if requested in names else best),
        format_func=lambda name: review.model(name).label,
        key="model-choice",
        width=280,
    )
    state.set_params(model=chosen)
    return review.model(chosen)


def show_headline(review: Review, model: ModelResults, k: int) -> pd.Series | None:
    """The weakest slice in one sentence; returns its row for the next step."""
    table = review_context.slice_table(review, (model.name,), k)
    weakest = accuracy_frames.find_weakest(table)
    overall = float(accuracy_frames.overall([model], k)["hits"].iloc[0])
    text = accuracy_frames.weakest_sentence(model.label, weakest, overall, k, review.unit)
    widgets.sentence(text, size="1.25rem", weight=600, heading=True)
    kind = None if weakest is None else review_context.select_kind(review, weakest["slice"], weakest["value"])
    widgets.sentence(accuracy_frames.misses_sentence(model, kind, k), muted=True)
    n_unknown = table.loc[table["value"] == "not in training", "n_events"].sum()
    if n_unknown:
        widgets.sentence(
            f"{n_unknown:,} of the {model.n_events:,} items that came were never seen in training and count as misses.",
            muted=True,
        )
    return weakest


def show_slices(review: Review, model: ModelResults, k: int) -> None:
    """Hits by kind of session, beside best-sellers."""
    widgets.section("By kind of session")
    sellers = [other for other in review.models if other.name == "popularity" and other.name != model.name]
    draw_slices(review, [model, *sellers], k, key="slice")
    st.caption("In brackets: test sessions. Faint: fewer than 200, where chance moves the figure by several points.")


def show_curve(review: Review, model: ModelResults) -> None:
    """Hits of contenders and best-sellers over the length of the list."""
    shown = [other for other in review.models if other.kind == "gru4rec" or other.name in {model.name, "popularity"}]
    table = comparison_frames.curve(shown)
    ends = table[(table["name"] == model.name) & table["k"].isin([1, MAX_LIST_LENGTH])]["hits"].tolist()
    widgets.show_chart(
        comparison_charts.accuracy_over_k(
            table, marked_k=review.record.config.deciding_k, unit=review.unit, dark=theme.is_dark()
        ),
        key="curve",
        alt=f"{model.label}: {ends[0]:.1f} hits per 100 at list length 1, {ends[1]:.1f} at {MAX_LIST_LENGTH}",
    )


def show_ranks(review: Review, model: ModelResults) -> None:
    """Which rank the true next item had."""
    names = list(dict.fromkeys([*(other.name for other in review.contenders), model.name]))[:_MAX_RANK_BARS]
    table = accuracy_frames.by_rank([review.model(name) for name in names])
    first = table[(table["name"] == model.name) & (table["rank"] == "1")]["share"].iloc[0]
    widgets.show_chart(
        accuracy_charts.rank_bars(table, unit=review.unit, dark=theme.is_dark()),
        key="ranks",
        alt=f"Rank of the item that came next; {model.label} had it first in {first:.1f} % of test {review.unit}",
    )


def show_confusion(review: Review, model: ModelResults) -> None:
    """First guess against the item that came, for the most frequent items."""
    seed = shown_seed(model, review.record.config.deciding_k)
    table, items = accuracy_frames.confusions(model, review.vocabulary, seed=seed)
    if table.empty:
        st.text("No item of the test was known in training, so there is nothing to set side by side.")
        return
    hit_rate = table[table["hit"]]["n_events"].sum() / table["n_events"].sum()
    widgets.show_chart(
        accuracy_charts.confusion_map(table, items, model.label, dark=theme.is_dark()),
        key="confusion",
        alt=f"First guess of {model.label} against the item that came, {len(items)} most frequent items; "
        f"a hit in {100 * hit_rate:.0f} % of their events",
    )
    _say_seed(review, model, seed)


def show_never_recommended(review: Review, model: ModelResults, k: int) -> None:
    """Items that are in no list of length k."""
    seed = shown_seed(model, review.record.config.deciding_k)
    table = accuracy_frames.unseen_items(model, review.vocabulary, np.asarray(review.split.train_counts), k, seed)
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
    widgets.show_table(exported, key="never-shown", name="never-recommended", shown=table)


def _say_seed(review: Review, model: ModelResults, seed: int) -> None:
    """Whose guesses these are, of a model with several seeds."""
    if model.n_seeds > 1:
        name = seed_choice.seed_names(review, [model])[seed]
        st.caption(f"The guesses of seed {name}, the one nearest the mean of all {model.n_seeds}.")


def misses_params(model: ModelResults, weakest: pd.Series | None) -> dict[str, str]:
    """URL parameters that make the Sessions page show this model's misses in the weakest slice."""
    params = {"show": "missed", "missed": model.name}
    return params if weakest is None else params | {"kind": f"{weakest['slice']}:{weakest['value']}"}
