import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gru4rec_core.config import TrainingConfig
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.errors import Cancelled, ConfigError, DataError, RunError
from gru4rec_core.model.network import Gru4RecNetwork
from gru4rec_core.model.reports import EpochMeter, EpochReport, Hooks, TrainingProgress
from gru4rec_core.model.training import Trainer, chunk_steps

SAMPLED = TrainingConfig(
    loss="bpr-max",
    n_hidden=6,
    item_input="shared",
    negatives="sampled",
    n_sample=4,
    dropout_hidden=0.2,
    optimizer="adagrad",
    momentum=0.2,
    learning_rate=0.1,
    batch_size=4,
    epochs=4,
    steps_per_epoch=45,
    seed=3,
)


def train(dataset, config, folder=None, stop_after=None, resume=False, **hooks):
    network = Gru4RecNetwork(dataset.n_items, config)
    reports: list[EpochReport] = []
    stop = None if stop_after is None else lambda: len(reports) >= stop_after
    trainer = Trainer(
        network, config, dataset, checkpoint_folder=folder, hooks=Hooks(reports.append, should_stop=stop, **hooks)
    )
    try:
        trainer.run(resume)
    except Cancelled:
        assert stop_after is not None
    return network, trainer


def test_a_run_stopped_after_epoch_two_and_resumed_equals_one_that_was_not(toy_log, tmp_path) -> None:
    whole, one = train(toy_log, SAMPLED)
    _, stopped = train(toy_log, SAMPLED, tmp_path, stop_after=2)
    network, resumed = train(toy_log, SAMPLED, tmp_path, resume=True)

    for name, value in whole.arrays().items():
        np.testing.assert_array_equal(network.arrays()[name], value, err_msg=name)
    assert [r.loss for r in resumed.reports] == [r.loss for r in one.reports]
    # The stopped run is a second run of the same seed: bit-identical too.
    assert [r.loss for r in stopped.reports] == [r.loss for r in one.reports][:2]
    assert [r.epoch for r in resumed.reports] == [1, 2, 3, 4]
    assert all(r.steps == 45 for r in resumed.reports)
    assert all(r.accuracy is None for r in resumed.reports), "never from sampled negatives"

    with pytest.raises(RunError, match="learning_rate"):
        train(toy_log, SAMPLED.replace(learning_rate=0.2), tmp_path, resume=True)


def test_a_checkpoint_of_another_version_is_said(toy_log, tmp_path) -> None:
    train(toy_log, SAMPLED, tmp_path, stop_after=1)
    (state,) = tmp_path.glob("epoch-*/state.json")
    state.write_text(state.read_text().replace('"schema": 2', '"schema": 1'))
    with pytest.raises(RunError, match="version that wrote it"):
        train(toy_log, SAMPLED, tmp_path, resume=True)


KILLED = """
import os, pathlib, signal, sys
import numpy as np
from gru4rec_core.config import TrainingConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.model.network import Gru4RecNetwork
from gru4rec_core.model.reports import Hooks
from gru4rec_core.model.training import Trainer

folder, config = pathlib.Path(sys.argv[1]), TrainingConfig.from_json(sys.argv[2])
log = np.load(folder / "log.npz")
names = ("items", "timestamps", "offsets", "session_ids")
dataset = SessionDataset.from_arrays(*(log[name] for name in names), ItemVocabulary(list(range(int(log["n_items"])))))

def kill(report):
    if report.epoch == 2:
        os.kill(os.getpid(), signal.SIGKILL)

network = Gru4RecNetwork(dataset.n_items, config)
Trainer(network, config, dataset, checkpoint_folder=folder / "checkpoint", hooks=Hooks(kill)).run(False)
"""


def test_a_run_killed_after_epoch_two_and_resumed_equals_one_that_was_not(toy_log, tmp_path) -> None:
    config = SAMPLED.replace(steps_per_epoch=None, epochs=3)
    names = ("items", "timestamps", "offsets", "session_ids", "n_items")
    np.savez(tmp_path / "log.npz", **{name: getattr(toy_log, name) for name in names})
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", KILLED, str(tmp_path), config.to_json()]
    ended = subprocess.run(command, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()

    whole, one = train(toy_log, config)
    network, resumed = train(toy_log, config, tmp_path / "checkpoint", resume=True)
    for name, value in whole.arrays().items():
        np.testing.assert_array_equal(network.arrays()[name], value, err_msg=name)
    assert [r.loss for r in resumed.reports] == [r.loss for r in one.reports]


@pytest.fixture(scope="module")
def watched(toy_log):
    """A run over all items with everything on: reports, progress, validation, early stopping."""
    config = TrainingConfig(
        negatives="all",
        n_hidden=8,
        batch_size=4,
        epochs=40,
        learning_rate=0.02,
        early_stopping=True,
        early_stopping_metric="accuracy@1",
        patience=2,
    )
    validation = EvaluationSet(toy_log, np.maximum(toy_log.lengths - 1, 1))
    progress: list[TrainingProgress] = []
    network = Gru4RecNetwork(toy_log.n_items, config)
    trainer = Trainer(network, config, toy_log, validation, hooks=Hooks(on_progress=progress.append))
    return trainer, trainer.run(), progress, network, validation


def test_the_loss_falls_and_accuracy_rises(watched) -> None:
    _, reports, _, _, _ = watched
    assert reports[-1].loss < reports[0].loss
    assert reports[-1].accuracy > reports[0].accuracy
    assert reports[-1].accuracy < reports[-1].top3_accuracy <= 1


def test_a_report_counts_every_transition_once(watched, toy_log) -> None:
    _, reports, _, _, _ = watched
    assert {r.events for r in reports} == {int((toy_log.lengths - 1).sum())}
    assert all(r.events_per_s > 0 and r.seconds > 0 for r in reports)


def test_progress_ends_where_the_epochs_end(watched) -> None:
    _, reports, progress, _, _ = watched
    assert [p.step for p in progress] == sorted(p.step for p in progress)
    assert {p.epochs for p in progress} == {40}
    assert progress[-1].epoch == len(reports)


def test_the_time_left_goes_by_the_mean_of_all_epochs_not_by_the_last_alone(toy_log, monkeypatch) -> None:
    begun = []
    monkeypatch.setattr(EpochMeter, "restart", lambda self, restart=EpochMeter.restart: begun.append(restart(self)))
    # The second restart follows the compiling; from the second epoch on the machine is three times as slow.
    monkeypatch.setattr(EpochMeter, "seconds", property(lambda self: 10.0 if len(begun) == 2 else 30.0))
    _, trainer = train(toy_log, SAMPLED)
    assert [report.seconds_left for report in trainer.reports] == pytest.approx([30.0, 40.0, 70 / 3, 0.0])


def test_early_stopping_restores_the_best_epoch(watched) -> None:
    trainer, reports, _, _, validation = watched
    values = [r.validation["accuracy@1"] for r in reports]
    best = int(np.argmax(values))
    assert len(reports) < 40
    assert len(reports) == best + 1 + 2
    now = trainer.ranker.rank_counts(validation, 1)
    assert float((1 + now.greater + now.equal / 2 <= 1).mean()) == pytest.approx(values[best])


def test_validation_metrics_grow_with_k(watched) -> None:
    _, reports, _, _, _ = watched
    values = reports[-1].validation
    assert values["accuracy@1"] <= values["accuracy@3"] <= values["accuracy@5"] <= values["accuracy@20"] == 1.0
    assert values["accuracy@1"] <= values["mrr@20"] <= 1


def test_training_says_when_the_loss_is_no_number(toy_log) -> None:
    config = TrainingConfig(
        loss="cross-entropy",
        activation="relu",
        negatives="all",
        n_hidden=8,
        batch_size=4,
        learning_rate=10.0,
        epochs=50,
    )
    network = Gru4RecNetwork(toy_log.n_items, config)
    arrays = network.arrays()
    arrays["Wy"] *= np.float32(1e30)
    network.set_arrays(arrays)
    with pytest.raises(RunError) as error:
        Trainer(network, config, toy_log).run()
    assert "step" in error.value.where
    assert "learning rate of 10" in error.value.found
    assert "relu" in error.value.found
    assert "learning_rate" in error.value.remedy


def test_nothing_to_learn_from_is_said(make_dataset) -> None:
    dataset = make_dataset("a", "b")
    config = TrainingConfig(negatives="all")
    with pytest.raises(DataError, match="two events"):
        Trainer(Gru4RecNetwork(2, config), config, dataset)


def test_another_number_of_items_is_said(toy_log) -> None:
    config = TrainingConfig(negatives="all")
    with pytest.raises(DataError, match="13 items"):
        Trainer(Gru4RecNetwork(13, config), config, toy_log)


def test_early_stopping_without_validation_is_said(toy_log) -> None:
    config = TrainingConfig(negatives="all", early_stopping=True)
    with pytest.raises(ConfigError, match="validation"):
        Trainer(Gru4RecNetwork(toy_log.n_items, config), config, toy_log)


def test_fewer_sessions_than_lanes_train_all_the_same(make_dataset) -> None:
    config = TrainingConfig(negatives="all", n_hidden=4, batch_size=64, epochs=1)
    dataset = make_dataset("abc", "b", "cab")
    reports = Trainer(Gru4RecNetwork(3, config), config, dataset).run()
    assert reports[0].events == 4


@pytest.mark.parametrize("n_items", [48, 10_000, 1_000_000])
@pytest.mark.parametrize("preset", ["quick", "notebook", "modern"])
def test_a_chunk_is_at_most_half_a_second_on_paper(preset: str, n_items: int) -> None:
    config = TrainingConfig.preset(preset).resolved(n_items)
    assert 8 <= chunk_steps(config, n_items) <= 2048
    slow = config.replace(n_hidden=(2000, 2000), batch_size=500)
    assert chunk_steps(slow, n_items) == 8
