"""How far apart are the models on the same test events, and how certain is that?

One metric decides: accuracy@k, with the k chosen before training; all others are exploratory. Sessions are
resampled once for all models and metrics together, so every pair is a paired comparison. The results of several
seeds are averaged first, event by event.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from gru4rec_core.config import LIST_LENGTHS, MAX_LIST_LENGTH, ComparisonConfig
from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.comparability import ModelResults, Obstacle, find_obstacle
from gru4rec_core.evaluation.metrics import discounted_gains, hits, reciprocal_ranks
from gru4rec_core.evaluation.resampling import (
    bootstrap_sums,
    flipped_sums,
    mcnemar_midp,
    percentile_interval,
    permutation_p,
)
from gru4rec_core.evaluation.seed_outcomes import rate

EXPLORATORY = (
    *(f"accuracy@{k}" for k in LIST_LENGTHS),
    f"mrr@{MAX_LIST_LENGTH}",
    f"ndcg@{MAX_LIST_LENGTH}",
)
"""Metrics shown beside the deciding one; they decide nothing."""

FEW_SESSIONS = 5
"""With fewer sessions that tell two models apart, resampling says nothing, and the rule of three takes over."""

_FORMULAS: dict[str, Callable[[np.ndarray, int], np.ndarray]] = {
    "accuracy": hits,
    "mrr": reciprocal_ranks,
    "ndcg": discounted_gains,
}


@dataclass(frozen=True)
class MetricDifference:
    """One metric of two models: the difference b - a and the ratio b / a, with intervals over sessions.

    Attributes:
        metric: e.g. "accuracy@10".
        a_value, b_value: mean over events, in [0, 1].
        low, high: interval of the difference b - a, same unit.
        relative: b / a - 1; infinite where only b has hits, 0 where neither has.
        relative_low, relative_high: interval of b / a - 1.
        reverse_low, reverse_high: interval of a / b - 1, which is not that of b / a - 1 mirrored.
        p_value: two-sided, from flipping whole sessions.
        n_differing: sessions in which the two models differ.
    """

    metric: str
    a_value: float
    b_value: float
    low: float
    high: float
    relative: float
    relative_low: float
    relative_high: float
    reverse_low: float
    reverse_high: float
    p_value: float
    n_differing: int

    @property
    def difference(self) -> float:
        return self.b_value - self.a_value

    def reversed(self) -> "MetricDifference":
        """The same comparison with the two models named the other way round."""
        return replace(
            self,
            a_value=self.b_value,
            b_value=self.a_value,
            low=-self.high,
            high=-self.low,
            relative=_ratio(self.a_value, self.b_value),
            relative_low=self.reverse_low,
            relative_high=self.reverse_high,
            reverse_low=self.relative_low,
            reverse_high=self.relative_high,
        )


@dataclass(frozen=True)
class PairedComparison:
    """Two models on the same test events.

    Attributes:
        a, b: the models compared; differences are b - a.
        deciding: the metric that decides.
        exploratory: the others.
        mcnemar_p: mid-p McNemar test of the deciding metric; None with several events per session or several seeds.
        seed_differences: b - a of the deciding metric, seed by seed (every seed of a with every seed of b where
            the models have different numbers of seeds and neither has just one).
    """

    a: ModelResults
    b: ModelResults
    deciding: MetricDifference
    exploratory: tuple[MetricDifference, ...]
    mcnemar_p: float | None
    seed_differences: tuple[float, ...]
    n_sessions: int
    n_events: int

    def reversed(self) -> "PairedComparison":
        """The same comparison with the two models named the other way round."""
        return replace(
            self,
            a=self.b,
            b=self.a,
            deciding=self.deciding.reversed(),
            exploratory=tuple(metric.reversed() for metric in self.exploratory),
            seed_differences=tuple(-difference for difference in self.seed_differences),
        )

    def toward_leader(self) -> "PairedComparison":
        """The same comparison with the better model as b: its differences are those in the verdict's sentence."""
        return self.reversed() if self.deciding.b_value < self.deciding.a_value else self

    @property
    def seeds_agree(self) -> bool:
        """Whether b - a has the same sign in every seed, and is never 0."""
        return all(d > 0 for d in self.seed_differences) or all(d < 0 for d in self.seed_differences)


@dataclass(frozen=True)
class Comparison:
    """All models and pairs of a comparison, or the obstacle that forbids it.

    Attributes:
        models: in the order given.
        config: how they are compared.
        obstacle: why they cannot be compared; there are no pairs then.
        pairs: every pair of models, in the order of `models`, a before b.
    """

    models: tuple[ModelResults, ...]
    config: ComparisonConfig
    obstacle: Obstacle | None
    pairs: tuple[PairedComparison, ...]

    def pair(self, a: str, b: str) -> PairedComparison:
        """The comparison of two models by name, differences b - a.

        Raises:
            RunError: no such pair.
        """
        for pair in self.pairs:
            if (pair.a.name, pair.b.name) == (a, b):
                return pair
            if (pair.a.name, pair.b.name) == (b, a):
                return pair.reversed()
        raise RunError(
            "A pair is two different models of the comparison.",
            found=f"{a} and {b}",
            remedy="Its models are " + ", ".join(model.name for model in self.models) + ".",
        )


def compare_models(
    models: Sequence[ModelResults], config: ComparisonConfig, strata: np.ndarray | None = None
) -> Comparison:
    """Compares every pair of these models, baselines included.

    20,000 sessions, two models, 8 metrics and 2,000 + 2,000 samples take about a second. Memory: a few blocks of
    16 MB, and n_sessions x models x metrics floats.

    Args:
        models: all of them.
        config: what decides, and how it is resampled.
        strata: int [n_events], where sessions are drawn within strata; all events of a session are in one.

    Raises:
        RunError: fewer than two models, or two of one name.
    """
    names = [model.name for model in models]
    if len(set(names)) != len(names) or len(names) < 2:
        raise RunError(
            "A comparison needs two or more models with different names.",
            found=", ".join(names) or "none",
            remedy="Add a model, or rename one.",
        )
    obstacle = find_obstacle(models)
    if obstacle:
        return Comparison(tuple(models), config, obstacle, ())
    return Comparison(tuple(models), config, None, _all_pairs(models, config, strata))


def event_values(model: ModelResults, metric: str) -> np.ndarray:
    """A metric of every test event, averaged over seeds: float64 [n_events], in [0, 1].

    Args:
        model: whose predictions.
        metric: "accuracy@k", "mrr@k" or "ndcg@k".
    """
    name, k = metric.split("@")
    return np.mean([_FORMULAS[name](evaluation.ranks(), int(k)) for evaluation in model.evaluations], axis=0)


def _all_pairs(
    models: Sequence[ModelResults], config: ComparisonConfig, strata: np.ndarray | None
) -> tuple[PairedComparison, ...]:
    deciding = f"accuracy@{config.deciding_k}"
    metrics = (deciding, *(metric for metric in EXPLORATORY if metric != deciding))
    _, first, session = np.unique(models[0].evaluations[0].session, return_index=True, return_inverse=True)
    # From here on a row is a session: its events, and its sum of every metric of every model.
    events = np.bincount(session).astype(np.float64)
    columns = [np.bincount(session, weights=event_values(model, metric)) for model in models for metric in metrics]
    sums = np.column_stack([*columns, events])
    # A generator each, so that the number of bootstrap samples does not change the permutations.
    draws, flips = np.random.default_rng(config.seed).spawn(2)
    shape = (-1, len(models), len(metrics))
    drawn = bootstrap_sums(sums, config.n_bootstrap, draws, None if strata is None else strata[first])
    # Means over the events of the drawn sessions: [n_bootstrap, n_models, n_metrics].
    samples = (drawn[:, :-1] / drawn[:, -1:]).reshape(shape)
    flipped = flipped_sums(sums[:, :-1], config.n_permutations, flips).reshape(shape)
    by_session = sums[:, :-1].reshape(shape)
    rates = [{metric: rate(model, metric) for metric in metrics} for model in models]

    def pair(i: int, j: int) -> PairedComparison:
        resampled = metric_differences(
            metrics,
            by_session[:, [i, j]],
            events.sum(),
            samples[:, [i, j]],
            flipped[:, j] - flipped[:, i],
            config.confidence,
        )
        differences = tuple(
            _with_rates(difference, rates[i][metric], rates[j][metric])
            for metric, difference in zip(metrics, resampled, strict=True)
        )
        return PairedComparison(
            a=models[i],
            b=models[j],
            deciding=differences[0],
            exploratory=differences[1:],
            mcnemar_p=_mcnemar(models[i], models[j], config.deciding_k) if events.max() == 1 else None,
            seed_differences=_seed_differences(models[i], models[j], config.deciding_k),
            n_sessions=len(events),
            n_events=int(events.sum()),
        )

    return tuple(pair(i, j) for i, j in combinations(range(len(models)), 2))


def metric_differences(
    metrics: Sequence[str],
    by_session: np.ndarray,
    n_events: float,
    samples: np.ndarray,
    flipped: np.ndarray,
    confidence: float,
) -> tuple[MetricDifference, ...]:
    """The figures of two models from their resampled sums, one entry per metric.

    Args:
        metrics: names of the metrics.
        by_session: float64 [n_sessions, 2, n_metrics], sums over each session's events of a and of b.
        n_events: test events in all.
        samples: float64 [n_bootstrap, 2, n_metrics], means over the events of resampled sessions.
        flipped: float64 [n_permutations, n_metrics], total differences after flipping sessions.
        confidence: level of the intervals.
    """
    n_sessions = len(by_session)
    totals = by_session.sum(axis=0)
    # [n_metrics] each.
    a, b = totals / n_events
    delta = by_session[:, 1] - by_session[:, 0]
    # Averages over seeds that are equal may differ in their last bits.
    differing = (np.abs(delta) > 1e-9).sum(axis=0)

    def limits(point: np.ndarray, drawn: np.ndarray, base: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        low, high = percentile_interval(drawn, n_sessions, confidence)
        return _not_too_narrow(low, high, point, base, differing, n_sessions)

    drawn_a, drawn_b = samples[:, 0], samples[:, 1]
    low, high = limits(b - a, drawn_b - drawn_a, np.ones_like(a))
    relative = _ratios(b, a)
    # Ratios are not symmetric: "b over a" and "a over b" each need limits of their own.
    relative_low, relative_high = limits(relative, _ratios(drawn_b, drawn_a), a)
    reverse_low, reverse_high = limits(_ratios(a, b), _ratios(drawn_a, drawn_b), b)
    p = permutation_p(totals[1] - totals[0], flipped)
    return tuple(
        MetricDifference(
            metric=metric,
            a_value=float(a[m]),
            b_value=float(b[m]),
            low=float(low[m]),
            high=float(high[m]),
            relative=float(relative[m]),
            relative_low=float(relative_low[m]),
            relative_high=float(relative_high[m]),
            reverse_low=float(reverse_low[m]),
            reverse_high=float(reverse_high[m]),
            p_value=float(p[m]),
            n_differing=int(differing[m]),
        )
        for m, metric in enumerate(metrics)
    )


def _not_too_narrow(
    low: np.ndarray,
    high: np.ndarray,
    point: np.ndarray,
    base: np.ndarray,
    differing: np.ndarray,
    n_sessions: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Widens intervals by the rule of three: what n sessions never showed may still happen in 3 of n.

    Without it, two models that agree on all ten sessions of a tiny test would have the interval 0 to 0.
    """
    few = differing < FEW_SESSIONS
    with np.errstate(divide="ignore", invalid="ignore"):
        unseen = 3.0 / n_sessions / base
        below, above = point - unseen, point + unseen
    # With a base of 0 the ratio is unknown: NaN from infinity less infinity stands for "any".
    low = np.where(few, np.minimum(low, np.where(np.isnan(below), -np.inf, below)), low)
    high = np.where(few, np.maximum(high, above), high)
    return low, high


def _with_rates(difference: MetricDifference, a: float, b: float) -> MetricDifference:
    """The rates as all other tables have them: sums by session may differ from them in their last bits."""
    return replace(difference, a_value=a, b_value=b, relative=_ratio(b, a))


def _ratio(value: float, base: float) -> float:
    return float(_ratios(np.asarray(value), np.asarray(base)))


def _ratios(values: np.ndarray, base: np.ndarray) -> np.ndarray:
    """values / base - 1; infinite where only the base is 0, and 0 where both are."""
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = values / base - 1.0
    return np.where((values == 0) & (base == 0), 0.0, relative)


def _mcnemar(a: ModelResults, b: ModelResults, k: int) -> float | None:
    if a.n_seeds > 1 or b.n_seeds > 1:
        return None  # an average over seeds is neither a hit nor a miss
    hit_a, hit_b = (hits(model.evaluations[0].ranks(), k) > 0 for model in (a, b))
    return mcnemar_midp(int((hit_a & ~hit_b).sum()), int((hit_b & ~hit_a).sum()))


def _seed_differences(a: ModelResults, b: ModelResults, k: int) -> tuple[float, ...]:
    # Seeds pair up one to one, or one to all; else every seed of a meets every seed of b.
    by_seed = [np.array([hits(evaluation.ranks(), k).mean() for evaluation in model.evaluations]) for model in (a, b)]
    # One seed broadcasts against all of the other model's.
    if a.n_seeds == b.n_seeds or 1 in (a.n_seeds, b.n_seeds):
        return tuple(np.atleast_1d(by_seed[1] - by_seed[0]).tolist())
    return tuple((by_seed[1][None, :] - by_seed[0][:, None]).ravel().tolist())
