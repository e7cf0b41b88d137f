"""An old model is asked for all of a new log, but for sessions that its training had."""

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.evaluation.rate_intervals import hit_rate_interval
from gru4rec_core.model.inference import NumpyGru4Rec
from gru4rec_core.results import whole_log
from gru4rec_core.results.whole_log import average_by_week, evaluate_on_whole_log

DAY = 86_400
TOP = (3, 0.95)


@pytest.fixture
def old(trained):
    home, comparison = trained
    return home, home.run(comparison.run_ids[0])


def add(home, log: pd.DataFrame, name: str) -> str:
    return home.add_dataset(SessionDataset(log), name, time_unit="s").id


def hits_by_hand(model: NumpyGru4Rec, log: pd.DataFrame) -> tuple[list[bool], list[int]]:
    """Whether each next item is among the first three of its history, asked one by one."""
    hits, sessions = [], []
    for number, (_, events) in enumerate(log.groupby("session", sort=False)):
        items = events["item"].tolist()
        for at in range(1, len(items)):
            known = [item for item in items[:at] if item in model.vocabulary]
            hits.append(items[at] in [item for item, _ in model.recommend(known, 3)])
            sessions.append(number)
    return hits, sessions


def test_every_event_with_a_history_is_asked_for_and_unknown_items_are_misses(old, letters_log) -> None:
    home, run = old
    log = letters_log(first=3, letters="cabdefghij")
    found = evaluate_on_whole_log(home, run, add(home, log, "whole, new letters"), TOP)
    hits, sessions = hits_by_hand(NumpyGru4Rec.load(home.run_folder(run.id)), log)
    assert (found.n_events, found.n_sessions, found.n_fresh, found.n_known) == (len(hits), 120, 120, 0)
    assert found.rate == pytest.approx(np.mean(hits))
    assert (found.low, found.high) == hit_rate_interval(np.array(hits, float), np.array(sessions), 0.95)
    means = {name: np.average(found.by_week[name], weights=found.by_week["n_events"]) for name in ("hits", "unknown")}
    later = log[log.groupby("session").cumcount() > 0]
    assert means["hits"] == pytest.approx(found.rate)
    assert means["unknown"] == pytest.approx(later["item"].isin(["i", "j"]).mean())
    assert found.to_json() == {
        **{"k": 3, "rate": found.rate, "low": found.low, "high": found.high},
        **{"n_sessions": 120, "n_events": len(hits), "n_fresh": 120, "n_known": 0},
    }


def test_sessions_of_its_training_are_left_out_as_a_whole(old, letters_log) -> None:
    home, run = old
    new = letters_log(first=4)
    both = pd.concat([letters_log(), new], ignore_index=True)
    found = evaluate_on_whole_log(home, run, add(home, both, "whole, both"), TOP)
    alone = evaluate_on_whole_log(home, run, add(home, new, "whole, the new alone"), TOP)
    assert (found.n_sessions, found.n_known, found.rate) == (120, 120, alone.rate)
    assert "(all 120 sessions; 120 that its training had are left out)" in found.sentence


def test_where_nothing_is_new_there_is_no_answer(old) -> None:
    home, run = old
    assert evaluate_on_whole_log(home, run, run.dataset_id, TOP) is None


def test_of_a_large_log_sessions_are_drawn_the_same_each_time(old, letters_log, monkeypatch) -> None:
    home, run = old
    log = add(home, letters_log(first=5), "whole, large")
    monkeypatch.setattr(whole_log, "MOST_EVENTS", 150)
    first, second = (evaluate_on_whole_log(home, run, log, TOP) for _ in range(2))
    assert first.rate == second.rate
    assert 100 <= first.n_events <= 200
    assert first.n_sessions < first.n_fresh == 120
    assert f"({first.n_sessions} sessions drawn from 120)" in first.sentence


def test_weeks_begin_on_mondays_and_hold_the_means_of_their_events() -> None:
    monday = 4 * DAY  # 5 January 1970
    times = [monday - 2, monday - 1, monday, monday + 1, monday + 7 * DAY - 1]
    log = pd.DataFrame({"session": "s", "timestamp": times, "item": list("abcab")})
    asked = EvaluationSet(SessionDataset(log), np.ones(1, int))
    assert average_by_week(asked, {"hits": np.zeros(4)}).empty  # times are no dates here
    asked.dataset.time_unit = "s"
    weeks = average_by_week(asked, {"hits": np.array([1.0, 0.0, 1.0, 1.0])})
    assert weeks["week"].tolist() == [pd.Timestamp("1969-12-29"), pd.Timestamp("1970-01-05")]
    assert weeks["n_events"].tolist() == [1, 3]
    assert weeks["hits"].tolist() == pytest.approx([1.0, 2 / 3])
