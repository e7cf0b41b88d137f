"""Which ten test sessions does a report show, so that nobody picked the flattering ones?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.event_orders import disagreement
from gru4rec_core.evaluation.hit_overlap import OUTCOMES, find_hit_overlap
from gru4rec_core.evaluation.metrics import hits
from gru4rec_core.evaluation.seed_outcomes import is_hit, seed_index
from gru4rec_core.report.labels import outcome_labels

N_EACH = 2
"""Sessions per outcome, and as many of the largest disagreement."""

_OWN_OUTCOME = " With several seeds, those first whose shown guesses have the outcome that most seeds have."

_SEED = 20  # fixed, so that everyone who makes the report has the same ones


@dataclass(frozen=True)
class Pick:
    """A prediction to read: `event` is its row number, `reason` why it is here, e.g. "only BPR"."""

    event: int
    reason: str


def describe_rule(n_models: int) -> str:
    """The rule by which the sessions are chosen, as a sentence."""
    if n_models < 2:
        return (
            f"Drawn at random (seed {_SEED}): {2 * N_EACH} hits and {3 * N_EACH} misses, each from another session."
            f"{_OWN_OUTCOME}"
        )
    return (
        f"Drawn at random (seed {_SEED}), {N_EACH} of each outcome, then the {N_EACH} in which the two models' ranks"
        f" differ by the largest factor; each from another session.{_OWN_OUTCOME}"
    )


def pick_sessions(models: tuple[ModelResults, ...], k: int, seed: int = 0) -> list[Pick]:
    """At most ten predictions of as many sessions, in the order they are shown; the same for the same results.

    Args:
        models: the two that are set side by side, or the only one.
        k: list length of hits and misses.
        seed: index of the seed whose guesses are shown and whose ranks are compared.
    """
    session, taken, picks = models[0].evaluations[0].session, set[int](), list[Pick]()
    for reason, candidates, wanted in _groups(models, k, seed):
        fresh: list[int] = []
        for event in candidates:
            if len(fresh) == wanted:
                break
            if int(session[event]) not in taken:
                taken.add(int(session[event]))
                fresh.append(int(event))
        picks += [Pick(event, reason) for event in fresh]
    return picks


def _groups(models: tuple[ModelResults, ...], k: int, seed: int) -> Iterator[tuple[str, np.ndarray, int]]:
    """Reason, row numbers in the order they are tried, and how many are wanted."""
    rng = np.random.default_rng(_SEED)
    own = np.logical_and.reduce([is_hit(model, k) == _hits_of_seed(model, k, seed) for model in models])

    def draw(chosen: np.ndarray) -> np.ndarray:
        drawn = rng.permutation(np.flatnonzero(chosen))
        return np.concatenate([drawn[own[drawn]], drawn[~own[drawn]]])

    if len(models) < 2:
        hit = is_hit(models[0], k)
        yield "hit", draw(hit), 2 * N_EACH
        yield "miss", draw(~hit), 3 * N_EACH
        return
    a, b = models
    outcomes, names = find_hit_overlap(a, b, k).labels, outcome_labels(a, b)
    for outcome in OUTCOMES:
        yield names[outcome], draw(outcomes == outcome), N_EACH
    yield "largest disagreement", np.argsort(-disagreement(models, k, seed), kind="stable"), N_EACH


def _hits_of_seed(model: ModelResults, k: int, seed: int) -> np.ndarray:
    return hits(model.evaluations[seed_index(model, seed)].ranks(), k) > 0
