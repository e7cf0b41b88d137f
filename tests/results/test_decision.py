"""A decision keeps the verdict it rests on, whatever happens to the comparison, and can be checked on a later log."""

import json
import shutil
from dataclasses import replace

import pytest

from gru4rec_core.config import SplitConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import ConfigError, Refused, RunError
from gru4rec_core.evaluation.comparison import compare_models
from gru4rec_core.evaluation.verdict import build_verdict
from gru4rec_core.experiments.baselines import execute_baselines
from gru4rec_core.results.comparison import build_comparison_result
from gru4rec_core.results.decision import SAME_TEST, DecisionInput, recheck_decision, record_decision
from gru4rec_core.workspace import refused_baselines
from gru4rec_core.workspace.decisions import read_decision
from gru4rec_core.workspace.store import Workspace

RULE = SplitConfig(protocol="time", test_fraction=0.5)


@pytest.fixture
def result(trained):
    home, comparison = trained
    return build_comparison_result(home, comparison.id)


def test_it_holds_the_verdict_as_data_hashes_and_versions(trained, result) -> None:
    home, comparison = trained
    stored = record_decision(home, result, result.pair, DecisionInput("choose", " Ada ", "It has more hits."))
    read = read_decision(home, stored.id)
    assert read == stored
    assert (read.by, read.text, read.model) == ("Ada", "choose BPR", "bpr")
    assert read.verdict == json.loads(json.dumps(result.verdict.to_json()))
    assert read.dataset_hash == result.dataset.content_hash
    assert [evidence.run_id for evidence in read.runs] == list(comparison.run_ids)
    assert [model["run_ids"] for model in read.models] == [[run_id] for run_id in comparison.run_ids]
    assert "numpy" in read.versions


def test_of_three_models_it_holds_the_verdict_on_the_two_that_were_decided_between(trained, result) -> None:
    (base, other), baselines = result.pair, [model for model in result.comparison.models if model.kind == "baseline"]
    third = replace(base, name="third", label="Third")
    comparison = compare_models([base, other, third, *baselines], result.comparison.config)
    of_three = replace(
        result,
        comparison=comparison,
        verdict=build_verdict(comparison),
        run_ids={**result.run_ids, "third": result.run_ids[base.name]},
    )
    stored = record_decision(trained[0], of_three, (base, third), DecisionInput("keep", "Ada", "They are the same."))
    numbers = stored.verdict["numbers"]
    assert {numbers["leader"], numbers["other"]} == {base.name, "third"}
    assert numbers["n_models"] == 2
    assert numbers["difference"] == 0


def test_it_stays_as_it_is_when_the_comparison_is_computed_again(trained, result) -> None:
    home, comparison = trained
    stored = record_decision(home, result, result.pair, DecisionInput("keep", "Ada", "Why not."))
    path = home.root / "decisions" / stored.id / "decision.json"
    before = path.read_bytes()
    (home.comparison_folder(comparison.id) / "statistics.json").unlink()
    build_comparison_result(home, comparison.id)
    assert path.read_bytes() == before


@pytest.mark.parametrize("entered", [DecisionInput("keep", "", "why"), DecisionInput("keep", "Ada", " ")])
def test_who_and_why_are_asked_for(trained, result, entered) -> None:
    with pytest.raises(ConfigError):
        record_decision(trained[0], result, result.pair, entered)


def test_without_a_verdict_there_is_nothing_to_decide_on(trained, result) -> None:
    with pytest.raises(RunError, match="rests on a verdict"):
        record_decision(
            trained[0], replace(result, verdict=None), result.pair, DecisionInput("keep", "Ada", "Why not.")
        )


def test_on_its_own_test_the_same_verdict_comes_out(trained, result) -> None:
    home, comparison = trained
    stored = record_decision(home, result, result.pair, DecisionInput("more-data", "Ada", "Too few sessions."))
    again = recheck_decision(home, stored, comparison.dataset_id, comparison.split)
    assert again.verdict.kind == result.verdict.kind
    for name in ("leader_value", "other_value", "relative_low", "relative_high", "p_value"):
        assert again.verdict.numbers[name] == pytest.approx(result.verdict.numbers[name])
    assert again.note == again.to_json()["note"] == SAME_TEST
    assert again.check == ("holds" if result.verdict.kind == "undecided" else "settled")


def test_a_later_log_says_whether_it_holds(trained, result, letters_log) -> None:
    home, comparison = trained
    later = home.add_dataset(SessionDataset(letters_log(first=1, letters="dcbaefghij")), "later", time_unit="s")
    stored = record_decision(home, result, result.pair, DecisionInput("choose", "Ada", "It has more hits."))
    found = recheck_decision(home, stored, later.id, RULE)
    assert [row["name"] for row in found.models] == ["top1", "bpr"]
    assert found.sentence.endswith(found.verdict.sentences[0])
    assert found.note.startswith("Then and now are not compared: ")
    assert found.note.endswith("had the test rule last item, this one has later days.")
    assert recheck_decision(home, stored, later.id, comparison.split).note == ""
    execute_baselines(home, later.id, RULE)
    beside = recheck_decision(home, stored, later.id, RULE)
    assert {"popularity", "markov"} <= {row["name"] for row in beside.models}
    assert beside.check == found.check
    json.dumps(beside.to_json(), allow_nan=False)
    with pytest.raises(RunError, match="were in its training part"):
        recheck_decision(home, stored, comparison.dataset_id, RULE)


def test_the_strongest_baseline_can_be_decided_for_and_checked_where_it_is_computed(
    trained, result, letters_log
) -> None:
    home, _ = trained
    strongest = result.verdict.baselines.strongest
    stored = record_decision(home, result, result.pair, DecisionInput("baseline", "Ada", "It costs nothing."))
    assert (stored.choice, stored.model) == ("baseline", strongest)
    assert read_decision(home, stored.id).text.startswith("use ")
    later = home.add_dataset(SessionDataset(letters_log(first=2, letters="dcbaefghij")), "much later", time_unit="s")
    with pytest.raises(RunError, match="where that baseline is computed"):
        recheck_decision(home, stored, later.id, RULE)
    execute_baselines(home, later.id, RULE)
    found = recheck_decision(home, stored, later.id, RULE)
    assert [row["name"] for row in found.models] == ["top1", "bpr", strongest]
    assert found.verdict.baselines.strongest == strongest
    words = {"beaten": "reversed", "as-well": "holds", "better": "holds", "undecided": "open"}
    assert found.check == words[found.verdict.baselines.outcome]
    said = [sentence for sentence in found.verdict.sentences if found.sentence.endswith(sentence)]
    assert len(said) == 1
    assert set(found.further_sentences) == set(found.verdict.sentences) - set(said)


@pytest.mark.parametrize(("model", "remedy"), [("vs-knn", "decide anew"), ("slist", "did not take this log: Too many")])
def test_a_decision_for_a_baseline_without_results_is_not_checked(
    trained, result, letters_log, tmp_path, model, remedy
) -> None:
    """One of an earlier version, and one that refused the log."""
    home = Workspace(shutil.copytree(trained[0].root, tmp_path / "home"))
    later = home.add_dataset(SessionDataset(letters_log(first=3, letters="dcbaefghij")), "latest", time_unit="s")
    stored = record_decision(home, result, result.pair, DecisionInput("baseline", "Ada", "It costs nothing."))
    folder = home.split_folder(later.id, RULE) / "baselines"
    folder.mkdir(parents=True, exist_ok=True)
    refused_baselines.write(folder, "slist", Refused("Too many items."))
    with pytest.raises(RunError, match=remedy):
        recheck_decision(home, stored.model_copy(update={"model": model}), later.id, RULE)


def test_without_a_baseline_none_can_be_decided_for(trained, result) -> None:
    none = replace(result.verdict.baselines, strongest=None)
    alone = replace(result, verdict=replace(result.verdict, baselines=none))
    with pytest.raises(RunError, match="no baseline to decide for"):
        record_decision(trained[0], alone, result.pair, DecisionInput("baseline", "Ada", "Why not."))
