"""The gate on real runs: figures as in a comparison, refusals with their reason, a record that says it all."""

import hashlib
import json

import pandas as pd
import pytest

from gru4rec_core.config import ComparisonConfig, SplitConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.comparison import compare_models
from gru4rec_core.results.fresh_test import ModelRuns, evaluate_on_split
from gru4rec_core.results.gate import GatePlan, run_gate, store_gate
from gru4rec_core.workspace.decisions import list_gates
from gru4rec_core.workspace.split_store import open_split

JUDGING = ComparisonConfig(deciding_k=3, margin=0.02, n_bootstrap=200, n_permutations=200)
RULE = SplitConfig(protocol="time", test_fraction=0.5)


@pytest.fixture
def later(trained, letters_log):
    home, _ = trained
    return home.add_dataset(SessionDataset(letters_log(first=1, letters="cabdefghij")), "later", time_unit="s")


def test_the_figures_are_those_of_a_comparison_on_the_same_events(trained, later) -> None:
    home, comparison = trained
    candidate, current = comparison.run_ids
    printed = run_gate(home, GatePlan(candidate, current, later.id, RULE, JUDGING)).to_json()
    split = open_split(home, later.id, RULE)
    models = [
        evaluate_on_split(home, ModelRuns(run_id, run_id, (home.run(run_id),)), split, 3)[0]
        for run_id in (current, candidate)
    ]
    figures = compare_models(models, JUDGING).pairs[0].deciding
    assert (printed["current_value"], printed["candidate_value"]) == (figures.a_value, figures.b_value)
    assert (printed["difference_low"], printed["difference_high"]) == (figures.low, figures.high)
    assert (printed["test_key"], printed["n_test"]) == (split.test_key, split.test.n_predicted)
    assert [row["name"] for row in printed["models"]] == ["candidate", "current"]
    # Two of ten letters are new to both.
    assert printed["candidate_unknown_share"] == printed["current_unknown_share"] > 0.1
    assert printed["not_in_training_share"] == 0
    json.dumps(printed, allow_nan=False)


def test_items_that_the_logs_own_training_part_lacks_are_told_apart(trained, letters_log) -> None:
    home, comparison = trained
    # "a" and "b" come in the test alone, and both runs know them; "i" and "j" they do not know.
    early, late = letters_log(first=3, letters="cdefghij"), letters_log(first=4)
    log = pd.concat([early, late[late["timestamp"] > early["timestamp"].max()]])
    record = home.add_dataset(SessionDataset(log), "new letters", time_unit="s")
    rule = SplitConfig(protocol="time", test_from=str(late["timestamp"].min()))
    split = open_split(home, record.id, rule)
    result = run_gate(home, GatePlan(*comparison.run_ids, record.id, rule, JUDGING))
    late_items = late[late.duplicated("session")]["item"]
    assert split.test.n_predicted == len(late_items)
    assert result.not_in_training == pytest.approx(late_items.isin(["a", "b"]).mean())
    assert result.unknown == (result.not_in_training, result.not_in_training)
    assert (
        f"{100 * result.not_in_training:.1f} of each are items that this log's own training part"
        in result.unknown_sentence
    )


def test_swapped_runs_have_swapped_figures(trained, later) -> None:
    home, comparison = trained
    one, other = comparison.run_ids
    forth = run_gate(home, GatePlan(one, other, later.id, RULE, JUDGING)).to_json()
    back = run_gate(home, GatePlan(other, one, later.id, RULE, JUDGING)).to_json()
    assert forth["candidate_value"] == back["current_value"]
    assert forth["difference_low"] == pytest.approx(-back["difference_high"])
    assert {forth["leader"], back["leader"]} == {"candidate", "current"}


def test_a_run_tested_under_its_own_rule_has_its_stored_figures(trained) -> None:
    home, comparison = trained
    candidate, current = comparison.run_ids
    printed = run_gate(home, GatePlan(candidate, current, comparison.dataset_id, comparison.split, JUDGING)).to_json()
    assert printed["candidate_value"] == pytest.approx(home.metrics(candidate)["accuracy"]["3"])


def test_it_refuses_what_cannot_be_compared(trained, later) -> None:
    home, comparison = trained
    candidate, current = comparison.run_ids
    with pytest.raises(RunError, match="were in its training part"):
        run_gate(home, GatePlan(candidate, current, comparison.dataset_id, RULE, JUDGING))
    with pytest.raises(RunError, match="compares two runs"):
        run_gate(home, GatePlan(candidate, candidate, later.id, RULE, JUDGING))
    waiting = home.create_run(later.id, home.run(candidate).config.replace(seed=77), RULE)
    with pytest.raises(RunError, match="until it is done"):
        run_gate(home, GatePlan(waiting.id, current, later.id, RULE, JUDGING))
    home.delete_run(waiting.id)


def test_the_record_says_who_what_and_from_what(trained, later) -> None:
    home, comparison = trained
    result = run_gate(home, GatePlan(*comparison.run_ids, later.id, RULE, JUDGING))
    stored = store_gate(home, result, by="nightly")
    read = next(record for record in list_gates(home, later.id) if record.id == stored.id)
    assert read == stored
    assert (read.by, read.outcome, read.dataset_hash) == ("nightly", result.answer.outcome, later.content_hash)
    assert read.figures == json.loads(json.dumps(result.to_json()))
    assert [evidence.run_id for evidence in read.runs] == list(comparison.run_ids)
    weights = (home.run_folder(comparison.run_ids[0]) / "weights.npz").read_bytes()
    assert read.runs[0].weights_sha256 == hashlib.sha256(weights).hexdigest()
    assert {"gru4rec-workbench", "python", "numpy"} <= set(read.versions)
    assert (read.split, read.config) == (RULE, JUDGING)
    assert "low > -margin" in read.rule
