"""Which baselines are there, of which kind, and what are they called on screen?

Apart from their classes (registry.py), because most commands and pages need no more than the names, and the classes
need SciPy: 0.3 s of their start.
"""

from collections.abc import Iterable

BASELINE_LABELS: dict[str, str] = {
    "popularity": "Best-sellers",
    "session-popularity": "Best-sellers of the session",
    "last-item-again": "Last item again",
    "markov": "Lookup table (Markov)",
    "sequential-rules": "Sequential rules",
    "item-knn": "Item kNN",
    "v-sknn": "V-SKNN",
    "stan": "STAN",
    "vstan": "VSTAN",
    "linear-ar": "Linear autoregressive",
    "slis": "SLIS",
    "slit": "SLIT",
    "slist": "SLIST",
}
"""What screens, charts and reports call every baseline; within a group (`BASELINE_GROUPS`) simplest first."""

BASELINE_GROUPS: dict[str, tuple[str, ...]] = {
    "counting": ("popularity", "session-popularity", "last-item-again", "markov", "sequential-rules"),
    "neighbours": ("item-knn", "v-sknn", "stan", "vstan"),
    "closed form": ("linear-ar", "slis", "slit", "slist"),
}
"""The kinds of baselines: tables of counts, similar items or sessions, linear models with one solution."""

DEFAULT_BASELINES: tuple[str, ...] = tuple(name for name in BASELINE_LABELS if name not in ("slis", "slit"))
"""The baselines of every table of results, unless others are chosen; SLIS and SLIT are the parts of SLIST."""

RETIRED_LABELS: dict[str, str] = {"vs-knn": "VS-kNN"}
"""Baselines of earlier versions: their results are shown, and none is computed any more (V-SKNN took the place)."""


def label_of(name: str) -> str:
    """What a baseline is called, one of an earlier version too; one of a later version by its name."""
    return (BASELINE_LABELS | RETIRED_LABELS).get(name, name)


def group_of(name: str) -> str:
    """The group of a baseline; "baseline" for one of an earlier or a later version."""
    return next((group for group, names in BASELINE_GROUPS.items() if name in names), "baseline")


def without_retired(names: Iterable[str]) -> tuple[str, ...]:
    """Those of the names that can still be computed."""
    return tuple(name for name in names if name not in RETIRED_LABELS)
