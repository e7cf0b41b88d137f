"""Any two finished models of a dataset can be set side by side, or the reason why not is told."""

from datetime import UTC, datetime

import pytest

from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.errors import RunError
from gru4rec_core.results.model_choice import (
    TrainedModel,
    compare_two,
    describe_test,
    find_refusal,
    list_trained_models,
)
from gru4rec_core.workspace.job_state import JobState, write_state
from gru4rec_core.workspace.records import RunRecord

TOP1, BPR = TrainingConfig(loss="top1"), TrainingConfig(loss="bpr")
TIME = SplitConfig(protocol="time", test_days=3)


@pytest.fixture
def add(workspace, dataset):
    """Adds a run, finished unless another state is named."""

    def add_run(config: TrainingConfig, split: SplitConfig | None = None, state: str = "done") -> RunRecord:
        run = workspace.create_run(dataset.id, config, split or SplitConfig())
        write_state(workspace.run_folder(run.id), JobState(state=state))
        return run

    return add_run


def a_model(config: TrainingConfig, split: SplitConfig | None = None, label: str = "") -> TrainedModel:
    name = label or config.loss.upper()
    return TrainedModel(name, config, split or SplitConfig(), (f"{config.loss}-1",), datetime(2026, 1, 1, tzinfo=UTC))


def test_runs_that_differ_in_their_seed_are_one_model(workspace, dataset, add) -> None:
    runs = [add(TOP1.replace(seed=seed)) for seed in (1, 0)]
    add(BPR)
    add(BPR.replace(seed=5), state="failed")
    models = {model.label: model for model in list_trained_models(workspace, dataset.id)}
    assert models["TOP1"].run_ids == (runs[1].id, runs[0].id)
    assert len(models["BPR"].run_ids) == 1


def test_models_of_one_loss_are_named_by_what_sets_them_apart(workspace, dataset, add) -> None:
    add(TOP1)
    add(TOP1.replace(epochs=20))
    add(TOP1, TIME)  # another test rule: a list of its own
    labels = [model.label for model in list_trained_models(workspace, dataset.id)]
    assert sorted(labels) == ["TOP1", "TOP1 epochs=10", "TOP1 epochs=20"]


def test_of_two_runs_with_the_same_settings_the_newest_counts(workspace, dataset, add) -> None:
    add(TOP1)
    newest = add(TOP1)
    (model,) = list_trained_models(workspace, dataset.id)
    assert model.run_ids == (newest.id,)


def test_two_models_are_compared_once_and_the_verdict_will_say_that_it_explores(workspace, dataset, add) -> None:
    a, b = add(TOP1), add(BPR)
    models = {model.label: model for model in list_trained_models(workspace, dataset.id)}
    judging = ComparisonConfig(deciding_k=3)
    record = compare_two(workspace, models["TOP1"], models["BPR"], judging)
    assert (record.run_ids, record.config, record.name) == ((a.id, b.id), judging, "TOP1 against BPR")
    assert not record.decided_before_results
    assert record.baselines == ()  # none is computed here, and nothing is to be waited for
    assert compare_two(workspace, models["TOP1"], models["BPR"], judging) == record
    assert compare_two(workspace, models["BPR"], models["TOP1"], judging) != record


def test_a_comparison_without_the_baselines_of_now_is_another(workspace, dataset, add) -> None:
    add(TOP1)
    add(BPR)
    b, a = list_trained_models(workspace, dataset.id)
    before = compare_two(workspace, a, b, ComparisonConfig())
    folder = workspace.split_folder(dataset.id, SplitConfig()) / "baselines"
    folder.mkdir(parents=True)
    (folder / "markov.json").write_text("{}")
    record = compare_two(workspace, a, b, ComparisonConfig())
    assert (before.baselines, record.baselines) == ((), ("markov",))
    assert compare_two(workspace, a, b, ComparisonConfig()) == record


def test_different_tests_are_refused_with_the_reason(workspace, dataset, add) -> None:
    refusal = find_refusal(a_model(TOP1), a_model(BPR, TIME))
    assert refusal is not None
    assert refusal.sentence == (
        "These two cannot be compared. BPR was tested on the last 3 days, TOP1 on each session's last item."
    )
    add(TOP1)
    add(BPR, TIME)
    a, b = list_trained_models(workspace, dataset.id)
    with pytest.raises(RunError, match="cannot be compared"):
        compare_two(workspace, a, b, ComparisonConfig())
    assert workspace.comparisons() == []


def test_tests_in_the_same_words_are_told_apart_by_their_settings() -> None:
    refusal = find_refusal(a_model(TOP1), a_model(BPR, SplitConfig(min_item_support=5)))
    assert refusal is not None
    assert refusal.sentence.endswith("each session's last item, with min_item_support 5 and 1.")


def test_a_model_is_not_compared_with_itself() -> None:
    refusal = find_refusal(a_model(TOP1), a_model(TOP1))
    assert refusal is not None
    assert "the same model" in refusal.sentence
    assert find_refusal(a_model(TOP1), a_model(BPR)) is None


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (SplitConfig(protocol="time", test_days=1), "the last 1 day"),
        (SplitConfig(protocol="time", test_from="2024-05-01"), "sessions from 2024-05-01 on"),
        (
            SplitConfig(protocol="time", test_from="2024-05-01", test_until="2024-05-08"),
            "sessions from 2024-05-01 until 2024-05-08",
        ),
        (SplitConfig(protocol="time"), "later days"),
        (SplitConfig(protocol="session-holdout", test_fraction=0.2), "20 % of the sessions, drawn at random"),
    ],
)
def test_what_a_rule_tests_on_is_told_in_words(rule: SplitConfig, words: str) -> None:
    assert describe_test(rule) == words
