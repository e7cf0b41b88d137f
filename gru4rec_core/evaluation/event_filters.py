"""Which test events meet the conditions that a reader sets?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.evaluation.categories import category_hits
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.metrics import hits
from gru4rec_core.evaluation.scoring import Evaluation
from gru4rec_core.evaluation.seed_outcomes import seed_index
from gru4rec_core.whole_numbers import whole_number


@dataclass(frozen=True)
class Range:
    """Whole numbers from `low` to `high`, both included; None is no limit."""

    low: int | None = None
    high: int | None = None

    def __bool__(self) -> bool:
        return self.low is not None or self.high is not None

    def __str__(self) -> str:
        """As it stands in a link: "2-5", "2-", "-5"; "" where there is no limit."""
        low, high = ("" if limit is None else str(limit) for limit in (self.low, self.high))
        return f"{low}-{high}" if self else ""

    @classmethod
    def from_text(cls, text: str) -> Range:
        """Reads what `str` writes; what is no such text sets no limit."""
        low, dash, high = text.partition("-")
        limits = [whole_number(part) for part in (low, high)]
        damaged = any(part and limit is None for part, limit in zip((low, high), limits, strict=True))
        return cls(*limits) if dash and not damaged else cls()

    def describe(self) -> str:
        """In words: "2 to 5", "2 or more", "up to 5"."""
        if self.low is None:
            return f"up to {self.high:,}"
        if self.high is None:
            return f"{self.low:,} or more"
        return f"{self.low:,} to {self.high:,}" if self.low != self.high else f"{self.low:,}"

    def contains(self, values: np.ndarray) -> np.ndarray:
        """Which of the values lie in it: bool, of their shape."""
        inside = np.ones(np.shape(values), bool)
        if self.low is not None:
            inside &= values >= self.low
        if self.high is not None:
            inside &= values <= self.high
        return inside


@dataclass(frozen=True)
class Filters:
    """Conditions on test events; None, "" and an empty range ask for nothing.

    Attributes:
        came: ids of items; one of them came next.
        had: ids of items; the session had one of them before.
        guessed: ids of items; one of them is among the first k guesses.
        session: bool [n_sessions], the sessions that are called so (`find_sessions`).
        length: items of the whole session.
        step: place of the item that came in its session, from 1.
        rank: rank of the item that came; one that training never saw is worse than any rank.
        near: categories of the items (`categories.category_codes`); the item that came is not among the first k
            guesses, but another of its category is.
        by: name of the model whose guesses and rank are meant; "" for any of the models.
        kind: bool [n_events], the events of one slice (`slices.select_slice`).
    """

    came: np.ndarray | None = None
    had: np.ndarray | None = None
    guessed: np.ndarray | None = None
    session: np.ndarray | None = None
    length: Range = Range()
    step: Range = Range()
    rank: Range = Range()
    near: np.ndarray | None = None
    by: str = ""
    kind: np.ndarray | None = None


def find_items(
    vocabulary: ItemVocabulary, text: str, names: Mapping[str, str] | None = None, *, whole: bool = False
) -> np.ndarray | None:
    """Ids of the items that are called so, int32, ascending; None for a blank text.

    Args:
        vocabulary: the items by id.
        text: a part of an item or of its name, in any case.
        names: names that are shown instead of items.
        whole: the text is the whole item or its whole name, not a part.
    """
    wanted = _plain(text)
    if not wanted:
        return None
    texts = ([str(item), (names or {}).get(str(item), "")] for item in vocabulary.items)
    return np.array([i for i, called in enumerate(texts) if _is_called(called, wanted, whole=whole)], np.int32)


def _is_called(texts: Sequence[str], wanted: str, *, whole: bool = False) -> bool:
    plain = list(map(_plain, texts))
    return wanted in plain if whole else any(wanted in text for text in plain)


def _plain(text: str) -> str:
    """In small letters, with single spaces."""
    return " ".join(text.split()).casefold()


def find_sessions(keys: Iterable[object], text: str, names: Iterable[str]) -> np.ndarray:
    """Which sessions are called so, by their key in the log or by the name that is shown: bool [n_sessions].

    Args:
        keys: of the sessions.
        text: a part of a key or of a name, in any case.
        names: what is shown instead of the keys, in their order.
    """
    wanted = _plain(text)
    return np.array([_is_called(both, wanted) for both in zip(map(str, keys), names, strict=True)], bool)


def find_matches(
    models: Sequence[ModelResults], events: EvaluationSet, k: int, filters: Filters, seed: int = 0
) -> np.ndarray:
    """Which test events meet every condition: bool [n_events].

    Args:
        models: whose guesses and ranks are meant.
        events: what they were tested on.
        k: list length of the guesses.
        filters: the conditions.
        seed: index of the seed whose guesses and ranks count.
    """
    evaluation = models[0].evaluations[0]
    keep = np.ones(evaluation.n_events, bool)
    if filters.came is not None:
        keep &= _among(evaluation.target, filters.came, evaluation.n_items)
    if filters.had is not None:
        keep &= _had_before(evaluation, events, filters.had)
    if filters.session is not None:
        keep &= filters.session[evaluation.session]
    if filters.length:
        keep &= filters.length.contains(events.dataset.lengths)[evaluation.session]
    if filters.step:
        keep &= filters.step.contains(evaluation.position + 1)
    if filters.kind is not None:
        keep &= filters.kind
    if filters.guessed is not None or filters.near is not None or filters.rank:
        asked = [model for model in models if filters.by in {"", model.name}] or models
        keep &= np.any([_guessed_so(model, k, filters, seed) for model in asked], axis=0)
    return keep


def _guessed_so(model: ModelResults, k: int, filters: Filters, seed: int) -> np.ndarray:
    """One model meets all conditions on guesses and rank."""
    evaluation = model.evaluations[seed_index(model, seed)]
    ranks = evaluation.ranks()
    keep = filters.rank.contains(ranks)
    if filters.near is not None:
        keep &= category_hits(evaluation, filters.near, k) & (hits(ranks, k) == 0)
    if filters.guessed is not None:
        keep &= _among(evaluation.top_items[:, :k], filters.guessed, evaluation.n_items).any(axis=1)
    return keep


def _among(items: np.ndarray, wanted: np.ndarray, n_items: int) -> np.ndarray:
    # A table instead of np.isin: ten guesses of 130,000 events in 5 ms. Its last place is the unknown item's, -1.
    table = np.zeros(n_items + 1, bool)
    table[wanted] = True
    return table[items]


def _had_before(evaluation: Evaluation, events: EvaluationSet, wanted: np.ndarray) -> np.ndarray:
    begins = events.dataset.offsets[evaluation.session]
    # Running count of such items in the log, [n_events + 1]: a history has one where the count grows within it.
    count = np.concatenate([[0], np.cumsum(_among(events.dataset.items, wanted, evaluation.n_items))])
    return count[begins + evaluation.position] > count[begins]
