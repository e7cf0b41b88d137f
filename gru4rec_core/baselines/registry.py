"""Which class is each baseline? A new one is registered here, and named in names.py."""

from collections.abc import Callable

from gru4rec_core.baselines.base import Baseline
from gru4rec_core.baselines.knn import ItemKNN
from gru4rec_core.baselines.linear import LinearAutoregressive
from gru4rec_core.baselines.markov import MarkovChain
from gru4rec_core.baselines.popularity import LastItemAgain, Popularity, SessionPopularity
from gru4rec_core.baselines.rules import SequentialRules
from gru4rec_core.baselines.session_neighbours import STAN, VSKNN, VSTAN
from gru4rec_core.baselines.slist import SLIS, SLIST, SLIT

BASELINES: dict[str, Callable[..., Baseline]] = {
    baseline.name: baseline
    for baseline in (
        Popularity,
        SessionPopularity,
        LastItemAgain,
        MarkovChain,
        SequentialRules,
        ItemKNN,
        VSKNN,
        STAN,
        VSTAN,
        LinearAutoregressive,
        SLIS,
        SLIT,
        SLIST,
    )
}
"""Every baseline by name, in the order of their labels; calling one makes it, by default with its usual settings."""
