import itertools

import numpy as np
import pytest

from gru4rec_core.config import TrainingConfig
from gru4rec_core.data.batching import PassPlan, Schedule, pass_order
from gru4rec_core.model.batch_builder import BatchBuilder, TrainingPosition, build_chunks


def schedule(inputs, targets, valid=None) -> Schedule:
    inputs, targets = np.array(inputs, np.int32), np.array(targets, np.int32)
    valid = np.ones(inputs.shape, bool) if valid is None else np.array(valid)
    return Schedule(inputs, targets, np.zeros(inputs.shape, bool), valid)


def test_columns_are_the_distinct_items_with_their_counts_as_negatives() -> None:
    config = TrainingConfig(negatives="sampled", n_sample=4, batch_size=3, item_input="shared")
    builder = BatchBuilder(config, np.ones(10, int), chunk_steps=1)
    batches = builder.build(
        schedule([[5, 5, 2]], [[7, 2, 7]]), np.random.default_rng(0), negatives=np.array([[1, 7, 1, 1]], np.int32)
    )
    columns, weight = batches["columns"][0], batches["weight"][0]
    found = {int(c): float(w) for c, w in zip(columns, weight, strict=True) if c < 10}
    assert found == {7: 3.0, 2: 1.0, 1: 3.0, 5: 0.0}
    assert columns[batches["positive"][0]].tolist() == [7, 2, 7]
    assert columns[batches["input_column"][0]].tolist() == [5, 5, 2]
    assert (weight[columns == 10] == 0).all()


def test_an_idle_lane_is_neither_positive_nor_negative_nor_an_input() -> None:
    config = TrainingConfig(negatives="in-batch", batch_size=3, item_input="shared")
    builder = BatchBuilder(config, np.ones(10, int), chunk_steps=1)
    batches = builder.build(schedule([[5, 4, 6]], [[7, 3, 8]], [[True, False, True]]), np.random.default_rng(0))
    assert sorted(batches["columns"][0][batches["columns"][0] < 10].tolist()) == [5, 6, 7, 8]
    assert batches["weight"][0].sum() == 2
    assert batches["positive"][0][1] == -1, "no column is the idle lane's own"


def test_a_small_catalogue_has_a_column_for_every_item_and_for_idle_lanes() -> None:
    config = TrainingConfig(negatives="sampled", n_sample=6, batch_size=2, item_input="shared")
    builder = BatchBuilder(config, np.ones(3, int), chunk_steps=1)
    negatives = np.array([[0, 1, 2, 2, 1, 0]], np.int32)
    batches = builder.build(schedule([[1, 0]], [[2, 0]], [[True, False]]), np.random.default_rng(0), negatives)
    weight = dict(zip(batches["columns"][0].tolist(), batches["weight"][0].tolist(), strict=True))
    assert weight == {0: 2.0, 1: 2.0, 2: 3.0, 3: 0.0}


def test_each_input_row_is_updated_by_one_lane() -> None:
    config = TrainingConfig(negatives="all", batch_size=4)
    builder = BatchBuilder(config, np.ones(10, int), chunk_steps=1)
    batches = builder.build(
        schedule([[3, 3, 9, 3]], [[0, 0, 0, 0]], [[False, True, True, True]]), np.random.default_rng(0)
    )
    rows = batches["input_row"][0]
    assert sorted(rows[rows < 10].tolist()) == [3, 9]
    for lane in (1, 2, 3):
        assert rows[batches["input_first"][0][lane]] == [3, 3, 9, 3][lane]


def test_logq_weighs_negatives_by_how_often_they_are_drawn() -> None:
    config = TrainingConfig(
        loss="cross-entropy", negatives="sampled", n_sample=2, batch_size=2, logq=0.5, sample_alpha=0.75
    )
    counts = np.array([1, 16, 81, 4])
    builder = BatchBuilder(config, counts, chunk_steps=1)
    batches = builder.build(schedule([[0, 0]], [[1, 2]]), np.random.default_rng(0), np.array([[1, 3]], np.int32))
    weight = dict(zip(batches["columns"][0].tolist(), batches["weight"][0].tolist(), strict=True))
    assert weight[1] == pytest.approx(16**-0.5 + 16 ** (-0.5 * 0.75))
    assert weight[2] == pytest.approx(81**-0.5)
    assert weight[3] == pytest.approx(4 ** (-0.5 * 0.75))
    np.testing.assert_allclose(batches["own_weight"][0], [16**-0.5, 81**-0.5])


def test_more_distinct_items_than_foreseen_still_find_their_columns() -> None:
    config = TrainingConfig(negatives="sampled", n_sample=200, batch_size=2, sample_alpha=1.0)
    counts = np.ones(1000, int)
    counts[0] = 100_000  # practically every draw is item 0
    builder = BatchBuilder(config, counts, chunk_steps=1)
    assert builder.n_columns < builder.most_columns
    negatives = np.arange(300, 500, dtype=np.int32)[None]
    batches = builder.build(schedule([[1, 2]], [[3, 4]]), np.random.default_rng(0), negatives)
    assert batches["columns"].shape[1] == builder.most_columns
    assert set(batches["columns"][0].tolist()) >= set(range(300, 500)) | {3, 4}


def test_an_epoch_is_one_pass_and_loses_no_transition(toy_log) -> None:
    config = TrainingConfig(negatives="all", batch_size=7, epochs=2)
    builder = BatchBuilder(config, toy_log.counts(), chunk_steps=8)
    seen: dict[int, list[tuple[int, int]]] = {0: [], 1: []}
    for chunk in build_chunks(toy_log, config, builder, TrainingPosition()):
        epoch = chunk.after.epoch - (chunk.epoch_steps == chunk.epoch_total)
        valid = chunk.batches["valid"]
        assert (valid[chunk.n_steps :] == False).all()  # noqa: E712
        pairs = zip(chunk.batches["inputs"][valid].tolist(), chunk.batches["positive"][valid].tolist(), strict=True)
        seen[epoch] += list(pairs)
    sessions = [toy_log.session(i) for i in range(toy_log.n_sessions)]
    wanted = sorted((int(a), int(b)) for s in sessions for a, b in itertools.pairwise(s))
    assert sorted(seen[0]) == wanted
    assert sorted(seen[1]) == wanted
    assert seen[0] != seen[1], "the second pass has another order"


def test_steps_an_epoch_continue_the_pass(toy_log) -> None:
    config = TrainingConfig(negatives="all", batch_size=4, epochs=3, steps_per_epoch=50)
    builder = BatchBuilder(config, toy_log.counts(), chunk_steps=16)
    inputs = np.concatenate(
        [
            chunk.batches["inputs"][: chunk.n_steps]
            for chunk in build_chunks(toy_log, config, builder, TrainingPosition())
        ]
    )
    passes = [
        PassPlan(toy_log, 4, pass_order(toy_log, "shuffled", np.random.default_rng([0, 2, index]))).steps().inputs
        for index in range(3)
    ]
    np.testing.assert_array_equal(inputs, np.concatenate(passes)[:150])


@pytest.mark.parametrize("steps_per_epoch", [None, 30])
def test_going_on_after_an_epoch_gives_the_chunks_that_were_to_come(toy_log, steps_per_epoch) -> None:
    config = TrainingConfig(negatives="sampled", n_sample=3, batch_size=4, epochs=3, steps_per_epoch=steps_per_epoch)
    builder = BatchBuilder(config, toy_log.counts(), chunk_steps=16)
    whole = list(build_chunks(toy_log, config, builder, TrainingPosition()))
    for place, chunk in enumerate(whole[:-1]):
        if chunk.epoch_steps != chunk.epoch_total:
            continue
        rest = list(build_chunks(toy_log, config, builder, chunk.after))
        assert len(rest) == len(whole) - place - 1
        for a, b in zip(rest, whole[place + 1 :], strict=True):
            assert a.after == b.after
            for name in a.batches:
                np.testing.assert_array_equal(a.batches[name], b.batches[name])
