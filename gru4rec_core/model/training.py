"""How does an untrained network become a trained one, and what does it tell on the way?"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gru4rec_core.config import LIST_LENGTHS, MAX_LIST_LENGTH, TrainingConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.errors import Cancelled, ConfigError, DataError, RunError
from gru4rec_core.evaluation.metrics import hits, reciprocal_ranks
from gru4rec_core.evaluation.ranks import true_item_ranks
from gru4rec_core.model.batch_builder import Chunk, FeedBuilder, Position, chunks
from gru4rec_core.model.checkpoint import Checkpoint, read_newest, write_checkpoint
from gru4rec_core.model.network import Gru4RecNetwork
from gru4rec_core.model.ranking import Ranker
from gru4rec_core.model.step import TrainingLoop

_CHECKPOINT_SCHEMA = 2
"""2: output weights and biases are arrays of their own."""


@dataclass(frozen=True)
class EpochReport:
    """One epoch in numbers.

    Attributes:
        epoch: from 1. epochs: how many are asked for.
        steps: mini-batches of this epoch. events: transitions learned from.
        loss: mean over those transitions.
        accuracy, top3_accuracy: share of them whose item came first, among the first three, as the
            training passed over them; exact over all items with negatives "all", else None.
        validation: "accuracy@1" … "accuracy@20" and "mrr@20" on the validation part, None without one.
        events_per_s: training alone. seconds: training and validation.
        seconds_left: guess for the epochs to come.
    """

    epoch: int
    epochs: int
    steps: int
    loss: float
    accuracy: float | None
    top3_accuracy: float | None
    validation: dict[str, float] | None
    events: int
    events_per_s: float
    seconds: float
    seconds_left: float


@dataclass(frozen=True)
class TrainingProgress:
    """Where training stands, told after each chunk of steps.

    Attributes:
        epoch: the one under way, from 1. epochs: how many are asked for.
        step: mini-batches done. steps: of the whole training (passes differ by a few: a guess).
        loss: mean of the epoch so far.
        events_per_s: of the epoch so far. seconds_left: guess.
    """

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    events_per_s: float
    seconds_left: float


@dataclass(frozen=True)
class Hooks:
    """What the caller wants to hear and may say while training runs."""

    on_epoch: Callable[[EpochReport], None] | None = None
    on_progress: Callable[[TrainingProgress], None] | None = None
    should_stop: Callable[[], bool] | None = None


def chunk_steps(config: TrainingConfig, n_items: int) -> int:
    """Steps a chunk: about a tenth to a third of a second of work, so that cancelling is prompt.

    Depends on the settings alone: the same settings always cut the same chunks.
    """
    columns = {
        "all": n_items,
        "in-batch": config.batch_size,
        "sampled": min(config.batch_size + config.n_sample, n_items),
    }[config.negatives]
    widths = config.n_hidden
    first = config.embedding_size if config.item_input == "separate" else widths[-1]
    products = columns * widths[-1] + sum(
        3 * width * (width + below) for width, below in zip(widths, (first, *widths[:-1]), strict=True)
    )
    seconds = 50e-6 + 6 * config.batch_size * products / 4e10
    return int(2 ** np.clip(np.round(np.log2(0.25 / seconds)), 3, 11))


class Trainer:
    """Trains a network on a dataset; `run` does it all.

    Args:
        network: trained in place.
        dataset: training sessions, all items known.
        validation: watched after each epoch, or None.
        checkpoint_folder: a checkpoint is kept here after each epoch, or None.
        hooks: what the caller wants to hear.
        ranker: evaluates the network; made when None.

    Raises:
        DataError: nothing to learn from. ConfigError: early stopping without a validation part.
    """

    def __init__(
        self,
        network: Gru4RecNetwork,
        config: TrainingConfig,
        dataset: SessionDataset,
        validation: EvaluationSet | None = None,
        checkpoint_folder: Path | None = None,
        hooks: Hooks | None = None,
        ranker: Ranker | None = None,
    ) -> None:
        self.network = network
        self.config = config.resolved(network.n_items)
        self.dataset = dataset
        self.validation = validation if validation is not None and validation.n_predicted else None
        self.folder = checkpoint_folder
        self.hooks = hooks or Hooks()
        _check(self.config, dataset, network.n_items, self.validation)
        counts = dataset.counts()
        self.builder = FeedBuilder(self.config, counts, chunk_steps(self.config, network.n_items))
        self.loop = TrainingLoop(network, self.config)
        self.ranker = ranker or Ranker(network)
        self.position = Position()
        self.reports: list[EpochReport] = []
        self.best_epoch = 0
        self.best_value = -np.inf
        self._best_arrays: dict[str, np.ndarray] | None = None

    def run(self, resume: bool = False) -> list[EpochReport]:
        """Trains to the last epoch, or until early stopping; returns the report of every epoch.

        Raises:
            Cancelled: `should_stop` said so; finished epochs stay in the checkpoint folder.
            RunError: the loss became NaN or infinite, or the checkpoint is not of these settings.
        """
        if resume:
            self._resume()
        if self.position.epoch < self.config.epochs and not self._out_of_patience():
            with ThreadPoolExecutor(1, thread_name_prefix="feed") as executor:
                self._train(_ahead(executor, chunks(self.dataset, self.config, self.builder, self.position)))
        if self.config.early_stopping:
            self._restore_best()
        return self.reports

    def _train(self, source: Iterator[Chunk]) -> None:
        epoch = _EpochClock()
        for chunk in source:
            if self.hooks.should_stop is not None and self.hooks.should_stop():
                raise Cancelled(
                    "Training was stopped on request.",
                    found=f"{len(self.reports)} of {self.config.epochs} epochs finished",
                )
            if not epoch.started:
                # No step is taken: this compiles, so that the clock sees training alone.
                self.loop.run(chunk.feed, 0, 0)
                epoch.start()
            result = self.loop.run(chunk.feed, chunk.n_steps, chunk.first_step)
            self._check_finite(result.losses, chunk)
            epoch.add(chunk, result.losses, result.hits)
            self._tell_progress(epoch, chunk)
            self.position = chunk.after
            if chunk.after.epoch > len(self.reports):
                self._end_epoch(epoch, chunk)
                if self._out_of_patience():
                    return
                epoch.reset()

    def _end_epoch(self, epoch: "_EpochClock", chunk: Chunk) -> None:
        training_seconds = epoch.seconds
        exact = self.config.negatives == "all"
        validation = self._validate()
        improved = self._note_best(chunk.after.epoch, validation)
        seconds = epoch.seconds
        report = EpochReport(
            epoch=chunk.after.epoch,
            epochs=self.config.epochs,
            steps=chunk.epoch_steps,
            loss=epoch.loss,
            accuracy=float(epoch.hits[0] / epoch.events) if exact else None,
            top3_accuracy=float(epoch.hits[1] / epoch.events) if exact else None,
            validation=validation,
            events=epoch.events,
            events_per_s=epoch.events / training_seconds,
            seconds=seconds,
            seconds_left=seconds * (self.config.epochs - chunk.after.epoch),
        )
        self.reports.append(report)
        if self.folder is not None:
            self._save(improved)
        if self.hooks.on_epoch is not None:
            self.hooks.on_epoch(report)

    def _tell_progress(self, epoch: "_EpochClock", chunk: Chunk) -> None:
        if self.hooks.on_progress is None:
            return
        steps = self.config.epochs * chunk.epoch_total
        done = (len(self.reports) * chunk.epoch_total) + chunk.epoch_steps
        seconds_a_step = epoch.seconds / chunk.epoch_steps
        self.hooks.on_progress(
            TrainingProgress(
                epoch=len(self.reports) + 1,
                epochs=self.config.epochs,
                step=done,
                steps=steps,
                loss=epoch.loss,
                events_per_s=epoch.events / epoch.seconds,
                seconds_left=seconds_a_step * (steps - done),
            )
        )

    def _check_finite(self, losses: np.ndarray, chunk: Chunk) -> None:
        bad = np.flatnonzero(~np.isfinite(losses))
        if len(bad):
            raise self._diverged(float(losses[bad[0]]), chunk.first_step + int(bad[0]) + 1)
        # The last step's update is in no loss yet, and a checkpoint must not keep it.
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
            "The training loss is a finite number.",
            found=f"{value} (likely cause: {cause})",
            where=f"step {step}, epoch {len(self.reports) + 1}",
            remedy=remedy,
        )

    def _validate(self) -> dict[str, float] | None:
        if self.validation is None:
            return None
        counts = self.ranker.rank_counts(self.validation, 1)
        ranks = true_item_ranks(counts.greater, counts.equal, self.validation.events().target)
        figures = {f"accuracy@{k}": float(hits(ranks, k).mean()) for k in LIST_LENGTHS}
        return figures | {f"mrr@{MAX_LIST_LENGTH}": float(reciprocal_ranks(ranks, MAX_LIST_LENGTH).mean())}

    def _note_best(self, epoch: int, validation: dict[str, float] | None) -> bool:
        if not self.config.early_stopping or validation is None:
            return False
        value = validation[self.config.early_stopping_metric]
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
        named: dict[str, Any] = {f"weight/{name}": value for name, value in self.loop.weights.items()}
        for name, slots in self.loop.slots.items():
            named |= {f"slot{i}/{name}": slot for i, slot in enumerate(slots)}
        return named | {f"hidden/{i}": state for i, state in enumerate(self.loop.hidden)}

    def _save(self, improved: bool) -> None:
        assert self.folder is not None
        state = {
            "schema": _CHECKPOINT_SCHEMA,
            "config": self.config.model_dump(mode="json"),
            "n_items": self.network.n_items,
            "n_events": self.dataset.n_events,
            "position": asdict(self.position),
            "reports": [asdict(report) for report in self.reports],
            "best": {"epoch": self.best_epoch, "value": self.best_value if self.best_epoch else None},
        }
        best = self._best_arrays if improved else None
        write_checkpoint(self.folder, self.position.epoch, state, self._variables(), best)

    def _resume(self) -> None:
        """Takes up the newest checkpoint; starts from the beginning when there is none."""
        checkpoint = read_newest(self.folder) if self.folder is not None else None
        if checkpoint is None:
            return
        state = checkpoint.state
        self._check_same(checkpoint)
        for name, variable in self._variables().items():
            variable.assign(checkpoint.arrays[name])
        self.position = Position(**state["position"])
        self.reports = [EpochReport(**report) for report in state["reports"]]
        if state["best"]["epoch"]:
            self.best_epoch, self.best_value = state["best"]["epoch"], state["best"]["value"]
            self._best_arrays = checkpoint.best

    def _check_same(self, checkpoint: Checkpoint) -> None:
        """A checkpoint fits when everything but the number of epochs is as it was."""
        state = checkpoint.state
        if state["schema"] != _CHECKPOINT_SCHEMA:
            raise RunError(
                "A checkpoint is read by the version that wrote it.",
                found=f"schema {state['schema']}, this version has {_CHECKPOINT_SCHEMA}",
                where=checkpoint.name,
                remedy="Start a new run with the same settings.",
            )
        now = {
            **self.config.model_dump(mode="json"),
            "n_items": self.network.n_items,
            "n_events": self.dataset.n_events,
        }
        then = {**state["config"], "n_items": state["n_items"], "n_events": state["n_events"]}
        changed = [name for name in now if name != "epochs" and now[name] != then.get(name)]
        if changed:
            name = changed[0]
            raise RunError(
                "Training goes on with the settings and the data it began with.",
                found=f"{name} {now[name]}, was {then.get(name)}",
                where=checkpoint.name,
                remedy="Start a new run for new settings.",
            )


class _EpochClock:
    """Sums and time of the epoch under way."""

    def __init__(self) -> None:
        self.started = False
        self.reset()

    def reset(self) -> None:
        self._begun = time.perf_counter()
        self.events = 0
        self._loss = 0.0
        self.hits = np.zeros(2, np.int64)

    def start(self) -> None:
        self.started = True
        self._begun = time.perf_counter()

    def add(self, chunk: Chunk, losses: np.ndarray, hits: np.ndarray) -> None:
        self.events += int(chunk.transitions.sum())
        self._loss += float(losses.astype(np.float64) @ chunk.transitions)
        self.hits += hits

    @property
    def loss(self) -> float:
        return self._loss / self.events

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._begun


def _ahead(executor: ThreadPoolExecutor, source: Iterator[Chunk]) -> Iterator[Chunk]:
    """The same chunks, each made in the executor's thread while the one before is used."""
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
