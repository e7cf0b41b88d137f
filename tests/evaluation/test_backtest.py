"""Several windows judged together: toy worlds with known answers."""

import json

import numpy as np
import pytest

from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.backtest import BacktestVerdict, WindowComparison, judge_windows, merge_models
from gru4rec_core.evaluation.comparison import Comparison, compare_models
from tests.evaluation.rank_lists import CONFIG, ranks

N = 500  # sessions per window


@pytest.fixture
def window(make_results):
    """window(TOP1's hits, BPR's hits, from which session on, lookup table's hits, of n sessions) -> Comparison."""

    def build(top1: int, bpr: int, first: int = 0, markov: int = 50, n: int = N) -> Comparison:
        models = [
            make_results("top1", ranks(top1, n), label="TOP1", test_key=f"{top1}-{bpr}-{n}"),
            make_results("bpr", ranks(bpr, n, first), label="BPR", test_key=f"{top1}-{bpr}-{n}"),
            make_results("markov", ranks(markov, n), kind="baseline", label="Markov", test_key=f"{top1}-{bpr}-{n}"),
        ]
        return compare_models(models, CONFIG)

    return build


def judge(*windows: Comparison) -> BacktestVerdict:
    models, strata = merge_models(windows)
    named = [WindowComparison(f"week {number}", one) for number, one in enumerate(windows, 1)]
    return judge_windows(named, compare_models(models, CONFIG, strata))


def test_the_same_difference_in_all_windows_is_as_clear_as_in_one(window) -> None:
    said = judge(*[window(100, 150)] * 4)
    assert (said.verdict.kind, said.verdict.better, said.winner_changes) == ("clear", "bpr", False)
    assert said.verdict.numbers["relative"] == pytest.approx(0.5)
    assert (said.verdict.numbers["n_sessions"], said.verdict.numbers["n_events"]) == (4 * N, 4 * N)
    assert said.verdict.sentences[0].startswith("BPR is better. The next item was in its top 3 for 30.0 of 100")
    assert said.verdict.limits[0] == "BPR is ahead in 4 of 4 windows; in 4 of these, that window alone calls it better."
    assert [one.better for one in said.windows] == ["bpr"] * 4
    assert all(one.relative == pytest.approx(0.5) and one.low < 0.5 < one.high for one in said.windows)


def test_windows_that_decide_nothing_alone_decide_together(window) -> None:
    said = judge(*[window(150, 156, first=6)] * 4)  # in each 12 sessions for BPR, and 6 for TOP1
    assert [one.better for one in said.windows] == [None] * 4
    assert said.verdict.better == "bpr"
    assert said.verdict.limits[0] == "BPR is ahead in 4 of 4 windows; no window alone calls it better."
    whole = said.verdict.numbers["relative_high"] - said.verdict.numbers["relative_low"]
    assert whole < min(one.high - one.low for one in said.windows)


def test_a_winner_that_changes_is_not_called_one(window) -> None:
    said = judge(window(100, 160), window(100, 160), window(100, 160), window(160, 110))
    assert said.winner_changes
    assert (said.verdict.kind, said.verdict.better) == ("undecided", None)
    assert said.verdict.sentences[0] == (
        "Not decided: the winner changes. BPR is better in week 1, week 2, week 3; TOP1 is better in week 4."
        " In the top 3 over all windows: BPR 29.5, TOP1 23.0 of 100."
    )
    assert [one.better for one in said.windows] == ["bpr", "bpr", "bpr", "top1"]
    # All figures point the same way round: against the model that leads over all windows.
    assert [one.relative > 0 for one in said.windows] == [True, True, True, False]


def test_differences_that_cancel_out_are_not_called_equivalent(window) -> None:
    said = judge(window(400, 480), window(480, 400))
    assert said.verdict.kind == "undecided"
    assert said.winner_changes
    assert judge(window(400, 402), window(402, 400)).verdict.kind == "equivalent"


def test_sessions_are_drawn_within_windows(window) -> None:
    # Models that differ by their window alone: every draw within windows has the same difference.
    said = judge(window(0, 250, n=250), window(0, 0, n=250))
    figures = said.verdict.numbers
    assert (figures["difference"], figures["difference_low"], figures["difference_high"]) == (0.5, 0.5, 0.5)


def test_sessions_of_one_name_in_two_windows_are_two(window) -> None:
    models, strata = merge_models([window(10, 20, n=30), window(10, 20, n=40)])
    assert [model.name for model in models] == ["top1", "bpr", "markov"]
    assert models[0].n_sessions == 70
    assert np.bincount(strata).tolist() == [30, 40]
    assert models[0].test_key == "10-20-30/10-20-40"


def test_seeds_that_a_window_lacks_are_left_out_of_all(make_results) -> None:
    two = compare_models([make_results("a", ranks(5, 9), ranks(6, 9)), make_results("b", ranks(4, 9))], CONFIG)
    one = compare_models([make_results("a", ranks(5, 9)), make_results("b", ranks(4, 9))], CONFIG)
    models, _ = merge_models([two, one])
    assert [model.n_seeds for model in models] == [1, 1]


def test_a_baseline_that_leads_stays_the_headline(window) -> None:
    said = judge(window(100, 160, markov=300), window(160, 100, markov=300))
    assert said.verdict.baseline_leads
    assert said.verdict.sentences[0].startswith("Neither.")
    assert said.verdict.sentences[1].startswith("Between the models: Not decided: the winner changes.")


def test_windows_without_a_model_in_common_cannot_be_merged(make_results) -> None:
    windows = [
        compare_models([make_results(a, ranks(5, 9)), make_results(b, ranks(4, 9))], CONFIG) for a, b in ("ab", "cd")
    ]
    for given in (windows, []):
        with pytest.raises(RunError, match="the models that all of them have"):
            merge_models(given)


def test_it_travels_as_json(window) -> None:
    said = judge(window(0, 150), window(100, 150))
    values = json.loads(json.dumps(said.to_json(), allow_nan=False))
    assert values["windows"][0]["relative"] is None  # over no hit at all
    assert values["verdict"]["kind"] == said.verdict.kind
