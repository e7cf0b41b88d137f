"""The compiled step against a slow, plain one, and what must not happen in it."""

import numpy as np
import pytest

from gru4rec_core.config import TrainingConfig
from gru4rec_core.data.batching import Schedule
from gru4rec_core.model.batch_builder import BatchBuilder
from gru4rec_core.model.network import Gru4RecNetwork
from gru4rec_core.model.step import TrainingLoop, compiled_chunk

V, B, T = 12, 5, 6

CASES = {
    "all items, one-hot, Adam, relu": TrainingConfig(
        loss="top1", n_hidden=6, activation="relu", negatives="all", learning_rate=0.05, batch_size=B
    ),
    "all items, shared, two layers, Adagrad": TrainingConfig(
        loss="bpr",
        n_hidden=(4, 6),
        item_input="shared",
        negatives="all",
        optimizer="adagrad",
        learning_rate=0.1,
        batch_size=B,
    ),
    "samples, shared, Adam": TrainingConfig(
        loss="bpr-max",
        n_hidden=6,
        item_input="shared",
        negatives="sampled",
        n_sample=5,
        learning_rate=0.05,
        batch_size=B,
    ),
    "samples, separate, momentum": TrainingConfig(
        loss="top1-max",
        n_hidden=6,
        item_input="separate",
        embedding_size=3,
        negatives="sampled",
        n_sample=5,
        optimizer="adagrad",
        momentum=0.3,
        learning_rate=0.1,
        batch_size=B,
    ),
    "in batch, one-hot, Adam": TrainingConfig(
        loss="cross-entropy", n_hidden=6, negatives="in-batch", learning_rate=0.05, batch_size=B
    ),
}


def random_steps(generator: np.random.Generator) -> tuple[Schedule, np.ndarray]:
    """Six steps with repeated items, resets, idle lanes, and one step with a single lane left."""
    inputs, targets = generator.integers(0, V, (2, T, B)).astype(np.int32)
    reset = generator.random((T, B)) < 0.3
    valid = np.ones((T, B), bool)
    valid[2, 1] = valid[3, [0, 4]] = False
    valid[5, 1:] = False
    return Schedule(inputs, targets, reset & valid, valid), generator.integers(0, V, (T, 5)).astype(np.int32)


@pytest.mark.parametrize("name", CASES)
def test_the_compiled_steps_equal_plain_ones(name: str, plain_model, generator: np.random.Generator) -> None:
    config = CASES[name]
    steps, negatives = random_steps(generator)
    network = Gru4RecNetwork(V, config)
    plain = plain_model(network.arrays(), config)
    drawn = {"all": None, "in-batch": negatives[:, :0], "sampled": negatives}[config.negatives]
    batches = BatchBuilder(config, np.ones(V, int), T + 2).build(steps, generator, drawn)
    loop = TrainingLoop(network, config)

    losses = loop.run(batches, T, 0).losses

    expected = [
        plain.step(
            steps.inputs[t], steps.targets[t], steps.reset[t], steps.valid[t], None if drawn is None else drawn[t]
        )
        for t in range(T)
    ]
    np.testing.assert_allclose(losses, expected, rtol=2e-5, atol=1e-6)
    for weight, value in network.arrays().items():
        np.testing.assert_allclose(value, plain.weights[weight].numpy(), atol=2e-4, err_msg=weight)
    for state, wanted in zip(loop.hidden, plain.states, strict=True):
        np.testing.assert_allclose(state.numpy()[steps.valid[-1]], wanted[steps.valid[-1]], atol=1e-5)

    # Steps beyond the first n change nothing: not a weight, not a moment, not a state.
    before = [v.numpy() for v in _all_variables(loop)]
    loop.run(batches, 0, T)
    for old, variable in zip(before, _all_variables(loop), strict=True):
        np.testing.assert_array_equal(variable.numpy(), old)


def _all_variables(loop: TrainingLoop) -> list:
    return [*loop.weights.values(), *(slot for slots in loop.slots.values() for slot in slots), *loop.hidden]


@pytest.fixture(scope="module")
def sampled_loop() -> TrainingLoop:
    config = CASES["samples, shared, Adam"]
    return TrainingLoop(Gru4RecNetwork(V, config), config)


def _fresh(loop: TrainingLoop) -> None:
    loop.network.initialise()
    for variable in _all_variables(loop)[len(loop.weights) :]:
        variable.assign(np.zeros(variable.shape, np.float32))


def _one_step(loop: TrainingLoop, inputs, targets, reset, valid, negatives) -> float:
    steps = Schedule(*(np.array([part]) for part in (inputs, targets, reset, valid)))
    builder = BatchBuilder(loop.config, np.ones(V, int), chunk_steps=T + 2)
    batches = builder.build(steps, np.random.default_rng(0), np.array([negatives], np.int32))
    return float(loop.run(batches, 1, 0).losses[0])


def test_rows_that_no_lane_used_stay_bit_for_bit(sampled_loop: TrainingLoop) -> None:
    _fresh(sampled_loop)
    before = sampled_loop.network.arrays()
    on, off = np.ones(B, bool), np.zeros(B, bool)
    _one_step(sampled_loop, [0, 1, 0, 1, 0], [2, 3, 2, 3, 2], on, on, [4, 4, 5, 4, 5])
    _one_step(sampled_loop, [0, 1, 0, 1, 0], [2, 3, 2, 3, 2], off, on, [6, 6, 6, 6, 6])
    after = sampled_loop.network.arrays()
    np.testing.assert_array_equal(after["Wy"][7:], before["Wy"][7:])
    np.testing.assert_array_equal(after["By"][7:], before["By"][7:])
    assert (after["Wy"][:7] != before["Wy"][:7]).any(axis=1).all()


def test_what_an_idle_lane_holds_makes_no_difference(sampled_loop: TrainingLoop) -> None:
    results = []
    for idle_item in (0, 9):
        _fresh(sampled_loop)
        valid = np.array([True, True, False, True, True])
        loss = _one_step(
            sampled_loop, [0, 1, idle_item, 1, 0], [2, 3, idle_item, 3, 2], np.ones(B, bool), valid, [4] * 5
        )
        results.append((loss, sampled_loop.network.arrays()))
    assert results[0][0] == results[1][0]
    for name, value in results[0][1].items():
        np.testing.assert_array_equal(value, results[1][1][name])


def test_a_reset_forgets_the_session_before(sampled_loop: TrainingLoop) -> None:
    losses = []
    for first in (0, 9):
        _fresh(sampled_loop)
        on = np.ones(B, bool)
        _one_step(sampled_loop, [first] * B, [first] * B, on, on, [first] * 5)
        states = [state.numpy() for state in sampled_loop.hidden]
        _fresh(sampled_loop)
        for variable, state in zip(sampled_loop.hidden, states, strict=True):
            variable.assign(state)
        losses.append(_one_step(sampled_loop, [1] * B, [2, 3, 4, 5, 6], on, on, [7] * 5))
        assert np.abs(states[0]).max() > 0
    assert losses[0] == losses[1]


def test_hits_count_lanes_whose_item_no_other_beats() -> None:
    config = CASES["all items, one-hot, Adam, relu"]  # and as many steps per chunk: it is compiled already
    network = Gru4RecNetwork(V, config)
    arrays = {name: np.zeros_like(value) for name, value in network.arrays().items()}
    arrays["By"][:, 0] = -np.arange(V)  # item 0 scores highest, item 1 next …
    network.set_arrays(arrays)
    targets = np.array([[0, 1, 2, 3, 0]], np.int32)
    valid = np.array([[True, True, True, True, False]])
    loop = TrainingLoop(network, config)
    batches = BatchBuilder(config, np.ones(V, int), T + 2).build(
        Schedule(np.zeros_like(targets), targets, valid, valid), np.random.default_rng(0)
    )
    assert loop.run(batches, 1, 0).hits.tolist() == [1, 3]
    # All scores equal: the true item's median rank is (V + 1) / 2, no hit, however low its id.
    network.set_arrays({name: np.zeros_like(value) for name, value in arrays.items()})
    assert loop.run(batches, 1, 0).hits.tolist() == [0, 0]


DROPOUT = TrainingConfig(
    loss="bpr", negatives="in-batch", n_hidden=200, batch_size=B, dropout_hidden=0.1, dropout_input=0.3
)
"""Two tests share it, so that it is compiled for both."""


def test_a_run_that_finds_its_step_compiled_equals_one_that_does_not() -> None:
    steps, negatives = random_steps(np.random.default_rng(8))
    start = Gru4RecNetwork(V, DROPOUT).arrays()

    def weights_after(seed: int) -> dict[str, np.ndarray]:
        config = DROPOUT.replace(seed=seed, epochs=1 + seed)
        network = Gru4RecNetwork(V, config)
        network.set_arrays(start)  # the seed decides the dropout alone
        batches = BatchBuilder(config, np.ones(V, int), T + 2).build(steps, np.random.default_rng(0), negatives[:, :0])
        TrainingLoop(network, config).run(batches, T, 0)
        return network.arrays()

    compiled_chunk.cache_clear()
    weights_after(1)
    second = weights_after(2)
    assert compiled_chunk.cache_info().misses == 1
    assert compiled_chunk(DROPOUT.replace(epochs=1), V).experimental_get_tracing_count() == 1
    compiled_chunk.cache_clear()
    for name, value in weights_after(2).items():
        np.testing.assert_array_equal(second[name], value, err_msg=name)
    assert any((second[name] != value).any() for name, value in weights_after(3).items())


def test_dropout_is_the_share_that_is_dropped_and_depends_on_the_step() -> None:
    loop = TrainingLoop(Gru4RecNetwork(V, DROPOUT), DROPOUT)
    on = np.ones((1, B), bool)
    inputs = np.arange(B, dtype=np.int32)[None]
    batches = BatchBuilder(DROPOUT, np.ones(V, int), T + 2).build(
        Schedule(inputs, inputs + 1, on, on), np.random.default_rng(0), np.zeros((1, 0), np.int32)
    )
    dropped = []
    for step in (0, 1, 1):
        loop.network.initialise()
        loop.run(batches, 1, step)
        dropped.append(loop.hidden[0].numpy() == 0)
    # With biases at 0 a unit whose input is dropped stays at 0 as well.
    assert dropped[0].mean() == pytest.approx(1 - 0.9 * 0.7, abs=0.04)
    assert (dropped[0] != dropped[1]).any()
    np.testing.assert_array_equal(dropped[1], dropped[2])
