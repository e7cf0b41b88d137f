"""Which baselines are there, and what are they called on screen? A new one is registered here."""

from collections.abc import Callable

from gru4rec_core.baselines.base import Baseline
from gru4rec_core.baselines.knn import VSKNN, ItemKNN
from gru4rec_core.baselines.linear import LinearAutoregressive
from gru4rec_core.baselines.markov import MarkovChain
from gru4rec_core.baselines.popularity import LastItemAgain, Popularity, SessionPopularity

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
"""Every baseline by name, simplest first; calling one makes it with its default settings."""

DEFAULT_BASELINES: tuple[str, ...] = tuple(BASELINES)
"""The baselines of every table of results, unless others are chosen."""

BASELINE_LABELS: dict[str, str] = {
    "popularity": "Best-sellers",
    "session-popularity": "Best-sellers of the session",
    "last-item-again": "Last item again",
    "markov": "Lookup table (Markov)",
    "item-knn": "Item kNN",
    "vs-knn": "VS-kNN",
    "linear-ar": "Linear autoregressive",
}
"""What screens, charts and reports call them."""
