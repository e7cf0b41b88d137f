"""Which simple methods must a model beat?"""

from collections.abc import Callable, Iterable

from gru4rec_core.baselines.base import (
    Baseline,
    LastItemAgain,
    MarkovChain,
    Popularity,
    SessionPopularity,
)
from gru4rec_core.baselines.knn import VSKNN, ItemKNN
from gru4rec_core.baselines.linear import LinearAutoregressive
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import ConfigError

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
    "fit_baselines",
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


def fit_baselines(train: SessionDataset, names: Iterable[str] = DEFAULT_BASELINES) -> list[Baseline]:
    """Baselines with their default settings, fitted to the training sessions, in the order of `names`.

    Raises:
        ConfigError: an unknown name.
    """
    names = list(names)
    if unknown := [name for name in names if name not in BASELINES]:
        raise ConfigError(
            "A baseline is one of " + ", ".join(BASELINES) + ".",
            found=", ".join(unknown),
            where="baselines",
            remedy="Choose among these.",
        )
    return [BASELINES[name]().fit(train) for name in names]
