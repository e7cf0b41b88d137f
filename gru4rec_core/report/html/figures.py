"""Which charts does a report show, and what does each say in words?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gru4rec_core.config import MAX_LIST_LENGTH
from gru4rec_core.evaluation.hit_overlap import find_hit_overlap
from gru4rec_core.report.charts import accuracy as accuracy_charts
from gru4rec_core.report.charts import comparison as comparison_charts
from gru4rec_core.report.frames import accuracy as accuracy_frames
from gru4rec_core.report.frames import comparison as comparison_frames
from gru4rec_core.report.html.contents import ReportContents
from gru4rec_core.report.html.svg import chart_to_svg
from gru4rec_core.report.labels import outcome_labels

_HALF = 344  # px: two beside each other on A4, one on a phone
_BESIDE_SQUARE = 356


@dataclass(frozen=True)
class Figure:
    """A drawn chart: `svg` is an element, `name` unique on the page, `wide` whether it has its line for itself."""

    name: str
    svg: str
    wide: bool = False


def draw_square(contents: ReportContents) -> Figure | None:
    """Whose hits overlap, as a square of 100; None without a pair."""
    if contents.pair is None:
        return None
    base, other = contents.pair
    counts = find_hit_overlap(base, other, contents.k).counts
    labels = outcome_labels(base, other)
    cells = comparison_frames.square(counts)
    chart = comparison_charts.outcome_square(
        cells,
        labels,
        (base.name, other.name),
        unit=contents.unit,
        form=comparison_charts.SquareForm(clickable=False),
    )
    words = ", ".join(f"{labels[outcome]} {count:,}" for outcome, count in counts.items())
    return _draw(chart, "square", f"Of {sum(counts.values()):,} test {contents.unit}: {words}")


def draw_ladder(contents: ReportContents) -> Figure:
    """All methods from best to worst with their intervals."""
    k = contents.k
    table = comparison_frames.ladder(contents.whole_rates)
    seeds = comparison_frames.seed_points(contents.models, k)
    chart = comparison_charts.ladder(table, seeds, k, confidence=contents.confidence, unit=contents.unit)
    words = f"{len(table)} methods by hits in the top {k} per 100; the table below has the figures"
    return _draw(chart, "ladder", words, _BESIDE_SQUARE if contents.pair else 2 * _HALF)


def draw_differences(contents: ReportContents) -> Iterator[Figure]:
    """The deciding metric and the others, of the leader relative to the other model; none where nothing can be said."""
    if contents.pair is None:
        return
    base, other = contents.pair
    config = contents.comparison.config
    paired = contents.comparison.pair(base.name, other.name).toward_leader()
    table = comparison_frames.forest(paired)
    options: dict[str, Any] = {"confidence": config.confidence, "margin": 100 * config.margin}
    labels = paired.a.label, paired.b.label
    for name, rows in comparison_frames.by_role(table):
        words = comparison_frames.difference_words(rows.iloc[0], *labels, config.confidence)
        chart = comparison_charts.DIFFERENCES[name](rows, *labels, **options)
        yield _draw(chart, name, words, 2 * _HALF, wide=True)


def draw_curve(contents: ReportContents) -> Figure:
    """Hits of all methods over the length of the list."""
    table = comparison_frames.curve(contents.models)
    chart = comparison_charts.accuracy_over_k(table, marked_k=contents.k, unit=contents.unit)
    return _draw(chart, "curve", f"Hits per 100 over list length 1 to {MAX_LIST_LENGTH}", 2 * _HALF, wide=True)


def draw_slices(contents: ReportContents) -> Iterator[Figure]:
    """Hits by kind of event, a chart each, all on one scale."""
    k, table = contents.k, contents.slice_rates
    labels = {model.name: model.label for model in contents.in_slices}
    whole = contents.whole_rates[contents.whole_rates["name"].isin(labels)]
    top = float(max(table["high"].max(), whole["high"].max()))
    for cut, title in accuracy_frames.TITLES.items():
        if table.loc[table["slice"] == cut, "value"].nunique() > 1:
            rows = accuracy_frames.chart_rows(table, whole, cut, contents.unit)
            chart = accuracy_charts.slice_dots(rows, title, k, confidence=contents.confidence, top=top)
            names = ", ".join(labels.values())
            yield _draw(chart, f"slice-{cut}", f"{title}: hits in the top {k} per 100 of {names}", _HALF)


def _draw(chart: Any, name: str, alt: str, width: int | None = None, *, wide: bool = False) -> Figure:
    return Figure(name, chart_to_svg(chart, alt, name, width), wide)
