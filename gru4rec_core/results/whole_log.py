"""How does an old model do on a whole new log, in all sessions that its training never saw?

A test part is what today's baselines have not learnt from, often the last days alone. The old model has learnt from
none of the new log, so it can be asked for all of it.
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from gru4rec_core.data.filters import select_sessions
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.data.times import DAY_SECONDS, day_length
from gru4rec_core.evaluation import metrics
from gru4rec_core.evaluation.comparability import find_leaked
from gru4rec_core.evaluation.rate_intervals import hit_rate_interval
from gru4rec_core.evaluation.scoring import evaluate
from gru4rec_core.model.inference import NumpyGru4Rec
from gru4rec_core.results.fresh_test import renumber_items
from gru4rec_core.words import counted, per_100
from gru4rec_core.workspace.records import RunRecord
from gru4rec_core.workspace.split_store import load_split
from gru4rec_core.workspace.store import Workspace

MOST_EVENTS = 50_000
"""Events that are asked for at most; of a larger log, sessions drawn at random have about that many."""

_SEED = 27


@dataclass(frozen=True)
class WholeLog:
    """A model's hits on a whole log.

    Attributes:
        k: list length.
        rate: accuracy@k, 0 to 1.
        low, high: its limits, each 0 to 1.
        n_sessions, n_events: the sessions and events that were asked for.
        n_fresh: sessions with a next item of which the model's training had nothing.
        n_known: sessions with a next item that are left out, because its training had events of them.
        by_week: week (its Monday, UTC), n_events, unknown (share of events whose item the model does not know) and
            hits (accuracy@k, 0 to 1); empty where times are no dates.
    """

    k: int
    rate: float
    low: float
    high: float
    n_sessions: int
    n_events: int
    n_fresh: int
    n_known: int
    by_week: pd.DataFrame

    @property
    def sentence(self) -> str:
        """What came out, for people."""
        sessions = counted(self.n_sessions, "session")
        which = f"all {sessions}" if self.n_sessions == self.n_fresh else f"{sessions} drawn from {self.n_fresh:,}"
        known = f"; {self.n_known:,} that its training had are left out" if self.n_known else ""
        limits = f"{per_100(self.low)} to {per_100(self.high)}"
        return (
            f"On the whole log ({which}{known}): {per_100(self.rate)} ({limits}) of 100 next items were in its"
            f" top {self.k}"
        )

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, without the weeks."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "by_week"}


def evaluate_on_whole_log(
    workspace: Workspace, run: RunRecord, dataset_id: str, top: tuple[int, float]
) -> WholeLog | None:
    """A finished run's hits on all events of a log that have a history, in sessions that its training never saw.

    A session is left out as a whole when its training had any event of it. An unknown item is a miss.

    Args:
        workspace: where the run and the log are.
        run: a finished run.
        dataset_id: of the log.
        top: list length k, and the level of the interval.

    Returns:
        None where nothing is left to ask for.
    """
    k, confidence = top
    log = workspace.open_dataset(dataset_id)
    train = load_split(workspace, run.dataset_id, run.split).train
    fresh = _fresh_sessions(log, train)
    chosen = _draw(log.lengths, fresh)
    if not chosen.any():
        return None
    scorer = NumpyGru4Rec.load(workspace.run_folder(run.id))
    sessions = select_sessions(log, chosen)
    after_first = EvaluationSet(sessions, np.ones(sessions.n_sessions, np.int64))
    asked = renumber_items(after_first, scorer.vocabulary)
    evaluation = evaluate(scorer, asked, k)
    hits = metrics.hits(evaluation.ranks(), k)
    low, high = hit_rate_interval(hits, evaluation.session, confidence)
    return WholeLog(
        k=k,
        rate=float(hits.mean()),
        low=low,
        high=high,
        n_sessions=sessions.n_sessions,
        n_events=evaluation.n_events,
        n_fresh=int((fresh & (log.lengths > 1)).sum()),
        n_known=int((~fresh & (log.lengths > 1)).sum()),
        by_week=average_by_week(asked, {"unknown": evaluation.target < 0, "hits": hits}),
    )


def average_by_week(test: EvaluationSet, values: dict[str, np.ndarray]) -> pd.DataFrame:
    """Means of values of the predicted events by week: week (its Monday, UTC), n_events, and a column for each.

    Args:
        test: the sessions; without a unit of time the table is empty.
        values: float or bool [n], one value for each predicted event, in the order of the events.
    """
    unit = test.dataset.time_unit
    if unit is None:
        return pd.DataFrame()
    times = np.asarray(test.dataset.timestamps)[test.predicted]
    # 1970 began on a Thursday; weeks begin on Mondays.
    grouped = pd.DataFrame(values).groupby((times // day_length(unit) + 3) // 7)
    frame = grouped.mean()
    frame.insert(0, "n_events", grouped.size())
    frame.insert(0, "week", pd.to_datetime((frame.index.to_numpy(np.int64) * 7 - 3) * DAY_SECONDS, unit="s"))
    return frame.reset_index(drop=True)


def _fresh_sessions(log: SessionDataset, train: SessionDataset) -> np.ndarray:
    """bool [n_sessions], True where training had no event of the session."""
    known_events = find_leaked(train, EvaluationSet(log, np.zeros(log.n_sessions, np.int64)))
    fresh = np.ones(log.n_sessions, bool)
    fresh[np.searchsorted(log.offsets, known_events, side="right") - 1] = False
    return fresh


def _draw(lengths: np.ndarray, fresh: np.ndarray) -> np.ndarray:
    """bool [n_sessions]: of the fresh sessions that have a next item, all, or at random about `MOST_EVENTS` of them."""
    usable = fresh & (lengths > 1)
    n_events = int((lengths[usable] - 1).sum())
    if n_events <= MOST_EVENTS:
        return usable
    return usable & (np.random.default_rng(_SEED).random(lengths.size) < MOST_EVENTS / n_events)
