"""What does the compiled loop need to know about each step, and which negatives does it get?

All of it is NumPy, built one chunk ahead in a thread while the compiled loop is busy. Items that occur
several times in a step are merged here, into one column with a weight: the loop then multiplies with and
updates each row of a table once, which spares it sorting, segment sums and a good part of its products.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gru4rec_core.config import TrainingConfig
from gru4rec_core.data.batching import PassPlan, Schedule, pass_order
from gru4rec_core.data.sessions import SessionDataset

Feed = dict[str, np.ndarray]

_DRAWS_AT_ONCE = 2**16


@dataclass(frozen=True)
class Position:
    """Where training stands; enough to go on bit-identically.

    Attributes:
        epoch: epochs finished. chunk: chunks finished. step: steps finished.
        pass_index: pass under way. pass_step: its steps finished.
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
        feed: arrays [chunk_steps, ...], by name.
        n_steps: how many of them count.
        first_step: number of the first step since the start of training.
        transitions: valid cells a step, int64 [n_steps].
        epoch_steps: steps of this epoch, this chunk included; epoch_total: steps of the whole epoch.
        after: where training stands once the chunk is done; `after.epoch` grows at an epoch's last chunk.
    """

    feed: Feed
    n_steps: int
    first_step: int
    transitions: np.ndarray
    epoch_steps: int
    epoch_total: int
    after: Position


class PopularitySampler:
    """Draws item ids with probability proportional to count^alpha in constant time a draw.

    Walker's alias method; the tables are built with one sweep (Hübschle-Schneider & Sanders 2022), here
    as two cumulative sums: each item lighter than the mean is topped up by the first heavier item that
    has weight left.

    Args:
        counts: events of each item, [n_items]; items never seen are never drawn unless alpha is 0.
        alpha: 0 uniform, 1 by popularity.
    """

    def __init__(self, counts: np.ndarray, alpha: float) -> None:
        weights = np.power(counts.astype(np.float64), alpha)
        self.probabilities = weights / weights.sum()
        self.n_items = len(counts)
        scaled = self.probabilities * self.n_items
        self.keep = np.ones(self.n_items, np.float32)
        alias = np.arange(self.n_items, dtype=np.int32)
        is_heavy = scaled >= 1
        is_heavy[scaled.argmax()] = True  # equal weights may all round to a little less than 1
        light, heavy = np.flatnonzero(~is_heavy), np.flatnonzero(is_heavy)
        missing = np.cumsum(1 - scaled[light])
        surplus = np.cumsum(scaled[heavy] - 1)
        helper = np.searchsorted(surplus, np.r_[0.0, missing[:-1]], side="right")
        self.keep[light] = scaled[light]
        alias[light] = heavy[np.minimum(helper, len(heavy) - 1)]
        # A heavy item that gives more than it has is itself topped up by the next heavy one.
        overdrawn = np.searchsorted(missing, surplus[:-1], side="right")
        exists = overdrawn < len(light)
        self.keep[heavy[:-1][exists]] = (1 + surplus[:-1][exists] - missing[overdrawn[exists]]).clip(0, 1)
        alias[heavy[:-1][exists]] = heavy[1:][exists]
        # Of item i: what is drawn instead of it (place 2i), and itself (place 2i + 1).
        self.outcomes = np.stack([alias, np.arange(self.n_items, dtype=np.int32)], axis=1).ravel()

    def draw(self, generator: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
        """Item ids, int32 of the given shape.

        One random number a draw: its whole part, times the number of items, is the item, the rest decides
        whether the item stays.
        """
        drawn = np.empty(shape, np.int32)
        flat = drawn.reshape(-1)
        for start in range(0, len(flat), _DRAWS_AT_ONCE):
            part = flat[start : start + _DRAWS_AT_ONCE]
            rest = generator.random(len(part))
            rest *= self.n_items
            item = rest.astype(np.int32)
            rest -= item
            stays = rest < self.keep.take(item)
            self.outcomes.take(2 * item + stays, out=part, mode="clip")
        return drawn

    def expected_distinct(self, n_draws: int) -> tuple[float, float]:
        """Mean and standard deviation of the number of distinct items in `n_draws` (Poisson approximation)."""
        rates = n_draws * self.probabilities
        unseen = np.exp(-rates)
        variance = (unseen * (1 - unseen)).sum() - (rates * unseen).sum() ** 2 / n_draws
        return float((1 - unseen).sum()), float(np.sqrt(max(variance, 0.0)))


class FeedBuilder:
    """Turns steps of a schedule into the arrays of a chunk.

    Args:
        config: resolved settings (`negatives` is not "auto").
        counts: training events of each item, int64 [n_items].
        chunk_steps: steps of a chunk; shorter ones are padded.
    """

    def __init__(self, config: TrainingConfig, counts: np.ndarray, chunk_steps: int) -> None:
        self.config = config
        self.n_items = len(counts)
        self.chunk_steps = chunk_steps
        self.shared = config.item_input == "shared"
        self.sampler = PopularitySampler(counts, config.sample_alpha) if config.negatives == "sampled" else None
        popularity = np.maximum(counts, 1).astype(np.float64)
        # logQ: scores -= logq·log q is the same as a weight of q^-logq in the softmax's sum.
        self.target_weight = np.r_[popularity**-config.logq, 0.0]
        self.sample_weight = np.r_[popularity ** (-config.logq * config.sample_alpha), 0.0]
        self._slot = np.zeros(self.n_items + 1, np.int32)
        self.n_columns, self.most_columns = self._column_limits()

    def _column_limits(self) -> tuple[int, int]:
        """Columns that practically every step gets along with, and columns that always suffice."""
        lanes = self.config.batch_size * (2 if self.shared else 1)
        if self.sampler is None:
            return (min(lanes, self.n_items + 1),) * 2
        most = min(lanes + self.config.n_sample, self.n_items + 1)
        mean, deviation = self.sampler.expected_distinct(self.config.n_sample)
        enough = int(np.ceil((lanes + mean + 6 * deviation + 1) / 16)) * 16
        return min(enough, most), most

    def build(self, steps: Schedule, generator: np.random.Generator, negatives: np.ndarray | None = None) -> Feed:
        """Arrays of a chunk for up to `chunk_steps` steps.

        Args:
            steps: the steps; padded with steps that nothing is learned from.
            generator: draws the negatives (sampled only).
            negatives: int32 [steps, n_sample], taken instead of drawing.
        """
        inputs, targets, reset, valid = (
            _padded(part, self.chunk_steps) for part in (steps.inputs, steps.targets, steps.reset, steps.valid)
        )
        inputs, targets = inputs.astype(np.int32, copy=False), targets.astype(np.int32, copy=False)
        feed: Feed = {"inputs": inputs, "reset": reset, "valid": valid}
        if not self.shared:
            feed |= self._input_rows(inputs, valid)
        if self.config.negatives == "all":
            return feed | {"positive": targets}
        if negatives is None and self.sampler is not None:
            negatives = self.sampler.draw(generator, (self.chunk_steps, self.config.n_sample))
        elif negatives is not None:
            negatives = _padded(negatives, self.chunk_steps)
        else:
            negatives = np.empty((self.chunk_steps, 0), np.int32)
        return feed | self._columns(inputs, targets, negatives, valid)

    def _input_rows(self, inputs: np.ndarray, valid: np.ndarray) -> Feed:
        """For each lane the lane that stands for its item; the items to update, others out of range."""
        ids = np.where(valid, inputs, self.n_items)
        same = ids[:, :, None] == ids[:, None, :]
        first = same.argmax(axis=2).astype(np.int32)
        represents = first == np.arange(ids.shape[1], dtype=np.int32)
        return {"input_first": first, "input_row": np.where(represents, ids, self.n_items)}

    def _columns(self, inputs: np.ndarray, targets: np.ndarray, negatives: np.ndarray, valid: np.ndarray) -> Feed:
        """The distinct items of each step, how often each is a negative, and where each lane's target is.

        Idle lanes have the item n_items: its column weighs nothing, and no row has its number. Their target is
        at -1, which is no column.
        """
        n_steps, lanes = targets.shape
        targets = np.where(valid, targets, self.n_items)
        parts = [targets, negatives]
        if self.shared:
            parts.append(np.where(valid, inputs, self.n_items))
        ids = np.concatenate(parts, axis=1)
        place, distinct = self._places(ids)
        fits = max(map(len, distinct)) <= self.n_columns
        n_columns = self.n_columns if fits else self.most_columns
        columns = np.full((n_steps, n_columns), self.n_items, np.int32)
        weight = np.empty((n_steps, n_columns), np.float32)
        n_weighed = lanes + negatives.shape[1]
        # A step at a time: what it needs stays in the cache.
        for step, items in enumerate(distinct):
            columns[step, : len(items)] = items
            weights = np.concatenate([self.target_weight.take(targets[step]), self.sample_weight.take(negatives[step])])
            weight[step] = np.bincount(place[step, :n_weighed], weights, n_columns)
        feed = {"columns": columns, "weight": weight, "positive": np.where(valid, place[:, :lanes], -1)}
        if self.config.logq:
            feed["own_weight"] = self.target_weight[targets].astype(np.float32)
        if self.shared:
            feed["input_column"] = place[:, -lanes:]
        return feed

    def _places(self, ids: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        """The distinct ids of each row, and the place of each id among them, int32 like ids.

        Each id's last position is written into a slot of its own and read back: no sorting.
        """
        positions = np.arange(ids.shape[1], dtype=np.int32)
        place = np.empty_like(ids)
        distinct = []
        slot = self._slot
        for step, row in enumerate(ids):
            slot[row] = positions
            last = slot.take(row)
            stands = last == positions
            rank = np.cumsum(stands, dtype=np.int32)
            rank -= 1
            rank.take(last, out=place[step], mode="clip")
            distinct.append(row[stands])
        return place, distinct


def chunks(dataset: SessionDataset, config: TrainingConfig, builder: FeedBuilder, start: Position) -> Iterator[Chunk]:
    """All chunks from `start` to the last epoch. A chunk never reaches into the next epoch.

    Without `steps_per_epoch` an epoch is one pass; with it, passes follow each other without a gap and
    an epoch ends wherever it ends. Everything random comes from the seed and the pass or chunk number.
    """
    now = start
    steps_of = _pass(dataset, config, now.pass_index)
    while now.epoch < config.epochs:
        epoch_total = config.steps_per_epoch or steps_of.n_steps
        epoch_steps = 0
        while epoch_steps < epoch_total:
            pass_index, pass_step, wanted = now.pass_index, now.pass_step, epoch_total - epoch_steps
            parts, missing = [], min(builder.chunk_steps, wanted)
            while missing:
                if pass_step == steps_of.n_steps:
                    pass_index, pass_step = pass_index + 1, 0
                    steps_of = _pass(dataset, config, pass_index)
                parts.append(steps_of.steps(pass_step, pass_step + missing))
                pass_step += parts[-1].n_steps
                missing -= parts[-1].n_steps
            steps = _joined(parts)
            epoch_steps += steps.n_steps
            ends = epoch_steps == epoch_total
            if ends and config.steps_per_epoch is None:
                pass_index, pass_step = pass_index + 1, 0
            feed = builder.build(steps, np.random.default_rng([config.seed, 1, now.chunk]))
            after = Position(now.epoch + ends, now.chunk + 1, now.step + steps.n_steps, pass_index, pass_step)
            yield Chunk(feed, steps.n_steps, now.step, steps.valid.sum(1), epoch_steps, epoch_total, after)
            now = after
        if pass_step == 0 and now.epoch < config.epochs:
            steps_of = _pass(dataset, config, now.pass_index)


def _pass(dataset: SessionDataset, config: TrainingConfig, index: int) -> PassPlan:
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
