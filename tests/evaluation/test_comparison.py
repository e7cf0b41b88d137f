import numpy as np
import pytest

from gru4rec_core.config import ComparisonConfig
from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.comparison import PairedComparison, compare_models, event_values

CONFIG = ComparisonConfig(deciding_k=3, seed=7)
HIT, MISS = 1, 30


def compare(a: ModelResults, b: ModelResults, config: ComparisonConfig) -> PairedComparison:
    return compare_models([a, b], config).pairs[0]


def hits(pattern: str) -> list[int]:
    """Ranks: a capital X is a hit, a dot a miss."""
    return [HIT if letter == "X" else MISS for letter in pattern]


def test_values_are_per_event_not_per_session(make_results):
    # Session 0 has three events, session 1 has one: 2 of 4 events, though 1/3 and 1 by session.
    a = make_results("a", hits("...."), sessions=[0, 0, 0, 1])
    b = make_results("b", hits("X..X"), sessions=[0, 0, 0, 1])
    pair = compare(a, b, CONFIG)
    assert (pair.deciding.a_value, pair.deciding.b_value) == (0.0, 0.5)
    assert (pair.n_sessions, pair.n_events) == (2, 4)


def test_the_deciding_metric_is_accuracy_at_the_chosen_k(make_results):
    ranks = [1, 3, 4, 10, 11, 30]
    pair = compare(make_results("a", ranks), make_results("b", ranks), CONFIG)
    assert pair.deciding.metric == "accuracy@3"
    assert pair.deciding.a_value == pytest.approx(2 / 6)
    assert [m.metric for m in pair.exploratory] == [
        "accuracy@1",
        "accuracy@5",
        "accuracy@10",
        "accuracy@20",
        "mrr@20",
        "ndcg@20",
    ]


def test_a_k_of_its_own_decides_beside_all_others(make_results):
    pair = compare(make_results("a", [7]), make_results("b", [8]), CONFIG.replace(deciding_k=7))
    assert pair.deciding.metric == "accuracy@7"
    assert len(pair.exploratory) == 7
    assert (pair.deciding.a_value, pair.deciding.b_value) == (1.0, 0.0)


def test_event_values_are_averaged_over_seeds(make_results):
    model = make_results("a", [1, 9], [1, 1], [9, 2])
    assert event_values(model, "accuracy@1") == pytest.approx([2 / 3, 1 / 3])
    assert event_values(model, "mrr@20") == pytest.approx([(1 + 1 + 1 / 9) / 3, (1 / 9 + 1 + 1 / 2) / 3])
    assert event_values(model, "ndcg@20")[0] == pytest.approx((2 + 1 / np.log2(10)) / 3)


def test_a_difference_is_b_minus_a_and_lies_in_its_interval(make_results, generator):
    a, b = (make_results(name, generator.integers(1, top, 300)) for name, top in (("a", 20), ("b", 10)))
    figures = compare(a, b, CONFIG).deciding
    assert figures.difference > 0
    assert figures.low < figures.difference < figures.high
    assert figures.relative_low < figures.relative < figures.relative_high
    assert figures.p_value < 0.01


def test_naming_the_models_the_other_way_round_mirrors_everything(make_results, generator):
    a, b = (make_results(name, generator.integers(1, top, 200)) for name, top in (("a", 20), ("b", 12)))
    forward, backward = compare(a, b, CONFIG), compare(b, a, CONFIG)
    assert backward.reversed().deciding == forward.deciding
    assert backward.reversed().exploratory == forward.exploratory
    assert backward.deciding.relative == pytest.approx(forward.deciding.a_value / forward.deciding.b_value - 1)


def test_same_seed_same_figures(make_results, generator):
    a, b = (make_results(name, generator.integers(1, 9, 100)) for name in "ab")
    assert compare(a, b, CONFIG).deciding == compare(a, b, CONFIG).deciding
    assert compare(a, b, CONFIG).deciding != compare(a, b, CONFIG.replace(seed=8)).deciding


def test_a_third_model_does_not_change_a_pair(make_results, generator):
    a, b, c = (make_results(name, generator.integers(1, 9, 100)) for name in "abc")
    three = compare_models([a, b, c], CONFIG)
    assert three.pair("a", "b").deciding == compare(a, b, CONFIG).deciding
    assert len(three.pairs) == 3
    assert three.pair("c", "a").deciding == three.pair("a", "c").reversed().deciding


def test_events_of_one_session_count_as_one_piece_of_evidence(make_results):
    pattern = "XXXX...." * 10
    alone = compare(make_results("a", hits("." * 80)), make_results("b", hits(pattern)), CONFIG)
    sessions = np.repeat(np.arange(20), 4)
    together = compare(
        make_results("a", hits("." * 80), sessions=sessions),
        make_results("b", hits(pattern), sessions=sessions),
        CONFIG,
    )
    width = [pair.deciding.high - pair.deciding.low for pair in (alone, together)]
    assert width[1] > 1.7 * width[0]
    assert together.n_sessions == 20


def test_mcnemar_is_there_with_one_event_a_session_only(make_results):
    one = compare(make_results("a", hits("X" + "." * 20)), make_results("b", hits(".XXXXXXXX" + "." * 12)), CONFIG)
    assert one.mcnemar_p == pytest.approx(11 / 512)
    sessions = [0, 0, *range(1, 20)]
    several = compare(
        make_results("a", hits("X" + "." * 20), sessions=sessions),
        make_results("b", hits(".XXXXXXXX" + "." * 12), sessions=sessions),
        CONFIG,
    )
    assert several.mcnemar_p is None


def test_mcnemar_has_nothing_to_say_of_averaged_seeds(make_results):
    a = make_results("a", hits("X."), hits("X."))
    assert compare(a, make_results("b", hits(".X")), CONFIG).mcnemar_p is None


def test_seeds_are_paired_in_order(make_results):
    a = make_results("a", hits("X..."), hits("XX.."))
    b = make_results("b", hits("XX.."), hits("X..."))
    pair = compare(a, b, CONFIG)
    assert pair.seed_differences == (0.25, -0.25)
    assert not pair.seeds_agree


def test_one_run_meets_every_seed_of_the_other(make_results):
    b = make_results("b", hits("XX.."), hits("XXX."))
    assert compare(make_results("a", hits("X...")), b, CONFIG).seed_differences == (0.25, 0.5)
    a = make_results("a", hits("...."), hits("...."), hits("X..."))
    assert len(compare(a, b, CONFIG).seed_differences) == 6


def test_equal_in_one_seed_is_no_agreement(make_results):
    a = make_results("a", hits("X..."), hits("X..."))
    assert not compare(a, make_results("b", hits("X..."), hits("XX..")), CONFIG).seeds_agree


def test_models_that_never_differ_in_a_small_test_keep_a_wide_interval(make_results):
    ranks = hits("XX" + "." * 8)
    figures = compare(make_results("a", ranks), make_results("b", ranks), CONFIG).deciding
    assert (figures.low, figures.high) == pytest.approx((-0.3, 0.3))  # rule of three: 3 in 10 sessions
    assert (figures.relative_low, figures.relative_high) == pytest.approx((-1.5, 1.5))
    assert figures.p_value == 1.0


def test_without_any_hit_every_relative_difference_is_possible(make_results):
    figures = compare(make_results("a", hits("." * 40)), make_results("b", hits("." * 40)), CONFIG).deciding
    assert figures.relative == 0.0
    assert (figures.relative_low, figures.relative_high) == (-np.inf, np.inf)


def test_hits_against_none_are_infinitely_many_more(make_results):
    figures = compare(make_results("a", hits("." * 60)), make_results("b", hits("X" * 30 + "." * 30)), CONFIG).deciding
    assert figures.relative == np.inf
    assert figures.relative_low == np.inf
    assert figures.low > 0.3


def test_two_models_of_one_name_are_refused(make_results):
    a = make_results("a", [1])
    with pytest.raises(RunError, match="different names"):
        compare_models([a, make_results("a", [1])], CONFIG)
    with pytest.raises(RunError, match="two or more"):
        compare_models([a], CONFIG)


def test_an_unknown_pair_names_the_models_there_are(make_results):
    comparison = compare_models([make_results("a", [1]), make_results("b", [1])], CONFIG)
    with pytest.raises(RunError, match="Its models are a, b"):
        comparison.pair("a", "x")


def test_what_cannot_be_compared_has_no_pairs_but_a_way_out(make_results):
    comparison = compare_models([make_results("a", [1, 1]), make_results("b", [1])], CONFIG)
    assert comparison.pairs == ()
    assert "cannot be compared" in comparison.obstacle.sentence
    assert comparison.obstacle.remedy.startswith("Re-test both")
