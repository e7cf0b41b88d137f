"""Does a verdict on two models hold: in other weeks, seeds, list lengths, test rules, and with other sessions left out?

Each cell is one such view of the same two models. They explain how far the verdict carries; none of them decides it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from gru4rec_core.config import ComparisonConfig, SplitConfig
from gru4rec_core.evaluation.comparison import MetricDifference, PairedComparison
from gru4rec_core.evaluation.pair_verdict import PairKind, choose_kind, upper_p
from gru4rec_core.evaluation.verdict import judge_contenders
from gru4rec_core.report.frames.backtest import ALL_WINDOWS, difference_text
from gru4rec_core.results.backtest import BacktestResult
from gru4rec_core.results.comparison import ComparisonResult, find_missing
from gru4rec_core.results.model_choice import describe_test
from gru4rec_core.words import signed
from gru4rec_core.workspace.backtests import list_backtests
from gru4rec_core.workspace.records import ComparisonRecord
from gru4rec_core.workspace.store import Workspace

Side = Literal["leader", "other", "even"]
"""Which of the two models a cell favours: the one that leads in the verdict, the other, or neither."""

MOST_OTHERS = 3
"""Other comparisons of a kind that are looked at, the newest: each has to be read."""

_FILTERS = ("unseen", "collapse_repeats", "min_item_support", "min_session_length")


@dataclass(frozen=True)
class Cell:
    """One view of the two models.

    Attributes:
        label: which week, seed, list length …
        side: whom it favours.
        is_decided: whether by the rules of a verdict: better, or equivalent; else the model is only ahead.
        figure: the difference of the leader against the other, with its interval where there is one.
        answer: what the view says, in words.
    """

    label: str
    side: Side
    is_decided: bool
    figure: str
    answer: str


@dataclass(frozen=True)
class Row:
    """The views of one kind; `note` says why there are none, or what they leave out."""

    title: str
    cells: tuple[Cell, ...]
    note: str = ""


@dataclass(frozen=True)
class OtherComparisons:
    """Comparisons of the same losses on the same log: under other test rules, and with other sessions left out."""

    cuts: tuple[ComparisonRecord, ...]
    filters: tuple[ComparisonRecord, ...]


def find_others(workspace: Workspace, record: ComparisonRecord) -> OtherComparisons:
    """The newest comparisons of each other test rule that compare the same losses on the same log.

    Of a backtest there is one window, the newest that has a result; of its own backtests none, since they are shown
    window by window.
    """
    backtests = [set(one.comparison_ids) for one in list_backtests(workspace, record.dataset_id)]
    told: set[str] = set().union(*(windows for windows in backtests if record.id in windows))
    losses = {run.config.loss for run in workspace.readable_runs(record.run_ids)}
    # Winners of a tuning are trained on the validation part too, and tested on the same.
    seen = {record.split.without_validation()}
    cuts: list[ComparisonRecord] = []
    filters: list[ComparisonRecord] = []
    for other in workspace.comparisons(record.dataset_id):
        rule = other.split.without_validation()
        if rule in seen or other.id in told or not find_missing(workspace, other).has_result:
            continue
        if {run.config.loss for run in workspace.readable_runs(other.run_ids)} == losses:
            seen.add(rule)
            told.update(*(windows for windows in backtests if other.id in windows))
            (filters if _cut(other.split) == _cut(record.split) else cuts).append(other)
    return OtherComparisons(tuple(cuts[:MOST_OTHERS]), tuple(filters[:MOST_OTHERS]))


def build_rows(
    pair: PairedComparison,
    config: ComparisonConfig,
    seed_names: Sequence[str],
    backtest: BacktestResult | None,
    others: Mapping[str, Sequence[ComparisonResult]],
) -> tuple[Row, ...]:
    """All rows, in the order in which they are read.

    Args:
        pair: the two models, b the leader.
        config: how they are judged.
        seed_names: what each seed is called.
        backtest: the backtest that the comparison is a window of.
        others: results of `OtherComparisons`, by "cuts" and "filters".
    """
    return (
        _by_window(pair, backtest),
        _by_seed(pair, seed_names),
        _by_list_length(pair, config),
        _by_rule(
            "By test rule",
            "under another test rule",
            pair,
            [(describe_test(one.record.split), one) for one in others["cuts"]],
        ),
        _by_rule(
            "By what is left out",
            "that leaves out other items or sessions",
            pair,
            [(describe_filters(one.record.split), one) for one in others["filters"]],
        ),
    )


def describe_filters(rule: SplitConfig) -> str:
    """What a test rule leaves out beforehand, as a short list: "items under 5 events left out"."""
    parts = []
    if rule.min_item_support > 1:
        parts.append(f"items under {rule.min_item_support:,} events left out")
    if rule.min_session_length > SplitConfig().min_session_length:
        parts.append(f"sessions under {rule.min_session_length:,} events left out")
    if rule.collapse_repeats:
        parts.append("repeats count once")
    if rule.unseen == "drop":
        parts.append("unknown test items left out")
    return ", ".join(parts) or "nothing left out"


def _cut(rule: SplitConfig) -> SplitConfig:
    """The rule without its filters."""
    usual = SplitConfig()
    return rule.without_validation().replace(**{name: getattr(usual, name) for name in _FILTERS})


def _by_window(pair: PairedComparison, backtest: BacktestResult | None) -> Row:
    title = "By window"
    if backtest is None:
        return Row(title, (), "Tested on one period only: “Test on several weeks” on Train tests on more.")
    if backtest.comparison is None:
        return Row(title, (), "The test on several weeks has no result yet: fewer than two of its windows are judged.")
    found = [_cell_of_result(period, pair, result) for period, result in backtest.windows.items()]
    cells = (*filter(None, found), *filter(None, [_cell_of_all_windows(pair, backtest)]))
    return Row(title, cells, " ".join((*_say_all_windows(backtest), *backtest.left_out)))


def _say_all_windows(backtest: BacktestResult) -> tuple[str, ...]:
    """The verdict over all windows that are judged, and in how many its model is ahead."""
    if backtest.verdict is None:
        return ()
    said = backtest.verdict.verdict
    return (f"{backtest.scope.capitalize()}: {said.sentences[0]}", *said.limits[:1])


def _cell_of_all_windows(pair: PairedComparison, backtest: BacktestResult) -> Cell | None:
    """The verdict over all windows; None where it speaks of other models."""
    whole, judged = backtest.comparison, backtest.verdict
    if whole is None or judged is None or judged.verdict.kind == "invalid":
        return None
    if {judged.verdict.numbers["leader"], judged.verdict.numbers["other"]} != {pair.a.name, pair.b.name}:
        return None
    cell = _cell(ALL_WINDOWS, pair, whole.pair(pair.a.name, pair.b.name).deciding, judged.verdict.kind)
    return replace(cell, answer="the winner changes") if judged.winner_changes else cell


def _by_seed(pair: PairedComparison, names: Sequence[str]) -> Row:
    title = "By seed"
    if max(pair.a.n_seeds, pair.b.n_seeds) == 1:
        return Row(title, (), "One training run each: what luck does is not known.")
    if len(pair.seed_differences) != len(names):
        names = [str(number) for number in range(1, len(pair.seed_differences) + 1)]
    cells = []
    for name, difference in zip(names, pair.seed_differences, strict=True):
        side: Side = "leader" if difference > 0 else "other" if difference < 0 else "even"
        figure = f"{signed(100 * difference)} per 100"
        cells.append(Cell(f"seed {name}", side, is_decided=False, figure=figure, answer=_answer(pair, side, None)))
    return Row(title, tuple(cells), "Differences without an interval: one run each.")


def _by_list_length(pair: PairedComparison, config: ComparisonConfig) -> Row:
    lengths = {
        int(one.metric.partition("@")[2]): one
        for one in (*pair.exploratory, pair.deciding)
        if one.metric.startswith("accuracy@")
    }
    cells = []
    for k, figures in sorted(lengths.items()):
        confirmed = upper_p(figures.p_value, config.n_permutations) <= 1 - config.confidence
        if figures is pair.deciding:
            confirmed = confirmed and pair.seeds_agree
        kind = choose_kind(figures.relative_low, figures.relative_high, config.margin, confirmed)
        label = f"top {k} (decides)" if figures is pair.deciding else f"top {k}"
        cells.append(_cell(label, pair, figures, kind))
    return Row("By list length", tuple(cells))


def _by_rule(title: str, how: str, pair: PairedComparison, others: Sequence[tuple[str, ComparisonResult]]) -> Row:
    cells = [cell for label, other in others if (cell := _cell_of_result(label, pair, other)) is not None]
    note = "" if cells else f"On this log there is no finished comparison of these two {how}."
    return Row(title, tuple(cells), note)


def _cell_of_result(label: str, pair: PairedComparison, result: ComparisonResult) -> Cell | None:
    """What another comparison says of the two models; None where it does not have both, or cannot be judged."""
    names = {model.name for model in result.contenders}
    if result.comparison.obstacle or not {pair.a.name, pair.b.name} <= names:
        return None
    verdict = judge_contenders(result.comparison, pair.a.name, pair.b.name)
    toward = result.comparison.pair(pair.a.name, pair.b.name)
    return _cell(label, pair, toward.deciding, verdict.kind)


def _cell(label: str, pair: PairedComparison, figures: MetricDifference, kind: PairKind) -> Cell:
    ahead: Side = "leader" if figures.difference > 0 else "other" if figures.difference < 0 else "even"
    side: Side = "even" if kind == "equivalent" else ahead
    figure = f"{difference_text(figures.relative, figures.relative_low, figures.relative_high)} %"
    return Cell(label, side, kind != "undecided", figure, _answer(pair, side, kind))


def _answer(pair: PairedComparison, side: Side, kind: PairKind | None) -> str:
    """What a cell says in words; `kind` is None where nothing was tested."""
    if kind == "equivalent":
        return "equivalent"
    if side == "even":
        return "level"
    name = pair.b.label if side == "leader" else pair.a.label
    if kind in ("clear", "size-open"):
        return f"{name} better"
    return f"{name} ahead" if kind is None else f"{name} ahead, undecided"
