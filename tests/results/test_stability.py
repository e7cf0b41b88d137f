"""Whether a verdict holds: the cells by window, seed, list length, test rule and filter."""

from dataclasses import replace

import pytest

from gru4rec_core.config import SplitConfig
from gru4rec_core.evaluation.comparison import compare_models
from gru4rec_core.jobs.planning import ComparisonPlan, plan_comparison
from gru4rec_core.results.backtest import build_backtest_result
from gru4rec_core.results.comparison import build_comparison_result
from gru4rec_core.results.stability import build_rows, describe_filters, find_others
from gru4rec_core.workspace.backtests import list_backtests
from gru4rec_core.workspace.job_state import JobState, write_state
from gru4rec_core.workspace.store import Workspace
from tests.evaluation.conftest import model_of
from tests.evaluation.rank_lists import CONFIG, ranks

NOTHING = {"cuts": (), "filters": ()}


def rows_of(pair, seed_names=("0",), backtest=None, others=NOTHING):
    return {row.title: row for row in build_rows(pair, CONFIG, seed_names, backtest, others)}


def pair_of(a, b):
    return compare_models([model_of("top1", *a, label="TOP1"), model_of("bpr", *b, label="BPR")], CONFIG).pair(
        "top1", "bpr"
    )


def test_what_there_is_nothing_of_says_why() -> None:
    rows = rows_of(pair_of([ranks(400)], [ranks(600)]))
    assert list(rows) == ["By window", "By seed", "By list length", "By test rule", "By what is left out"]
    assert [title for title, row in rows.items() if row.cells] == ["By list length"]
    assert all(row.note for row in rows.values() if not row.cells)


def test_list_lengths_are_judged_by_the_rules_of_a_verdict() -> None:
    bpr = ranks(600)
    bpr[600:1200] = 8  # in the top 10 only
    cells = {cell.label: cell for cell in rows_of(pair_of([ranks(400)], [bpr]))["By list length"].cells}
    assert list(cells) == ["top 1", "top 3 (decides)", "top 5", "top 10", "top 20"]
    decides = cells["top 3 (decides)"]
    assert (decides.side, decides.is_decided, decides.answer) == ("leader", True, "BPR better")
    assert decides.figure.startswith("+50 (")
    assert cells["top 10"].figure.startswith("+200 (")


def test_seeds_are_only_ahead_and_may_disagree() -> None:
    pair = pair_of([ranks(400), ranks(400), ranks(400)], [ranks(420), ranks(390), ranks(400)])
    cells = rows_of(pair, ("0", "1", "2"))["By seed"].cells
    assert [(cell.label, cell.side, cell.is_decided, cell.figure) for cell in cells] == [
        ("seed 0", "leader", False, "+1.0 per 100"),
        ("seed 1", "other", False, "−0.5 per 100"),
        ("seed 2", "even", False, "0.0 per 100"),
    ]
    assert [cell.answer for cell in cells] == ["BPR ahead", "TOP1 ahead", "level"]


def test_equivalent_and_undecided_are_told_apart() -> None:
    even = rows_of(pair_of([ranks(1500)], [ranks(1505)]))["By list length"].cells[1]
    assert (even.side, even.is_decided, even.answer) == ("even", True, "equivalent")
    bpr = ranks(156, first=6)
    open_one = rows_of(pair_of([ranks(150)], [bpr]))["By list length"].cells[1]
    assert (open_one.side, open_one.is_decided, open_one.answer) == ("leader", False, "BPR ahead, undecided")


def test_windows_are_read_against_the_same_model(backtested: Workspace) -> None:
    (record,) = list_backtests(backtested)
    backtest = build_backtest_result(backtested, record.id)
    result = list(backtest.windows.values())[-1]
    pair = result.comparison.pair("top1", "bpr").toward_leader()
    row = rows_of(pair, backtest=backtest)["By window"]
    assert [cell.label for cell in row.cells] == [*record.periods, "all windows"]
    assert row.note.startswith(f"Over all windows: {backtest.verdict.verdict.sentences[0]} ")
    n_windows = len(backtest.record.comparison_ids)
    fewer = replace(backtest, windows=dict(list(backtest.windows.items())[1:]))
    note = rows_of(pair, backtest=fewer)["By window"].note
    assert note.startswith(f"Over {n_windows - 1} of {n_windows} windows so far: ")
    for cell, window in zip(row.cells[:-1], backtest.windows.values(), strict=True):
        difference = window.comparison.pair(pair.a.name, pair.b.name).deciding.difference
        assert cell.side in ("even", "leader" if difference > 0 else "other")


def test_the_cell_of_all_windows_says_that_the_winner_changes(backtested: Workspace) -> None:
    (record,) = list_backtests(backtested)
    backtest = build_backtest_result(backtested, record.id)
    undecided = replace(backtest.verdict.verdict, kind="undecided")
    changing = replace(backtest, verdict=replace(backtest.verdict, verdict=undecided, winner_changes=True))
    pair = backtest.windows[record.periods[0]].comparison.pair("top1", "bpr").toward_leader()
    cell = rows_of(pair, backtest=changing)["By window"].cells[-1]
    assert (cell.answer, cell.is_decided) == ("the winner changes", False)


@pytest.mark.parametrize("names", [("top1", "other"), ("top1",)])
def test_a_comparison_of_other_models_has_no_cell(backtested: Workspace, names: tuple[str, ...]) -> None:
    (record,) = list_backtests(backtested)
    result = build_comparison_result(backtested, record.comparison_ids[0])
    models = [model_of(name, ranks(5, 9)) for name in (*names, "more")]
    other = replace(result, comparison=compare_models(models, CONFIG))
    pair = result.comparison.pair("top1", "bpr")
    assert rows_of(pair, others={"cuts": [other], "filters": []})["By test rule"].cells == ()


def test_others_are_the_newest_of_each_rule_with_the_same_losses(backtested: Workspace) -> None:
    (record,) = list_backtests(backtested)
    last = backtested.comparison(record.comparison_ids[-1])
    configs = tuple(backtested.run(run_id).config for run_id in last.run_ids)
    rules = (SplitConfig(), SplitConfig(), last.split.replace(min_session_length=4))
    made = [
        plan_comparison(backtested, last.dataset_id, ComparisonPlan(configs, rule, last.config, ())) for rule in rules
    ]
    plan_comparison(backtested, last.dataset_id, ComparisonPlan(configs[:1], SplitConfig(seed=3), last.config, ()))
    for run_id in (run_id for one in made for run_id in one.run_ids):
        write_state(backtested.run_folder(run_id), JobState(state="done"))
    # Newer, but never trained; and the same test, whose training has the validation part as well.
    never = ComparisonPlan(tuple(one.replace(seed=9) for one in configs), SplitConfig(), last.config, ())
    plan_comparison(backtested, last.dataset_id, never)
    same = last.split.replace(validation_fraction=0.0)
    whole = plan_comparison(backtested, last.dataset_id, ComparisonPlan(configs, same, last.config, ()))
    for run_id in whole.run_ids:
        write_state(backtested.run_folder(run_id), JobState(state="done"))
    found = find_others(backtested, last)
    assert [one.id for one in found.cuts] == [made[1].id]
    assert [one.id for one in found.filters] == [made[2].id]
    # Of several windows of a backtest one stands for all.
    assert len(record.comparison_ids) > 1
    backtested.delete_comparison(whole.id)
    assert [one.id for one in find_others(backtested, made[1]).cuts if one.id in record.comparison_ids] == [last.id]


def test_what_is_left_out_is_a_short_list() -> None:
    assert describe_filters(SplitConfig()) == "nothing left out"
    rule = SplitConfig(min_item_support=5, min_session_length=3, collapse_repeats=True, unseen="drop")
    assert describe_filters(rule) == (
        "items under 5 events left out, sessions under 3 events left out, repeats count once,"
        " unknown test items left out"
    )
