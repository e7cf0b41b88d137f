"""Cutting logs: every event accounted for, the vocabulary, unseen items, units."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gru4rec_core.config import SplitConfig
from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import Split
from gru4rec_core.data.splits import split
from gru4rec_core.errors import DataError
from tests.data.logs import Log, dataset_of, list_predicted, of_sessions

NO_VALIDATION = {"validation_fraction": 0.0}


@pytest.mark.parametrize("unseen", ["miss", "drop"])
def test_items_unseen_in_training_are_minus_one_and_miss_or_are_dropped(unseen: str) -> None:
    log = of_sessions((0, "abba"), (5, "axby"), (5, "xx"))
    result = split(log, SplitConfig(protocol="time", test_days=1, unseen=unseen, **NO_VALIDATION))
    assert result.train.vocabulary.items.tolist() == ["a", "b"]
    assert result.test.dataset.items.tolist() == [0, -1, 1, -1, -1, -1]
    expected = [(0, 1), (0, 2), (0, 3), (1, 1)] if unseen == "miss" else [(0, 2)]
    assert list_predicted(result.test) == expected
    assert result.summary.unseen_events == 3
    assert result.summary.unseen_share == 0.75


def test_ids_follow_the_training_part_not_the_log() -> None:
    log = of_sessions((5, "xyz"), (0, "cba"), (1, "cab"))
    result = split(log, SplitConfig(protocol="time", test_days=1, **NO_VALIDATION))
    assert result.train.vocabulary.items.tolist() == ["c", "b", "a"]
    assert result.train.items.tolist() == [0, 1, 2, 0, 2, 1]


def test_sessions_of_one_event_only_are_refused() -> None:
    log = of_sessions((0, "a"), (0, "b"))
    for protocol in ("last-item", "time", "session-holdout"):
        with pytest.raises(DataError, match="at least two events"):
            split(log, SplitConfig(protocol=protocol, min_session_length=1))


logs = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 30), st.integers(0, 6)), min_size=1, max_size=60)
configs = st.builds(
    SplitConfig,
    protocol=st.sampled_from(["last-item", "session-holdout"]),
    unseen=st.sampled_from(["miss", "drop"]),
    validation_fraction=st.sampled_from([0.0, 0.3, 0.9]),
    collapse_repeats=st.booleans(),
    min_item_support=st.integers(1, 3),
    min_session_length=st.integers(1, 3),
    seed=st.integers(0, 3),
) | st.builds(
    SplitConfig,
    protocol=st.just("time"),
    test_from=st.integers(0, 30),
    test_until=st.none() | st.integers(0, 40),
    unseen=st.sampled_from(["miss", "drop"]),
    validation_fraction=st.sampled_from([0.0, 0.3]),
    min_session_length=st.integers(1, 2),
)


def events_of(dataset: SessionDataset, mask: np.ndarray | None = None) -> list[tuple[object, ...]]:
    frame = pd.DataFrame({
        "session": np.repeat(dataset.session_ids, dataset.lengths), "time": dataset.timestamps, "item": dataset.items
    })  # fmt: skip
    return list((frame if mask is None else frame[mask]).itertuples(index=False, name=None))


def cut_or_none(log: SessionDataset, config: SplitConfig) -> Split | None:
    try:
        return split(log, config)
    except DataError as error:
        refusal = error
    assert refusal.remedy
    return None


@settings(max_examples=80, deadline=None)
@given(rows=logs, config=configs)
def test_every_event_of_a_log_is_in_one_part_or_counted_as_dropped(rows: Log, config: SplitConfig) -> None:
    log = dataset_of(rows)
    result = cut_or_none(log, config)
    if result is None:
        return
    summary = result.summary
    held = summary.train_events + summary.validation_events + summary.test_events
    assert held + summary.dropped_events == log.n_events
    assert summary.dropped_events >= 0
    assert summary.test_predicted == result.test.n_predicted > 0
    assert json.loads(json.dumps(summary.to_dict()))["steps"][0]["events"] == log.n_events
    dropped = sum(step.dropped_events for step in summary.steps)
    assert dropped == summary.dropped_events


@settings(max_examples=80, deadline=None)
@given(rows=logs, config=configs)
def test_the_vocabulary_is_the_training_items_and_nothing_predicted_is_trained_on(
    rows: Log, config: SplitConfig
) -> None:
    log = dataset_of(rows)
    result = cut_or_none(log, config)
    if result is None:
        return
    assert set(result.train.items.tolist()) == set(range(result.train.n_items))
    for evaluation in (result.test, result.validation):
        if evaluation is None:
            continue
        assert evaluation.dataset.vocabulary is result.train.vocabulary
        assert evaluation.events().position.min(initial=1) >= 1
        if config.unseen == "drop":
            assert (evaluation.events().target >= 0).all()
        if config.protocol != "last-item":
            assert not set(evaluation.dataset.session_ids) & set(result.train.session_ids)
    if config.protocol == "time":
        assert result.train.timestamps.max() < result.summary.cut
        assert result.test.dataset.start_times.min() >= result.summary.cut
        if result.validation is not None:
            assert result.train.timestamps.max() < result.validation.dataset.start_times.min()
    if config.protocol == "last-item":
        train = dict(zip(result.train.session_ids.tolist(), result.train.lengths.tolist(), strict=True))
        validated = set() if result.validation is None else set(result.validation.dataset.session_ids.tolist())
        for i, name in enumerate(result.test.dataset.session_ids.tolist()):
            assert train[name] == result.test.dataset.lengths[i] - 1 - (name in validated)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(rows=logs, config=configs)
def test_the_log_stays_as_it_is(rows: Log, config: SplitConfig) -> None:
    log = dataset_of(rows)
    before = events_of(log)
    cut_or_none(log, config)
    assert events_of(log) == before


def test_the_real_log_keeps_every_session_in_the_last_item_test(real_log: object) -> None:
    log = SessionDataset(pd.read_csv(real_log, dtype={"session": "str"}))  # type: ignore[call-overload]
    result = split(log, SplitConfig())
    assert result.test.n_predicted == 18_984
    summary = split(log, SplitConfig(protocol="time", test_days=14)).summary
    assert summary.train_to <= summary.test_from


def far_away_log() -> pd.DataFrame:
    rows = [(s, f"2024-05-{s + 1:02}T10:00:0{i}", i) for s in range(20) for i in range(3)]
    return pd.DataFrame([*rows, (99, "1970-01-01T00:00:00", 0)], columns=["session", "timestamp", "item"])


def test_one_far_away_date_leaves_the_log_its_unit(tmp_path: Path) -> None:
    far_away_log().to_csv(tmp_path / "log.csv", index=False)
    log = read_log(tmp_path / "log.csv").dataset
    result = split(log, SplitConfig(protocol="time", test_days=5, min_session_length=1))
    assert result.summary.time_unit == "s"
    assert sorted(result.test.dataset.session_ids) == ["15", "16", "17", "18", "19"]
    parts = [result.train, result.test.dataset, result.validation.dataset if result.validation else result.train]
    assert [part.time_unit for part in parts] == ["s", "s", "s"]


def test_datetimes_of_a_frame_are_dates_even_in_1970() -> None:
    frame = far_away_log().assign(timestamp=lambda log: pd.to_datetime(log.timestamp))
    log = SessionDataset(frame)
    assert log.time_unit == "ns"
    result = split(log, SplitConfig(protocol="time", test_days=5))
    assert result.summary.time_unit == "ns"
    assert result.test.dataset.n_sessions == 5


def test_a_part_of_a_log_of_numbers_is_not_taken_for_dates() -> None:
    rows = [(0, 0, 0), (0, 1, 1), *((s, 1_700_000_000 + s, i) for s in range(1, 20) for i in range(3))]
    result = split(dataset_of(rows), SplitConfig(protocol="time", test_from=1_700_000_015))
    assert result.summary.time_unit is None
    assert result.test.dataset.time_unit is None
