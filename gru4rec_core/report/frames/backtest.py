"""The table of a backtest, window by window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gru4rec_core.evaluation.rate_intervals import level_text
from gru4rec_core.evaluation.verdict import KIND_LABELS, VerdictKind
from gru4rec_core.words import per_100, percent_number

if TYPE_CHECKING:
    from gru4rec_core.evaluation.backtest import BacktestVerdict
    from gru4rec_core.evaluation.comparison import Comparison

ALL_WINDOWS = "all windows"
"""What the last row is called."""


def window_table(verdict: BacktestVerdict, whole: Comparison) -> pd.DataFrame:
    """A row per window and one for all of them, as texts: window, sessions, hits of both models, difference, answer.

    The rates are hits per 100 in the deciding top k, under the models' labels; the difference is that of the model that
    leads over all windows against the other, in %, with its interval.

    Args:
        verdict: of the backtest; empty where it is "invalid".
        whole: the comparison of all windows together.
    """
    numbers = verdict.verdict.numbers
    if "leader" not in numbers:
        return pd.DataFrame(columns=["window", "sessions", "difference", "answer"])
    labels = {model.name: model.label for model in whole.models}
    leader, other = labels[numbers["leader"]], labels[numbers["other"]]
    rows = [
        {
            "window": window.period,
            "sessions": f"{window.n_sessions:,}",
            other: per_100(window.other_value),
            leader: per_100(window.leader_value),
            "difference": difference_text(window.relative, window.low, window.high),
            "answer": answer_text(window.kind, labels.get(window.better or "", "")),
        }
        for window in verdict.windows
    ]
    pair = whole.pair(numbers["other"], numbers["leader"]).deciding
    rows.append(
        {
            "window": ALL_WINDOWS,
            "sessions": f"{numbers['n_sessions']:,}",
            other: per_100(numbers["other_value"]),
            leader: per_100(numbers["leader_value"]),
            "difference": difference_text(pair.relative, pair.relative_low, pair.relative_high),
            "answer": "the winner changes"
            if verdict.winner_changes
            else answer_text(verdict.verdict.kind, labels.get(verdict.verdict.better or "", "")),
        }
    )
    heading = f"difference in % ({level_text(whole.config.confidence)})"
    return pd.DataFrame(rows).rename(columns={"difference": heading})


def difference_text(relative: float, low: float, high: float) -> str:
    """ "+7.5 (2.1 to 13)": a relative difference in % with its interval."""
    sign = "+" if relative > 0 else ""
    return f"{sign}{percent_number(relative)} ({percent_number(low)} to {percent_number(high)})"


def answer_text(kind: VerdictKind, better: str) -> str:
    """ "BPR better", "BPR better, size open", "equivalent", "undecided": a verdict in a cell."""
    if kind == "clear":
        return f"{better} better"
    return f"{better} better, size open" if kind == "size-open" else KIND_LABELS[kind].lower()
