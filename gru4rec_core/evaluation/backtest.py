"""Does a verdict hold from one period to the next? The same models on several windows of one log.

All windows together are judged as one comparison is: the same metric, margin and level, and a bootstrap that draws
sessions within each window. Beside it stands each window's own verdict. Where the winner changes from window to
window, the whole is undecided, whatever their mean says.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.comparison import Comparison
from gru4rec_core.evaluation.pair_verdict import PairVerdict
from gru4rec_core.evaluation.scoring import Evaluation
from gru4rec_core.evaluation.verdict import Verdict, VerdictKind, build_verdict, judge_contenders
from gru4rec_core.evaluation.verdict_text import Rate, pair_sentence
from gru4rec_core.words import counted

OTHER_WEEKS = (
    "Only all windows together decide; single windows explain. The interval is about chance in the sessions of these"
    " windows, not about how far other weeks may differ."
)


@dataclass(frozen=True)
class WindowComparison:
    """A window's period in words, and the comparison of the models on it."""

    period: str
    comparison: Comparison


@dataclass(frozen=True)
class WindowVerdict:
    """What one window says of the two models that the verdict over all windows speaks of.

    Attributes:
        period: the window, in words.
        kind: its own verdict.
        better: name of the model that is better in it; None unless clear or size-open.
        leader_value, other_value: the deciding metric, in [0, 1], of the model that leads over all windows, and of the
            other: in one window the other may be ahead.
        relative, low, high: leader / other - 1 with its interval.
        n_sessions, n_events: tested in it.
        sentence: the window's own verdict in words.
    """

    period: str
    kind: VerdictKind
    better: str | None
    leader_value: float
    other_value: float
    relative: float
    low: float
    high: float
    n_sessions: int
    n_events: int
    sentence: str


@dataclass(frozen=True)
class BacktestVerdict:
    """What all windows say together, and each by itself.

    Attributes:
        verdict: over all windows; "undecided" where the winner changes.
        windows: one by one, the earliest first.
        winner_changes: whether a window's own verdict calls a model better, and another window's the other, or the
            whole does.
    """

    verdict: Verdict
    windows: tuple[WindowVerdict, ...]
    winner_changes: bool

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; ratios that are infinite are null."""
        windows = [
            {name: None if value in (np.inf, -np.inf) else value for name, value in asdict(window).items()}
            for window in self.windows
        ]
        return {"verdict": self.verdict.to_json(), "winner_changes": self.winner_changes, "windows": windows}


def merge_models(windows: Sequence[Comparison]) -> tuple[list[ModelResults], np.ndarray]:
    """The models that all windows have, each with its predictions of all windows in a row.

    The top lists are left out: items have other ids in each window. Where a window has fewer seeds of a model, as many
    are taken of the others.

    Args:
        windows: the comparison of each window.

    Returns:
        The models in the order of the first window, and the window of each event: int64 [n_events].

    Raises:
        RunError: there is no window, or no model is in all of them.
    """
    by_name = [{model.name: model for model in window.models} for window in windows]
    names = [name for name in (by_name[0] if by_name else {}) if all(name in models for models in by_name)]
    if not names:
        raise RunError(
            "Windows are judged together by the models that all of them have.",
            found=f"none in {counted(len(windows), 'window')}",
            remedy="Train the same models on each window.",
        )
    sizes = [models[names[0]].n_events for models in by_name]
    merged = [_merge([models[name] for models in by_name]) for name in names]
    return merged, np.repeat(np.arange(len(sizes)), sizes)


def judge_windows(windows: Sequence[WindowComparison], whole: Comparison) -> BacktestVerdict:
    """The verdict over all windows and of each.

    Args:
        windows: those that can be judged, the earliest first.
        whole: the comparison of the merged models (see `merge_models`), with sessions drawn within windows.

    Raises:
        RunError: fewer than two GRU4Rec models.
    """
    verdict = build_verdict(whole)
    if verdict.kind == "invalid":
        return BacktestVerdict(verdict, (), winner_changes=False)
    leader, other = verdict.numbers["leader"], verdict.numbers["other"]
    pairs = [judge_contenders(window.comparison, leader, other) for window in windows]
    judged = [_judge(window, pair, leader) for window, pair in zip(windows, pairs, strict=True)]
    winners = {window.better for window in judged} | {verdict.better}
    changes = {leader, other} <= winners
    labels = {model.name: model.label for model in whole.models}
    limits = (_count_windows(judged, labels[leader]), *verdict.limits, OTHER_WEEKS)
    if changes:
        verdict = _undecide(verdict, f"{_describe_change(judged, labels, (leader, other))} {_rates(verdict, labels)}")
    return BacktestVerdict(replace(verdict, limits=limits), tuple(judged), changes)


def _merge(models: Sequence[ModelResults]) -> ModelResults:
    """One model's results on all windows in a row."""
    n_seeds = min(model.n_seeds for model in models)
    evaluations = tuple(_concatenate([model.evaluations[seed] for model in models]) for seed in range(n_seeds))
    keys = [model.test_key for model in models]
    seconds = [model.training_seconds for model in models]
    timed = all(len(model.run_seconds) >= n_seeds for model in models)
    return replace(
        models[0],
        evaluations=evaluations,
        test_key="/".join(keys) if all(keys) else "",
        tested_on="",
        leaked_events=sum(model.leaked_events for model in models),
        overlaps_training_days=any(model.overlaps_training_days for model in models),
        still_improving=any(model.still_improving for model in models),
        too_few_epochs=any(model.too_few_epochs for model in models),
        training_seconds=None if None in seconds else sum(filter(None, seconds)),
        run_seconds=tuple(sum(model.run_seconds[seed] for model in models) for seed in range(n_seeds)) if timed else (),
    )


def _concatenate(evaluations: Sequence[Evaluation]) -> Evaluation:
    # Sessions are numbered on from window to window: one name may stand for two visits.
    firsts = np.cumsum([0, *(int(evaluation.session.max(initial=-1)) + 1 for evaluation in evaluations)])
    n_events = sum(evaluation.n_events for evaluation in evaluations)

    def join(name: str) -> np.ndarray:
        return np.concatenate([getattr(evaluation, name) for evaluation in evaluations])

    return Evaluation(
        session=np.concatenate(
            [evaluation.session + first for evaluation, first in zip(evaluations, firsts[:-1], strict=True)]
        ).astype(np.int32),
        session_id=join("session_id"),
        position=join("position"),
        target=join("target"),
        greater=join("greater"),
        equal=join("equal"),
        top_items=np.empty((n_events, 0), np.int32),
        top_scores=np.empty((n_events, 0), np.float32),
        n_items=min(evaluation.n_items for evaluation in evaluations),
    )


def _judge(window: WindowComparison, verdict: PairVerdict, leader: str) -> WindowVerdict:
    pair = verdict.pair if verdict.pair.b.name == leader else verdict.pair.reversed()
    figures = pair.deciding
    return WindowVerdict(
        period=window.period,
        kind=verdict.kind,
        better=verdict.pair.b.name if verdict.better else None,
        leader_value=figures.b_value,
        other_value=figures.a_value,
        relative=figures.relative,
        low=figures.relative_low,
        high=figures.relative_high,
        n_sessions=pair.n_sessions,
        n_events=pair.n_events,
        sentence=pair_sentence(verdict, window.comparison.config),
    )


def _count_windows(windows: Sequence[WindowVerdict], leader: str) -> str:
    """ "BPR is ahead in 3 of 4 windows; in 2 of these, that window alone calls it better."."""
    ahead = [window for window in windows if window.leader_value > window.other_value]
    text = f"{leader} is ahead in {len(ahead)} of {counted(len(windows), 'window')}"
    decided = sum(window.better is not None for window in ahead)
    if not decided:
        return f"{text}; no window alone calls it better."
    return f"{text}; in {decided} of these, that window alone calls it better."


def _describe_change(windows: Sequence[WindowVerdict], labels: dict[str, str], names: Sequence[str]) -> str:
    """ "Not decided: the winner changes. BPR is better in 2008-07-14 to 2008-07-20, TOP1 in …."."""
    parts = []
    for name in names:
        periods = [window.period for window in windows if window.better == name]
        parts.append(
            f"{labels[name]} is better {'in ' + ', '.join(periods) if periods else 'over all windows together'}"
        )
    return f"Not decided: the winner changes. {'; '.join(parts)}."


def _rates(verdict: Verdict, labels: dict[str, str]) -> str:
    figures = verdict.numbers
    leader = Rate(labels[figures["leader"]], figures["leader_value"])
    other = Rate(labels[figures["other"]], figures["other_value"])
    return f"In the top {figures['k']} over all windows: {leader}, {other} of 100."


def _undecide(verdict: Verdict, sentence: str) -> Verdict:
    """The same figures without a winner; where a baseline leads, its sentence stays the first."""
    first, *rest = verdict.sentences
    sentences = (first, f"Between the models: {sentence}") if verdict.baseline_leads else (sentence, *rest)
    return replace(verdict, kind="undecided", better=None, sentences=sentences, sessions_needed=None)
