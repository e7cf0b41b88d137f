"""In which order are test events worth reading?

Every order is the same for everybody who looks at the same results, and ranks are those of one seed, as shown beside
the events.
"""

from collections.abc import Callable, Sequence

import numpy as np

from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.scoring import Evaluation
from gru4rec_core.evaluation.seed_outcomes import seed_index

_SEED = 20  # fixed, so that everyone in a team sees the same ones first

Models = Sequence[ModelResults]


def order_events(order: str, models: Models, k: int, seed: int = 0) -> np.ndarray:
    """Row numbers of all test events in the order asked for: int64 [n_events].

    Events that an order does not tell apart (two hits, where the worst miss comes first) follow in the random order.

    Args:
        order: one of `ORDERS`; anything else is taken as "random".
        models: those whose guesses are read.
        k: list length; a rank beyond it is a miss.
        seed: index of the seed whose ranks and scores count.
    """
    shuffled = np.random.default_rng(_SEED).permutation(models[0].n_events)
    weigh = _WEIGHTS.get(order)
    if weigh is None:
        return shuffled
    weights = weigh(models, k, seed)
    return shuffled[np.argsort(-weights[shuffled], kind="stable")]


def disagreement(models: Models, k: int, seed: int) -> np.ndarray:
    """By which factor the ranks of two models differ, as a logarithm: float64 [n_events], from 0.

    0 for an item that training never saw, and where there is one model.
    """
    del k
    ranks = [_evaluation(model, seed).ranks() for model in models]
    known = np.isfinite(ranks[0]) & np.isfinite(ranks[-1])
    ratio = np.divide(ranks[0], ranks[-1], out=np.ones_like(ranks[0]), where=known)
    return np.abs(np.log(ratio))


def worst_rank_of_misses(models: Models, k: int, seed: int) -> np.ndarray:
    """The worst rank that a model which missed gave to the item that came: float64 [n_events].

    0 where no model missed it, and for an item that training never saw.
    """
    return np.max([np.where(_is_known_miss(model, k, seed), _ranks(model, seed), 0.0) for model in models], axis=0)


def confidence_of_misses(models: Models, k: int, seed: int) -> np.ndarray:
    """How sure a model that missed was of its first guess: float64 [n_events], in [0, 1].

    The share of the model's own test events in which its first guess led its second by no more than here. Scores of
    two losses cannot be compared with each other, such shares can. 0 where no model missed, and for an item that
    training never saw.
    """
    parts = [np.where(_is_known_miss(model, k, seed), first_guess_lead(model, seed), 0.0) for model in models]
    return np.max(parts, axis=0)


def first_guess_lead(model: ModelResults, seed: int) -> np.ndarray:
    """Share of a model's events in which its first guess led its second by no more: float64 [n_events], in (0, 1]."""
    scores = _evaluation(model, seed).top_scores
    lead = scores[:, 0] - scores[:, min(1, scores.shape[1] - 1)]
    return np.searchsorted(np.sort(lead), lead, side="right") / max(1, len(lead))


def _is_known_miss(model: ModelResults, k: int, seed: int) -> np.ndarray:
    ranks = _ranks(model, seed)
    return np.isfinite(ranks) & (ranks > k)


def _ranks(model: ModelResults, seed: int) -> np.ndarray:
    return _evaluation(model, seed).ranks()


def _evaluation(model: ModelResults, seed: int) -> Evaluation:
    return model.evaluations[seed_index(model, seed)]


_WEIGHTS: dict[str, Callable[[Models, int, int], np.ndarray]] = {
    "disagreement": disagreement,
    "worst-miss": worst_rank_of_misses,
    "confident-miss": confidence_of_misses,
}

ORDERS = ("random", *_WEIGHTS)
"""The orders by their names in links."""
