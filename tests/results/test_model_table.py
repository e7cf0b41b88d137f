"""The table of models names each model and averages its seeds."""

import pytest

from gru4rec_core.evaluation.metrics import accuracy_at
from gru4rec_core.results.model_table import (
    group_by_model,
    load_baselines,
    load_trained_models,
    read_list_lengths,
    row_to_json,
)
from gru4rec_core.workspace.split_store import open_split


def test_seeds_are_one_model_and_other_settings_another(trained) -> None:
    home, comparison = trained
    run = home.run(comparison.run_ids[0])

    def like(**changes: object):
        return run.model_copy(update={"config": run.config.replace(**changes)})

    groups = group_by_model([run, like(seed=1), like(n_hidden=(9, 3)), like(loss="bpr")])
    assert {name: len(runs) for name, runs in groups.items()} == {
        "top1 n_hidden=6": 2,
        "top1 n_hidden=9,3": 1,
        "bpr": 1,
    }


def test_a_row_is_the_mean_over_seeds(trained) -> None:
    home, comparison = trained
    split = open_split(home, comparison.dataset_id, comparison.split)
    runs = [home.run(run_id) for run_id in comparison.run_ids]
    (row,), (model,) = load_trained_models(home, {"both": runs}, split, 3)
    values = [home.metrics(run.id)["accuracy"]["3"] for run in runs]
    assert row["n_seeds"] == model.n_seeds == 2
    assert row["accuracy@3"] == pytest.approx(sum(values) / 2)
    assert row["label"] == "TOP1, both"


def test_a_deciding_list_length_that_was_not_stored_is_computed(trained) -> None:
    home, comparison = trained
    split = open_split(home, comparison.dataset_id, comparison.split)
    groups = group_by_model([home.run(comparison.run_ids[0])])
    (row,), (model,) = load_trained_models(home, groups, split, 4)
    assert 4 in read_list_lengths(row)
    assert row["accuracy@4"] == pytest.approx(accuracy_at(model.evaluations[0], 4))
    assert row["accuracy@3"] <= row["accuracy@4"] <= row["accuracy@5"]


def test_baselines_that_are_not_computed_are_left_out(trained) -> None:
    home, comparison = trained
    split = open_split(home, comparison.dataset_id, comparison.split)
    rows, models = load_baselines(home, comparison.dataset_id, ["markov", "not-there"], split, 3)
    assert [row["name"] for row in rows] == [model.name for model in models] == ["markov"]
    assert rows[0]["seconds"] is None


def test_json_has_each_metric_by_k_and_null_for_what_is_missing(trained) -> None:
    home, comparison = trained
    split = open_split(home, comparison.dataset_id, comparison.split)
    (row,), _ = load_baselines(home, comparison.dataset_id, ["popularity"], split, 3)
    values = row_to_json({**row, "repeat_share@3": float("nan")})
    assert list(values["accuracy"]) == [str(k) for k in read_list_lengths(row)]
    assert values["repeat_share"]["3"] is None
    assert values["mrr"]["3"] == row["mrr@3"]
