"""Which baselines are there, and what are they called on screen?

Apart from their classes (registry.py), because most commands and pages need no more than the names, and the classes
need SciPy: 0.3 s of their start.
"""

BASELINE_LABELS: dict[str, str] = {
    "popularity": "Best-sellers",
    "session-popularity": "Best-sellers of the session",
    "last-item-again": "Last item again",
    "markov": "Lookup table (Markov)",
    "item-knn": "Item kNN",
    "vs-knn": "VS-kNN",
    "linear-ar": "Linear autoregressive",
}
"""What screens, charts and reports call every baseline, simplest first."""

DEFAULT_BASELINES: tuple[str, ...] = tuple(BASELINE_LABELS)
"""The baselines of every table of results, unless others are chosen."""
