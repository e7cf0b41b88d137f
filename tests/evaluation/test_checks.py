"""Every warning has a case that provokes it and one that leaves it silent."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.data.splits import split
from gru4rec_core.evaluation.comparison import compare_models
from gru4rec_core.evaluation.data_checks import (
    best_seller_rate,
    expected_hit_rate,
    find_dataset_warnings,
    find_split_warnings,
    visible_difference,
)
from gru4rec_core.evaluation.diagnostics import DiagnosticWarning, share
from gru4rec_core.evaluation.model_checks import (
    ComparedRun,
    find_comparison_warnings,
    find_evaluation_warnings,
    find_run_differences,
    find_training_warnings,
    still_improving,
    validation_curve,
)
from gru4rec_core.evaluation.sensitivity import smallest_visible_difference

CONFIG = ComparisonConfig(deciding_k=3, n_bootstrap=500, n_permutations=1000)
DAY = 86_400
SPRING = 1_700_000_000


def codes(checks: list[DiagnosticWarning]) -> set[str]:
    return {check.code for check in checks}


def log(rows: list[tuple[int, int, str]]) -> SessionDataset:
    return SessionDataset(pd.DataFrame(rows, columns=["session", "timestamp", "item"]))


def daily_log(n: int, items: str = "abcde") -> SessionDataset:
    """One session of three items a day."""
    rows = [(d, SPRING + d * DAY + i, items[(d + i) % len(items)]) for d in range(n) for i in range(3)]
    return log(rows)


# --- data --------------------------------------------------------------------------------------------------------


def test_a_plain_log_is_silent(make_dataset):
    assert find_dataset_warnings(make_dataset("abc", "bca")) == []


def test_tied_timestamps():
    found = find_dataset_warnings(log([(1, 5, "a"), (1, 5, "b"), (1, 6, "c"), (2, 6, "a")]))
    assert codes(found) == {"tied-timestamps"}
    assert found[0].figure.startswith("1 of 4 (25 %)")


def test_equal_times_of_different_sessions_are_no_tie():
    assert find_dataset_warnings(log([(1, 5, "a"), (2, 5, "b"), (3, 5, "c")])) == []


def test_sessions_out_of_order_in_the_file(make_dataset):
    data = make_dataset("abc", "bca")
    found = find_dataset_warnings(data, {"sessions_out_of_order": 1})
    assert codes(found) == {"out-of-order"}
    assert found[0].severity == "warning"
    assert find_dataset_warnings(data, {"sessions_out_of_order": 0}) == []


def test_times_that_run_backwards_are_an_error(make_dataset):
    data = make_dataset("abc", "bca", "ab")
    times = data.timestamps.copy()
    times[[4, 5]] = -1, -2  # both steps of the second session
    backwards = SessionDataset.from_arrays(data.items, times, data.offsets, data.session_ids, data.vocabulary)
    found = find_dataset_warnings(backwards)
    assert [(check.code, check.severity) for check in found] == [("out-of-order", "error")]
    assert found[0].figure.startswith("1 of 3 (33 %)")


def test_consecutive_repeats(make_dataset):
    found = find_dataset_warnings(make_dataset("aab", "baa"))
    assert codes(found) == {"consecutive-repeats"}
    assert found[0].figure.startswith("2 of 4 (50 %)")
    assert find_dataset_warnings(make_dataset("aba", "ab")) == []


def test_the_way_to_collapse_repeats_is_where_it_is_said_to_be(make_dataset):
    form = Path(__file__).parents[2] / "dashboard" / "test_rule_form.py"
    label = "Same item several times in a row counts once"
    assert label in form.read_text(encoding="utf-8")
    assert f"“{label}” in the test rule" in find_dataset_warnings(make_dataset("aab", "baa"))[0].remedy


@pytest.mark.parametrize("scale", [1, 1000])
@pytest.mark.parametrize(("moment", "words"), [(0, "1970-01-01"), (4_000_000_000, "2096-10-02")])
def test_far_away_dates(scale, moment, words):
    rows = [(s, (SPRING + s * DAY + i) * scale, item) for s in range(30) for i, item in enumerate("abc")]
    assert find_dataset_warnings(log(rows)) == []
    found = find_dataset_warnings(log([*rows, (99, moment * scale, "a")]))
    assert codes(found) == {"far-away-dates"}
    assert found[0].figure.startswith("1 of 91 (1.1 %) events, in 1 sessions")
    assert f"session 99 at {words}" in found[0].figure
    assert "2023-11-1" in found[0].figure


def test_numbers_and_slow_logs_have_no_far_away_dates():
    assert find_dataset_warnings(log([(s, s * s, "ab"[s % 2]) for s in range(200)])) == []
    assert find_dataset_warnings(log([(s, SPRING + s * 400 * DAY, "ab"[s % 2]) for s in range(30)])) == []


# --- test rule -----------------------------------------------------------------------------------------------------


def test_training_and_test_overlap_in_time():
    data = daily_log(40)
    last_item = find_split_warnings(split(data, SplitConfig(validation_fraction=0)), k=3)
    by_time = find_split_warnings(split(data, SplitConfig(protocol="time", test_days=10)), k=3)
    assert "time-overlap" in codes(last_item)
    assert "time-overlap" not in codes(by_time)
    figure = next(check.figure for check in last_item if check.code == "time-overlap")
    assert figure.startswith("39 of 40 (98 %)")


def test_the_same_time_in_both_parts_is_no_overlap():
    data = log([(s, 7, item) for s in range(40) for item in "abc"])
    assert "time-overlap" not in codes(find_split_warnings(split(data, SplitConfig()), k=3))


@pytest.mark.parametrize(("unseen", "words"), [("miss", "count as misses"), ("drop", "are left out")])
def test_unseen_items(unseen, words):
    rows = [(d, SPRING + d * DAY + i, item) for d in range(9) for i, item in enumerate("abc")]
    late = [(9, SPRING + 20 * DAY, "a"), (9, SPRING + 20 * DAY + 1, "new"), (9, SPRING + 20 * DAY + 2, "b")]
    rule = SplitConfig(protocol="time", test_days=2, unseen=unseen)
    found = find_split_warnings(split(log(rows + late), rule), k=3)
    figure = next(check.figure for check in found if check.code == "unseen-items")
    assert figure == f"1 of 2 (50 %) test events have such an item; they {words}."


def test_known_items_only_are_silent():
    assert "unseen-items" not in codes(find_split_warnings(split(daily_log(40)), k=3))


def test_a_test_too_small():
    cut = split(daily_log(40), SplitConfig(validation_fraction=0))
    found = find_split_warnings(cut, k=3, margin=0.05, hit_rate=0.3)
    figure = next(check.figure for check in found if check.code == "small-test")
    assert figure.startswith("40 test sessions")
    assert "small-test" not in codes(find_split_warnings(cut, k=3, margin=0.9, hit_rate=0.3))
    assert "small-test" in codes(find_split_warnings(cut, k=3, hit_rate=0.0))


def test_the_expected_rate_is_that_of_simple_counting(make_dataset):
    # After a comes b (3 of 4), after b comes c; the best-seller is a.
    cut = split(make_dataset("abc", "abc", "abc", "acb"), SplitConfig(validation_fraction=0))
    assert expected_hit_rate(cut.train, cut.test, 1) == pytest.approx(0.0)  # c never followed b in training
    test = EvaluationSet(make_dataset("abc", "abc", "abc", "acb"), np.ones(4, int))
    assert expected_hit_rate(test.dataset, test, 1) == pytest.approx(7 / 8)  # all but a then c
    assert expected_hit_rate(test.dataset, test, 2) == pytest.approx(8 / 8)


def test_best_sellers_count_where_nothing_follows_anything(make_dataset):
    test = EvaluationSet(make_dataset("ab", "cb", "db"), np.ones(3, int))
    lone = make_dataset("b", "b", "a", "c", "d")
    ids = lone.vocabulary.encode(test.dataset.vocabulary.decode(test.dataset.items))
    known = SessionDataset.from_arrays(
        ids, test.dataset.timestamps, test.dataset.offsets, test.dataset.session_ids, lone.vocabulary
    )
    asked = EvaluationSet(known, np.ones(3, int))
    assert best_seller_rate(lone, asked, 1) == expected_hit_rate(lone, asked, 1) == 1.0


def test_the_first_event_of_a_session_follows_nothing(make_dataset):
    data = make_dataset("aba", "ba")  # the second starts with what follows the end of the first
    assert expected_hit_rate(data, EvaluationSet(data, np.zeros(2, int)), 1) == pytest.approx(3 / 5)


def test_one_long_session_shows_less_than_many_short_ones(make_dataset):
    many = EvaluationSet(make_dataset(*["ab"] * 10), np.ones(10, int))
    one = EvaluationSet(make_dataset("ab" * 5 + "a"), np.ones(1, int))
    assert visible_difference(many, 0.3) == pytest.approx(smallest_visible_difference(10, 10, 0.3))
    assert visible_difference(one, 0.3) == pytest.approx(visible_difference(many, 0.3) * np.sqrt(1 + 9 * 0.2))


# --- training ------------------------------------------------------------------------------------------------------


def test_fewer_items_than_samples(make_dataset):
    data = make_dataset(*["abc"] * 40)
    sampled = TrainingConfig(negatives="sampled", n_sample=100)
    assert codes(find_training_warnings(sampled, data)) == {"few-items"}
    assert find_training_warnings(TrainingConfig(negatives="all", n_sample=100), data) == []
    assert find_training_warnings(sampled.replace(n_sample=3), data) == []


def test_fewer_sessions_than_lanes(make_dataset):
    data = make_dataset("abc", "ab", "c")
    found = find_training_warnings(TrainingConfig(batch_size=3), data)
    assert codes(found) == {"few-sessions"}
    assert found[0].figure.startswith("2 sessions")  # a session of one item fills no lane
    assert find_training_warnings(TrainingConfig(batch_size=2), data) == []


def test_still_improving_at_the_last_epoch(make_dataset):
    data = make_dataset(*["abc"] * 40)

    def found(*curve):
        return find_training_warnings(TrainingConfig(), data, pd.DataFrame({"validation_accuracy@3": curve}), "BPR")

    assert codes(found(0.1, 0.2, 0.25)) == {"still-improving"}
    assert "BPR" in found(0.1, 0.2, 0.25)[0].title
    assert "25.0 validation hits per 100; best before its last epochs 20.0" in found(0.1, 0.2, 0.25)[0].figure
    assert found(0.1, 0.25, 0.25) == []
    assert found(0.1, 0.25, 0.24) == []
    assert found(0.1) == []


def test_without_validation_nothing_is_said_of_improvement(make_dataset):
    epochs = pd.DataFrame({"loss": [1.0, 0.5]})
    assert len(validation_curve(epochs, TrainingConfig())) == 0
    assert find_training_warnings(TrainingConfig(), make_dataset(*["abc"] * 40), epochs) == []


def test_a_gain_within_the_last_fifth_counts():
    assert still_improving(np.r_[np.full(8, 0.2), 0.21, 0.205])
    assert not still_improving(np.r_[np.full(7, 0.2), 0.21, 0.205, 0.205])
    assert not still_improving(np.array([0.2, 0.2005]))  # a quarter of a percent is noise


# --- scores --------------------------------------------------------------------------------------------------------


def test_sound_scores_are_silent(make_evaluation):
    assert find_evaluation_warnings(make_evaluation([1, 5, 9]), "BPR", "gru4rec", 3) == []


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_scores_that_are_no_numbers(make_evaluation, bad):
    evaluation = make_evaluation([1, 5, 9])
    evaluation.top_scores[1, 2] = bad
    found = find_evaluation_warnings(evaluation, "BPR", "gru4rec", 3)
    assert [(check.code, check.severity) for check in found] == [("scores-not-finite", "error")]
    assert found[0].figure.startswith("1 of 3 (33 %)")


def test_minus_infinity_is_a_score(make_evaluation):
    evaluation = make_evaluation([1, 5, 9])
    evaluation.top_scores[:, 5:] = -np.inf  # a baseline that rules items out
    assert find_evaluation_warnings(evaluation, "Markov", "baseline", 3) == []


def test_saturated_scores(make_evaluation):
    evaluation = make_evaluation([1, 5, 9])
    evaluation.top_scores[:2, :4] = 1.0
    assert codes(find_evaluation_warnings(evaluation, "BPR", "gru4rec", 3)) == {"scores-saturated"}
    assert find_evaluation_warnings(evaluation, "Markov", "baseline", 3) == []


def test_rank_ties(make_evaluation):
    found = find_evaluation_warnings(make_evaluation([3.5, 1, 9, 9]), "BPR", "gru4rec", 3)
    assert codes(found) == {"rank-ties"}
    assert found[0].figure.startswith("In the top 3 between 25.0 and 50.0 per 100")
    # The tie at 7 and 8 cannot change what is in the top 3.
    assert find_evaluation_warnings(make_evaluation([7.5, 1, 9, 9]), "BPR", "gru4rec", 3) == []


# --- comparison ----------------------------------------------------------------------------------------------------


def ranks(n_hits: int, n: int = 2000) -> np.ndarray:
    return np.where(np.arange(n) < n_hits, 1, 30)


@pytest.fixture
def compared(make_results):
    def build(top1: int, bpr: int, markov: int, n: int = 2000):
        models = [make_results(name, ranks(hits, n)) for name, hits in (("top1", top1), ("bpr", bpr))]
        markov = make_results("markov", ranks(markov, n), kind="baseline", label="Markov")
        return compare_models([*models, markov], CONFIG)

    return build


def test_a_model_that_does_not_beat_a_baseline(compared):
    found = find_comparison_warnings(compared(500, 900, 600))
    assert [check.title for check in found if check.code == "not-beating-baseline"] == [
        "TOP1 does not clearly beat simple counting."
    ]
    figure = next(check.figure for check in found if check.code == "not-beating-baseline")
    assert figure == "25.0 per 100; Markov 30.0."
    assert "not-beating-baseline" not in codes(find_comparison_warnings(compared(700, 900, 500)))


def test_only_the_strongest_baseline_must_be_beaten(make_results):
    models = [make_results("a", ranks(900))]
    for name, hits in (("popularity", 100), ("markov", 950)):
        models.append(make_results(name, ranks(hits), kind="baseline"))
    found = find_comparison_warnings(compare_models(models, CONFIG))
    assert next(check.figure for check in found).endswith("MARKOV 47.5.")


def test_a_comparison_too_small(compared):
    assert "small-test" in codes(find_comparison_warnings(compared(20, 23, 5, n=100)))
    assert "small-test" not in codes(find_comparison_warnings(compared(900, 905, 500)))  # settled: equivalent
    assert "small-test" not in codes(find_comparison_warnings(compared(20, 90, 5, n=100)))  # settled: clear


def test_what_cannot_be_compared_is_an_error(make_results):
    comparison = compare_models([make_results("a", [1]), make_results("b", [1, 1])], CONFIG)
    found = find_comparison_warnings(comparison)
    assert [(check.code, check.severity) for check in found] == [("not-comparable", "error")]
    assert found[0].remedy


@pytest.fixture
def facts():
    def build(label="TOP1", data="d1", test_rule="s1", k=3, **settings):
        return ComparedRun(label, data, test_rule, k, TrainingConfig(**settings))

    return build


def test_runs_that_differ_in_loss_and_seed_only_are_silent(facts):
    assert find_run_differences([facts(), facts("BPR", loss="bpr", seed=4)]) == []
    assert find_run_differences([]) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [({"data": "d2"}, "different-data"), ({"test_rule": "s2"}, "different-split"), ({"k": 10}, "different-k")],
)
def test_runs_that_differ_in_what_must_agree(facts, change, code):
    found = find_run_differences([facts(), facts("BPR", loss="bpr", **change)])
    assert codes(found) == {code}
    assert "TOP1" in found[0].figure
    assert "BPR" in found[0].figure


def test_settings_that_differ_beyond_the_loss(facts, compared):
    runs = [facts(), facts("BPR", loss="bpr", learning_rate=0.05, n_hidden=(100,))]
    found = find_comparison_warnings(compared(700, 900, 500), runs)
    assert codes(found) == {"settings-differ"}
    assert found[0].severity == "note"
    assert found[0].figure == "n_hidden: TOP1 (64,), BPR (100,); learning_rate: TOP1 0.001, BPR 0.05."


def test_every_check_says_what_how_much_why_and_what_to_do(compared, make_dataset):
    checks = find_comparison_warnings(compared(20, 30, 50, n=100)) + find_dataset_warnings(make_dataset("aab", "baa"))
    for check in checks:
        assert all(check.to_json().values())
        assert check.title.endswith(".")
        assert check.figure.endswith(".")


def test_shares_read_well():
    assert share(12, 400) == "12 of 400 (3.0 %)"
    assert share(0, 0) == "0 of 0 (0 %)"
    assert share(1, 10_000) == "1 of 10,000 (under 0.1 %)"
    assert share(12_000, 15_000) == "12,000 of 15,000 (80 %)"
