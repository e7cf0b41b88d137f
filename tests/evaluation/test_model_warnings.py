"""Every warning of training, scores or a comparison has a case that provokes it and one that leaves it silent."""

import numpy as np
import pytest

from gru4rec_core.config import ComparisonConfig, TrainingConfig
from gru4rec_core.evaluation.comparison import compare_models
from gru4rec_core.evaluation.convergence import ValidationCurves
from gru4rec_core.evaluation.data_warnings import find_dataset_warnings
from gru4rec_core.evaluation.diagnostic_warning import DiagnosticWarning
from gru4rec_core.evaluation.model_warnings import (
    ComparedRun,
    find_comparison_warnings,
    find_evaluation_warnings,
    find_run_differences,
    find_training_warnings,
)

CONFIG = ComparisonConfig(deciding_k=3, n_bootstrap=500, n_permutations=1000)


def codes(warnings: list[DiagnosticWarning]) -> set[str]:
    return {warning.code for warning in warnings}


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


def test_a_model_that_was_still_improving_by_the_metric_that_decides(make_dataset):
    data = make_dataset(*["abc"] * 40)

    def found(*curves):
        return find_training_warnings(TrainingConfig(), data, ValidationCurves(3, tuple(map(np.array, curves))), "BPR")

    rise = [0.1, 0.14, 0.17, 0.19, 0.21, 0.22]
    warning = found(rise)[0]
    assert warning.code == "still-improving"
    assert warning.title == "BPR was still improving when training stopped."
    assert warning.figure == (
        "On validation data 22.0 hits per 100 in the top 3 after epoch 6, 19.0 two epochs before."
    )
    assert found(rise, rise)[0].figure.endswith("two epochs before (means of 2 runs).")
    assert found([0.1, 0.2])[0].figure.endswith("10.0 an epoch before.")
    assert found([0.2] * 6) == []
    assert found(rise, rise[::-1]) == []


def test_without_validation_nothing_is_said_of_improvement(make_dataset):
    assert find_training_warnings(TrainingConfig(), make_dataset(*["abc"] * 40), None) == []


def test_sound_scores_are_silent(make_evaluation):
    assert find_evaluation_warnings(make_evaluation([1, 5, 9]), "BPR", "gru4rec", 3) == []


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_scores_that_are_no_numbers(make_evaluation, bad):
    evaluation = make_evaluation([1, 5, 9])
    evaluation.top_scores[1, 2] = bad
    found = find_evaluation_warnings(evaluation, "BPR", "gru4rec", 3)
    assert [(warning.code, warning.severity) for warning in found] == [("scores-not-finite", "error")]
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
    assert found[0].figure.startswith("Between 25.0 and 50.0 hits per 100 in the top 3")
    # The tie at 7 and 8 cannot change what is in the top 3.
    assert find_evaluation_warnings(make_evaluation([7.5, 1, 9, 9]), "BPR", "gru4rec", 3) == []


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
    assert [warning.title for warning in found if warning.code == "not-beating-baseline"] == [
        "TOP1 does not clearly beat the strongest baseline."
    ]
    figure = next(warning.figure for warning in found if warning.code == "not-beating-baseline")
    assert figure == "25.0 per 100; Markov 30.0."
    assert "not-beating-baseline" not in codes(find_comparison_warnings(compared(700, 900, 500)))


def test_only_the_strongest_baseline_must_be_beaten(make_results):
    models = [make_results("a", ranks(900))]
    for name, hits in (("popularity", 100), ("markov", 950)):
        models.append(make_results(name, ranks(hits), kind="baseline"))
    found = find_comparison_warnings(compare_models(models, CONFIG))
    assert next(warning.figure for warning in found).endswith("MARKOV 47.5.")


def test_a_comparison_too_small(compared):
    assert "small-test" in codes(find_comparison_warnings(compared(20, 23, 5, n=100)))
    assert "small-test" not in codes(find_comparison_warnings(compared(900, 905, 500)))  # settled: equivalent
    assert "small-test" not in codes(find_comparison_warnings(compared(20, 90, 5, n=100)))  # settled: clear


def test_what_cannot_be_compared_is_an_error(make_results):
    comparison = compare_models([make_results("a", [1]), make_results("b", [1, 1])], CONFIG)
    found = find_comparison_warnings(comparison)
    assert [(warning.code, warning.severity) for warning in found] == [("not-comparable", "error")]
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


def test_every_warning_says_what_how_much_why_and_what_to_do(compared, make_dataset):
    warnings = find_comparison_warnings(compared(20, 30, 50, n=100)) + find_dataset_warnings(
        make_dataset("ab", "ba"), {"sessions_out_of_order": 1}
    )
    for warning in warnings:
        assert all(warning.to_json().values())
        assert warning.title.endswith(".")
        assert warning.figure.endswith(".")
