"""How does the Compare page present a comparison, block by block, starting with the verdict?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from html import escape
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import messages, navigation, review_context, state, theme, widgets
from dashboard.review_context import Review
from gru4rec_core.config import MAX_LIST_LENGTH
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.hit_overlap import find_hit_overlap
from gru4rec_core.evaluation.many_pairs import adjust_many_pairs, explain_adjustments
from gru4rec_core.evaluation.rate_intervals import level_text
from gru4rec_core.evaluation.seed_outcomes import by_majority, explain_counts
from gru4rec_core.evaluation.slices import choose_methods
from gru4rec_core.evaluation.verdict_text import deciding_note
from gru4rec_core.report.charts import accuracy as accuracy_charts
from gru4rec_core.report.charts import comparison as comparison_charts
from gru4rec_core.report.charts.comparison import GLYPHS, SquareForm, outcome_fills
from gru4rec_core.report.export import add_intervals, export_table
from gru4rec_core.report.frames import accuracy as accuracy_frames
from gru4rec_core.report.frames import comparison as comparison_frames
from gru4rec_core.report.frames.settings import select_differences, settings_table
from gru4rec_core.report.labels import describe_lone_model, outcome_labels, outcome_line
from gru4rec_core.results.comparison import Pair
from gru4rec_core.results.trust_facts import trust_facts
from gru4rec_core.words import figure, p_text, signed

_SMALL_SQUARE = 240  # px; with it verdict, square and ladder fit a laptop's screen


def show_headline(review: Review, shown_k: int) -> None:
    """The verdict's sentences, with the remedy where the models cannot be compared.

    Args:
        review: the comparison.
        shown_k: list length of the figures below; where another decides, that is said.
    """
    verdict = review.result.verdict
    if verdict is None:
        widgets.sentence(describe_lone_model(review.result.left_out), size="1.3rem", heading=True)
        for text in review.result.sentences:
            widgets.sentence(text, size="1.05rem")
        return
    params = {"dataset": review.record.dataset_id, "comparison": review.record.id}
    widgets.verdict_block(verdict, deciding_note(review.record.config.deciding_k, shown_k), params)
    if verdict.kind == "invalid" and verdict.remedy:
        messages.show_message(verdict.remedy, "warning")


def copied_sentence(shown: Review, agreed: Review) -> str | None:
    """The verdict's first sentence as *Copy link* quotes it; where it was judged otherwise here, that is said."""
    if shown.result.verdict is None:
        return None
    changed = shown.result.limits[len(agreed.result.limits) :]
    return " ".join((shown.result.verdict.sentences[0], *changed))


def show_hit_overlap(review: Review, pair: Pair, k: int, selection: state.Selection) -> None:
    """Whose hits overlap, as a square of 100 with its legend below; each block and each line leads to its sessions."""
    show_square(review, pair, k, selection, SquareForm(legend=False))
    _draw_swatches(pair)
    with st.container(horizontal=True, gap="small", key="outcomes"):
        show_outcomes(pair, k, selection)
    if by_majority(pair):
        messages.show_aside(explain_counts(pair, k))


def show_overlap_beside(review: Review, pair: Pair, k: int, selection: state.Selection) -> None:
    """The same in little height: the square, and beside it the lines, which are its legend."""
    square, lines = st.columns([8, 5], gap="small", vertical_alignment="center")
    with square:
        show_square(review, pair, k, selection, SquareForm(side=_SMALL_SQUARE, legend=False))
    with lines, st.container(gap="xsmall", key="outcomes"):
        _draw_swatches(pair)
        show_outcomes(pair, k, selection)
        if by_majority(pair):
            messages.show_aside(explain_counts(pair, k))


def show_square(review: Review, pair: Pair, k: int, selection: state.Selection, form: SquareForm) -> None:
    """The square of 100 itself; a click on a block opens its sessions."""
    counts = find_hit_overlap(*pair, k).counts
    labels = outcome_labels(*pair)
    chart = partial(
        comparison_charts.outcome_square,
        comparison_frames.square(counts),
        labels,
        (pair[0].name, pair[1].name),
        unit=review.unit,
        dark=theme.is_dark(),
        form=form,
    )
    words = ", ".join(f"{labels[outcome]} {count:,}" for outcome, count in counts.items())
    majority = by_majority(pair)
    how = f",{majority}" if majority else ""
    event = widgets.show_chart(
        chart,
        key="outcome-square",
        alt=f"Of {sum(counts.values()):,} test {review.unit} at list length {k}{how}: {words}",
        width="content",
        on_select="rerun",
        selection_mode="outcome",
    )
    chosen = event.selection.get("outcome") if event else None
    if chosen:
        state.open_page("sessions", selection, **_outcome_params(pair, str(chosen[0]["outcome"])))


def show_outcomes(pair: Pair, k: int, selection: state.Selection) -> None:
    """A line for each outcome: of 100, and its count; it leads to these sessions."""
    labels = outcome_labels(*pair)
    overlap = find_hit_overlap(*pair, k)
    for outcome, count in overlap.counts.items():
        line = outcome_line(widgets.plain_label(labels[outcome]), overlap.squares[outcome], count)
        with st.container(key=f"outcome-{outcome}", width="content"):
            st.page_link(
                navigation.PAGES["sessions"],
                label=f"{GLYPHS[outcome]} {line}",
                query_params=selection.params(**_outcome_params(pair, outcome)),
            )


def _draw_swatches(pair: Pair) -> None:
    """A little square in the colour of its block before each line."""
    rules = "".join(
        f".st-key-outcomes .st-key-outcome-{outcome} a::before{{background:{fill}}}"
        for outcome, fill in outcome_fills((pair[0].name, pair[1].name), theme.is_dark()).items()
    )
    shape = "content:'';flex:none;width:.85rem;height:.85rem;border-radius:3px"
    st.html(f"<style>.st-key-outcomes [class*=st-key-outcome-] a::before{{{shape}}}{rules}</style>")


def _outcome_params(pair: Pair, outcome: str) -> dict[str, str]:
    return {"show": outcome, "a": pair[0].name, "b": pair[1].name}


def show_ladder(review: Review, k: int) -> None:
    """All methods from best to worst with their intervals."""
    confidence = review.record.config.confidence
    table = comparison_frames.ladder(_whole_table(review, review.models, k))
    seeds = comparison_frames.seed_points(review.models, k)
    best = table.iloc[0]
    widgets.show_chart(
        partial(
            comparison_charts.ladder, table, seeds, k, confidence=confidence, unit=review.unit, dark=theme.is_dark()
        ),
        key="ladder",
        alt=f"{len(table)} methods by hits in the top {k} per 100, best {best['label']} with {figure(best['hits'])}",
    )


def show_trust(review: Review) -> None:
    """What the verdict rests on: seeds, convergence, settings, test rule, when the metric was chosen."""
    facts = trust_facts(review.result, review.runs)
    pieces = "".join(
        f'<div style="min-width:0"><div style="opacity:.75;font-size:.85rem">{name}</div>'
        f'<div style="overflow-wrap:anywhere">{escape(text)}</div></div>'
        for name, text in facts.items()
    )
    st.html(
        '<div role="group" aria-label="What the verdict rests on" style="display:grid;gap:.6rem 1.5rem;'
        f'grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr))">{pieces}</div>'
    )


def show_forest(review: Review, pair: Pair) -> None:
    """The deciding metric and the exploratory ones, relative to the base."""
    table = comparison_frames.forest(review.result.comparison.pair(pair[0].name, pair[1].name))
    if table.empty:
        st.text(f"{pair[0].label} has no hit at all, so nothing can be said relative to it.")
        return
    config = review.record.config
    options: dict[str, Any] = {"confidence": config.confidence, "margin": 100 * config.margin, "dark": theme.is_dark()}
    labels = pair[0].label, pair[1].label
    for key, rows in comparison_frames.by_role(table):
        words = comparison_frames.difference_words(rows.iloc[0], *labels, config.confidence)
        widgets.show_chart(partial(comparison_charts.DIFFERENCES[key], rows, *labels, **options), key=key, alt=words)


def show_curve(review: Review, shown: Sequence[ModelResults]) -> None:
    """Hits of some methods over the length of the list."""
    table = comparison_frames.curve(shown)
    ends = table[table["k"] == MAX_LIST_LENGTH].sort_values("hits", ascending=False)
    words = ", ".join(f"{label} {figure(hits)}" for label, hits in zip(ends["label"], ends["hits"], strict=True))
    widgets.show_chart(
        partial(
            comparison_charts.accuracy_over_k,
            table,
            marked_k=review.record.config.deciding_k,
            unit=review.unit,
            dark=theme.is_dark(),
        ),
        key="curve",
        alt=f"Hits per 100 over list length 1 to {MAX_LIST_LENGTH}; at {MAX_LIST_LENGTH}: {words}",
    )


def show_methods(review: Review, k: int) -> None:
    """All figures of all methods."""
    first = f"top {review_context.nearest_list_length(k)}"
    table = comparison_frames.metrics_table(review.models).sort_values(first, ascending=False, ignore_index=True)
    # The list length of the page comes first: a phone shows two or three columns.
    table = table[["method", first, *(name for name in table.columns if name not in {"method", first})]]
    figures = [name for name in table.columns if name.startswith(("top ", "MRR", "NDCG"))]
    columns: dict[str, Any] = {name: st.column_config.NumberColumn(name, format="%.1f") for name in figures}
    columns["method"] = st.column_config.TextColumn("method", pinned=True)
    columns["training s"] = st.column_config.NumberColumn("training, s", format="%.0f")
    st.caption("Hits in the top k, MRR and NDCG per 100; means over runs. All but the deciding metric are exploratory.")
    labels = {model.name: model.label for model in review.models}
    exported = add_intervals(table, _whole_table(review, review.models, k), k, labels)
    exported = export_table(exported, review_context.table_source(review, k))
    widgets.show_table(exported, key="methods", name="methods", shown=table, columns=columns)


def show_p_values(review: Review, pair: Pair) -> None:
    """Test results of the pair, metric by metric; only the first decides."""
    paired = review.result.comparison.pair(pair[0].name, pair[1].name)
    level = level_text(review.record.config.confidence)
    rows = comparison_frames.differences(paired)
    table = rows.assign(decides=np.where(rows["decides"], "●", "")).rename(
        columns={
            "a": f"{pair[0].label} per 100",
            "b": f"{pair[1].label} per 100",
            "low": f"{level} from",
            "high": f"{level} to",
            "p": "p (sessions flipped)",
            "n_differing": "sessions that differ",
        }
    )
    formats: dict[Any, Any] = dict.fromkeys(table.columns[2:4], figure) | dict.fromkeys(table.columns[4:7], signed)
    formats["p (sessions flipped)"] = partial(p_text, n_permutations=review.record.config.n_permutations)
    formats["sessions that differ"] = "{:,}"
    exported = export_table(table, review_context.table_source(review, review.record.config.deciding_k))
    widgets.show_table(exported, key="p-values", name="p-values", shown=table.style.format(formats))
    if paired.mcnemar_p is not None:
        p = p_text(paired.mcnemar_p)
        st.text(f"Mid-p McNemar test of the deciding metric: p {p if p.startswith('<') else f'= {p}'}")


def show_many_pairs(review: Review) -> None:
    """Where there are many trained models: every pair with the p values that allow for their number, in two ways."""
    pairs = adjust_many_pairs(review.result.comparison)
    if not pairs:
        return
    widgets.section("Every pair of models")
    st.caption(explain_adjustments(review.record.config.confidence))
    table = comparison_frames.adjusted_pairs(pairs)
    config = review.record.config
    formats: dict[Any, Any] = {"difference": signed}
    formats |= dict.fromkeys(table.columns[3:], partial(p_text, n_permutations=config.n_permutations))
    exported = export_table(table, review_context.table_source(review, config.deciding_k))
    widgets.show_table(exported, key="every-pair", name="every-pair", shown=table.style.format(formats))


def show_slices(review: Review, k: int) -> None:
    """Hits by kind of session, exploratory."""
    widgets.section("Where they differ (exploratory)")
    st.caption("This explains the verdict but does not decide it: among many slices, some differ by chance.")
    shown = choose_methods(review.models, review.record.config.deciding_k)
    draw_slices(review, shown, k, key="compare-slice")


def draw_slices(review: Review, shown: Sequence[ModelResults], k: int, *, key: str) -> None:
    """A chart for each kind of slice, all on one scale: two per row, one below the other on a phone."""
    confidence = review.record.config.confidence
    table = review_context.slice_table(review, tuple(model.name for model in shown), k)
    whole = _whole_table(review, shown, k)
    top = float(max(table["high"].max(), whole["high"].max()))
    cuts = [cut for cut in accuracy_frames.TITLES if table.loc[table["slice"] == cut, "value"].nunique() > 1]
    columns: list[Any] = []
    for i, cut in enumerate(cuts):
        if i % 2 == 0:  # a row of two at a time, so that a phone stacks them in reading order
            columns = list(st.columns(2, gap="medium"))
        title, rows = accuracy_frames.TITLES[cut], accuracy_frames.chart_rows(table, whole, cut, review.unit)
        with columns[i % 2]:
            widgets.show_chart(
                partial(
                    accuracy_charts.slice_dots, rows, title, k, confidence=confidence, top=top, dark=theme.is_dark()
                ),
                key=f"{key}-{cut}",
                alt=f"{title}: hits in the top {k} per 100 of {', '.join(model.label for model in shown)}",
            )


def _whole_table(review: Review, shown: Iterable[ModelResults], k: int) -> pd.DataFrame:
    return review_context.whole_table(review, (model.name for model in shown), k)


def show_settings(review: Review) -> None:
    """Training settings run by run; at first only those that differ."""
    differences_only = st.toggle("Differences only", value=True, key="differences-only")
    table = settings_table({run.name: run.config for run in review.runs})
    if differences_only:
        table = select_differences(table)
    if table.empty:
        st.text("All runs have the same settings.")
        return
    exported = export_table(table, review_context.table_source(review, None))
    widgets.show_table(exported, key="settings", name="settings", shown=table)
