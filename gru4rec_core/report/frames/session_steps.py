"""How is one session told step by step: what came, what the models learnt from, and what each guessed?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.ranks import count_ranks, true_item_ranks
from gru4rec_core.evaluation.scoring import Scorer
from gru4rec_core.evaluation.seed_outcomes import seed_index

StepKind = Literal["tested", "trained", "validation", "untested"]


@dataclass(frozen=True)
class Step:
    """One item of a session.

    Attributes:
        position: from 0.
        item: id, -1 for one that training never saw.
        kind: "tested", "trained" (a good guess there proves nothing), "validation" (only watched training) or
            "untested" (nothing asked for it, as for the first item).
        event: row number of the test event; None where the step was not tested.
        ranks: by model name, rank of the item in the test; empty where it was not tested.
    """

    position: int
    item: int
    kind: StepKind
    event: int | None
    ranks: dict[str, float]


class Guesses(NamedTuple):
    """A model's guesses at a step, ids, best first, and the rank of the item that came; inf if unknown."""

    items: list[int]
    rank: float


def list_steps(
    session: int, events: EvaluationSet, trained: np.ndarray, models: Sequence[ModelResults], seed: int
) -> list[Step]:
    """All items of a session, oldest first.

    Args:
        session: its index in the evaluation.
        events: the test sessions.
        trained: bool [events of the log], what training learnt from.
        models: whose ranks are told.
        seed: index of the seed that guessed.
    """
    begin, end = (int(offset) for offset in events.dataset.offsets[session : session + 2])
    items = np.asarray(events.dataset.items[begin:end]).tolist()
    learnt, predicted = np.asarray(trained[begin:end]), np.asarray(events.predicted[begin:end])
    evaluation = models[0].evaluations[0]
    rows = np.flatnonzero(evaluation.session == session)
    row_of = dict(zip(evaluation.position[rows].tolist(), rows.tolist(), strict=True))
    ranks = {model.name: model.evaluations[seed_index(model, seed)].ranks() for model in models}
    steps = []
    for position, item in enumerate(items):
        event = row_of.get(position)
        told = {name: float(of_model[event]) for name, of_model in ranks.items()} if event is not None else {}
        steps.append(Step(position, item, _kind(position, event, learnt, predicted), event, told))
    return steps


def _kind(position: int, event: int | None, learnt: np.ndarray, predicted: np.ndarray) -> StepKind:
    if event is not None:
        return "tested"
    if learnt[position]:
        return "trained"
    # Of a session that training learnt from: what it neither learnt nor is tested on.
    return "validation" if learnt.any() and not predicted[position] else "untested"


def guesses_of_test(event: int, models: Sequence[ModelResults], k: int, seed: int) -> dict[str, Guesses]:
    """The first k guesses of each model at a test event, as they were in the test, by model name."""
    told = {}
    for model in models:
        evaluation = model.evaluations[seed_index(model, seed)]
        told[model.name] = Guesses(evaluation.top_items[event, :k].tolist(), float(evaluation.ranks()[event]))
    return told


def guess_again(items: Sequence[int], position: int, scorers: Mapping[str, Scorer], k: int) -> dict[str, Guesses]:
    """The first k guesses of each model for a step that was not tested, from the items before it, by model name.

    Args:
        items: the session's, ids; -1 is an unknown item, left out of the history.
        position: of the step, from 0; the items before it are the history.
        scorers: by model name.
        k: guesses kept.
    """
    history = np.array([item for item in items[:position] if item >= 0], np.int32)
    target = np.array([items[position]], np.int32)
    told = {}
    for name, scorer in scorers.items():
        counts = count_ranks(scorer.scores([history]), target, k)
        rank = true_item_ranks(counts.greater, counts.equal, target)
        told[name] = Guesses(counts.top_items[0].tolist(), float(rank[0]))
    return told


def visible_span(n_steps: int, focus: int, before: int = 14, after: int = 6) -> tuple[int, int]:
    """Which steps of a long session are drawn: from, and up to but without; always `before` + `after` where there are.

    Args:
        n_steps: of the session.
        focus: position of the step that is looked at.
        before, after: steps wanted on either side.
    """
    start = max(0, min(focus - before, n_steps - before - after - 1))
    return start, min(n_steps, max(focus + after, before + after) + 1)


def gather_repeats(steps: Sequence[Step], focus: int) -> list[list[Step]]:
    """The steps, with repeats of an item next to each other together; the step that is looked at stays alone.

    Args:
        steps: in order.
        focus: its position.
    """
    groups: list[list[Step]] = []
    for step in steps:
        before = groups[-1][-1] if groups else None
        same = before is not None and (before.item, before.kind) == (step.item, step.kind) and step.item >= 0
        if same and before is not None and focus not in {before.position, step.position}:
            groups[-1].append(step)
        else:
            groups.append([step])
    return groups
