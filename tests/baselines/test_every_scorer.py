"""What holds of everything that scores items: every baseline, the model, and its NumPy twin.

A new baseline joins by being in `BASELINES`, another scorer by a parameter of `named_scorer` (how it is made from
training sessions); each has a line in `ANSWERS`.
"""

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.baselines.registry import BASELINES
from gru4rec_core.config import TrainingConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.evaluation.scoring import evaluate

# Pairs that always go together, in this order; ids in order of appearance: a 0, b 1, c 2, …
SESSIONS = ("ab", "ab", "ab", "ab", "ab", "cd", "cd", "cd", "cd", "ef", "ef", "ef", "gh", "gh") * 3
A, B, C, D, E, F, G, H = range(8)

# History, and the items that must stand at the top after it (in any order).
ANSWERS = {
    "popularity": ([G], {A, B}),
    "session-popularity": ([G, E, G], {G}),
    "last-item-again": ([A, E], {E}),
    "markov": ([A, E], {F}),
    "item-knn": ([A, E], {F}),
    "sequential-rules": ([A, E], {F}),
    "v-sknn": ([E], {E, F}),
    "stan": ([E], {E, F}),
    "vstan": ([E], {E, F}),
    "linear-ar": ([A, E], {F}),
    "slis": ([E], {E, F}),
    "slit": ([A, E], {F}),
    "slist": ([E], {F}),
    "gru4rec": ([E], {F}),
    "numpy-gru4rec": ([E], {F}),
}


def pairs_world() -> SessionDataset:
    rows = [(i, t, item) for i, session in enumerate(SESSIONS) for t, item in enumerate(session)]
    return SessionDataset(pd.DataFrame(rows, columns=["session", "timestamp", "item"]))


def trained_model(train: SessionDataset):
    # Imported here: only these two scorers need TensorFlow.
    from gru4rec_core.model.gru4rec import Gru4Rec

    settings = TrainingConfig(
        loss="cross-entropy", n_hidden=(8,), batch_size=4, epochs=20, learning_rate=0.05, negatives="all"
    )
    model = Gru4Rec.from_config(train.n_items, settings, train.vocabulary)
    model.fit(train)
    return model


@pytest.fixture(scope="module")
def world() -> SessionDataset:
    return pairs_world()


@pytest.fixture(scope="module")
def model(world):
    return trained_model(world)


@pytest.fixture(scope="module", params=[*BASELINES, "gru4rec", "numpy-gru4rec"])
def named_scorer(request, world, tmp_path_factory):
    if request.param in BASELINES:
        return request.param, BASELINES[request.param]().fit(world)
    model = request.getfixturevalue("model")
    if request.param == "gru4rec":
        return request.param, model
    from gru4rec_core.model.inference import NumpyGru4Rec

    folder = tmp_path_factory.mktemp("model")
    model.save(folder)
    return request.param, NumpyGru4Rec.load(folder)


@pytest.fixture(scope="module")
def scorer(named_scorer):
    return named_scorer[1]


@pytest.fixture
def some_histories() -> list[np.ndarray]:
    generator = np.random.default_rng(7)
    lengths = (1, 3, 0, 2, 40, 1, 5)
    return [generator.integers(0, 8, n).astype(np.int32) for n in lengths]


@pytest.fixture
def few_sessions(world) -> EvaluationSet:
    """Every next item of some sessions; item -1 is unknown, in a history and to predict."""
    items = np.array([A, B, E, -1, F, G, H, -1, 0, C], np.int32)
    offsets = np.array([0, 2, 5, 7, 10])
    sessions = SessionDataset.from_arrays(items, np.arange(10), offsets, np.array(list("pqrs")), world.vocabulary)
    return EvaluationSet(sessions, np.ones(4, np.int32))


def close(a: np.ndarray, b: np.ndarray) -> bool:
    return a.shape == b.shape and np.allclose(a, b, rtol=1e-4, atol=1e-5)


def test_it_says_its_name_and_the_size_of_its_catalogue(scorer):
    assert isinstance(scorer.name, str)
    assert scorer.name
    assert scorer.n_items == 8


def test_every_item_has_a_finite_float32_score(scorer, some_histories):
    scores = scorer.scores(some_histories)
    assert scores.shape == (len(some_histories), 8)
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()


def test_no_histories_give_no_rows(scorer):
    assert scorer.scores([]).shape == (0, 8)


def test_the_same_histories_get_the_same_scores(scorer, some_histories):
    assert np.array_equal(scorer.scores(some_histories), scorer.scores(some_histories))


def test_an_empty_history_is_scored_alike_wherever_it_stands(scorer, some_histories):
    nothing = np.empty(0, np.int32)
    alone = scorer.scores([nothing])
    assert close(scorer.scores([some_histories[1], nothing])[1:], alone)
    assert close(scorer.scores([nothing, some_histories[1]])[:1], alone)


def test_one_history_at_a_time_gets_what_many_get(scorer, some_histories):
    together = scorer.scores(some_histories)
    for i, history in enumerate(some_histories):
        assert close(scorer.scores([history]), together[i : i + 1]), f"history {i}"


def test_unknown_items_are_passed_over(scorer):
    known = [np.array(row, np.int32) for row in ([C, D], [C, D], [C, D], [])]
    mixed = [np.array(row, np.int32) for row in ([-1, C, D], [C, -1, -1, D], [C, D, -1], [-1, -1])]
    assert close(scorer.scores(mixed), scorer.scores(known))


def test_the_histories_stay_as_they_were(scorer, some_histories):
    before = [history.copy() for history in some_histories]
    scorer.scores(some_histories)
    assert all(np.array_equal(a, b) for a, b in zip(before, some_histories, strict=True))


def test_read_only_histories_will_do(scorer, some_histories):
    expected = scorer.scores(some_histories)
    for history in some_histories:
        history.setflags(write=False)
    assert np.array_equal(scorer.scores(some_histories), expected)


def test_scores_may_be_changed_without_harm(scorer, some_histories):
    expected = scorer.scores(some_histories).copy()
    scorer.scores(some_histories)[:] = 7.0
    assert np.array_equal(scorer.scores(some_histories), expected)


def test_it_knows_what_the_toy_world_makes_obvious(named_scorer):
    name, scorer = named_scorer
    history, answer = ANSWERS[name]
    best = np.argsort(-scorer.scores([np.array(history, np.int32)])[0], kind="stable")
    assert set(best[: len(answer)].tolist()) == answer


def test_evaluation_agrees_with_scoring_one_history_at_a_time(scorer, few_sessions):
    evaluation = evaluate(scorer, few_sessions, top_k=3)
    dataset = few_sessions.dataset
    assert evaluation.n_events == 6
    for i, (session, position) in enumerate(zip(evaluation.session, evaluation.position, strict=True)):
        history = dataset.session(session)[:position]
        scores = scorer.scores([history[history >= 0]])[0]
        assert np.allclose(scores[evaluation.top_items[i]], evaluation.top_scores[i], rtol=1e-4, atol=1e-5)
        target = evaluation.target[i]
        if target < 0:
            assert (evaluation.greater[i], evaluation.equal[i]) == (8, 0)
            continue
        # Within float error of the true item's score, an item may count as greater, equal or less.
        slack = 1e-4 * max(1.0, abs(scores[target]))
        assert (scores > scores[target] + slack).sum() <= evaluation.greater[i]
        assert evaluation.greater[i] + evaluation.equal[i] <= (scores >= scores[target] - slack).sum() - 1


def test_progress_ends_with_all_events(scorer, few_sessions):
    seen: list[tuple[int, int]] = []
    evaluate(scorer, few_sessions, on_progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (6, 6)
    assert seen == sorted(seen)
