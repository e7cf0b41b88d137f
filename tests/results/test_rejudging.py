"""Another margin or level gives the verdict that it would have given from the start, marked as exploratory."""

from dataclasses import replace

import pytest

from gru4rec_core.config import ComparisonConfig
from gru4rec_core.evaluation.comparison import compare_models
from gru4rec_core.evaluation.verdict import build_verdict
from gru4rec_core.results import rejudging
from gru4rec_core.results.comparison import ComparisonResult, build_comparison_result
from gru4rec_core.results.rejudging import compare_at_level, describe_change, rejudge


@pytest.fixture
def result(trained) -> ComparisonResult:
    home, comparison = trained
    return build_comparison_result(home, comparison.id)


@pytest.mark.parametrize(("margin", "level"), [(0.2, 0.95), (0.05, 0.8), (0.5, 0.99)])
def test_the_verdict_is_the_one_of_a_comparison_agreed_so_from_the_start(result, margin, level) -> None:
    changed = rejudge(result, compare_at_level(result, level), margin)
    agreed_so = result.record.config.replace(margin=margin, confidence=level)
    expected = build_verdict(compare_models(result.comparison.models, agreed_so))
    assert changed.verdict is not None
    assert replace(changed.verdict, limits=()) == replace(expected, limits=())
    assert changed.verdict.limits[:-1] == (*expected.limits, *result.limits)
    assert changed.verdict.limits[-1].startswith("Exploratory")
    assert (changed.record.config, changed.comparison.config) == (agreed_so, agreed_so)


def test_what_was_agreed_stays_as_it_is(result) -> None:
    before = result.verdict
    assert rejudge(result, compare_at_level(result, 0.95), 0.05) is result
    rejudge(result, compare_at_level(result, 0.95), 0.4)
    assert result.verdict is before


def test_another_margin_alone_resamples_nothing(result, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("resampled")

    monkeypatch.setattr(rejudging, "compare_models", refuse)
    wide = rejudge(result, compare_at_level(result, 0.95), 0.9)
    assert wide.verdict is not None
    assert wide.verdict.numbers["margin"] == 0.9


def test_the_verdict_on_a_chosen_pair_says_it_too(result) -> None:
    a, b = result.contenders
    third = replace(a, name="third", label="third")
    pairs = tuple(replace(pair, a=third) for pair in result.comparison.pairs if pair.a is a)
    three = replace(
        result.comparison, models=(*result.comparison.models, third), pairs=(*result.comparison.pairs, *pairs)
    )
    changed = rejudge(replace(result, comparison=three), replace(three), 0.3)
    on_pair = changed.verdict_on((a, b))
    assert on_pair is not None
    assert on_pair.limits[-1].startswith("Exploratory")


def test_the_limit_names_what_was_changed() -> None:
    agreed = ComparisonConfig()
    assert describe_change(agreed, agreed.replace(margin=0.02)) == (
        "Exploratory: changed when the results were known (margin 2 % instead of 5 %)."
    )
    both = describe_change(agreed, agreed.replace(margin=0.075, confidence=0.99))
    assert "(margin 7.5 % instead of 5 %, level 99 % instead of 95 %)" in both
