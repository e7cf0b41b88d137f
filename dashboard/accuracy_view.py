"""How is one model's accuracy told, the weakest slice first?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import review_context, state, widgets
from dashboard.compare_view import draw_slices
from dashboard.review_context import Review
from gru4rec_core.config import MAX_LIST_LENGTH
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.report.charts import accuracy as accuracy_charts
from gru4rec_core.report.charts import comparison as comparison_charts
from gru4rec_core.report.frames import accuracy as accuracy_frames
from gru4rec_core.report.frames import comparison as comparison_frames


def choose_model(view: Review) -> ModelResults:
    """The model the page is about: from the URL, else the best; baselines can be looked at too."""
    names = [model.name for model in view.models]
    verdict = view.result.verdict
    best = verdict.best if verdict and verdict.best else names[0]
    wanted = st.query_params.get("model")
    chosen = st.selectbox(
        "Model",
        names,
        index=names.index(wanted if wanted in names else best),
        format_func=lambda name: view.model(name).label,
        key="model-choice",
        width=280,
    )
    st.query_params["model"] = chosen
    return view.model(chosen)


def headline(view: Review, model: ModelResults, k: int) -> pd.Series | None:
    """The weakest slice in one sentence; returns its row for the way on."""
    numbers = review_context.slices(view, (model.name,), k)
    row = accuracy_frames.find_weakest(numbers)
    overall = float(accuracy_frames.overall([model], k)["hits"].iloc[0])
    text = accuracy_frames.weakest_sentence(model.label, row, overall, k, view.unit)
    widgets.sentence(text, size="1.25rem", weight=600, heading=True)
    unknown = numbers.loc[numbers["value"] == "not in training", "n_events"].sum()
    if unknown:
        widgets.sentence(
            f"{unknown:,} of the {model.n_events:,} items that came were never seen in training: counted as misses.",
            muted=True,
        )
    return row


def slices(view: Review, model: ModelResults, k: int) -> None:
    """Hits by kind of session beside best-sellers."""
    widgets.section("By kind of session")
    shown = [model, *(one for one in view.models if one.name == "popularity" and one.name != model.name)]
    draw_slices(view, shown, k, key="slice")
    st.caption("In brackets: test sessions. Faint: fewer than 200, where chance moves the figure by several points.")


def curve(view: Review, model: ModelResults) -> None:
    """Hits over the list's length, trained models and best-sellers."""
    shown = [one for one in view.models if one.kind == "gru4rec" or one.name in {model.name, "popularity"}]
    table = comparison_frames.curve(shown)
    ends = table[(table["name"] == model.name) & table["k"].isin([1, MAX_LIST_LENGTH])]["hits"].tolist()
    widgets.show_chart(
        comparison_charts.accuracy_over_k(
            table, marked_k=view.record.config.deciding_k, unit=view.unit, dark=state.is_dark()
        ),
        key="curve",
        alt=f"{model.label}: {ends[0]:.1f} hits per 100 at list length 1, {ends[1]:.1f} at {MAX_LIST_LENGTH}",
    )


def ranks(view: Review, model: ModelResults) -> None:
    """Where the true item stood."""
    shown = list(dict.fromkeys([*(one.name for one in view.contenders), model.name]))[:4]
    table = accuracy_frames.by_rank([view.model(name) for name in shown])
    first = table[(table["name"] == model.name) & (table["rank"] == "1")]["share"].iloc[0]
    widgets.show_chart(
        accuracy_charts.rank_bars(table, unit=view.unit, dark=state.is_dark()),
        key="ranks",
        alt=f"Rank of the item that came next; {model.label} had it first in {first:.1f} % of test {view.unit}",
    )


def confusion(view: Review, model: ModelResults) -> None:
    """First guess against what came, for the most frequent items."""
    table, items = accuracy_frames.confusions(model, view.vocabulary)
    if table.empty:
        st.text("No item of the test was known in training: there is nothing to set side by side.")
        return
    right = table[table["hit"]]["n_events"].sum() / table["n_events"].sum()
    widgets.show_chart(
        accuracy_charts.confusion_map(table, items, model.label, dark=state.is_dark()),
        key="confusion",
        alt=f"First guess of {model.label} against the item that came, {len(items)} most frequent items; "
        f"right in {100 * right:.0f} % of their events",
    )


def never_shown(view: Review, model: ModelResults, k: int) -> None:
    """Items that no list of length k held."""
    table = accuracy_frames.unseen_items(model, view.vocabulary, np.asarray(view.split.train_counts), k)
    n_items = len(view.vocabulary)
    widgets.section("Never recommended")
    if table.empty:
        st.text(f"Each of the {n_items:,} items stood in at least one top {k}.")
        return
    st.text(
        f"{len(table):,} of {n_items:,} items stood in no top {k} of the {model.n_events:,} test {view.unit}; "
        f"they came next {table['came next'].sum():,} times."
    )
    widgets.show_table(table, key="never-shown", name="never-recommended")


def misses_link(model: ModelResults, row: pd.Series | None) -> dict[str, str]:
    """URL parameters of the sessions page that show what the headline speaks of: this model's misses in that slice."""
    params = {"show": "missed", "missed": model.name}
    return params if row is None else params | {"kind": f"{row['slice']}:{row['value']}"}
