"""Flaws that were found in other implementations of GRU4Rec: each has a test here that would catch it in this one.

What the right behaviour is in every corner is tested beside each module; here stands one plain case a flaw.
"""

import itertools

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from gru4rec_core.config import TrainingConfig
from gru4rec_core.data.batching import PassPlan
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.evaluation.metrics import accuracy_at, mrr_at
from gru4rec_core.evaluation.scoring import Evaluation, evaluate
from gru4rec_core.model.batch_builder import BatchBuilder, TrainingPosition, build_chunks
from gru4rec_core.model.gru4rec import Gru4Rec
from gru4rec_core.model.inference import NumpyGru4Rec
from gru4rec_core.model.network import Gru4RecNetwork
from gru4rec_core.model.ranking_programs import LANES
from gru4rec_core.model.step import TrainingLoop

N_ITEMS = 40


def log_of(lengths: np.ndarray, n_items: int = N_ITEMS) -> SessionDataset:
    items = np.random.default_rng(0).integers(0, n_items, int(lengths.sum())).astype(np.int32)
    offsets = np.r_[0, np.cumsum(lengths)].astype(np.int64)
    return SessionDataset.from_arrays(
        items, np.arange(len(items)), offsets, np.arange(len(lengths)), ItemVocabulary(range(n_items))
    )


@pytest.fixture(scope="module")
def log() -> SessionDataset:
    """More sessions than lanes, some of one event, of lengths that no block size divides."""
    return log_of(np.random.default_rng(1).integers(1, 8, 2 * LANES + 3))


@pytest.fixture(scope="module")
def model() -> Gru4Rec:
    """Untrained, its weights larger than first ones: what it has seen shows in its scores."""
    config = TrainingConfig(n_hidden=(6,), batch_size=4)
    model = Gru4Rec.from_config(N_ITEMS, config, ItemVocabulary(range(N_ITEMS)))
    model.network.set_arrays({name: 4 * value for name, value in model.network.arrays().items()})
    return model


@pytest.fixture(scope="module")
def one_at_a_time(model: Gru4Rec) -> NumpyGru4Rec:
    return NumpyGru4Rec(model.network.arrays(), model.config, ItemVocabulary(range(N_ITEMS)))


@pytest.fixture(scope="module")
def evaluation(model: Gru4Rec, log: SessionDataset) -> Evaluation:
    return evaluate(model, EvaluationSet(log, np.ones(log.n_sessions)))


@pytest.fixture(scope="module")
def loop() -> TrainingLoop:
    """BPR-max against all five items, one lane, steps too small to move a weight."""
    config = TrainingConfig(
        loss="bpr-max", elu_param=0, bpreg=0, negatives="all", n_hidden=(3,), batch_size=1, learning_rate=1e-20
    )
    return TrainingLoop(Gru4RecNetwork(5, config), config)


def losses_of(loop: TrainingLoop, log: SessionDataset) -> np.ndarray:
    builder = BatchBuilder(loop.config, np.ones(loop.network.n_items, int), chunk_steps=8)
    for state in loop.hidden:
        state.assign(tf.zeros_like(state))
    schedule = PassPlan(log, loop.config.batch_size, np.arange(log.n_sessions)).steps()
    negatives = np.tile(np.array([[3, 4]], np.int32), (schedule.n_steps, 1)) if loop.config.n_sample == 2 else None
    return loop.run(builder.build(schedule, np.random.default_rng(0), negatives), schedule.n_steps, 0).losses


def only_biases(loop: TrainingLoop, biases: list[float]) -> None:
    """Every score is then the item's bias, whatever the session."""
    arrays = {name: np.zeros_like(value) for name, value in loop.network.arrays().items()}
    loop.network.set_arrays({**arrays, "By": np.array(biases, np.float32)[:, None]})


def sessions_of(*sessions: list[int]) -> SessionDataset:
    items = np.concatenate(sessions).astype(np.int32)
    offsets = np.r_[0, np.cumsum([len(session) for session in sessions])]
    return SessionDataset.from_arrays(
        items, np.arange(len(items)), offsets, np.arange(len(sessions)), ItemVocabulary(range(5))
    )


# --- the state of a lane --------------------------------------------------------------------------------


def test_the_state_is_reset_between_sessions_in_evaluation_and_at_once(model, one_at_a_time, log) -> None:
    expected = one_at_a_time.final_states([log.session(i) for i in range(log.n_sessions)])
    np.testing.assert_allclose(model.final_states(log), expected, atol=1e-5)


def test_the_state_is_reset_between_sessions_in_training_and_at_once(loop) -> None:
    loop.network.initialise()
    loop.network.set_arrays({name: 4 * value for name, value in loop.network.arrays().items()})
    alone = losses_of(loop, sessions_of([4, 0, 3, 2]))
    after_others = losses_of(loop, sessions_of([0, 1, 2], [4, 0, 3, 2]))
    np.testing.assert_allclose(after_others[2:], alone, rtol=1e-5)
    assert len(np.unique(alone)) == 3


# --- losses and negatives --------------------------------------------------------------------------------


def test_bpr_max_has_no_positive_in_its_softmax(loop) -> None:
    biases = np.array([2.0, 1.0, 0.0, -1.0, 0.5])
    only_biases(loop, biases.tolist())
    others = biases[1:]
    soft = np.exp(others) / np.exp(others).sum()
    by_hand = -np.log((soft / (1 + np.exp(others - biases[0]))).sum())
    np.testing.assert_allclose(losses_of(loop, sessions_of([1, 0])), [by_hand], rtol=1e-5)


@pytest.fixture(scope="module")
def sampled() -> tuple[TrainingLoop, list[list[int]], float]:
    """Cross-entropy against two drawn items; the shapes of its products; its loss of item 0 against 3 and 4."""
    config = TrainingConfig(
        loss="cross-entropy", negatives="sampled", n_sample=2, n_hidden=(3,), batch_size=1, learning_rate=1e-20
    )
    loop = TrainingLoop(Gru4RecNetwork(1000, config), config)
    only_biases(loop, [1.0, 9.0, 9.0, 0.5, -0.5] + [9.0] * 995)
    shapes: list[list[int]] = []
    product = tf.matmul

    def noted(a, b, **settings):
        shapes.append(product(a, b, **settings).shape.as_list())
        return product(a, b, **settings)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tf, "matmul", noted)
        loss = losses_of(loop, sessions_of([1, 0]))
    return loop, shapes, float(loss[0])


def test_the_softmax_is_taken_once_and_after_sampling(sampled) -> None:
    scores = np.array([1.0, 0.5, -0.5])  # raw ones, of the true item and the two drawn
    assert sampled[2] == pytest.approx(np.log(np.exp(scores).sum()) - 1.0, rel=1e-5)


def test_only_the_drawn_items_are_scored(sampled) -> None:
    assert sampled[1], "the step has products"
    assert max(itertools.chain(*sampled[1])) < 100  # of 1,000 items


def test_dropout_is_the_share_that_is_dropped() -> None:
    config = TrainingConfig(negatives="all", n_hidden=(400,), batch_size=4, dropout_hidden=0.1)
    loop = TrainingLoop(Gru4RecNetwork(5, config), config)
    losses_of(loop, sessions_of([0, 1], [1, 2], [2, 3], [3, 4]))
    assert (loop.hidden[0].numpy() == 0).mean() == pytest.approx(0.1, abs=0.03)


# --- nothing is lost --------------------------------------------------------------------------------


def test_no_event_is_lost_at_the_end_of_an_epoch(log) -> None:
    config = TrainingConfig(negatives="all", batch_size=7, epochs=2)
    seen: dict[int, list[tuple[int, int]]] = {}
    for chunk in build_chunks(log, config, BatchBuilder(config, log.counts(), chunk_steps=8), TrainingPosition()):
        valid = chunk.batches["valid"]
        pairs = zip(chunk.batches["inputs"][valid].tolist(), chunk.batches["positive"][valid].tolist(), strict=True)
        seen.setdefault(chunk.after.epoch - (chunk.epoch_steps == chunk.epoch_total), []).extend(pairs)
    wanted = sorted(pair for i in range(log.n_sessions) for pair in itertools.pairwise(log.session(i).tolist()))
    assert [sorted(seen[epoch]) for epoch in (0, 1)] == [wanted, wanted]


def test_the_last_incomplete_batch_is_evaluated_too(evaluation, one_at_a_time, log) -> None:
    assert evaluation.n_events == log.n_events - log.n_sessions
    for i in (-1, -2, -3):
        history = log.session(int(evaluation.session[i]))[: evaluation.position[i]]
        scores = one_at_a_time.scores([history])[0]
        assert evaluation.top_items[i, 0] == scores.argmax()
        assert evaluation.greater[i] == (scores > scores[evaluation.target[i]]).sum()


def test_an_unknown_test_item_is_a_miss_not_a_crash(model) -> None:
    sessions = sessions_of([1, -1, 2], [-1, -1], [3, 4])
    found = evaluate(model, EvaluationSet(
        SessionDataset.from_arrays(
            sessions.items, sessions.timestamps, sessions.offsets, sessions.session_ids, ItemVocabulary(range(N_ITEMS))
        ),
        np.ones(3),
    ))  # fmt: skip
    assert np.isinf(found.ranks()[[0, 2]]).all()
    assert np.isfinite(found.ranks()[[1, 3]]).all()


def test_a_session_of_one_item_is_passed_over() -> None:
    frame = pd.DataFrame({"session": [1, 2, 2, 3], "timestamp": range(4), "item": ["a", "b", "a", "b"]})
    log = SessionDataset(frame)
    assert PassPlan(log, 2, np.arange(3)).steps().n_transitions == 1
    (report,) = Gru4Rec(n_classes=2, n_hidden=2, batch_size=2).fit(log, steps_per_epoch=1, epochs=1)
    assert report.events == 1


# --- honest ranks --------------------------------------------------------------------------------


class FixedScores:
    """Scores every history alike; item 0 lowest."""

    name = "fixed"

    def __init__(self, scores: np.ndarray) -> None:
        self.row = scores.astype(np.float32)
        self.n_items = len(scores)

    def scores(self, sessions) -> np.ndarray:
        return np.tile(self.row, (len(sessions), 1))


def test_ranks_are_among_all_items_not_among_some_drawn() -> None:
    found = evaluate(FixedScores(np.arange(5000)), EvaluationSet(sessions_of([1, 0], [0, 4]), np.ones(2)))
    assert found.ranks().tolist() == [5000, 4996]


def test_a_model_ranks_among_all_items_too(evaluation) -> None:
    assert evaluation.n_items == N_ITEMS
    assert evaluation.greater.max() > N_ITEMS - 5
    assert (evaluation.greater + evaluation.equal < N_ITEMS).all()


def test_ties_are_no_hits() -> None:
    found = evaluate(FixedScores(np.zeros(101)), EvaluationSet(sessions_of([1, 0], [0, 4]), np.ones(2)))
    assert found.ranks().tolist() == [51, 51]
    assert accuracy_at(found, 20) == mrr_at(found, 20) == 0
