"""Tables for the comparison charts.

Every function takes evaluated methods (`ModelResults`: name, label, kind, one `Evaluation` per seed) and returns a
frame of at most a few hundred rows, with rates in hits per 100 predictions. Several seeds are averaged event by event
first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gru4rec_core.baselines.names import group_of
from gru4rec_core.config import MAX_LIST_LENGTH
from gru4rec_core.evaluation.hit_overlap import Outcome, apportion
from gru4rec_core.evaluation.metrics import accuracy_at
from gru4rec_core.evaluation.rate_intervals import level_text
from gru4rec_core.evaluation.seed_outcomes import mean_of_seeds, rate
from gru4rec_core.words import signed

if TYPE_CHECKING:
    from gru4rec_core.evaluation.comparability import ModelResults
    from gru4rec_core.evaluation.comparison import PairedComparison
    from gru4rec_core.evaluation.many_pairs import AdjustedPair

TRAINED = "trained"
"""The group of the models of a ladder."""

_KINDS = {"gru4rec": TRAINED, "baseline": "baseline"}


def ladder(rates: pd.DataFrame) -> pd.DataFrame:
    """One row per method, best first: name, label, kind, group, hits, low, high (per 100), n (events), rank.

    The group is "trained", or that of the baseline (`baselines.names.group_of`).

    Args:
        rates: `evaluation.slices.whole_rates` of the methods, all tested on the same events.
    """
    frame = rates[["name", "label", "kind", "hits", "low", "high"]].assign(n=rates["n_events"])
    frame = frame.sort_values("hits", ascending=False, kind="stable", ignore_index=True)
    groups = [
        TRAINED if kind == "gru4rec" else group_of(name)
        for name, kind in zip(frame["name"], frame["kind"], strict=True)
    ]
    return frame.assign(group=groups, rank=np.arange(1, len(frame) + 1))


def seed_points(models: Sequence[ModelResults], k: int) -> pd.DataFrame:
    """One row per seed of every method that has several: name, label, kind, seed (from 1), hits (per 100)."""
    rows = [
        {"name": model.name, "label": model.label, "kind": model.kind, "seed": seed}
        | {"hits": 100 * accuracy_at(evaluation, k)}
        for model in models
        if len(model.evaluations) > 1
        for seed, evaluation in enumerate(model.evaluations, start=1)
    ]
    return pd.DataFrame(rows, columns=["name", "label", "kind", "seed", "hits"])


def curve(models: Sequence[ModelResults], depth: int = MAX_LIST_LENGTH) -> pd.DataFrame:
    """Hits per 100 for every list length: name, label, kind, k (1 to `depth`), hits."""
    parts = []
    for model in models:
        per_seed = [_rates_by_depth(evaluation.ranks(), depth).tolist() for evaluation in model.evaluations]
        parts.append(
            pd.DataFrame(
                {
                    "k": np.arange(1, depth + 1),
                    "hits": [100 * mean_of_seeds(at_k) for at_k in zip(*per_seed, strict=True)],
                }
            ).assign(name=model.name, label=model.label, kind=model.kind)
        )
    return pd.concat(parts, ignore_index=True)[["name", "label", "kind", "k", "hits"]]


def forest(pair: PairedComparison) -> pd.DataFrame:
    """Relative differences of b against a in %, the deciding metric first: metric, relative, low, high, p, deciding.

    A metric on which a has no hit at all has no relative difference and is left out.
    """
    rows = [
        {"metric": metric_label(difference.metric) + (" (decides)" if difference is pair.deciding else "")}
        | {"relative": 100 * difference.relative}
        | {"low": 100 * difference.relative_low, "high": 100 * difference.relative_high}
        | {"p": difference.p_value, "deciding": difference is pair.deciding}
        for difference in (pair.deciding, *pair.exploratory)
    ]
    frame = pd.DataFrame(rows)
    finite = np.isfinite(frame[["relative", "low", "high"]].to_numpy()).all(axis=1)
    return frame.loc[finite, :].reset_index(drop=True)


def by_role(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """The rows of `forest` by the chart they are drawn in, "deciding" or "forest"; without charts that would be empty.

    Apart, because the deciding metric would be squeezed where another one is far away.
    """
    roles = (("deciding", table[table["deciding"]]), ("forest", table[~table["deciding"]]))
    return [(name, rows) for name, rows in roles if len(rows)]


def differences(pair: PairedComparison) -> pd.DataFrame:
    """Differences of b against a per 100, the deciding metric first.

    Columns metric, decides, a, b, difference, low, high (all per 100), p, n_differing (sessions).
    """
    rows = [
        {"metric": metric_label(difference.metric), "decides": difference is pair.deciding}
        | {"a": 100 * difference.a_value, "b": 100 * difference.b_value, "difference": 100 * difference.difference}
        | {"low": 100 * difference.low, "high": 100 * difference.high}
        | {"p": difference.p_value, "n_differing": difference.n_differing}
        for difference in (pair.deciding, *pair.exploratory)
    ]
    return pd.DataFrame(rows)


def adjusted_pairs(pairs: Sequence[AdjustedPair]) -> pd.DataFrame:
    """Every pair of trained models: leader, other, difference per 100, p, p (Holm), p (Benjamini-Hochberg)."""
    return pd.DataFrame(
        {
            "leader": [pair.leader_label for pair in pairs],
            "other": [pair.other_label for pair in pairs],
            "difference": [100 * pair.difference for pair in pairs],
            "p": [pair.p_value for pair in pairs],
            "p (Holm)": [pair.p_holm for pair in pairs],
            "p (Benjamini-Hochberg)": [pair.p_benjamini_hochberg for pair in pairs],
        }
    )


def difference_words(row: pd.Series, a: str, b: str, confidence: float) -> str:
    """One row of `forest` in words: what its chart shows, for whoever does not see it."""
    low, high = signed(row["low"]), signed(row["high"])
    relative = f"{signed(row['relative'])} % (relative), {level_text(confidence)} {low} to {high} %"
    return f"{b} against {a}: {row['metric']} {relative}"


def metric_label(metric: str) -> str:
    """ "accuracy@10" as it stands, "mrr@20" as "MRR@20"."""
    return metric if metric.startswith("accuracy") else metric.upper()


def square(counts: Mapping[Outcome, int], side: int = 10) -> pd.DataFrame:
    """`side`² cells shared out among the outcomes (largest remainder): outcome, row, column, n (events).

    Outcomes keep the order of `counts`, cells fill row by row, so each outcome is one block.
    """
    if sum(counts.values()) == 0:
        return pd.DataFrame(columns=["outcome", "row", "column", "n"])
    outcome = np.repeat(list(counts), apportion(list(counts.values()), side**2))
    cell = np.arange(side**2)
    return pd.DataFrame(
        {"outcome": outcome, "row": cell // side, "column": cell % side, "n": [counts[name] for name in outcome]}
    )


def _rates_by_depth(ranks: np.ndarray, depth: int) -> np.ndarray:
    """Hit rate at every depth from 1: float64 [depth], in [0, 1]."""
    within = np.ceil(ranks[ranks <= depth]).astype(int)
    return np.cumsum(np.bincount(within, minlength=depth + 1)[1 : depth + 1]) / max(ranks.size, 1)


def metrics_table(models: Sequence[ModelResults], ks: Sequence[int] = (1, 3, 5, 10, 20)) -> pd.DataFrame:
    """One row per method, in the order given: method, top k … (hits per 100), MRR@20, NDCG@20, …

    Rates are per 100, means over seeds; `training s` is NaN for baselines.
    """
    rows = []
    for model in models:
        row: dict[str, object] = {"method": model.label}
        row |= {f"top {k}": 100 * rate(model, f"accuracy@{k}") for k in ks}
        row |= {"MRR@20": 100 * rate(model, "mrr@20")}
        row |= {"NDCG@20": 100 * rate(model, "ndcg@20")}
        row |= {"runs": len(model.evaluations), "training s": model.training_seconds}
        rows.append(row | {"kind": _KINDS[model.kind]})
    return pd.DataFrame(rows)
