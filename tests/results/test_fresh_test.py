"""A finished model on events it never saw: one evaluation per seed, unknown items as misses, no leak."""

import pytest

from gru4rec_core.config import SplitConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import RunError
from gru4rec_core.results.fresh_test import ModelRuns, evaluate_on_split
from gru4rec_core.workspace.split_store import open_split

RULE = SplitConfig(protocol="time", test_fraction=0.5)


def test_each_run_is_a_seed_of_the_model(trained, letters_log) -> None:
    home, comparison = trained
    later = home.add_dataset(SessionDataset(letters_log(first=1, letters="cabdefghij")), "later", time_unit="s")
    split = open_split(home, later.id, RULE)
    runs = tuple(home.run(run_id) for run_id in comparison.run_ids)
    seen = []
    results, row = evaluate_on_split(
        home, ModelRuns("both", "Both", runs), split, 3, lambda done, total: seen.append((done, total))
    )
    assert (results.n_seeds, results.test_key, row["label"]) == (2, split.test_key, "Both")
    singles = [evaluate_on_split(home, ModelRuns("one", "One", (run,)), split, 3)[1]["accuracy@3"] for run in runs]
    assert row["accuracy@3"] == pytest.approx(sum(singles) / 2)
    assert seen[-1] == (split.test.n_predicted, split.test.n_predicted)
    # i and j are letters that neither run knows.
    assert (results.evaluations[0].target < 0).any()
    assert {evaluation.n_items for evaluation in results.evaluations} == {8}


def test_events_of_its_training_are_refused(trained) -> None:
    home, comparison = trained
    split = open_split(home, comparison.dataset_id, RULE)
    with pytest.raises(RunError, match="were in its training part"):
        evaluate_on_split(home, ModelRuns("a", "A", (home.run(comparison.run_ids[0]),)), split, 3)
