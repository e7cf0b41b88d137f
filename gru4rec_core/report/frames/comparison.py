"""Which small table does each comparison chart draw?

Every function takes evaluated methods (`ModelResults`: name, label, kind, one `Evaluation` a seed) and returns a frame
of at most some hundred rows, rates in hits per 100 predictions. Several seeds are averaged event by event first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gru4rec_core.evaluation.hit_overlap import Outcome, apportion
from gru4rec_core.evaluation.metrics import accuracy_at, mrr_at, ndcg_at
from gru4rec_core.evaluation.scoring import Evaluation

if TYPE_CHECKING:
    from gru4rec_core.evaluation.comparability import ModelResults
    from gru4rec_core.evaluation.comparison import PairedComparison

DEPTH = 20  # the longest list that charts show
_KINDS = {"gru4rec": "trained", "baseline": "counting"}
_Z95 = 1.959964


def mean_hits(model: ModelResults, k: int) -> np.ndarray:
    """Share of the seeds that had the true item among the first `k`: float64 [n_predicted], 0 to 1."""
    return np.mean([one.ranks("median") <= k for one in model.evaluations], axis=0)


def mean_ranks(model: ModelResults) -> np.ndarray:
    """Median over seeds of the true item's rank: float64 [n_predicted], 1 is first, inf is an unknown item."""
    ranks = np.stack([one.ranks("median") for one in model.evaluations])
    return ranks[0] if len(ranks) == 1 else np.median(ranks, axis=0)


def interval(hits: np.ndarray, session: np.ndarray) -> tuple[float, float]:
    """95 % limits of a hit rate whose events are clustered in sessions, each 0 to 1.

    Wilson's score interval at the number of independent events that would have the same variance as the ratio
    estimator over sessions (Wilson 1927; Kish 1965, "Survey Sampling", §2.6).

    Args:
        hits: float [n], 0 to 1.
        session: int [n], the session of each event.
    """
    if hits.size == 0:
        return 0.0, 1.0
    rate = float(hits.mean())
    events = np.bincount(session)
    surplus = (np.bincount(session, weights=hits) - rate * events)[events > 0]
    n_sessions = surplus.size
    variance = float((surplus**2).sum()) / hits.size**2 * n_sessions / max(n_sessions - 1, 1)
    effective = rate * (1 - rate) / variance if variance > 0 else float(n_sessions)
    centre = (rate + _Z95**2 / (2 * effective)) / (1 + _Z95**2 / effective)
    half = _Z95 * np.sqrt(rate * (1 - rate) / effective + (_Z95 / (2 * effective)) ** 2) / (1 + _Z95**2 / effective)
    return max(0.0, centre - half), min(1.0, centre + half)


def ladder(models: Sequence[ModelResults], k: int) -> pd.DataFrame:
    """One row a method, best first: name, label, kind, rank, hits, low, high (per 100), n, seeds."""
    rows = []
    for model in models:
        hits = mean_hits(model, k)
        low, high = interval(hits, model.evaluations[0].session)
        rows.append(
            {"name": model.name, "label": model.label, "kind": model.kind}
            | {"hits": 100 * hits.mean() if hits.size else 0.0, "low": 100 * low, "high": 100 * high}
            | {"n": hits.size, "seeds": len(model.evaluations)}
        )
    frame = pd.DataFrame(rows).sort_values("hits", ascending=False, kind="stable", ignore_index=True)
    return frame.assign(rank=np.arange(1, len(frame) + 1))


def seed_points(models: Sequence[ModelResults], k: int) -> pd.DataFrame:
    """One row a seed of every method that has several: name, label, kind, seed (from 1), hits (per 100)."""
    rows = [
        {"name": model.name, "label": model.label, "kind": model.kind, "seed": seed}
        | {"hits": 100 * float((one.ranks("median") <= k).mean())}
        for model in models
        if len(model.evaluations) > 1
        for seed, one in enumerate(model.evaluations, start=1)
    ]
    return pd.DataFrame(rows, columns=["name", "label", "kind", "seed", "hits"])


def curve(models: Sequence[ModelResults], depth: int = DEPTH) -> pd.DataFrame:
    """Hits per 100 for every list length: name, label, kind, k (1 to `depth`), hits."""
    parts = []
    for model in models:
        per_seed = [_hits_by_depth(one.ranks("median"), depth) for one in model.evaluations]
        parts.append(
            pd.DataFrame({"k": np.arange(1, depth + 1), "hits": np.mean(per_seed, axis=0)}).assign(
                name=model.name, label=model.label, kind=model.kind
            )
        )
    return pd.concat(parts, ignore_index=True)[["name", "label", "kind", "k", "hits"]]


def forest(pair: PairedComparison) -> pd.DataFrame:
    """Relative differences of b against a in %, the deciding metric first: metric, relative, low, high, p, deciding.

    Metrics on which a has no hit at all have no relative difference and are left out.
    """
    rows = [
        {"metric": metric_label(one.metric) + (" (decides)" if one is pair.deciding else "")}
        | {"relative": 100 * one.relative, "low": 100 * one.relative_low, "high": 100 * one.relative_high}
        | {"p": one.p_value, "deciding": one is pair.deciding}
        for one in (pair.deciding, *pair.exploratory)
    ]
    frame = pd.DataFrame(rows)
    finite = np.isfinite(frame[["relative", "low", "high"]].to_numpy()).all(axis=1)
    return frame.loc[finite, :].reset_index(drop=True)


def metric_label(metric: str) -> str:
    """ "accuracy@10" as it stands, "mrr@20" as "MRR@20"."""
    return metric if metric.startswith("accuracy") else metric.upper()


def square(counts: Mapping[Outcome, int], side: int = 10) -> pd.DataFrame:
    """`side`² cells shared out among the outcomes by largest remainder: outcome, row, column, n.

    HitOverlap keep the order of `counts`, cells fill row by row, so that each outcome is one block.
    """
    if sum(counts.values()) == 0:
        return pd.DataFrame(columns=["outcome", "row", "column", "n"])
    outcome = np.repeat(list(counts), apportion(list(counts.values()), side**2))
    place = np.arange(side**2)
    return pd.DataFrame(
        {"outcome": outcome, "row": place // side, "column": place % side, "n": [counts[one] for one in outcome]}
    )


def _hits_by_depth(ranks: np.ndarray, depth: int) -> np.ndarray:
    """Hits per 100 at every depth from 1: float64 [depth]."""
    within = np.ceil(ranks[ranks <= depth]).astype(int)
    return 100 * np.cumsum(np.bincount(within, minlength=depth + 1)[1 : depth + 1]) / max(ranks.size, 1)


def metrics_table(models: Sequence[ModelResults], ks: Sequence[int] = (1, 3, 5, 10, 20)) -> pd.DataFrame:
    """One row a method, in the order given: method, top k … (hits per 100), MRR@20, NDCG@20, …

    Rates are means over seeds, per 100; `training s` is NaN for baselines.
    """
    rows = []
    for model in models:
        row: dict[str, object] = {"method": model.label}
        row |= {f"top {k}": 100 * _mean(accuracy_at, model, k) for k in ks}
        row |= {"MRR@20": 100 * _mean(mrr_at, model, 20)}
        row |= {"NDCG@20": 100 * _mean(ndcg_at, model, 20)}
        row |= {"runs": len(model.evaluations), "training s": model.training_seconds}
        rows.append(row | {"kind": _KINDS[model.kind]})
    return pd.DataFrame(rows)


def _mean(metric: Callable[[Evaluation, int], float], model: ModelResults, k: int) -> float:
    return float(np.mean([metric(one, k) for one in model.evaluations]))
