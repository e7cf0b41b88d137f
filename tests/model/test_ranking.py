"""Fast evaluation equals a naive loop over one session at a time."""

import numpy as np
import pytest

from gru4rec_core.config import TrainingConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.ranks import count_ranks
from gru4rec_core.model import top_k
from gru4rec_core.model.inference import NumpyGru4Rec
from gru4rec_core.model.network import Gru4RecNetwork
from gru4rec_core.model.ranking import Ranker

V = 700


@pytest.fixture(scope="module")
def log() -> SessionDataset:
    """Sessions of 1 to 150 events, unknown items among them, one of unknown items only."""
    generator = np.random.default_rng(2)
    lengths = np.r_[generator.integers(1, 30, 330), 150, 1, 3]
    items = generator.integers(0, V, int(lengths.sum())).astype(np.int32)
    items[generator.random(len(items)) < 0.1] = -1
    items[-3:] = -1
    offsets = np.r_[0, np.cumsum(lengths)].astype(np.int64)
    return SessionDataset.from_arrays(
        items, np.arange(len(items)), offsets, np.arange(len(lengths)), ItemVocabulary(range(V))
    )


@pytest.fixture(scope="module")
def network() -> Gru4RecNetwork:
    config = TrainingConfig(n_hidden=(5, 7), item_input="separate", embedding_size=4)
    network = Gru4RecNetwork(V, config)
    arrays = {name: value * 1.5 for name, value in network.arrays().items()}
    # Equal rows tie with each other, whatever the state.
    arrays["Wy"][100:120] = arrays["Wy"][100]
    arrays["Wy"][5] = arrays["Wy"][600]
    arrays["By"][:] = np.random.default_rng(0).normal(size=(V, 1)).astype(np.float32)
    arrays["By"][100:120] = 3.0
    arrays["By"][5] = arrays["By"][600]
    network.set_arrays(arrays)
    return network


@pytest.fixture(scope="module")
def ranker(network: Gru4RecNetwork) -> Ranker:
    return Ranker(network)


def naive(network: Gru4RecNetwork, log: SessionDataset, session: int, end: int) -> np.ndarray:
    """Scores after the first `end` items, one session, one item at a time."""
    plain = NumpyGru4Rec(network.arrays(), network.config, log.vocabulary)
    return plain.scores([log.session(session)[:end]])[0]


@pytest.mark.parametrize("which", ["every next item", "the last item", "first items too"])
def test_ranks_equal_those_of_a_naive_loop(log, network, ranker, which) -> None:
    start = {"every next item": 1, "the last item": np.maximum(log.lengths - 1, 1), "first items too": 0}[which]
    events = EvaluationSet(log, np.broadcast_to(start, log.n_sessions))
    index = events.events()
    counts = ranker.rank_counts(events, 20)
    assert len(counts.greater) == events.n_predicted
    assert events.n_predicted % ranker.rows, "the last block is not a full one"
    for i in np.r_[0:40, -40:0]:
        scores = naive(network, log, index.session[i], index.position[i])
        own = scores[index.target[i]] if index.target[i] >= 0 else None
        if own is None:
            assert (counts.greater[i], counts.equal[i]) == (V, 0)
            continue
        # Scores within rounding of the true item's may fall on either side.
        close = np.abs(scores - own) < 1e-4
        assert (scores > own + 1e-4).sum() <= counts.greater[i] <= ((scores > own) | close).sum()
        np.testing.assert_allclose(counts.top_scores[i], np.sort(scores)[::-1][:20], atol=1e-4)


def test_top_items_and_ties_equal_those_of_the_scores(log, ranker) -> None:
    events = EvaluationSet(log, np.ones(log.n_sessions))
    index = events.events()
    counts = ranker.rank_counts(events, 20)
    histories = [
        log.session(s)[:p] for s, p in zip(index.session[:600].tolist(), index.position[:600].tolist(), strict=True)
    ]
    offsets = np.r_[0, np.cumsum([len(h) for h in histories])]
    scores = ranker.scores(ranker.final_states(np.concatenate(histories), offsets))
    expected = count_ranks(scores, index.target[:600], 20)
    np.testing.assert_array_equal(counts.top_items[:600], expected.top_items)
    np.testing.assert_array_equal(counts.equal[:600], expected.equal)
    np.testing.assert_array_equal(counts.greater[:600], expected.greater)
    assert (expected.equal > 0).any(), "ties were part of it"


def test_lanes_do_not_leak_state_from_session_to_session(log, ranker) -> None:
    whole = ranker.final_states(log.items, log.offsets)
    order = np.random.default_rng(4).permutation(log.n_sessions)
    items = np.concatenate([log.session(i) for i in order])
    offsets = np.r_[0, np.cumsum(log.lengths[order])]
    np.testing.assert_allclose(ranker.final_states(items, offsets), whole[order], atol=1e-6)


def test_unknown_items_leave_the_state_as_it_is(ranker) -> None:
    known = np.array([3, 9, 4], np.int32)
    with_unknown = np.array([-1, 3, -1, -1, 9, 4, -1], np.int32)
    a = ranker.final_states(known, np.array([0, 3]))
    np.testing.assert_array_equal(ranker.final_states(with_unknown, np.array([0, 7])), a)
    np.testing.assert_array_equal(ranker.final_states(with_unknown[:1], np.array([0, 1])), np.zeros((1, 12)))


def test_progress_reaches_the_number_of_events(log, ranker) -> None:
    events = EvaluationSet(log, np.ones(log.n_sessions))
    seen: list[tuple[int, int]] = []
    ranker.rank_counts(events, 5, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (events.n_predicted, events.n_predicted)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_weights_that_are_no_numbers_are_said(log, network) -> None:
    arrays = network.arrays()
    try:
        network.set_arrays({**arrays, "By": np.full_like(arrays["By"], np.nan)})
        with pytest.raises(RunError, match="By"):
            Ranker(network).rank_counts(EvaluationSet(log, np.ones(log.n_sessions)), 5)
    finally:
        network.set_arrays(arrays)


@pytest.mark.parametrize("overflowing", ["every state", "the scores of one item"])
def test_scores_that_overflow_are_said(overflowing: str, log) -> None:
    """Weights may be finite and yet make scores that are not: nothing ranks then."""
    network = Gru4RecNetwork(V, TrainingConfig(n_hidden=6, activation="relu", item_input="separate", embedding_size=4))
    arrays = network.arrays()
    arrays["gru0/Bh0"] = np.full_like(arrays["gru0/Bh0"], 2.0)
    if overflowing == "every state":
        arrays["gru0/Wh0"] = np.full_like(arrays["gru0/Wh0"], 3e38)
    else:
        arrays["Wy"][350] = -3e38  # relu's states are not negative: these scores are -infinity
    network.set_arrays(arrays)
    with pytest.raises(RunError, match="scores are not finite"):
        Ranker(network).rank_counts(EvaluationSet(log, np.ones(log.n_sessions)), 5)


@pytest.mark.parametrize("n_items", [700, 3000])
def test_without_ties_the_top_is_found_by_way_of_groups(n_items: int, log, monkeypatch) -> None:
    network = Gru4RecNetwork(n_items, TrainingConfig(n_hidden=6, item_input="shared", seed=4))
    arrays = network.arrays()
    network.set_arrays({**arrays, "By": np.random.default_rng(1).normal(size=(n_items, 1)).astype(np.float32)})
    events = EvaluationSet(log, np.ones(log.n_sessions))
    plain = NumpyGru4Rec(network.arrays(), network.config, ItemVocabulary(range(n_items)))
    index = events.events()
    histories = [log.session(s)[:end] for s, end in zip(index.session, index.position, strict=True)]
    wanted = count_ranks(plain.scores(histories), index.target, 7)

    def never(*_: object) -> None:
        raise AssertionError("all scores were searched")

    monkeypatch.setattr(top_k, "top_items", never)
    found = Ranker(network).rank_counts(events, 7)
    np.testing.assert_array_equal(found.top_items, wanted.top_items)
    np.testing.assert_allclose(found.top_scores, wanted.top_scores, atol=1e-5)
