"""Which simple methods must a model beat?"""

from collections.abc import Callable

from gru4rec_core.baselines.base import (
    Baseline,
    LastItemAgain,
    MarkovChain,
    Popularity,
    SessionPopularity,
)
from gru4rec_core.baselines.knn import VSKNN, ItemKNN
from gru4rec_core.baselines.linear import LinearAutoregressive

__all__ = [
    "BASELINES",
    "DEFAULT_BASELINES",
    "LABELS",
    "VSKNN",
    "Baseline",
    "ItemKNN",
    "LastItemAgain",
    "LinearAutoregressive",
    "MarkovChain",
    "Popularity",
    "SessionPopularity",
]

BASELINES: dict[str, Callable[[], Baseline]] = {
    baseline.name: baseline
    for baseline in (
        Popularity,
        SessionPopularity,
        LastItemAgain,
        MarkovChain,
        ItemKNN,
        VSKNN,
        LinearAutoregressive,
    )
}
"""Every baseline by name, simplest first; call for one with its default settings."""

DEFAULT_BASELINES: tuple[str, ...] = tuple(BASELINES)
"""What every table of results shows."""

LABELS: dict[str, str] = {
    "popularity": "Best-sellers",
    "session-popularity": "Best-sellers of the session",
    "last-item-again": "Last item again",
    "markov": "Lookup table (Markov)",
    "item-knn": "Item kNN",
    "vs-knn": "VS-kNN",
    "linear-ar": "Linear autoregressive",
}
"""How screens call them."""
