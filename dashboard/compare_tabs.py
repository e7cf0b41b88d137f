"""What stands below Compare's first screen: how sure the verdict is, where the models differ, and the details?

Only the open tab is computed. It stands in the address (`tab`), so a pasted link opens it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import streamlit as st

from dashboard import (
    compare_view,
    damage_card,
    judging_form,
    messages,
    more_seeds_form,
    progress_view,
    review_context,
    self_check_view,
    stability_view,
    state,
    tuning_view,
    widgets,
)
from dashboard.review_context import Review
from gru4rec_core.report.export import export_table
from gru4rec_core.report.frames.seeds import seed_table
from gru4rec_core.report.glossary import OFFLINE_LIMITS
from gru4rec_core.results.comparison import Pair, seed_names
from gru4rec_core.workspace.tuning_checks import check_tuning
from gru4rec_core.workspace.tunings import read_tuning, tuning_folder

HOW_SURE, WHERE, DETAILS = "How sure", "Where", "Details"


@dataclass(frozen=True)
class Shown:
    """What the page shows: the comparison as it is judged here and as it was agreed, the pair, the list length."""

    review: Review
    agreed: Review
    pair: Pair | None
    k: int


def show_tabs(shown: Shown) -> None:
    """The three tabs, of which the open one is drawn."""
    parts = {HOW_SURE: show_how_sure, WHERE: show_where, DETAILS: show_details}
    for tab, show in zip(st.tabs(list(parts), key="tab", bind="query-params"), parts.values(), strict=True):
        if tab.open:
            with tab:
                show(shown)


def show_how_sure(shown: Shown) -> None:
    """What the verdict rests on, the intervals of all metrics, each seed, whether it holds, the p values.

    Margin and level can be tried.

    All differences are those of the leader against the other, as in the verdict's sentence.
    """
    review, pair = shown.review, shown.pair
    compare_view.show_trust(review)
    if pair is None or not review.result.comparison.pairs:
        return
    paired = review.result.comparison.pair(pair[0].name, pair[1].name).toward_leader()
    pair = paired.a, paired.b
    forest, seeds = st.columns([6, 4], gap="medium")
    with forest:
        compare_view.show_forest(review, pair)
    with seeds:
        judging_form.ask_for_judging(review, shown.agreed)
        show_seeds(review, pair)
    more_seeds_form.show_repeats(shown.agreed)
    stability_view.show_strip(review, paired)
    widgets.section("p-values")
    compare_view.show_p_values(review, pair)
    compare_view.show_many_pairs(review)
    self_check_view.show_self_check(shown.agreed)


def show_seeds(review: Review, pair: Pair) -> None:
    """Both models' hits seed by seed at the list length that decides; where there is one run each, that is said."""
    k = review.record.config.deciding_k
    if max(model.n_seeds for model in pair) == 1:
        messages.show_aside("One training run each: what luck does to these figures is not known.")
        return
    table = seed_table(pair, k, seed_names(review.result, review.runs, pair))
    figures = list(table.columns[1:])
    st.caption(f"Hits in the top {k} per 100, one row per training run")
    widgets.show_table(
        export_table(table, review_context.table_source(review, k)),
        key="seeds",
        name="seeds",
        shown=table,
        columns={name: st.column_config.NumberColumn(name, format="%.1f") for name in figures},
    )


def show_where(shown: Shown) -> None:
    """Hits by kind of session, and over the length of the list."""
    compare_view.show_slices(shown.review, shown.k)
    compare_view.show_curve(shown.review, shown.review.models)


def show_details(shown: Shown) -> None:
    """Every figure of every method, warnings, settings, and the course of training."""
    compare_view.show_methods(shown.review, shown.k)
    review_context.show_warnings(shown.review)
    widgets.section("Settings of the runs")
    compare_view.show_settings(shown.review)
    _show_tuning(shown.review, shown.k)
    widgets.section("How training went")
    progress_view.show_curves(state.workspace(), list(shown.review.runs), shown.review.record.config.deciding_k)


def _show_tuning(review: Review, k: int) -> None:
    """How the settings were found, where the models were tuned and the search is still there."""
    tuned = review.record.tuned
    if tuned is None:
        return
    widgets.section("How the settings were tuned")
    workspace, dataset_id = state.workspace(), review.record.dataset_id
    if not tuning_folder(workspace, dataset_id, tuned.tuning_id).exists():
        messages.show_aside("The search was removed. The settings it found are those of the runs.")
        return
    found = partial(check_tuning, workspace, f"{dataset_id}/{tuned.tuning_id}")
    with damage_card.in_place_of(workspace, lambda: filter(None, [found()])):
        tuning = read_tuning(workspace, dataset_id, tuned.tuning_id)
        tuning_view.show_result(tuning, state.Selection(review.result.dataset, review.record, k))


def show_offline_limits() -> None:
    """What no offline test can say, one tap away."""
    with st.expander("What an offline test cannot say", key="offline-limits", icon=":material/info:"):
        for text in OFFLINE_LIMITS:
            widgets.sentence(text)
