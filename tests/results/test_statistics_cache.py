"""Statistics are computed once, and again only when what they depend on has changed."""

import json
from dataclasses import replace

import pytest

from gru4rec_core.evaluation.comparison import MetricDifference
from gru4rec_core.results import statistics_cache
from gru4rec_core.results.comparison import build_comparison_result


def test_statistics_are_computed_once_and_read_back_whole(trained, monkeypatch: pytest.MonkeyPatch) -> None:
    home, comparison = trained
    path = home.comparison_folder(comparison.id) / "statistics.json"
    path.unlink(missing_ok=True)
    first = build_comparison_result(home, comparison.id)

    def refuse(*_: object) -> None:
        raise AssertionError("computed again")

    monkeypatch.setattr(statistics_cache, "compare_models", refuse)
    second = build_comparison_result(home, comparison.id)
    assert [one.deciding for one in second.comparison.pairs] == [one.deciding for one in first.comparison.pairs]
    assert [one.exploratory for one in second.comparison.pairs] == [one.exploratory for one in first.comparison.pairs]
    assert (second.verdict, second.warnings) == (first.verdict, first.warnings)


@pytest.mark.parametrize("content", ["{", "[]", '{"inputs": "other"}', "{}"])
def test_damaged_statistics_are_computed_anew(trained, content: str) -> None:
    home, comparison = trained
    path = home.comparison_folder(comparison.id) / "statistics.json"
    before = build_comparison_result(home, comparison.id).verdict
    path.write_text(content)
    assert build_comparison_result(home, comparison.id).verdict == before
    assert path.read_text() != content


def test_statistics_of_other_settings_are_not_taken(trained) -> None:
    home, comparison = trained
    build_comparison_result(home, comparison.id)
    path = home.comparison_folder(comparison.id) / "comparison.json"
    judged = comparison.model_copy(update={"config": comparison.config.replace(deciding_k=5)})
    judged.write(path)
    metric = build_comparison_result(home, comparison.id).comparison.pairs[0].deciding.metric
    comparison.write(path)
    assert metric == "accuracy@5"


def test_statistics_of_an_older_version_are_not_taken(trained, monkeypatch: pytest.MonkeyPatch) -> None:
    home, comparison = trained
    build_comparison_result(home, comparison.id)
    path = home.comparison_folder(comparison.id) / "statistics.json"
    before = path.read_text()
    monkeypatch.setattr(statistics_cache, "VERSION", statistics_cache.VERSION - 1)
    build_comparison_result(home, comparison.id)
    assert path.read_text() != before


def test_infinite_ratios_survive_the_way_to_disk() -> None:
    before = MetricDifference("accuracy@1", 0.0, 0.5, 0.1, 0.9, float("inf"), 0.2, float("inf"), -1.0, -1.0, 0.01, 5)
    kept = json.loads(json.dumps(statistics_cache.difference_to_json(before), allow_nan=False))
    assert statistics_cache.difference_from_json(kept) == before
    assert (
        statistics_cache.difference_from_json(
            statistics_cache.difference_to_json(replace(before, low=float("-inf")))
        ).low
        < -1
    )
