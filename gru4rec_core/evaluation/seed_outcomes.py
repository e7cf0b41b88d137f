"""What came of a test event when a model was trained with several seeds?

A rate is the mean over the seeds. A single event is a hit or a miss, so its outcome goes by the majority of the seeds,
and its guesses are those of one named seed. With one seed the three are the same thing.
"""

from collections.abc import Callable, Sequence
from math import fsum

import numpy as np

from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.metrics import accuracy_at, hits, mrr_at, ndcg_at
from gru4rec_core.evaluation.scoring import Evaluation
from gru4rec_core.words import per_100

_RATES: dict[str, Callable[[Evaluation, int], float]] = {"accuracy": accuracy_at, "mrr": mrr_at, "ndcg": ndcg_at}


def mean_of_seeds(values: Sequence[float]) -> float:
    """The mean of one figure per seed, rounded once: the same to the last digit wherever it is worked out."""
    return fsum(values) / len(values)


def rate(model: ModelResults, metric: str) -> float:
    """A metric of a model over all test events, as the mean over its seeds, in [0, 1]; NaN without events.

    Args:
        model: whose predictions.
        metric: "accuracy@k", "mrr@k" or "ndcg@k".
    """
    return mean_of_seeds(seed_rates(model, metric))


def seed_rates(model: ModelResults, metric: str) -> list[float]:
    """A metric of each of the model's seeds over all test events; see `rate`."""
    name, k = metric.split("@")
    return [_RATES[name](evaluation, int(k)) for evaluation in model.evaluations]


def best_first(models: Sequence[ModelResults], kind: str, k: int) -> list[ModelResults]:
    """The models of one kind by their accuracy@k, the best first; equal ones in the order given.

    Args:
        models: the methods of a comparison.
        kind: "gru4rec" or "baseline".
        k: list length that decides.
    """
    chosen = [model for model in models if model.kind == kind]
    return sorted(chosen, key=lambda model: rate(model, f"accuracy@{k}"), reverse=True)


def hit_counts(model: ModelResults, k: int) -> np.ndarray:
    """In how many of the model's seeds the true item was in the top `k`: int64 [n_events], 0 to `model.n_seeds`."""
    return np.sum([hits(evaluation.ranks(), k) for evaluation in model.evaluations], axis=0).astype(np.int64)


def is_hit(model: ModelResults, k: int) -> np.ndarray:
    """Whether most seeds had the true item in the top `k`: bool [n_events].

    Where exactly half of them had it, the mean rank over the seeds decides: up to `k` it is a hit.
    """
    twice = 2 * hit_counts(model, k)
    outcome = twice > model.n_seeds
    halves = np.flatnonzero(twice == model.n_seeds)
    if halves.size:
        ranks = np.mean([evaluation.ranks()[halves] for evaluation in model.evaluations], axis=0)
        outcome[halves] = ranks <= k
    return outcome


def shown_seed(model: ModelResults, k: int) -> int:
    """Index of the seed whose hits in the top `k` are nearest the mean over seeds; of equally near ones the first."""
    return shared_seed([model], k)


def shared_seed(models: Sequence[ModelResults], k: int) -> int:
    """Index of the seed that stands for several models at once: the smallest sum of distances to their means.

    A model with fewer seeds stays at its last one (see `seed_index`).
    """
    distances = [_distances_to_mean(model, k) for model in models]
    n_seeds = max(model.n_seeds for model in models)
    totals = [sum(of_model[min(seed, len(of_model) - 1)] for of_model in distances) for seed in range(n_seeds)]
    return int(np.argmin(totals))


def seed_index(model: ModelResults, seed: int) -> int:
    """The index itself, or the model's last one where it has fewer seeds than the models beside it."""
    return min(seed, model.n_seeds - 1)


def by_majority(models: Sequence[ModelResults]) -> str:
    """ " by majority of the seeds" where any of the models has several, else "": what a count of outcomes says."""
    return " by majority of the seeds" if any(model.n_seeds > 1 for model in models) else ""


def explain_counts(models: Sequence[ModelResults], k: int) -> str:
    """How counts of outcomes and the rates beside them go together; "" where each model has one seed.

    "Counted by majority of the 3 seeds: BPR hit 6,102 of 13,141, TOP1 5,921. The rates are means over the seeds: …".
    """
    if not by_majority(models):
        return ""
    n_seeds = " and ".join(f"{n}" for n in sorted({model.n_seeds for model in models if model.n_seeds > 1}))
    hit = [f"{model.label} hit {int(is_hit(model, k).sum()):,}" for model in models]
    rates = [f"{model.label} {per_100(rate(model, f'accuracy@{k}'))}" for model in models]
    return (
        f"Counted by majority of the {n_seeds} seeds: {', '.join(hit)} of {models[0].n_events:,}."
        f" Rates are means over the seeds: {', '.join(rates)} per 100."
    )


def _distances_to_mean(model: ModelResults, k: int) -> list[int]:
    # Hits times n_seeds, in whole numbers: equally near seeds stay equal.
    found = [int(hits(evaluation.ranks(), k).sum()) for evaluation in model.evaluations]
    return [abs(model.n_seeds * count - sum(found)) for count in found]
