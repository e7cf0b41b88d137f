"""Which baselines are there, of which kind, and what are they called on screen?

Apart from their classes (registry.py), because most commands and pages need no more than the names, and the classes
need SciPy: 0.3 s of their start.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

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


_TUNED = "~"  # between a baseline's name and what tells its settings apart; allowed in file names everywhere


def tuned_name(name: str, settings: Mapping[str, Any]) -> str:
    """The name of a baseline with tuned settings: the same for the same settings, and that of its files.

    >>> tuned_name("stan", {"age": 20.0, "neighbours": 100})
    'stan~e7750a5f'
    """
    text = json.dumps(dict(sorted(settings.items())))
    return f"{name}{_TUNED}{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def base_of(name: str) -> str:
    """The name without what tells tuned settings apart: a key of `BASELINE_LABELS`."""
    return name.partition(_TUNED)[0]


def is_tuned(name: str) -> bool:
    """Whether this is the name of a baseline with tuned settings."""
    return _TUNED in name


def is_known(name: str) -> bool:
    """Whether a baseline of this name can be computed; a tuned one where its settings are known."""
    return base_of(name) in BASELINE_LABELS


def label_of(name: str) -> str:
    """What a baseline is called, one of an earlier version too; one of a later version by its name.

    >>> label_of("stan"), label_of("stan~e7750a5f"), label_of("vs-knn")
    ('STAN', 'STAN (tuned)', 'VS-kNN')
    """
    base = base_of(name)
    label = (BASELINE_LABELS | RETIRED_LABELS).get(base, base)
    return f"{label} (tuned)" if is_tuned(name) else label


def group_of(name: str) -> str:
    """The group of a baseline; "baseline" for one of an earlier or a later version."""
    base = base_of(name)
    return next((group for group, names in BASELINE_GROUPS.items() if base in names), "baseline")


def without_retired(names: Iterable[str]) -> tuple[str, ...]:
    """Those of the names that can still be computed."""
    return tuple(name for name in names if name not in RETIRED_LABELS)
