"""How often is a guess of the right category: that of the item that came, if not that item itself?"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.metrics import hits, top_lists
from gru4rec_core.evaluation.rate_intervals import hit_rate_interval
from gru4rec_core.evaluation.scoring import Evaluation
from gru4rec_core.evaluation.seed_outcomes import mean_of_seeds, rate


def category_codes(vocabulary: ItemVocabulary, categories: Mapping[str, str]) -> np.ndarray:
    """A number for the category of each item, int64 [n_items]; -1 for items without one.

    Args:
        vocabulary: the items by id.
        categories: item to its category.
    """
    told = pd.Series([categories.get(str(item)) for item in vocabulary.items], dtype="object")
    codes, _ = pd.factorize(told)  # nothing told becomes -1
    return codes.astype(np.int64)


def category_hits(evaluation: Evaluation, codes: np.ndarray, k: int) -> np.ndarray:
    """Whether the top k held the item that came or another of its category, bool [n_events].

    Never fewer hits than accuracy@k has. An item that training never saw is a miss, as there.

    Args:
        evaluation: ranks and top items.
        codes: `category_codes`.
        k: list length, at most the number of top items kept.

    Raises:
        ConfigError: fewer than k top items were kept.
    """
    wanted = np.where(evaluation.target >= 0, codes[evaluation.target], -1)
    same = codes[top_lists(evaluation, k)] == wanted[:, None]
    return (hits(evaluation.ranks(), k) > 0) | (same.any(axis=1) & (wanted >= 0))


def category_rates(models: Sequence[ModelResults], codes: np.ndarray, k: int, confidence: float) -> pd.DataFrame:
    """How often the first guess, and the top k, had the category of the item that came; the best first guesses first.

    A long list often includes the right category by chance: with six categories, ten items nearly always do. So the
    first guess says more.

    Args:
        models: what predicted the test; several seeds are averaged event by event.
        codes: `category_codes`.
        k: list length.
        confidence: level of the interval, in (0, 1).

    Returns:
        One row per model: name, label, kind, item (in the top k), first (category of the first guess), first_low,
        first_high, category (in the top k), low, high (its interval), all per 100.
    """
    rows = []
    for model in models:
        first, found = _rate(model, codes, 1, confidence), _rate(model, codes, k, confidence)
        rows.append(
            {"name": model.name, "label": model.label, "kind": model.kind}
            | {"item": 100 * rate(model, f"accuracy@{k}")}
            | dict(zip(("first", "first_low", "first_high"), first, strict=True))
            | dict(zip(("category", "low", "high"), found, strict=True))
        )
    return pd.DataFrame(rows).sort_values("first", ascending=False, kind="stable", ignore_index=True)


def _rate(model: ModelResults, codes: np.ndarray, k: int, confidence: float) -> tuple[float, float, float]:
    """Hits of the right category in the top k per 100, a mean over seeds, and the limits of their interval."""
    by_seed = [category_hits(evaluation, codes, k) for evaluation in model.evaluations]
    low, high = hit_rate_interval(np.mean(by_seed, axis=0), model.evaluations[0].session, confidence)
    return 100 * mean_of_seeds([float(one.mean()) for one in by_seed]), 100 * low, 100 * high
