"""How is a comparison told, block by block, the verdict first?"""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import messages, review_context, state, widgets
from dashboard.review_context import Review
from gru4rec_core.config import LIST_LENGTHS, MAX_LIST_LENGTH, PROTOCOL_LABELS
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.hit_overlap import find_hit_overlap
from gru4rec_core.evaluation.intervals import level_text
from gru4rec_core.report.charts import accuracy as accuracy_charts
from gru4rec_core.report.charts import comparison as comparison_charts
from gru4rec_core.report.frames import accuracy as accuracy_frames
from gru4rec_core.report.frames import comparison as comparison_frames

Pair = tuple[ModelResults, ModelResults]


def headline(view: Review) -> None:
    """The verdict's sentences; with the way out where the models cannot be compared."""
    verdict = view.result.verdict
    if verdict is None:
        widgets.sentence("One model was trained: nothing to compare it with but counting.", size="1.3rem", heading=True)
        return
    widgets.verdict_block(verdict)
    if verdict.kind == "invalid" and verdict.remedy:
        messages.note(verdict.remedy, "warning")


def outcomes(view: Review, pair: Pair, k: int, selection: state.Selection) -> None:
    """Who had the next item, as a square of 100; each block and each line below leads to its sessions."""
    counts = find_hit_overlap(*pair, k).counts
    labels = outcome_labels(pair)
    chart = comparison_charts.outcome_square(
        comparison_frames.square(counts), labels, (pair[0].name, pair[1].name), unit=view.unit, dark=state.is_dark()
    )
    words = ", ".join(f"{labels[key]} {count:,}" for key, count in counts.items())
    event = widgets.show_chart(
        chart,
        key="outcome-square",
        alt=f"Of {sum(counts.values()):,} test {view.unit} at list length {k}: {words}",
        width="content",
        on_select="rerun",
        selection_mode="outcome",
    )
    chosen = event.selection.get("outcome") if event else None
    if chosen:
        state.open_page("sessions", selection, **_link(pair, str(chosen[0]["outcome"])))
    with st.container(horizontal=True, gap="small"):
        for key, count in counts.items():
            st.page_link(
                state.PAGES["sessions"],
                label=f"{widgets.plain_label(labels[key])}: {count:,}",
                icon=":material/arrow_forward:",
                query_params=selection.params(**_link(pair, key)),
            )


def outcome_labels(pair: Pair) -> dict[str, str]:
    """What each outcome is called, by its name in the URL."""
    base, other = pair
    return {
        "both": "both right",
        "only_b": f"only {other.label}",
        "only_a": f"only {base.label}",
        "neither": "neither",
    }


def _link(pair: Pair, outcome: str) -> dict[str, str]:
    return {"show": outcome, "a": pair[0].name, "b": pair[1].name}


def ladder(view: Review, k: int) -> None:
    """All methods from best to worst with their intervals."""
    confidence = view.record.config.confidence
    table = comparison_frames.ladder(view.models, k, confidence)
    seeds = comparison_frames.seed_points(view.models, k)
    best = table.iloc[0]
    widgets.show_chart(
        comparison_charts.ladder(table, seeds, k, confidence=confidence, unit=view.unit, dark=state.is_dark()),
        key="ladder",
        alt=f"{len(table)} methods by hits in the top {k} per 100, best {best['label']} with {best['hits']:.1f}",
    )


def trust_line(view: Review) -> None:
    """What the verdict rests on: seeds, convergence, settings, test rule, when the metric was chosen."""
    seeds = sorted({model.n_seeds for model in view.contenders})
    unfinished = [model.label for model in view.contenders if model.still_improving]
    differing = [
        name for name in review_context.differing(review_context.settings_table(view))["setting"] if name != "seed"
    ]
    beyond = [name for name in differing if name != "loss"]
    facts = {
        "Seeds": f"{' and '.join(map(str, seeds))} a model" + ("; luck of the start not known" if seeds == [1] else ""),
        "Training": f"still improving when stopped: {', '.join(unfinished)}" if unfinished else "converged",
        "Settings": f"differ in {', '.join(beyond)}" if beyond else "the same but for the loss",
        "Test": f"{PROTOCOL_LABELS[view.record.split.protocol].lower()}, {view.models[0].n_events:,} {view.unit}",
        "Deciding metric": f"accuracy@{view.record.config.deciding_k}, chosen "
        + ("before training" if view.record.decided_before_results else "when results were known"),
    }
    pieces = "".join(
        f'<div style="min-width:0"><div style="opacity:.75;font-size:.85rem">{name}</div>'
        f'<div style="overflow-wrap:anywhere">{escape(text)}</div></div>'
        for name, text in facts.items()
    )
    st.html(
        '<div role="group" aria-label="What the verdict rests on" style="display:grid;gap:.6rem 1.5rem;'
        f'grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr))">{pieces}</div>'
    )


def forest(view: Review, pair: Pair) -> None:
    """The deciding metric and the exploratory ones, relative to the base."""
    paired = view.result.comparison.pair(pair[0].name, pair[1].name)
    table = comparison_frames.forest(paired)
    if table.empty:
        st.text(f"{pair[0].label} has no hit at all, so that nothing can be said relative to it.")
        return
    margin, confidence = 100 * view.record.config.margin, view.record.config.confidence
    first = table.iloc[0]
    widgets.show_chart(
        comparison_charts.forest(
            table, pair[0].label, pair[1].label, confidence=confidence, margin=margin, dark=state.is_dark()
        ),
        key="forest",
        alt=f"{pair[1].label} against {pair[0].label}: {first['metric']} {first['relative']:+.1f} %, "
        f"{level_text(confidence)} interval {first['low']:+.1f} to {first['high']:+.1f} %",
    )


def curve(view: Review) -> None:
    """Hits over the list's length for all methods."""
    table = comparison_frames.curve(view.models)
    ends = table[table["k"] == MAX_LIST_LENGTH].sort_values("hits", ascending=False)
    words = ", ".join(f"{row.label} {row.hits:.1f}" for row in ends.itertuples())
    widgets.show_chart(
        comparison_charts.accuracy_over_k(
            table, marked_k=view.record.config.deciding_k, unit=view.unit, dark=state.is_dark()
        ),
        key="curve",
        alt=f"Hits per 100 over list length 1 to {MAX_LIST_LENGTH}; at {MAX_LIST_LENGTH}: {words}",
    )


def table(view: Review, k: int) -> None:
    """All figures of all methods."""
    first = f"top {_nearest(k)}"
    numbers = comparison_frames.metrics_table(view.models).sort_values(first, ascending=False, ignore_index=True)
    # The list length of the page comes first: a phone shows two or three columns.
    numbers = numbers[["method", first, *(name for name in numbers.columns if name not in {"method", first})]]
    figures = [name for name in numbers.columns if name.startswith(("top ", "MRR", "NDCG"))]
    columns: dict[str, Any] = {name: st.column_config.NumberColumn(name, format="%.1f") for name in figures}
    columns["method"] = st.column_config.TextColumn("method", pinned=True)
    columns["training s"] = st.column_config.NumberColumn("training, s", format="%.0f")
    st.caption("Hits in the top k, MRR and NDCG per 100; means over runs. Every one but the deciding is exploratory.")
    widgets.show_table(numbers, key="methods", name="methods", columns=columns)


def _nearest(k: int) -> int:
    return min(LIST_LENGTHS, key=lambda one: abs(one - k))


def p_values(view: Review, pair: Pair) -> None:
    """Test results of the pair, metric by metric; only the first decides."""
    paired = view.result.comparison.pair(pair[0].name, pair[1].name)
    level = level_text(view.record.config.confidence)
    rows = [
        {
            "metric": comparison_frames.metric_label(one.metric),
            "decides": "●" if one is paired.deciding else "",
            f"{pair[0].label} per 100": 100 * one.a_value,
            f"{pair[1].label} per 100": 100 * one.b_value,
            "difference": 100 * one.difference,
            f"{level} from": 100 * one.low,
            f"{level} to": 100 * one.high,
            "p (sessions flipped)": one.p_value,
            "sessions that differ": one.n_differing,
        }
        for one in (paired.deciding, *paired.exploratory)
    ]
    numbers = pd.DataFrame(rows)
    rates = {name: st.column_config.NumberColumn(name, format="%.2f") for name in numbers.columns[2:7]}
    rates["p (sessions flipped)"] = st.column_config.NumberColumn("p (sessions flipped)", format="%.4f")
    widgets.show_table(numbers, key="p-values", name="p-values", columns=rates)
    if paired.mcnemar_p is not None:
        st.text(f"Mid-p McNemar test of the deciding metric: p = {paired.mcnemar_p:.4f}")


def slices(view: Review, k: int) -> None:
    """Hits by kind of session, exploratory."""
    widgets.section("Where they differ (exploratory)")
    st.caption("Explains, decides nothing: with many slices some differ by chance. Faint: under 200 test sessions.")
    shown = [*view.contenders, *(model for model in view.models if model.name == "popularity")]
    draw_slices(view, shown, k, key="compare-slice")


def draw_slices(view: Review, shown: list[ModelResults], k: int, *, key: str) -> None:
    """Four charts side by side on one scale, one under the other on a phone."""
    numbers = review_context.slices(view, tuple(model.name for model in shown), k)
    whole = accuracy_frames.overall(shown, k)
    top = float(max(numbers["hits"].max(), whole["hits"].max()))
    cuts = [cut for cut in accuracy_frames.TITLES if numbers.loc[numbers["slice"] == cut, "value"].nunique() > 1]
    columns: list[Any] = []
    for place, cut in enumerate(cuts):
        if place % 2 == 0:  # a row of two at a time, so that a phone stacks them in reading order
            columns = list(st.columns(2, gap="medium"))
        with columns[place % 2]:
            part = numbers[numbers["slice"] == cut]
            widgets.show_chart(
                accuracy_charts.slice_dots(part, whole, k, accuracy_frames.TITLES[cut], top=top, dark=state.is_dark()),
                key=f"{key}-{cut}",
                alt=f"{accuracy_frames.TITLES[cut]}: hits in the top {k} per 100 of "
                + ", ".join(model.label for model in shown),
            )


def settings(view: Review) -> None:
    """Training settings run by run; at first only those that differ."""
    only = st.toggle("Differences only", value=True, key="differences-only")
    everything = review_context.settings_table(view)
    chosen = review_context.differing(everything) if only else everything
    if chosen.empty:
        st.text("All runs have the same settings.")
        return
    widgets.show_table(chosen, key="settings", name="settings")
