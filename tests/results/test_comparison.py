"""A comparison's result comes from its files alone, the same each time it is read."""

import json
from dataclasses import replace

import numpy as np
import pytest

from gru4rec_core.baselines.names import DEFAULT_BASELINES
from gru4rec_core.config import ComparisonConfig, TrainingConfig
from gru4rec_core.errors import RunError
from gru4rec_core.results.care import NOT_TUNED
from gru4rec_core.results.comparison import build_comparison_result, find_missing, list_result_files
from gru4rec_core.workspace.split_store import open_split


def test_all_models_are_in_the_result(trained) -> None:
    home, comparison = trained
    result = build_comparison_result(home, comparison.id)
    assert list(result.models["name"]) == ["top1", "bpr", *DEFAULT_BASELINES]
    assert [model.name for model in result.comparison.models] == list(result.models["name"])
    assert result.run_ids == dict(zip(("top1", "bpr"), [(one,) for one in comparison.run_ids], strict=True))
    assert result.verdict is not None
    assert len(result.verdict.sentences) == 2
    assert find_missing(home, comparison).is_complete


def test_every_run_and_baseline_has_a_file_that_is_there_with_its_result(trained) -> None:
    home, comparison = trained
    files = list_result_files(home, comparison)
    assert len(files) == len(comparison.run_ids) + len(DEFAULT_BASELINES)
    assert all(file.exists() for file in files)
    alone = list_result_files(home, comparison.model_copy(update={"baselines": ("markov",)}))
    assert alone == [file for file in files if file.name in {"metrics.json", "markov.json"}]


def open_split_counts(home, comparison) -> np.ndarray:
    return open_split(home, comparison.dataset_id, comparison.split).train_counts


def test_json_has_the_agreed_form(trained) -> None:
    home, comparison = trained
    result = json.loads(json.dumps(build_comparison_result(home, comparison.id).to_json(), allow_nan=False))
    assert (result["dataset"], result["protocol"], result["n_test"]) == ("letters", "last-item", 120)
    first = result["models"][0]
    assert (first["name"], first["kind"]) == ("top1", "gru4rec")
    assert set(first["accuracy"]) == {"1", "3", "5", "10", "20"}
    assert first["accuracy"]["20"] == 1.0  # eight items
    assert 0 < first["mrr"]["20"] <= 1
    for model in result["models"]:  # a list of all eight items shows each once
        assert model["mean_popularity"]["20"] == pytest.approx(open_split_counts(home, comparison).mean())
        assert 0 <= model["repeat_share"]["1"] <= 1
    assert {model["kind"] for model in result["models"][2:]} == {"baseline"}
    assert result["verdict"]["kind"] in {"clear", "equivalent", "size-open", "undecided"}
    assert {warning["code"] for warning in result["warnings"]} >= {"time-overlap"}


def test_a_list_length_chosen_after_the_results_is_told(trained) -> None:
    home, comparison = trained
    assert build_comparison_result(home, comparison.id).to_json()["decided_before_results"] is True
    late = home.create_comparison(
        comparison.dataset_id, comparison.split, ComparisonConfig(deciding_k=1, n_bootstrap=200), comparison.run_ids
    )
    told = build_comparison_result(home, late.id).to_json()
    home.delete_comparison(late.id)
    assert told["decided_before_results"] is False
    assert "exploratory" in told["verdict"]["limits"][-2]
    assert told["verdict"]["limits"][-1] == NOT_TUNED


def test_another_deciding_metric_is_another_result(trained) -> None:
    home, comparison = trained
    other = home.create_comparison(
        comparison.dataset_id, comparison.split, ComparisonConfig(deciding_k=1), comparison.run_ids
    )
    result = build_comparison_result(home, other.id)
    home.delete_comparison(other.id)
    assert result.comparison.pairs[0].deciding.metric == "accuracy@1"
    assert not other.decided_before_results


def test_unfinished_runs_have_no_result_yet(trained) -> None:
    home, comparison = trained
    fresh = home.create_run(comparison.dataset_id, TrainingConfig(seed=9), comparison.split)
    waiting = home.create_comparison(comparison.dataset_id, comparison.split, comparison.config, [fresh.id])
    missing = find_missing(home, waiting)
    assert missing.run_ids == (fresh.id,)
    assert not missing.is_complete
    assert not missing.has_result
    with pytest.raises(RunError, match="1 of 1 not done"):
        build_comparison_result(home, waiting.id)
    home.delete_comparison(waiting.id)
    home.delete_run(fresh.id)


def test_the_pair_is_the_one_the_verdict_speaks_of_in_the_order_of_the_models(trained) -> None:
    home, comparison = trained
    result = build_comparison_result(home, comparison.id)
    first, second, *_ = result.comparison.models
    third = replace(second, name="third")
    three = replace(result, comparison=replace(result.comparison, models=(first, second, third)))
    of_first_and_third = replace(result.verdict, numbers={"leader": "third", "other": first.name})
    assert replace(three, verdict=of_first_and_third).pair == (first, third)
    assert replace(three, verdict=None).pair == (first, second)
    assert replace(result, comparison=replace(result.comparison, models=(first,))).pair is None
