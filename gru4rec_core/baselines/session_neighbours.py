"""What do similar sessions predict: V-SKNN, STAN and VSTAN?

All three look at the most recent training sessions that share an item with the history, keep those most similar to it,
and let them vote for their items. They differ in how much an item's place, a session's age and an item's rarity count.
"""

from abc import abstractmethod
from dataclasses import dataclass
from math import exp, inf

import numpy as np

from gru4rec_core.baselines.base import FormulaBaseline, require_above, require_at_least
from gru4rec_core.baselines.histories import Histories
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.times import day_length

SIGNIFICANT_DIGITS = 12
"""Similarities that agree in these digits count as equal: sums in another order differ in the last bits only."""


@dataclass(frozen=True)
class Decays:
    """How fast what is further away counts less; each is the distance at which it counts 1/e.

    Attributes:
        place: λ₁, items from the end of the history.
        age: λ₂, days from the end of the training log.
        distance: λ₃, items from the shared item, within a neighbour.
        shared: items between the last shared item and the end of the history (VSTAN only).

    Raises:
        ConfigError: one of them is not above 0.
    """

    place: float
    age: float
    distance: float
    shared: float = inf

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            require_above(f"decay of {name}", value, 0)


@dataclass(frozen=True)
class Rarity:
    """How much more a rare item counts: a vote is multiplied by 1 + weight · max(idf, least_idf).

    idf(i) = ln(training sessions / training events of i). The published programs have no least idf: there, an item with
    more events than there are sessions counts against itself, and comes after items that no neighbour has. With few
    items, that is most of the catalogue (workouts, last item: recall@20 of 0.01 instead of 0.97).

    Attributes:
        weight: from 0 (rarity does not count).
        least_idf: what a smaller idf counts as; -inf for the published programs.

    Raises:
        ConfigError: the weight is below 0.
    """

    weight: float = 5.0
    least_idf: float = 0.0

    def __post_init__(self) -> None:
        require_at_least("weight of rarity", self.weight, 0)

    def factors(self, idf: np.ndarray) -> np.ndarray:
        return 1 + self.weight * np.maximum(idf, self.least_idf)


@dataclass(frozen=True)
class Neighbours:
    """The neighbours of one history, nearest first; n of them.

    Attributes:
        sessions: int64 [n], their numbers, 0 being the most recent training session.
        similarity: float64 [n].
        last_shared: int64 [n], the last place in the history (from 1) whose item the neighbour holds.
        last_in_session: int64 [n], the last place in the neighbour (from 1) that holds an item of the history.
        length: items of the history.
    """

    sessions: np.ndarray
    similarity: np.ndarray
    last_shared: np.ndarray
    last_in_session: np.ndarray
    length: int


class SessionNeighbours(FormulaBaseline):
    """What V-SKNN, STAN and VSTAN share.

    A history x of L items (repeats kept) and a training session with the set of items Y have the similarity

        sim = (Σ over items of x in Y of a) / (√(Σ over items of x of a²) √|Y|)

    with the weight a of each distinct item of x, that of its last place. Of the sessions that share an item with x, the
    `sample` most recent count (by the time of their last event, then the later in the log), and of these the
    `neighbours` most similar (equal ones: the more recent).

    Args:
        neighbours: k, from 1.
        sample: m, from 1.

    Raises:
        ConfigError: a setting out of its range.
    """

    def __init__(self, neighbours: int, sample: int) -> None:
        super().__init__()
        require_at_least("neighbours", neighbours, 1)
        require_at_least("sample", sample, 1)
        self.neighbours = neighbours
        self.sample = sample

    def _fit(self, train: SessionDataset) -> None:
        ends = train.timestamps[train.offsets[1:] - 1]
        recent_first = np.lexsort((np.arange(train.n_sessions), ends))[::-1]
        number = np.empty(train.n_sessions, np.int64)
        number[recent_first] = np.arange(train.n_sessions)
        # Each session's distinct items, by session number, each with the last place it stands at.
        keys = number[np.repeat(np.arange(train.n_sessions), train.lengths)] * train.n_items + train.items
        order = np.argsort(keys, kind="stable")
        last = np.r_[keys[order][1:] != keys[order][:-1], True] if len(keys) else np.empty(0, bool)
        kept = order[last]
        self._items = train.items[kept]
        self._places = train.positions[kept] + 1
        session = keys[kept] // train.n_items
        self._sizes = np.bincount(session, minlength=train.n_sessions)
        self._starts = np.r_[0, np.cumsum(self._sizes)]
        # The most recent sessions of each item. What is among the m most recent sessions of a whole history is among
        # the m most recent of each of its items, so nothing is lost by cutting every item's list at m.
        by_item = np.argsort(self._items, kind="stable")
        starts = np.r_[0, np.cumsum(np.bincount(self._items, minlength=train.n_items))]
        self._holding = [
            (session[part], self._places[part])
            for item in range(train.n_items)
            for part in [by_item[starts[item] : min(starts[item + 1], starts[item] + self.sample)]]
        ]
        unit = train.unit_or_guess()
        ages = ends.max(initial=0) - ends[recent_first]
        self._factor = self._session_factor(ages / day_length(unit) if unit else np.zeros(train.n_sessions))
        # Events, not sessions: so the published programs count.
        self._idf = np.log(train.n_sessions / np.maximum(train.counts(), 1))

    def _session_factor(self, days: np.ndarray) -> np.ndarray:
        """What each session's similarity is multiplied by, float64 [n_sessions], from its age in days."""
        return np.ones(len(days))

    @abstractmethod
    def _place_weight(self, place: int, length: int) -> float:
        """The weight of place `place` (from 1) of a history of `length` items."""

    @abstractmethod
    def _votes(self, near: Neighbours, owner: np.ndarray, items: np.ndarray, places: np.ndarray) -> np.ndarray:
        """How much each neighbour says for each of its items.

        Args:
            near: the neighbours.
            owner: int64 [n], the neighbour (index into `near.sessions`) of each vote.
            items: int32 [n], the item voted for.
            places: int64 [n], its last place in the neighbour, from 1.
        """

    def formula(self, histories: Histories) -> np.ndarray:
        scores = np.zeros((histories.n, self.n_items))
        scratch = _Scratch(len(self._sizes))
        ends = np.cumsum(histories.lengths)
        for row, (end, length) in enumerate(zip(ends.tolist(), histories.lengths.tolist(), strict=True)):
            if length:
                scores[row] = self._score(histories.items[end - length : end].tolist(), scratch)
        return scores

    def _score(self, history: list[int], scratch: "_Scratch") -> np.ndarray:
        near = self._find(history, scratch)
        starts, sizes = self._starts[near.sessions], self._sizes[near.sessions]
        owner = np.repeat(np.arange(len(sizes)), sizes)
        # The items of all neighbours one after the other: each neighbour's run of numbers from its start.
        flat = np.arange(len(owner)) + np.repeat(starts - np.r_[0, np.cumsum(sizes)[:-1]], sizes)
        items = self._items[flat]
        votes = self._votes(near, owner, items, self._places[flat])
        return np.bincount(items, votes, minlength=self.n_items)

    def _find(self, history: list[int], scratch: "_Scratch") -> Neighbours:
        length = len(history)
        places = {item: place for place, item in enumerate(history, 1)}  # an item keeps its last place
        squares = 0.0
        for item, place in sorted(places.items(), key=lambda pair: pair[1]):
            weight = self._place_weight(place, length)
            squares += weight * weight
            sessions, in_session = self._holding[item]
            scratch.seen[sessions] = True
            scratch.weight[sessions] += weight
            scratch.last_shared[sessions] = place  # later items come later here
            scratch.last_in_session[sessions] = np.maximum(scratch.last_in_session[sessions], in_session)
        every = np.flatnonzero(scratch.seen)
        candidates = every[: self.sample]
        similarity = scratch.weight[candidates] / (np.sqrt(squares) * np.sqrt(self._sizes[candidates]))
        similarity *= self._factor[candidates]
        chosen = most_similar(similarity, self.neighbours)
        sessions = candidates[chosen]
        near = Neighbours(
            sessions, similarity[chosen], scratch.last_shared[sessions], scratch.last_in_session[sessions], length
        )
        scratch.clear(every)
        return near


class _Scratch:
    """One cell per training session for what a history shares with it; all 0 between two histories."""

    def __init__(self, n_sessions: int) -> None:
        self.seen = np.zeros(n_sessions, bool)
        self.weight = np.zeros(n_sessions)
        self.last_shared = np.zeros(n_sessions, np.int64)
        self.last_in_session = np.zeros(n_sessions, np.int64)

    def clear(self, sessions: np.ndarray) -> None:
        self.seen[sessions] = False
        self.weight[sessions] = 0.0
        self.last_in_session[sessions] = 0


def most_similar(similarity: np.ndarray, k: int) -> np.ndarray:
    """Which are the k largest, int64 [min(k, n)], largest first; of equal ones the first (see `SIGNIFICANT_DIGITS`)."""
    rounded = round_significant(similarity)
    chosen = np.arange(len(rounded))
    if len(rounded) > k:
        least = np.partition(rounded, -k)[-k]
        above, equal = rounded > least, rounded == least
        missing = k - int(above.sum())
        chosen = np.flatnonzero(above | (equal & (np.cumsum(equal) <= missing)))
    return chosen[np.argsort(-rounded[chosen], kind="stable")]


def round_significant(values: np.ndarray) -> np.ndarray:
    """Values from 0, rounded to `SIGNIFICANT_DIGITS`; what agrees in these digits is the same number afterwards."""
    with np.errstate(divide="ignore"):
        exponent = np.floor(np.log10(values))
    exponent[~np.isfinite(exponent)] = 0.0
    shift = SIGNIFICANT_DIGITS - 1 - exponent
    digits = np.rint(values * 10.0**shift)
    return digits / 10.0**shift


class VSKNN(SessionNeighbours):
    """Items of the sessions most like this one, its latest items weighing most.

    Vector multiplication session-based kNN (Ludewig & Jannach 2018, V-SKNN), with the rarity of items (idf) as in their
    later program: place p of L weighs a(p) = p / L, and

        score(i) = Σ over neighbours that hold i of sim · rarity(i) / r,  divided by the largest

    r = 1 where the neighbour holds the last item, 2 where it holds the one before but not the last, and so on.

    Under the last-item rule the history of a tested session is also training data, so the session is among its own
    neighbours, usually as the nearest. It votes for items it already had, never for the item to predict, which
    training does not contain. Under the time rule this cannot happen.

    Args:
        neighbours: k, from 1.
        sample: m, from 1.
        rarity: see `Rarity`.

    Raises:
        ConfigError: a setting out of its range.
    """

    name = "v-sknn"

    def __init__(self, neighbours: int = 100, sample: int = 1000, rarity: Rarity | None = None) -> None:
        super().__init__(neighbours, sample)
        self.rarity = rarity or Rarity()

    def _place_weight(self, place: int, length: int) -> float:
        return place / length

    def _votes(self, near: Neighbours, owner: np.ndarray, items: np.ndarray, places: np.ndarray) -> np.ndarray:
        weights = near.similarity / (near.length + 1 - near.last_shared)
        return weights[owner] * self.rarity.factors(self._idf[items])

    def _score(self, history: list[int], scratch: _Scratch) -> np.ndarray:
        scores = super()._score(history, scratch)
        largest = scores.max(initial=0.0)
        return scores / largest if largest > 0 else scores


class STAN(SessionNeighbours):
    """Items near the shared item in similar, recent sessions.

    Sequence and time aware neighbourhood (Garg et al. 2019): place p of L weighs exp((p - L) / λ₁), the similarity of a
    session is multiplied by exp(-age / λ₂), age in days, and

        score(i) = Σ over neighbours that hold i of sim · exp(-|m(i) - m*| / λ₃)

    with m(i) the last place of i in the neighbour and m* the last place there that holds an item of the history. The
    age is that at the end of the training log: another time multiplies all scores of a history by one number, which
    changes no rank. In a log without dates, sessions have no age.

    Args:
        neighbours: k, from 1.
        sample: m, from 1.
        decays: λ₁ to λ₃.

    Raises:
        ConfigError: a setting out of its range.
    """

    name = "stan"

    def __init__(self, neighbours: int = 500, sample: int = 2500, decays: Decays | None = None) -> None:
        super().__init__(neighbours, sample)
        self.decays = decays or Decays(place=0.905, age=100.0, distance=0.4525)

    def _session_factor(self, days: np.ndarray) -> np.ndarray:
        return np.exp(-days / self.decays.age)

    def _place_weight(self, place: int, length: int) -> float:
        return exp((place - length) / self.decays.place)

    def _votes(self, near: Neighbours, owner: np.ndarray, items: np.ndarray, places: np.ndarray) -> np.ndarray:
        distance = np.abs(places - near.last_in_session[owner])
        return near.similarity[owner] * np.exp(-distance / self.decays.distance)


class VSTAN(STAN):
    """STAN, with the rarity of items, and the place of the last shared item in the history.

    VSTAN (Ludewig et al. 2021) combines V-SKNN and STAN: each vote of STAN is multiplied by
    rarity(i) · exp((q - L) / decays.shared), q being the last place in the history whose item the neighbour holds.

    Args:
        neighbours, sample, decays: as in STAN.
        rarity: see `Rarity`.

    Raises:
        ConfigError: a setting out of its range.
    """

    name = "vstan"

    def __init__(
        self, neighbours: int = 500, sample: int = 2500, decays: Decays | None = None, rarity: Rarity | None = None
    ) -> None:
        super().__init__(neighbours, sample, decays or Decays(place=1.02, age=5.0, distance=2.05, shared=1.02))
        self.rarity = rarity or Rarity()

    def _votes(self, near: Neighbours, owner: np.ndarray, items: np.ndarray, places: np.ndarray) -> np.ndarray:
        shared = np.exp((near.last_shared - near.length) / self.decays.shared)
        return super()._votes(near, owner, items, places) * shared[owner] * self.rarity.factors(self._idf[items])
