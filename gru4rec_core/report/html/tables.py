"""Which tables does a report show? As plain text; the page around them escapes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gru4rec_core.config import MAX_LIST_LENGTH
from gru4rec_core.evaluation.categories import category_codes, category_rates
from gru4rec_core.evaluation.rate_intervals import level_text
from gru4rec_core.evaluation.seed_outcomes import rate
from gru4rec_core.evaluation.slices import slice_rates
from gru4rec_core.report.frames import accuracy as accuracy_frames
from gru4rec_core.report.frames import comparison as comparison_frames
from gru4rec_core.report.frames.settings import select_differences, settings_table
from gru4rec_core.report.html.contents import ReportContents
from gru4rec_core.words import p_text, signed, true_minus


@dataclass(frozen=True)
class Table:
    """A table: its name for screen readers, its header and its rows; the first `n_text` columns hold words."""

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    n_text: int = 1


def model_table(contents: ReportContents) -> Table:
    """All methods, best first by the deciding metric: hits with interval, per seed, other list lengths, MRR."""
    k, confidence = contents.k, contents.comparison.config.confidence
    ladder = comparison_frames.ladder(contents.models, k, confidence)
    seeds = comparison_frames.seed_points(contents.models, k)
    others = [length for length in (1, 3, 5, 10, 20) if length != k]
    by_name = {model.name: model for model in contents.models}
    header = ["Method", f"Top {k}", level_text(confidence)]
    header += ["Seeds"] * bool(len(seeds)) + [f"Top {length}" for length in others] + ["MRR@20"]
    rows = []
    for row in ladder.to_dict("records"):
        model = by_name[row["name"]]
        cells = [model.label, _figure(row["hits"]), f"{_figure(row['low'])} to {_figure(row['high'])}"]
        if len(seeds):
            cells.append(" · ".join(map(_figure, seeds.loc[seeds["name"] == model.name, "hits"])))
        cells += [_figure(100 * rate(model, f"accuracy@{length}")) for length in others]
        rows.append([*cells, _figure(100 * rate(model, "mrr@20"))])
    caption = f"Hits per 100 test {contents.unit} and MRR per 100, means over seeds"
    return Table(caption, header, rows)


def difference_table(contents: ReportContents) -> Table | None:
    """The pair, metric by metric; only the first decides. None without a pair."""
    if contents.pair is None:
        return None
    base, other = contents.pair
    pair = contents.comparison.pair(base.name, other.name)
    level = level_text(contents.comparison.config.confidence)
    rows = [
        [
            comparison_frames.metric_label(difference.metric) + (" (decides)" if difference is pair.deciding else ""),
            _figure(100 * difference.a_value),
            _figure(100 * difference.b_value),
            signed(100 * difference.difference),
            f"{signed(100 * difference.low)} to {signed(100 * difference.high)}",
            p_text(difference.p_value, contents.comparison.config.n_permutations),
        ]
        for difference in (pair.deciding, *pair.exploratory)
    ]
    header = ["Metric", base.label, other.label, "Difference", level, "p"]
    return Table(f"{other.label} against {base.label}, per 100 test {contents.unit}", header, rows)


def slice_table(contents: ReportContents) -> Table:
    """Hits of the contenders by kind of event, each with its interval."""
    k, confidence, contenders = contents.k, contents.comparison.config.confidence, contents.contenders
    table = slice_rates(contenders, contents.events, contents.train_counts, k, confidence)
    rows = []
    for (cut, _, value), part in table.groupby(["slice", "order", "value"], sort=False):
        first, by_name = part.iloc[0], part.set_index("name")
        cells = [accuracy_frames.TITLES[str(cut)], str(value), f"{first['n_sessions']:,}", f"{first['n_events']:,}"]
        for model in contenders:
            hits, low, high = map(_figure, by_name.loc[model.name, ["hits", "low", "high"]])
            cells += [hits, f"{low} to {high}"]
        rows.append(cells)
    header = ["Kind", "Value", "Sessions", "Events"]
    header += [name for model in contenders for name in (model.label, level_text(confidence))]
    return Table(f"Hits in the top {k} per 100 by kind of event", header, rows, n_text=2)


def category_table(contents: ReportContents) -> Table | None:
    """How often an item of the right category was guessed; None where no categories are known."""
    if not contents.categories or contents.k > MAX_LIST_LENGTH:
        return None
    k, confidence = contents.k, contents.comparison.config.confidence
    codes = category_codes(contents.events.dataset.vocabulary, contents.categories)
    rates = category_rates(contents.models, codes, k, confidence)
    rows = [
        [
            row["label"],
            _figure(row["category"]),
            f"{_figure(row['low'])} to {_figure(row['high'])}",
            _figure(row["item"]),
        ]
        for row in rates.to_dict("records")
    ]
    header = ["Method", "Right category", level_text(confidence), "Right item"]
    return Table(f"Right kind of item in the top {k}, per 100 test {contents.unit}", header, rows)


def differing_settings(contents: ReportContents) -> Table:
    """The settings in which the runs differ, a column per run."""
    table = select_differences(settings_table(contents.configs))
    return Table("Settings that differ", ["Setting", *table.columns[1:]], table.to_numpy().tolist(), n_text=99)


def shared_settings(contents: ReportContents) -> list[tuple[str, str]]:
    """Name and value of every setting in which all runs agree."""
    table = settings_table(contents.configs)
    same = table.drop(select_differences(table).index)
    return [(str(row[0]), str(row[1]) or "none") for row in same.to_numpy().tolist()]


def _figure(value: float) -> str:
    return true_minus(f"{value:.1f}")
