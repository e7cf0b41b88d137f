"""V-SKNN, STAN and VSTAN, by hand and against a plain implementation, item by item."""

from collections.abc import Callable
from math import exp, inf, log, sqrt

import numpy as np
import pytest

from gru4rec_core.baselines.histories import Histories
from gru4rec_core.baselines.session_neighbours import (
    STAN,
    VSKNN,
    VSTAN,
    Decays,
    Rarity,
    SessionNeighbours,
    most_similar,
)
from gru4rec_core.errors import ConfigError

DAY = 86_400
START = 1_700_000_000


def formula(baseline: SessionNeighbours, history: list[int]) -> np.ndarray:
    return baseline.formula(Histories([np.array(history, np.int32)], baseline.n_items))[0]


def plain(
    sessions: list[list[int]],
    times: list[int],
    history: list[int],
    settings: tuple[int, int],
    place_weight: Callable[[int, int], float],
    factor: Callable[[float], float],
    vote: Callable[[list[int], int, int, int, int], float],
    n_items: int,
) -> np.ndarray:
    """The formulas of reference/session_baselines.md, step by step, for one history.

    `vote` takes the neighbour's items, the item voted for, the last shared place in the history, the last shared place
    in the neighbour, and the length of the history.
    """
    k, m = settings
    places = {item: place for place, item in enumerate(history, 1)}
    weights = {item: place_weight(place, len(history)) for item, place in places.items()}
    recent_first = sorted(range(len(sessions)), key=lambda i: (times[i], i), reverse=True)
    candidates = [i for i in recent_first if set(sessions[i]) & set(history)][:m]
    similarity = {
        i: sum(weights[item] for item in set(sessions[i]) & set(history))
        / (sqrt(sum(weight**2 for weight in weights.values())) * sqrt(len(set(sessions[i]))))
        * factor((max(times) - times[i]) / DAY)
        for i in candidates
    }
    nearest = sorted(candidates, key=lambda i: -float(f"{similarity[i]:.11e}"))[:k]
    scores = np.zeros(n_items)
    for i in nearest:
        last = {item: place for place, item in enumerate(sessions[i], 1)}
        shared = [item for item in last if item in places]
        in_history, in_session = max(places[item] for item in shared), max(last[item] for item in shared)
        for item in last:
            scores[item] += similarity[i] * vote(sessions[i], item, in_history, in_session, len(history))
    return scores


@pytest.mark.parametrize("settings", [(3, 5), (5, 1000), (1, 1), (50, 20)])
@pytest.mark.parametrize(
    ("method", "least_idf"), [("v-sknn", 0.0), ("v-sknn", -inf), ("stan", 0.0), ("vstan", 0.0), ("vstan", -inf)]
)
def test_scores_are_those_of_a_plain_implementation(
    generator, dataset_of, random_sessions, settings, method, least_idf
):
    sessions = random_sessions(80, 10)
    times = (START + DAY * generator.integers(0, 20, 80)).tolist()  # many sessions end at the same time
    events = np.bincount([item for session in sessions for item in session], minlength=10)

    def rarity(item: int) -> float:
        return 1 + 5 * max(least_idf, log(len(sessions) / events[item]))

    def distance(session: list[int], item: int, in_session: int) -> int:
        return abs(max(place for place, other in enumerate(session, 1) if other == item) - in_session)

    k, m = settings
    plans: dict[str, tuple[SessionNeighbours, tuple[Callable[..., float], ...]]] = {
        "v-sknn": (
            VSKNN(k, m, Rarity(5.0, least_idf)),
            (
                lambda place, length: place / length,
                lambda age: 1.0,
                lambda session, item, last, _, length: rarity(item) / (length + 1 - last),
            ),
        ),
        "stan": (
            STAN(k, m, Decays(0.9, 7.0, 0.5)),
            (
                lambda place, length: exp((place - length) / 0.9),
                lambda age: exp(-age / 7),
                lambda session, item, _, in_session, length: exp(-distance(session, item, in_session) / 0.5),
            ),
        ),
        "vstan": (
            VSTAN(k, m, Decays(0.9, 7.0, 0.5, 1.5), Rarity(5.0, least_idf)),
            (
                lambda place, length: exp((place - length) / 0.9),
                lambda age: exp(-age / 7),
                lambda session, item, last, in_session, length: (
                    exp(-distance(session, item, in_session) / 0.5) * rarity(item) * exp((last - length) / 1.5)
                ),
            ),
        ),
    }
    baseline, parts = plans[method]
    baseline.fit(dataset_of(sessions, 10, times))
    for length in (1, 2, 3, 5, 8):
        history = generator.integers(0, 10, length).tolist()
        expected = plain(sessions, times, history, settings, *parts, 10)
        if method == "v-sknn" and expected.max() > 0:
            expected /= expected.max()
        assert formula(baseline, history) == pytest.approx(expected, abs=1e-12), history


def test_by_hand(dataset_of):
    train = dataset_of([[0, 1], [0, 2]], 3)
    # Both sessions share item 0 alone: similarity 1 / √2 each, and each votes for both its items.
    assert formula(VSKNN(rarity=Rarity(0)).fit(train), [0]).tolist() == pytest.approx([1, 0.5, 0.5])
    # Item 0 occurs in both of the two sessions, idf ln 1 = 0; items 1 and 2 in one, ln 2.
    assert formula(VSKNN(rarity=Rarity(1)).fit(train), [0]).tolist() == pytest.approx(
        [1, (1 + log(2)) / 2, (1 + log(2)) / 2]
    )


def test_an_item_with_more_events_than_there_are_sessions_is_not_held_against_itself(dataset_of):
    train = dataset_of([[0, 0, 0, 1], [0, 0, 2]], 4)
    assert formula(VSKNN(rarity=Rarity(least_idf=-inf)).fit(train), [0])[0] < 0
    assert formula(VSKNN().fit(train), [0])[0] > 0
    assert formula(VSTAN().fit(train), [0])[0] > 0


def test_later_items_of_a_history_weigh_more(dataset_of, ranking):
    train = dataset_of([[0, 2], [1, 3]], 4)
    for make in (VSKNN, STAN, VSTAN):
        for history, order in (([0, 1], [3, 2]), ([1, 0], [2, 3])):
            ranked = ranking(make().fit(train), history)
            assert ranked[0] == history[-1]
            assert [item for item in ranked if item > 1] == order


def test_only_the_most_recent_sessions_are_looked_at(dataset_of, ranking):
    train = dataset_of([[0, 1], [0, 2], [0, 3]], 4, times=[9, 5, 7])
    assert ranking(VSKNN(sample=1, rarity=Rarity(0)).fit(train), [0]) == [0, 1, 2, 3]
    assert set(ranking(VSKNN(sample=2, rarity=Rarity(0)).fit(train), [0])[:3]) == {0, 1, 3}


def test_recent_sessions_count_more_and_without_dates_none_is_older(dataset_of):
    sessions = [[0, 1], [0, 2]]
    dated = STAN(decays=Decays(1, 1, 1)).fit(dataset_of(sessions, 3, times=[START, START + DAY]))
    scores = formula(dated, [0])
    assert scores[1] == pytest.approx(scores[2] * exp(-1))
    undated = STAN(decays=Decays(1, 1, 1)).fit(dataset_of(sessions, 3, times=[1, 2]))
    assert formula(undated, [0])[1] == formula(undated, [0])[2]


def test_items_near_the_shared_one_count_more(dataset_of):
    scores = formula(STAN(decays=Decays(1, 1, 1)).fit(dataset_of([[1, 2, 0, 3]], 4)), [0])
    assert scores / scores[0] == pytest.approx([1, exp(-2), exp(-1), exp(-1)])


def test_of_equal_similarities_the_first_are_taken():
    assert most_similar(np.array([0.5, 0.1 + 0.2, 0.3, 0.9, 0.3]), 3).tolist() == [3, 0, 1]
    assert most_similar(np.array([0.3, 0.1 + 0.2, 0.0]), 5).tolist() == [0, 1, 2]
    assert most_similar(np.zeros(0), 5).tolist() == []


@pytest.mark.parametrize("make", [VSKNN, STAN, VSTAN])
@pytest.mark.parametrize("setting", ["neighbours", "sample"])
def test_sizes_below_1_are_refused(make, setting):
    with pytest.raises(ConfigError) as caught:
        make(**{setting: 0})
    assert caught.value.where == setting


@pytest.mark.parametrize("decay", ["place", "age", "distance", "shared"])
def test_decays_are_above_0(decay):
    with pytest.raises(ConfigError, match=f"decay of {decay} is above 0"):
        Decays(**{"place": 1.0, "age": 1.0, "distance": 1.0, decay: 0.0})


def test_rarity_is_at_least_0():
    with pytest.raises(ConfigError, match="weight of rarity"):
        Rarity(-1.0)
