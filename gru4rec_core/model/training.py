"""How does an untrained network become a trained one?"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from gru4rec_core.config import TrainingConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.errors import Cancelled, ConfigError, DataError, RunError
from gru4rec_core.model.batch_builder import BatchBuilder, Chunk, TrainingPosition, build_chunks
from gru4rec_core.model.checkpoint import TrainingState, read_newest, write_checkpoint
from gru4rec_core.model.network import Gru4RecNetwork
from gru4rec_core.model.ranking import Ranker
from gru4rec_core.model.reports import EpochMeter, EpochReport, Hooks, TrainingProgress
from gru4rec_core.model.step import TrainingLoop
from gru4rec_core.model.validation import validation_metrics


def chunk_steps(config: TrainingConfig, n_items: int) -> int:
    """Steps per chunk: a tenth to a third of a second of work, so that cancelling is prompt; a power of 2, 8 to 2,048.

    Depends on the settings alone, so the same settings always cut the same chunks.
    """
    columns = {
        "all": n_items,
        "in-batch": config.batch_size,
        "sampled": min(config.batch_size + config.n_sample, n_items),
    }[config.negatives]
    widths = config.n_hidden
    first = config.embedding_size if config.item_input == "separate" else widths[-1]
    # Multiplications per lane: the scores, then each layer's three gates.
    products = columns * widths[-1] + sum(
        3 * width * (width + below) for width, below in zip(widths, (first, *widths[:-1]), strict=True)
    )
    # Measured on two cores: 50 µs per step, and 4e10 multiplications and additions per second.
    seconds = 50e-6 + 6 * config.batch_size * products / 4e10
    return int(2 ** np.clip(np.round(np.log2(0.25 / seconds)), 3, 11))


class Trainer:
    """Trains a network on a dataset; call `run` once.

    Args:
        network: trained in place.
        config: the settings.
        dataset: training sessions, all items known.
        validation: evaluated after each epoch, or None.
        checkpoint_folder: keeps a checkpoint of each epoch, or None.
        hooks: functions of the caller.

    Raises:
        DataError: there is nothing to learn from, or the items are not the network's.
        ConfigError: early stopping without a validation part.
    """

    def __init__(
        self,
        network: Gru4RecNetwork,
        config: TrainingConfig,
        dataset: SessionDataset,
        validation: EvaluationSet | None = None,
        checkpoint_folder: Path | None = None,
        hooks: Hooks | None = None,
    ) -> None:
        self.network = network
        self.config = config.resolved(network.n_items)
        self.dataset = dataset
        self.validation = validation if validation is not None and validation.n_predicted else None
        self.folder = checkpoint_folder
        self.hooks = hooks or Hooks()
        _check(self.config, dataset, network.n_items, self.validation)
        counts = dataset.counts()
        self.builder = BatchBuilder(self.config, counts, chunk_steps(self.config, network.n_items))
        self.loop = TrainingLoop(network, self.config)
        self.ranker = Ranker(network)
        self.position = TrainingPosition()
        self.reports: list[EpochReport] = []
        self.best_epoch = 0
        self.best_value = -np.inf
        self._best_arrays: dict[str, np.ndarray] | None = None

    def run(self, resume: bool = False) -> list[EpochReport]:
        """Trains to the last epoch, or until early stopping; returns the report of every epoch.

        Args:
            resume: continue from the newest checkpoint, if there is one.

        Raises:
            Cancelled: `should_stop` returned True; finished epochs stay in the checkpoint folder.
            RunError: the loss became NaN or infinite, or the checkpoint belongs to other settings.
        """
        if resume:
            self._resume()
        if self.position.epoch < self.config.epochs and not self._out_of_patience():
            source = build_chunks(self.dataset, self.config, self.builder, self.position)
            # One thread is enough: building a chunk takes a fraction of the time of training on it.
            with ThreadPoolExecutor(1, thread_name_prefix="batches") as executor:
                self._train(_build_ahead(executor, source))
        if self.config.early_stopping:
            self._restore_best()
        return self.reports

    def _train(self, source: Iterator[Chunk]) -> None:
        meter, is_compiled = EpochMeter(), False
        for chunk in source:
            if self.hooks.should_stop is not None and self.hooks.should_stop():
                raise Cancelled(
                    "Training was stopped on request.",
                    found=f"{len(self.reports)} of {self.config.epochs} epochs finished",
                )
            if not is_compiled:
                # Takes no step, but compiles: the epoch's time is that of training alone.
                self.loop.run(chunk.batches, 0, 0)
                is_compiled = True
                meter.restart()
            result = self.loop.run(chunk.batches, chunk.n_steps, chunk.first_step)
            self._check_finite(result.losses, chunk)
            meter.add(chunk, result.losses, result.hits)
            self._report_progress(meter, chunk)
            self.position = chunk.after
            if chunk.after.epoch > len(self.reports):
                self._end_epoch(meter, chunk)
                if self._out_of_patience():
                    return
                meter.restart()

    def _end_epoch(self, meter: EpochMeter, chunk: Chunk) -> None:
        # Taken before validation, which is not part of the training speed.
        training_seconds = meter.seconds
        is_exact = self.config.negatives == "all"
        watched = self.config.early_stopping_metric if self.config.early_stopping else ""
        validation = None if self.validation is None else validation_metrics(self.ranker, self.validation, watched)
        is_best = self._note_best(chunk.after.epoch, validation)
        seconds = meter.seconds
        report = EpochReport(
            epoch=chunk.after.epoch,
            epochs=self.config.epochs,
            steps=chunk.epoch_steps,
            loss=meter.loss,
            accuracy=float(meter.hits[0] / meter.events) if is_exact else None,
            top3_accuracy=float(meter.hits[1] / meter.events) if is_exact else None,
            validation=validation,
            events=meter.events,
            events_per_s=meter.events / training_seconds,
            seconds=seconds,
            seconds_left=self._seconds_left(seconds, chunk.after.epoch),
        )
        self.reports.append(report)
        if self.folder is not None:
            self._save(is_best)
        if self.hooks.on_epoch is not None:
            self.hooks.on_epoch(report)

    def _report_progress(self, meter: EpochMeter, chunk: Chunk) -> None:
        if self.hooks.on_progress is None:
            return
        steps = self.config.epochs * chunk.epoch_total
        done = (len(self.reports) * chunk.epoch_total) + chunk.epoch_steps
        self.hooks.on_progress(
            TrainingProgress(
                epoch=len(self.reports) + 1,
                epochs=self.config.epochs,
                step=done,
                steps=steps,
                loss=meter.loss,
                events_per_s=meter.events / meter.seconds,
                seconds_left=self._seconds_left(meter.seconds, done / chunk.epoch_total),
            )
        )

    def _seconds_left(self, seconds: float, done: float) -> float:
        """Seconds that the rest will take at the mean pace so far; the pace of a single epoch jumps with the load.

        Args:
            seconds: of the epoch at work.
            done: epochs, with the part of the one at work.
        """
        return (sum(report.seconds for report in self.reports) + seconds) / done * (self.config.epochs - done)

    def _check_finite(self, losses: np.ndarray, chunk: Chunk) -> None:
        bad = np.flatnonzero(~np.isfinite(losses))
        if len(bad):
            raise self._diverged(float(losses[bad[0]]), chunk.first_step + int(bad[0]) + 1)
        # The update of the last step has not reached a loss yet, and a checkpoint must not keep it.
        ends_epoch = chunk.after.epoch > len(self.reports)
        if ends_epoch and not all(np.isfinite(weight).all() for weight in self.loop.weights.values()):
            raise self._diverged(np.nan, chunk.first_step + chunk.n_steps)

    def _diverged(self, value: float, step: int) -> RunError:
        rate = self.config.learning_rate
        cause = f"a learning rate of {rate:g} is too high for these settings"
        remedy = f"Lower learning_rate, for example to {rate / 10:g}."
        if self.config.activation == "relu":
            cause += ", and relu does not bound the hidden state"
            remedy += " Activation tanh bounds the state."
        return RunError(
            "The training loss is no longer a finite number.",
            found=f"{value} (likely cause: {cause})",
            where=f"step {step}, epoch {len(self.reports) + 1}",
            remedy=remedy,
        )

    def _note_best(self, epoch: int, validation: dict[str, float] | None) -> bool:
        """Keeps the weights when early stopping watches and this epoch is the best so far; whether it is."""
        if not self.config.early_stopping or validation is None:
            return False
        value = validation[self.config.early_stopping_metric]
        # On a tie the earlier epoch stays: it is the cheaper one.
        if value <= self.best_value:
            return False
        self.best_epoch, self.best_value = epoch, value
        self._best_arrays = self.network.arrays()
        return True

    def _out_of_patience(self) -> bool:
        return self.config.early_stopping and self.position.epoch - self.best_epoch >= self.config.patience

    def _restore_best(self) -> None:
        if self._best_arrays is not None:
            self.network.set_arrays(self._best_arrays)

    def _variables(self) -> dict[str, Any]:
        """All variables that training moves, by their names in a checkpoint."""
        named: dict[str, Any] = {f"weight/{name}": value for name, value in self.loop.weights.items()}
        for name, slots in self.loop.slots.items():
            named |= {f"slot{i}/{name}": slot for i, slot in enumerate(slots)}
        return named | {f"hidden/{i}": state for i, state in enumerate(self.loop.hidden)}

    def _save(self, is_best: bool) -> None:
        assert self.folder is not None
        state = TrainingState(
            config=self.config,
            n_items=self.network.n_items,
            n_events=self.dataset.n_events,
            position=self.position,
            reports=self.reports,
            best_epoch=self.best_epoch,
            best_value=self.best_value if self.best_epoch else None,
        )
        best = self._best_arrays if is_best else None
        write_checkpoint(self.folder, self.position.epoch, state.to_json(), self._variables(), best)

    def _resume(self) -> None:
        """Continues from the newest checkpoint; starts from the beginning where there is none."""
        checkpoint = read_newest(self.folder) if self.folder is not None else None
        if checkpoint is None:
            return
        state = TrainingState.from_json(checkpoint.state, checkpoint.name)
        state.check_continued_by(self.config, self.network.n_items, self.dataset.n_events, checkpoint.name)
        for name, variable in self._variables().items():
            variable.assign(checkpoint.arrays[name])
        self.position = state.position
        self.reports = list(state.reports)
        if state.best_value is not None:
            self.best_epoch, self.best_value = state.best_epoch, state.best_value
            self._best_arrays = checkpoint.best


def _build_ahead(executor: ThreadPoolExecutor, source: Iterator[Chunk]) -> Iterator[Chunk]:
    """The same chunks, each built in the executor's thread while the one before it is used."""
    future = executor.submit(next, source, None)
    while (chunk := future.result()) is not None:
        future = executor.submit(next, source, None)
        yield chunk


def _check(config: TrainingConfig, dataset: SessionDataset, n_items: int, validation: EvaluationSet | None) -> None:
    if dataset.n_items != n_items:
        raise DataError(
            f"This model was made for {n_items:,} items.",
            found=f"a log of {dataset.n_items:,} items",
            remedy="Make it with n_classes=dataset.n_items.",
        )
    if len(dataset.items) and dataset.items.min() < 0:
        raise DataError(
            "Training sessions hold known items only.",
            found=f"{int((dataset.items < 0).sum())} events of unknown items",
            remedy="Train on split.train, or build the dataset from the training events.",
        )
    if not (dataset.lengths >= 2).any():
        raise DataError(
            "Training needs sessions of at least two events.",
            found=f"{dataset.n_sessions} sessions, all of one event",
            remedy="Check that the session column names visits, not single events.",
        )
    if config.early_stopping and validation is None:
        raise ConfigError(
            "Early stopping needs a validation part.",
            found="none",
            where="early_stopping",
            remedy="Set validation_fraction above 0, or switch early stopping off.",
        )
