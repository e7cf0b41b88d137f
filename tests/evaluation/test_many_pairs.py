"""Two kinds of adjusted p values stand side by side where there are many models."""

import pytest
from scipy import stats

from gru4rec_core.evaluation.comparison import compare_models
from gru4rec_core.evaluation.many_pairs import adjust_many_pairs
from tests.evaluation.rank_lists import CONFIG, ranks


@pytest.fixture
def compare(make_results):
    def build(n_models):
        models = [make_results(f"m{i}", ranks(400 + 15 * i)) for i in range(n_models)]
        return compare_models([*models, make_results("markov", ranks(100), kind="baseline")], CONFIG)

    return build


def test_up_to_five_models_have_holm_alone(compare):
    assert adjust_many_pairs(compare(5)) == []


def test_six_models_have_fifteen_pairs_without_the_baseline(compare):
    pairs = adjust_many_pairs(compare(6))
    assert len(pairs) == 15
    assert all({pair.leader, pair.other} <= {f"m{i}" for i in range(6)} for pair in pairs)
    assert all(pair.difference > 0 for pair in pairs)


def test_benjamini_hochberg_is_never_stricter_than_holm(compare):
    pairs = adjust_many_pairs(compare(6))
    assert all(pair.p_value <= pair.p_benjamini_hochberg <= pair.p_holm for pair in pairs)
    assert any(pair.p_benjamini_hochberg < pair.p_holm for pair in pairs)
    assert [pair.p_benjamini_hochberg for pair in pairs] == pytest.approx(
        stats.false_discovery_control([pair.p_value for pair in pairs]).tolist()
    )
