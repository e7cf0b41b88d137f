"""Which class is each baseline? A new one is registered here, and named in names.py."""

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
