"""What would a test rule do to a log: how many events go to each part, and when does the test start?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gru4rec_core.baselines.names import BASELINE_LABELS
from gru4rec_core.config import SplitConfig, default_deciding_k
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.data.splits import split
from gru4rec_core.data.times import DAY_SECONDS, UNITS, day_length
from gru4rec_core.evaluation.data_warnings import find_split_warnings, quick_baseline, visible_difference
from gru4rec_core.evaluation.diagnostic_warning import DiagnosticWarning
from gru4rec_core.evaluation.verdict_text import method_name
from gru4rec_core.report.frames.data import TEST, TRAIN

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
        days=events_by_day(np.asarray(dataset.timestamps), _tested_times(parts.test, test_rule), unit),
        cut=_in_chart_units(parts.summary.cut, unit),
        n_sessions=len(np.unique(predicted.session)),
        n_predicted=len(predicted.target),
        deciding_k=k,
        baseline=method_name(BASELINE_LABELS[baseline]),
        baseline_rate=rate,
        smallest_difference=visible_difference(parts.test, rate),
        warnings=tuple(find_split_warnings(parts, k, hit_rate=rate)),
    )


def events_by_day(all_times: np.ndarray, tested: np.ndarray, unit: str) -> pd.DataFrame:
    """Events per day, training and test apart; per sixtieth of the span where times are no dates.

    Args:
        all_times: timestamps of the log's events.
        tested: timestamps of those that are the test, a part of `all_times`.
        unit: of both; "" where they are no dates.

    Returns:
        Columns day (datetime, or a number in the log's own unit), part ("training" or "test"), events.
    """
    if unit in UNITS:
        width, start = float(day_length(unit)), 0.0
    else:
        start = float(all_times.min())
        width = max((float(all_times.max()) - start) / _N_BINS, 1e-9)
    bins = [((times - start) // width).astype(np.int64) for times in (all_times, tested)]
    all_counts, test_counts = (pd.Series(numbers).value_counts() for numbers in bins)
    counts = pd.DataFrame({"all": all_counts, TEST: test_counts}).fillna(0).astype(int).sort_index()
    counts[TRAIN] = (counts["all"] - counts[TEST]).clip(lower=0)
    frame = counts[[TRAIN, TEST]].rename_axis("bin").reset_index().melt("bin", var_name="part", value_name="events")
    day = pd.to_datetime(frame["bin"] * DAY_SECONDS, unit="s") if unit in UNITS else frame["bin"] * width + start
    return frame.assign(day=day)[["day", "part", "events"]]


def _tested_times(test: EvaluationSet, test_rule: SplitConfig) -> np.ndarray:
    """Timestamps of the predicted events, or of whole sessions where training has nothing of them."""
    times = np.asarray(test.dataset.timestamps)
    return times[test.predicted] if test_rule.protocol == "last-item" else times


def _in_chart_units(cut: float | None, unit: str) -> float | None:
    return cut / UNITS[unit] * UNITS["ns"] if cut is not None and unit in UNITS else cut
