"""A tuning says what is tried within which budget; its trials are lines that survive a cut."""

import pytest

from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.errors import Refused, RunError
from gru4rec_core.workspace import refused_baselines
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tunings import (
    MethodTrials,
    Trial,
    TuningRecord,
    append_trial,
    create_tuning,
    describe_tuned,
    find_tuning,
    list_tunings,
    method_folder,
    method_label,
    planned_comparison,
    read_importances,
    read_trials,
    read_tuning,
    store_importances,
    store_trials,
)


def trial(number: int, value: float | None, seconds: float = 10.0) -> Trial:
    curve = () if value is None else (value / 2, value)
    return Trial(number, {"x": 0.5}, {"x": 0.5}, value, len(curve), curve, seconds, "done" if curve else "failed")


@pytest.fixture
def tuning(workspace: Workspace, dataset) -> TuningRecord:
    record = TuningRecord(
        id="tuning-a",
        dataset_id=dataset.id,
        split=SplitConfig(),
        judging=ComparisonConfig(deciding_k=3),
        configs=(TrainingConfig(loss="bpr"), TrainingConfig(loss="top1")),
        tuned_baselines=("stan",),
        baselines=("popularity", "stan"),
        n_trials=3,
        seconds=100.0,
    )
    create_tuning(workspace, record)
    return record


def test_it_is_read_as_it_was_written(workspace: Workspace, tuning: TuningRecord) -> None:
    assert read_tuning(workspace, tuning.dataset_id, tuning.id) == tuning
    assert list_tunings(workspace, tuning.dataset_id) == [tuning]
    assert tuning.methods == ("bpr", "top1", "stan")
    assert (tuning.metric, tuning.budget) == ("accuracy@3", "3 trials or 1.67 minutes, whichever ends first")
    assert tuning.config_of("top1").loss == "top1"
    assert [method_label(method) for method in tuning.methods] == ["BPR", "TOP1", "STAN"]
    assert planned_comparison(workspace, tuning) is None
    for id_ in ("no-such", "../up"):
        with pytest.raises(RunError):
            read_tuning(workspace, tuning.dataset_id, id_)


def test_the_same_tuning_is_found_again(workspace: Workspace, tuning: TuningRecord) -> None:
    assert find_tuning(workspace, tuning.model_copy(update={"id": "another", "by_job": True})) == tuning
    assert find_tuning(workspace, tuning.model_copy(update={"seed": 1})) is None


def test_the_best_trial_is_the_first_of_the_highest(tuning: TuningRecord) -> None:
    trials = MethodTrials("bpr", (trial(0, 0.2), trial(1, None), trial(2, 0.4), trial(3, 0.4)))
    assert trials.best == trials.trials[2]
    assert MethodTrials("bpr").best is None


def test_a_budget_is_used_up_by_trials_by_time_or_by_a_refusal(tuning: TuningRecord) -> None:
    assert not MethodTrials("bpr", (trial(0, 0.2), trial(1, 0.2))).is_complete(tuning)
    assert MethodTrials("bpr", (trial(0, 0.2), trial(1, 0.2), trial(2, 0.2))).is_complete(tuning)
    assert MethodTrials("bpr", (trial(0, 0.2, seconds=100.0),)).is_complete(tuning)
    assert MethodTrials("bpr", refused="Too many items.").is_complete(tuning)


def test_a_damaged_line_costs_its_trial_alone(workspace: Workspace, tuning: TuningRecord) -> None:
    assert read_trials(workspace, tuning, "bpr") == MethodTrials("bpr")
    folder = method_folder(workspace, tuning, "bpr")
    folder.mkdir()
    stored = (trial(0, 0.2), trial(1, None), trial(2, 0.4))
    store_trials(folder, stored)
    assert read_trials(workspace, tuning, "bpr").trials == stored
    path = folder / "trials.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text(lines[0] + lines[1][:20], encoding="utf-8")
    assert read_trials(workspace, tuning, "bpr").trials == stored[:1]
    assert read_trials(workspace, tuning, "bpr").n_unreadable == 0  # a process was killed while it wrote
    path.write_text(lines[0] + "{}\n" + lines[2], encoding="utf-8")
    damaged = read_trials(workspace, tuning, "bpr")
    assert (damaged.trials, damaged.n_unreadable, damaged.next_number) == ((stored[0], stored[2]), 1, 1)
    assert damaged.with_trial(stored[1]).trials == stored
    for wrong in ('"value": 0.2', '"seconds": 10.0', '"settings": {"x": 0.5}'):
        assert wrong in lines[0]
        path.write_text(lines[0].replace(wrong, wrong.partition(":")[0] + ': "x"'), encoding="utf-8")
        assert read_trials(workspace, tuning, "bpr").trials == ()
    refused_baselines.write(folder, "bpr", Refused("Too many items."))
    assert "Too many items" in read_trials(workspace, tuning, "bpr").refused


def test_a_trial_is_added_to_those_that_are_there(workspace: Workspace, tuning: TuningRecord) -> None:
    folder = method_folder(workspace, tuning, "bpr")
    folder.mkdir()
    store_trials(folder, ())
    assert list(folder.iterdir()) == []
    for number in range(3):
        append_trial(folder, trial(number, 0.2))
    added = (folder / "trials.jsonl").read_bytes()
    store_trials(folder, [trial(number, 0.2) for number in range(3)])
    assert (folder / "trials.jsonl").read_bytes() == added


def test_importances_are_kept_and_a_damaged_file_costs_nothing_else(workspace: Workspace, tuning: TuningRecord) -> None:
    assert read_importances(workspace, tuning, "bpr") == {}
    folder = method_folder(workspace, tuning, "bpr")
    folder.mkdir()
    store_importances(folder, {"learning_rate": 0.75, "momentum": 0.25})
    assert list(read_importances(workspace, tuning, "bpr").items()) == [("learning_rate", 0.75), ("momentum", 0.25)]
    for damage in ("[1]", "{", '{"x": "much"}'):
        (folder / "importances.json").write_text(damage, encoding="utf-8")
        assert read_importances(workspace, tuning, "bpr") == {}


def test_what_was_spent_is_told(workspace: Workspace, tuning: TuningRecord) -> None:
    folder = method_folder(workspace, tuning, "bpr")
    folder.mkdir()
    store_trials(folder, (trial(0, 0.2), trial(1, 0.3, seconds=2.25)))
    tuned = describe_tuned(workspace, tuning, {"stan~12345678": {"age": 2.0}})
    assert (tuned.tuning_id, tuned.n_trials, tuned.seconds) == ("tuning-a", 3, 100.0)
    assert tuned.spent == {"bpr": (2, 12.2), "top1": (0, 0.0), "stan": (0, 0.0)}
