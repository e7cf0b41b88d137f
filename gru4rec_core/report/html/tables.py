"""Which tables does a report show? As plain text; the page around them escapes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gru4rec_core.evaluation.categories import category_codes, category_rates
from gru4rec_core.evaluation.rate_intervals import level_text
from gru4rec_core.evaluation.seed_outcomes import rate
from gru4rec_core.report.frames import accuracy as accuracy_frames
from gru4rec_core.report.frames import comparison as comparison_frames
from gru4rec_core.report.frames.settings import select_differences, settings_table
from gru4rec_core.report.html.contents import ReportContents
from gru4rec_core.words import figure, p_text, signed


@dataclass(frozen=True)
class Table:
    """A table: its name for screen readers, its header and its rows; the first `n_text` columns hold words."""

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    n_text: int = 1


def model_table(contents: ReportContents) -> Table:
    """All methods, best first by the deciding metric: hits with interval, per seed, other list lengths, MRR."""
    k = contents.k
    ladder = comparison_frames.ladder(contents.whole_rates)
    seeds = comparison_frames.seed_points(contents.models, k)
    others = [length for length in (1, 3, 5, 10, 20) if length != k]
    by_name = {model.name: model for model in contents.models}
    header = ["Method", f"Top {k}", level_text(contents.confidence)]
    header += ["Seeds"] * bool(len(seeds)) + [f"Top {length}" for length in others] + ["MRR@20"]
    rows = []
    for row in ladder.to_dict("records"):
        model = by_name[row["name"]]
        cells = [model.label, figure(row["hits"]), f"{figure(row['low'])} to {figure(row['high'])}"]
        if len(seeds):
            cells.append(" · ".join(map(figure, seeds.loc[seeds["name"] == model.name, "hits"])))
        cells += [figure(100 * rate(model, f"accuracy@{length}")) for length in others]
        rows.append([*cells, figure(100 * rate(model, "mrr@20"))])
    caption = f"Hits per 100 test {contents.unit} and MRR per 100, means over seeds"
    return Table(caption, header, rows)


def difference_table(contents: ReportContents) -> Table | None:
    """The leader against the other, metric by metric; only the first decides. None without a pair."""
    if contents.pair is None:
        return None
    paired = contents.comparison.pair(*(model.name for model in contents.pair)).toward_leader()
    base, other = paired.a, paired.b
    table = comparison_frames.differences(paired)
    rows = [
        [
            row["metric"] + (" (decides)" if row["decides"] else ""),
            figure(row["a"]),
            figure(row["b"]),
            signed(row["difference"]),
            f"{signed(row['low'])} to {signed(row['high'])}",
            p_text(row["p"], contents.comparison.config.n_permutations),
        ]
        for row in table.to_dict("records")
    ]
    header = ["Metric", base.label, other.label, "Difference", level_text(contents.confidence), "p"]
    return Table(f"{other.label} against {base.label}, per 100 test {contents.unit}", header, rows)


def window_table(contents: ReportContents) -> Table | None:
    """The backtest that the comparison is a window of, window by window; None where there is none."""
    table = contents.windows
    if table is None:
        return None
    header = [f"{name[0].upper()}{name[1:]}" for name in map(str, table.columns)]
    return Table(f"Hits in the top {contents.k} per 100 by window", header, table.to_numpy().tolist())


def slice_table(contents: ReportContents) -> Table:
    """Hits of the contenders by kind of event, each with its interval."""
    contenders, rows = contents.contenders, []
    for (cut, _, value), part in contents.slice_rates.groupby(["slice", "order", "value"], sort=False):
        first, by_name = part.iloc[0], part.set_index("name")
        cells = [accuracy_frames.TITLES[str(cut)], str(value), f"{first['n_sessions']:,}", f"{first['n_events']:,}"]
        for model in contenders:
            hits, low, high = map(figure, by_name.loc[model.name, ["hits", "low", "high"]])
            cells += [hits, f"{low} to {high}"]
        rows.append(cells)
    header = ["Kind", "Value", "Sessions", "Events"]
    header += [name for model in contenders for name in (model.label, level_text(contents.confidence))]
    return Table(f"Hits in the top {contents.k} per 100 by kind of event", header, rows, n_text=2)


def category_table(contents: ReportContents) -> Table | None:
    """How often an item of the right category was guessed; None where no categories are known."""
    if not accuracy_frames.has_categories(contents.categories, contents.k):
        return None
    codes = category_codes(contents.events.dataset.vocabulary, contents.categories)
    rates = category_rates(contents.models, codes, contents.k, contents.confidence)
    table = accuracy_frames.category_figures(rates, contents.k, contents.confidence)
    rows = [[str(method), *map(figure, figures)] for method, *figures in table.itertuples(index=False)]
    header = [f"{name[0].upper()}{name[1:]}" for name in map(str, table)]
    return Table(f"Right kind of item, per 100 test {contents.unit}", header, rows)


def differing_settings(contents: ReportContents) -> Table:
    """The settings in which the runs differ, a column per run."""
    table = select_differences(settings_table(contents.configs))
    return Table("Settings that differ", ["Setting", *table.columns[1:]], table.to_numpy().tolist(), n_text=99)


def shared_settings(contents: ReportContents) -> list[tuple[str, str]]:
    """Name and value of every setting in which all runs agree."""
    table = settings_table(contents.configs)
    same = table.drop(select_differences(table).index)
    return [(str(row[0]), str(row[1]) or "none") for row in same.to_numpy().tolist()]
