import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru4rec_core.config import TrainingConfig
from gru4rec_core.data.batching import PassPlan, Schedule, pass_order
from gru4rec_core.model.batch_builder import FeedBuilder, PopularitySampler, Position, chunks


def schedule(inputs, targets, valid=None) -> Schedule:
    inputs, targets = np.array(inputs, np.int32), np.array(targets, np.int32)
    valid = np.ones(inputs.shape, bool) if valid is None else np.array(valid)
    return Schedule(inputs, targets, np.zeros(inputs.shape, bool), valid)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=60), st.sampled_from([0.0, 0.3, 0.5, 1.0]))
def test_the_alias_tables_hold_exactly_the_wanted_probabilities(counts: list[int], alpha: float) -> None:
    counts = np.array(counts)
    counts[0] += 1
    sampler = PopularitySampler(counts, alpha)
    n = len(counts)
    held = np.zeros(n)
    np.add.at(held, np.arange(n), sampler.keep.astype(np.float64) / n)
    np.add.at(held, sampler.outcomes[::2], (1 - sampler.keep.astype(np.float64)) / n)
    wanted = counts.astype(float) ** alpha
    np.testing.assert_allclose(held, wanted / wanted.sum(), atol=1e-6)


@pytest.mark.parametrize("n_items", [1, 49, 98, 2215])
def test_equal_weights_whose_sum_rounds_down_are_drawn_equally(n_items: int) -> None:
    """49 · (1/49) is a little less than 1 in floating point: no item is heavier than the mean."""
    sampler = PopularitySampler(np.full(n_items, 3), 1.0)
    drawn = np.bincount(sampler.draw(np.random.default_rng(0), (100 * n_items,)), minlength=n_items)
    assert drawn.min() > 40
    assert (sampler.keep > 1 - 1e-6).all()


def test_draws_follow_popularity() -> None:
    counts = np.array([0, 1, 4, 9, 100])
    draws = PopularitySampler(counts, 0.5).draw(np.random.default_rng(1), (200_000,))
    shares = np.bincount(draws, minlength=5) / len(draws)
    np.testing.assert_allclose(shares, np.array([0, 1, 2, 3, 10]) / 16, atol=0.005)


def test_the_number_of_distinct_draws_is_foreseen() -> None:
    sampler = PopularitySampler(np.arange(1, 3000), 0.7)
    mean, deviation = sampler.expected_distinct(800)
    draws = sampler.draw(np.random.default_rng(0), (300, 800))
    distinct = np.array([len(np.unique(row)) for row in draws])
    assert abs(distinct.mean() - mean) < 1
    assert deviation == pytest.approx(distinct.std(), rel=0.15)


def test_columns_are_the_distinct_items_with_their_counts_as_negatives() -> None:
    config = TrainingConfig(negatives="sampled", n_sample=4, batch_size=3, item_input="shared")
    builder = FeedBuilder(config, np.ones(10, int), chunk_steps=1)
    feed = builder.build(
        schedule([[5, 5, 2]], [[7, 2, 7]]), np.random.default_rng(0), negatives=np.array([[1, 7, 1, 1]], np.int32)
    )
    columns, weight = feed["columns"][0], feed["weight"][0]
    found = {int(c): float(w) for c, w in zip(columns, weight, strict=True) if c < 10}
    assert found == {7: 3.0, 2: 1.0, 1: 3.0, 5: 0.0}
    assert columns[feed["positive"][0]].tolist() == [7, 2, 7]
    assert columns[feed["input_column"][0]].tolist() == [5, 5, 2]
    assert (weight[columns == 10] == 0).all()


def test_an_idle_lane_is_neither_positive_nor_negative_nor_an_input() -> None:
    config = TrainingConfig(negatives="in-batch", batch_size=3, item_input="shared")
    builder = FeedBuilder(config, np.ones(10, int), chunk_steps=1)
    feed = builder.build(schedule([[5, 4, 6]], [[7, 3, 8]], [[True, False, True]]), np.random.default_rng(0))
    assert sorted(feed["columns"][0][feed["columns"][0] < 10].tolist()) == [5, 6, 7, 8]
    assert feed["weight"][0].sum() == 2
    assert feed["positive"][0][1] == -1, "no column is the idle lane's own"


def test_a_small_catalogue_has_a_column_for_every_item_and_for_idle_lanes() -> None:
    config = TrainingConfig(negatives="sampled", n_sample=6, batch_size=2, item_input="shared")
    builder = FeedBuilder(config, np.ones(3, int), chunk_steps=1)
    negatives = np.array([[0, 1, 2, 2, 1, 0]], np.int32)
    feed = builder.build(schedule([[1, 0]], [[2, 0]], [[True, False]]), np.random.default_rng(0), negatives)
    weight = dict(zip(feed["columns"][0].tolist(), feed["weight"][0].tolist(), strict=True))
    assert weight == {0: 2.0, 1: 2.0, 2: 3.0, 3: 0.0}


def test_each_input_row_is_updated_by_one_lane() -> None:
    config = TrainingConfig(negatives="all", batch_size=4)
    builder = FeedBuilder(config, np.ones(10, int), chunk_steps=1)
    feed = builder.build(
        schedule([[3, 3, 9, 3]], [[0, 0, 0, 0]], [[False, True, True, True]]), np.random.default_rng(0)
    )
    rows = feed["input_row"][0]
    assert sorted(rows[rows < 10].tolist()) == [3, 9]
    for lane in (1, 2, 3):
        assert rows[feed["input_first"][0][lane]] == [3, 3, 9, 3][lane]


def test_logq_weighs_negatives_by_how_often_they_are_drawn() -> None:
    config = TrainingConfig(
        loss="cross-entropy", negatives="sampled", n_sample=2, batch_size=2, logq=0.5, sample_alpha=0.75
    )
    counts = np.array([1, 16, 81, 4])
    builder = FeedBuilder(config, counts, chunk_steps=1)
    feed = builder.build(schedule([[0, 0]], [[1, 2]]), np.random.default_rng(0), np.array([[1, 3]], np.int32))
    weight = dict(zip(feed["columns"][0].tolist(), feed["weight"][0].tolist(), strict=True))
    assert weight[1] == pytest.approx(16**-0.5 + 16 ** (-0.5 * 0.75))
    assert weight[2] == pytest.approx(81**-0.5)
    assert weight[3] == pytest.approx(4 ** (-0.5 * 0.75))
    np.testing.assert_allclose(feed["own_weight"][0], [16**-0.5, 81**-0.5])


def test_more_distinct_items_than_foreseen_still_find_their_columns() -> None:
    config = TrainingConfig(negatives="sampled", n_sample=200, batch_size=2, sample_alpha=1.0)
    counts = np.ones(1000, int)
    counts[0] = 100_000  # practically every draw is item 0
    builder = FeedBuilder(config, counts, chunk_steps=1)
    assert builder.n_columns < builder.most_columns
    negatives = np.arange(300, 500, dtype=np.int32)[None]
    feed = builder.build(schedule([[1, 2]], [[3, 4]]), np.random.default_rng(0), negatives)
    assert feed["columns"].shape[1] == builder.most_columns
    assert set(feed["columns"][0].tolist()) >= set(range(300, 500)) | {3, 4}


def test_an_epoch_is_one_pass_and_loses_no_transition(toy_log) -> None:
    config = TrainingConfig(negatives="all", batch_size=7, epochs=2)
    builder = FeedBuilder(config, toy_log.counts(), chunk_steps=8)
    seen: dict[int, list[tuple[int, int]]] = {0: [], 1: []}
    for chunk in chunks(toy_log, config, builder, Position()):
        epoch = chunk.after.epoch - (chunk.epoch_steps == chunk.epoch_total)
        valid = chunk.feed["valid"]
        assert (valid[chunk.n_steps :] == False).all()  # noqa: E712
        pairs = zip(chunk.feed["inputs"][valid].tolist(), chunk.feed["positive"][valid].tolist(), strict=True)
        seen[epoch] += list(pairs)
    sessions = [toy_log.session(i) for i in range(toy_log.n_sessions)]
    wanted = sorted((int(a), int(b)) for s in sessions for a, b in itertools.pairwise(s))
    assert sorted(seen[0]) == wanted
    assert sorted(seen[1]) == wanted
    assert seen[0] != seen[1], "the second pass has another order"


def test_steps_an_epoch_continue_the_pass(toy_log) -> None:
    config = TrainingConfig(negatives="all", batch_size=4, epochs=3, steps_per_epoch=50)
    builder = FeedBuilder(config, toy_log.counts(), chunk_steps=16)
    inputs = np.concatenate(
        [chunk.feed["inputs"][: chunk.n_steps] for chunk in chunks(toy_log, config, builder, Position())]
    )
    passes = [
        PassPlan(toy_log, 4, pass_order(toy_log, "shuffled", np.random.default_rng([0, 2, index]))).steps().inputs
        for index in range(3)
    ]
    np.testing.assert_array_equal(inputs, np.concatenate(passes)[:150])


@pytest.mark.parametrize("steps_per_epoch", [None, 30])
def test_going_on_after_an_epoch_gives_the_chunks_that_were_to_come(toy_log, steps_per_epoch) -> None:
    config = TrainingConfig(negatives="sampled", n_sample=3, batch_size=4, epochs=3, steps_per_epoch=steps_per_epoch)
    builder = FeedBuilder(config, toy_log.counts(), chunk_steps=16)
    whole = list(chunks(toy_log, config, builder, Position()))
    for place, chunk in enumerate(whole[:-1]):
        if chunk.epoch_steps != chunk.epoch_total:
            continue
        rest = list(chunks(toy_log, config, builder, chunk.after))
        assert len(rest) == len(whole) - place - 1
        for a, b in zip(rest, whole[place + 1 :], strict=True):
            assert a.after == b.after
            for name in a.feed:
                np.testing.assert_array_equal(a.feed[name], b.feed[name])
