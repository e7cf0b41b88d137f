"""What would a test rule do to a log: how many events go to each part, and when does the test start?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gru4rec_core.baselines.names import BASELINE_LABELS
from gru4rec_core.config import SplitConfig, default_deciding_k
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet, Split, SplitSummary
from gru4rec_core.data.splits import split
from gru4rec_core.data.times import DAY_SECONDS, UNITS, day_length
from gru4rec_core.evaluation.data_warnings import find_split_warnings, quick_baseline, visible_difference
from gru4rec_core.evaluation.diagnostic_warning import DiagnosticWarning
from gru4rec_core.evaluation.verdict_text import method_name
from gru4rec_core.report.frames.data import LEFT_OUT, PARTS, TEST, TRAIN
from gru4rec_core.words import percent_text

_N_BINS = 60  # bars over a log whose times are no dates


@dataclass(frozen=True)
class SplitPreview:
    """What a test rule would do to a log.

    Attributes:
        days: as `events_by_day`.
        cut: where the test starts: ns since 1970 where times are dates, else in the log's own unit; None without one.
        n_sessions: test sessions in which something is predicted.
        n_predicted: predictions in them.
        deciding_k: the list length that a comparison on this log decides by.
        baseline: the stronger of two quick baselines, as it is named in a sentence.
        baseline_rate: its share of hits in the top `deciding_k`, 0 to 1.
        smallest_difference: the smallest relative difference between two models that the test is likely to show;
            inf where it is too small to show any.
        warnings: what is wrong with the test.
        left_out: which events are in neither part, and why, as a sentence; "" where there are none.
    """

    days: pd.DataFrame
    cut: float | None
    n_sessions: int
    n_predicted: int
    deciding_k: int
    baseline: str
    baseline_rate: float
    smallest_difference: float
    warnings: tuple[DiagnosticWarning, ...]
    left_out: str = ""


def preview_split(dataset: SessionDataset, test_rule: SplitConfig, unit: str) -> SplitPreview:
    """Cuts a log by a test rule, and says what came of it.

    Args:
        dataset: the whole log.
        test_rule: protocol and its settings.
        unit: of the timestamps, one of `times.UNITS`; "" where they are no dates.

    Raises:
        DataError: the log cannot be cut by this test rule.
    """
    parts = split(dataset, test_rule)
    predicted = parts.test.events()
    k = default_deciding_k(dataset.n_items)
    baseline, rate = quick_baseline(parts.train, parts.test, k)
    return SplitPreview(
        days=events_by_day(np.asarray(dataset.timestamps), _times_of_parts(parts, test_rule), unit),
        cut=_in_chart_units(parts.summary.cut, unit),
        n_sessions=len(np.unique(predicted.session)),
        n_predicted=len(predicted.target),
        deciding_k=k,
        baseline=method_name(BASELINE_LABELS[baseline]),
        baseline_rate=rate,
        smallest_difference=visible_difference(parts.test, rate),
        warnings=tuple(find_split_warnings(parts, k, hit_rate=rate)),
        left_out=describe_left_out(parts.summary),
    )


def events_by_day(all_times: np.ndarray, parts: Mapping[str, np.ndarray], unit: str) -> pd.DataFrame:
    """Events per day by part; per sixtieth of the span where times are no dates.

    Args:
        all_times: timestamps of the log's events.
        parts: timestamps of those that are trained on and of those that are tested, by `TRAIN` and `TEST`; what is in
            neither is left out.
        unit: of all of them; "" where they are no dates.

    Returns:
        Columns day (datetime, or a number in the log's own unit), part (of `PARTS`), events.
    """
    if unit in UNITS:
        width, start = float(day_length(unit)), 0.0
    else:
        start = float(all_times.min())
        width = max((float(all_times.max()) - start) / _N_BINS, 1e-9)

    def count(times: np.ndarray) -> pd.Series:
        return pd.Series(((times - start) // width).astype(np.int64)).value_counts()

    by_part = {"all": count(all_times), TRAIN: count(parts[TRAIN]), TEST: count(parts[TEST])}
    counts = pd.DataFrame(by_part).fillna(0).astype(int).sort_index()
    counts[LEFT_OUT] = counts["all"] - counts[TRAIN] - counts[TEST]
    frame = counts[list(PARTS)].rename_axis("bin").reset_index().melt("bin", var_name="part", value_name="events")
    day = pd.to_datetime(frame["bin"] * DAY_SECONDS, unit="s") if unit in UNITS else frame["bin"] * width + start
    return frame.assign(day=day)[["day", "part", "events"]]


def describe_left_out(summary: SplitSummary) -> str:
    """How many events of a log are in no part and why, as a sentence; "" where there are none."""
    if not summary.dropped_events:
        return ""
    dropped: dict[str, int] = {}
    for step in summary.steps:
        if step.dropped_events:
            reason = _REASONS.get(step.name.partition(", round ")[0], "for other reasons")
            dropped[reason] = dropped.get(reason, 0) + step.dropped_events
    reasons = ", ".join(f"{n:,} {reason}" for reason, n in dropped.items())
    share = percent_text(summary.dropped_events / summary.log_events)
    return f"Left out: {summary.dropped_events:,} of {summary.log_events:,} events ({share}): {reasons}."


_REASONS = {
    "collapse repeats": "that repeat the item before them",
    "item support": "of items with too few events",
    "session length": "in sessions that are too short",
    "end of the test": "in sessions that start after the test",
    "training": "after the cut, in sessions that began before it",
    "training without validation": "in sessions that reach into the time of the validation",
}
"""Why a step of a split (`data.filters`, `data.protocols`) drops events, by its name."""


def _times_of_parts(parts: Split, test_rule: SplitConfig) -> dict[str, np.ndarray]:
    """Timestamps of the training events, those that watch training among them, and of the tested ones."""
    held_out = [_own_times(part, test_rule) for part in (parts.validation, parts.test) if part is not None]
    return {TRAIN: np.concatenate([np.asarray(parts.train.timestamps), *held_out[:-1]]), TEST: held_out[-1]}


def _own_times(part: EvaluationSet, test_rule: SplitConfig) -> np.ndarray:
    """Timestamps of a held-out part's own events: the last of each session where training has those before it."""
    times = np.asarray(part.dataset.timestamps)
    is_last = np.zeros(len(times), bool)
    is_last[part.dataset.offsets[1:] - 1] = True
    return times[is_last] if test_rule.protocol == "last-item" else times


def _in_chart_units(cut: float | None, unit: str) -> float | None:
    return cut / UNITS[unit] * UNITS["ns"] if cut is not None and unit in UNITS else cut
