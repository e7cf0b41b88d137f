"""How do the steps of a schedule become the arrays that the compiled loop reads?

The arrays are NumPy, built one chunk ahead in a thread while the compiled loop is busy. An item that occurs several
times in a step is merged here into one column with a weight. The loop then multiplies with each row of a table once and
updates it once, which saves sorting, segment sums and a good part of the products.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gru4rec_core.config import TrainingConfig
from gru4rec_core.data.batching import PassPlan, Schedule, pass_order
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.model.negative_sampling import PopularitySampler

Batches = dict[str, np.ndarray]
"""The arrays of a chunk by name, each [chunk_steps, ...]; see `BatchBuilder.build`."""


@dataclass(frozen=True)
class TrainingPosition:
    """Where training stands: enough to continue bit-identically.

    Attributes:
        epoch: epochs finished.
        chunk: chunks finished.
        step: steps finished.
        pass_index: the current pass, from 0.
        pass_step: steps of it that are finished.
    """

    epoch: int = 0
    chunk: int = 0
    step: int = 0
    pass_index: int = 0
    pass_step: int = 0


@dataclass(frozen=True)
class Chunk:
    """Up to `chunk_steps` steps for one call of the compiled loop.

    Attributes:
        batches: arrays [chunk_steps, ...], by name.
        n_steps: how many of the steps count; the others are padding.
        first_step: number of the first step since the start of training, from 0.
        transitions: valid lanes per step, int64 [n_steps].
        epoch_steps: steps of this epoch, this chunk included.
        epoch_total: steps of the whole epoch.
        after: where training stands after the chunk; `after.epoch` grows with the last chunk of an epoch.
    """

    batches: Batches
    n_steps: int
    first_step: int
    transitions: np.ndarray
    epoch_steps: int
    epoch_total: int
    after: TrainingPosition


class BatchBuilder:
    """Turns the steps of a schedule into the arrays of a chunk.

    Args:
        config: resolved settings (`negatives` is not "auto").
        counts: training events of each item, int64 [n_items].
        chunk_steps: steps per chunk; a shorter chunk is padded.
    """

    def __init__(self, config: TrainingConfig, counts: np.ndarray, chunk_steps: int) -> None:
        self.config = config
        self.n_items = len(counts)
        self.chunk_steps = chunk_steps
        self.shared = config.item_input == "shared"
        self.sampler = PopularitySampler(counts, config.sample_alpha) if config.negatives == "sampled" else None
        # An item without training events gets weight 1, not infinity.
        popularity = np.maximum(counts, 1).astype(np.float64)
        # logQ: scores -= logq·log q is the same as a weight of q^-logq in the softmax's sum.
        self.target_weight = np.r_[popularity**-config.logq, 0.0]
        self.sample_weight = np.r_[popularity ** (-config.logq * config.sample_alpha), 0.0]
        self._last_position = np.zeros(self.n_items + 1, np.int32)
        self.n_columns, self.most_columns = self._column_limits()

    def _column_limits(self) -> tuple[int, int]:
        """Columns that suffice for practically every step, and columns that always suffice."""
        lanes = self.config.batch_size * (2 if self.shared else 1)
        if self.sampler is None:
            return (min(lanes, self.n_items + 1),) * 2
        most = min(lanes + self.config.n_sample, self.n_items + 1)
        # Mean + 6 deviations: a step with more distinct items is practically never drawn; if one is, `most` is used.
        mean, deviation = self.sampler.expected_distinct(self.config.n_sample)
        enough = int(np.ceil((lanes + mean + 6 * deviation + 1) / 16)) * 16
        return min(enough, most), most

    def build(self, steps: Schedule, generator: np.random.Generator, negatives: np.ndarray | None = None) -> Batches:
        """The arrays of a chunk. S is `chunk_steps`, B the lanes, C the columns, I the number of items.

        - inputs int32, reset, valid bool [S, B]: the schedule, padded with steps in which no lane is valid.
        - positive int32 [S, B]: the column of each lane's target; with negatives "all" the target itself.
        - columns int32, weight float32 [S, C] (unless "all"): the distinct items of a step, and how often each is a
          negative. A column without an item has the number I and weighs 0.
        - own_weight float32 [S, B] (logQ only): the weight that a lane's own target adds to its column.
        - input_first, input_row int32 [S, B] (unless the input is shared): the first lane with the same item, and
          the item to update (I where another lane does it).
        - input_column int32 [S, B] (shared input, unless "all"): the column of each lane's input item.

        Args:
            steps: up to `chunk_steps` steps.
            generator: draws the negatives (sampled only).
            negatives: int32 [steps, n_sample], taken instead of drawing.
        """
        inputs, targets, reset, valid = (
            _padded(part, self.chunk_steps) for part in (steps.inputs, steps.targets, steps.reset, steps.valid)
        )
        inputs, targets = inputs.astype(np.int32, copy=False), targets.astype(np.int32, copy=False)
        batches: Batches = {"inputs": inputs, "reset": reset, "valid": valid}
        if not self.shared:
            batches |= self._input_rows(inputs, valid)
        if self.config.negatives == "all":
            return batches | {"positive": targets}
        if negatives is None and self.sampler is not None:
            negatives = self.sampler.draw(generator, (self.chunk_steps, self.config.n_sample))
        elif negatives is not None:
            negatives = _padded(negatives, self.chunk_steps)
        else:
            negatives = np.empty((self.chunk_steps, 0), np.int32)
        return batches | self._columns(inputs, targets, negatives, valid)

    def _input_rows(self, inputs: np.ndarray, valid: np.ndarray) -> Batches:
        """For each lane, the first lane with the same item; and the items to update, with others out of range."""
        # [S, B, B]: affordable, because B is the number of lanes, not of items.
        ids = np.where(valid, inputs, self.n_items)
        same = ids[:, :, None] == ids[:, None, :]
        first = same.argmax(axis=2).astype(np.int32)
        represents = first == np.arange(ids.shape[1], dtype=np.int32)
        return {"input_first": first, "input_row": np.where(represents, ids, self.n_items)}

    def _columns(self, inputs: np.ndarray, targets: np.ndarray, negatives: np.ndarray, valid: np.ndarray) -> Batches:
        """The distinct items of each step, how often each is a negative, and the column of each lane's target.

        Idle lanes have the item n_items: its column weighs 0, and no row of a table has that number. Their target is
        in column -1, which does not exist.
        """
        n_steps, lanes = targets.shape
        targets = np.where(valid, targets, self.n_items)
        parts = [targets, negatives]
        # A shared table's inputs must be among the columns, but only the first two parts are weighed.
        if self.shared:
            parts.append(np.where(valid, inputs, self.n_items))
        ids = np.concatenate(parts, axis=1)
        column_of, distinct = self._number_distinct(ids)
        fits = max(map(len, distinct)) <= self.n_columns
        n_columns = self.n_columns if fits else self.most_columns
        columns = np.full((n_steps, n_columns), self.n_items, np.int32)
        weight = np.empty((n_steps, n_columns), np.float32)
        n_weighed = lanes + negatives.shape[1]
        # One step at a time: what it needs stays in the cache.
        for step, items in enumerate(distinct):
            columns[step, : len(items)] = items
            weights = np.concatenate([self.target_weight.take(targets[step]), self.sample_weight.take(negatives[step])])
            weight[step] = np.bincount(column_of[step, :n_weighed], weights, n_columns)
        batches = {"columns": columns, "weight": weight, "positive": np.where(valid, column_of[:, :lanes], -1)}
        if self.config.logq:
            batches["own_weight"] = self.target_weight[targets].astype(np.float32)
        if self.shared:
            batches["input_column"] = column_of[:, -lanes:]
        return batches

    def _number_distinct(self, ids: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        """The column of each id among the distinct ids of its row, int32 like `ids`; and the distinct ids of each row.

        Each id's last position in the row is written into a cell of its own and read back, which needs no sorting.
        """
        positions = np.arange(ids.shape[1], dtype=np.int32)
        column_of = np.empty_like(ids)
        distinct = []
        cells = self._last_position
        for step, row in enumerate(ids):
            cells[row] = positions
            last = cells.take(row)
            is_last = last == positions
            number = np.cumsum(is_last, dtype=np.int32)
            number -= 1
            number.take(last, out=column_of[step], mode="clip")
            distinct.append(row[is_last])
        return column_of, distinct


def build_chunks(
    dataset: SessionDataset, config: TrainingConfig, builder: BatchBuilder, start: TrainingPosition
) -> Iterator[Chunk]:
    """Builds all chunks from `start` to the last epoch. No chunk reaches into the next epoch.

    Without `steps_per_epoch` an epoch is one pass. With it, passes follow each other without a gap, and an epoch may
    end within a pass. Everything random comes from the seed and the number of the pass or chunk.
    """
    now = start
    current_pass = _plan_pass(dataset, config, now.pass_index)
    while now.epoch < config.epochs:
        epoch_total = config.steps_per_epoch or current_pass.n_steps
        epoch_steps = 0
        while epoch_steps < epoch_total:
            pass_index, pass_step = now.pass_index, now.pass_step
            parts, missing = [], min(builder.chunk_steps, epoch_total - epoch_steps)
            while missing:
                if pass_step == current_pass.n_steps:
                    pass_index, pass_step = pass_index + 1, 0
                    current_pass = _plan_pass(dataset, config, pass_index)
                parts.append(current_pass.steps(pass_step, pass_step + missing))
                pass_step += parts[-1].n_steps
                missing -= parts[-1].n_steps
            steps = _joined(parts)
            epoch_steps += steps.n_steps
            ends = epoch_steps == epoch_total
            if ends and config.steps_per_epoch is None:
                pass_index, pass_step = pass_index + 1, 0
            # The generator depends on the chunk's number alone, so a resumed run draws what an uninterrupted one would.
            batches = builder.build(steps, np.random.default_rng([config.seed, 1, now.chunk]))
            after = TrainingPosition(now.epoch + ends, now.chunk + 1, now.step + steps.n_steps, pass_index, pass_step)
            yield Chunk(batches, steps.n_steps, now.step, steps.valid.sum(1), epoch_steps, epoch_total, after)
            now = after
        # The pass ended with the epoch: the next one is drawn anew.
        if pass_step == 0 and now.epoch < config.epochs:
            current_pass = _plan_pass(dataset, config, now.pass_index)


def _plan_pass(dataset: SessionDataset, config: TrainingConfig, index: int) -> PassPlan:
    order = pass_order(dataset, config.order, np.random.default_rng([config.seed, 2, index]))
    return PassPlan(dataset, config.batch_size, order)


def _joined(parts: list[Schedule]) -> Schedule:
    if len(parts) == 1:
        return parts[0]
    return Schedule(*(np.concatenate([getattr(p, name) for p in parts]) for name in Schedule.__dataclass_fields__))


def _padded(array: np.ndarray, n_steps: int) -> np.ndarray:
    if len(array) == n_steps:
        return array
    return np.concatenate([array, np.zeros((n_steps - len(array), *array.shape[1:]), array.dtype)])
