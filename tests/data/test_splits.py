"""Facts about cutting logs: what goes where, what is dropped, what is refused."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gru4rec_core.config import SplitConfig
from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.samples import make_sample
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet, Split
from gru4rec_core.data.splits import split
from gru4rec_core.errors import DataError

DAY = 86_400
START = 1_700_006_400  # a midnight

Log = list[tuple[int, int, int]]  # session, timestamp, item


def dataset_of(rows: Log) -> SessionDataset:
    return SessionDataset(pd.DataFrame(rows, columns=["session", "timestamp", "item"]))


def of_sessions(*parts: tuple[int, str]) -> SessionDataset:
    """Sessions as (day they start, items one second apart)."""
    return dataset_of([
        (session, START + day * DAY + second, item)  # type: ignore[misc]
        for session, (day, items) in enumerate(parts)
        for second, item in enumerate(items)
    ])  # fmt: skip


def texts(dataset: SessionDataset) -> list[str]:
    decode = dataset.vocabulary.decode
    return ["".join(item or "?" for item in decode(dataset.session(i))) for i in range(dataset.n_sessions)]


def targets(evaluation: EvaluationSet) -> list[tuple[int, int]]:
    index = evaluation.events()
    return list(zip(index.session.tolist(), index.position.tolist(), strict=True))


NO_VALIDATION = {"validation_fraction": 0.0}


# --- last item -----------------------------------------------------------------------------------------------------


def test_last_item_trains_on_all_but_the_last_and_predicts_the_last_from_all() -> None:
    found = split(of_sessions((0, "abcab"), (0, "ba"), (0, "cab")), SplitConfig(**NO_VALIDATION))
    assert texts(found.train) == ["abca", "b", "ca"]
    assert texts(found.test.dataset) == ["abcab", "ba", "cab"]
    assert targets(found.test) == [(0, 4), (1, 1), (2, 2)]
    assert found.validation is None


def test_one_item_sessions_are_trained_on_but_not_tested() -> None:
    config = SplitConfig(min_session_length=1, **NO_VALIDATION)
    found = split(of_sessions((0, "a"), (0, "aba"), (0, "b")), config)
    assert texts(found.train) == ["a", "ab", "b"]
    assert texts(found.test.dataset) == ["aba"]
    assert any(step.name == "one-event sessions" for step in found.summary.steps)


def test_validation_takes_the_last_training_item_of_some_sessions() -> None:
    found = split(of_sessions(*[(0, "abcabc")] * 20), SplitConfig(validation_fraction=0.25))
    assert found.validation is not None
    assert texts(found.validation.dataset) == ["abcab"] * 5
    assert targets(found.validation) == [(i, 4) for i in range(5)]
    assert sorted(texts(found.train)) == ["abca"] * 5 + ["abcab"] * 15
    assert texts(found.test.dataset) == ["abcabc"] * 20


def test_validation_leaves_two_events_to_train_on_and_every_item_in_training() -> None:
    # x stands once, at the place that validation would take; sessions of three have too few events.
    found = split(of_sessions((0, "abxa"), (0, "aba"), (0, "bab")), SplitConfig(validation_fraction=0.9))
    assert found.validation is None
    assert "x" in found.train.item_to_id


def test_validation_is_drawn_by_the_seed_and_has_a_limit() -> None:
    log = SessionDataset(make_sample("shop", n_sessions=9_000, n_items=50))
    first, again, other = (split(log, SplitConfig(seed=seed, validation_fraction=0.9)) for seed in (1, 1, 2))
    assert first.validation is not None
    assert again.validation is not None
    assert other.validation is not None
    assert np.array_equal(first.validation.dataset.items, again.validation.dataset.items)
    assert not np.array_equal(first.validation.dataset.session_ids, other.validation.dataset.session_ids)
    assert first.validation.dataset.n_sessions == 2_000


# --- time ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", [{"test_days": 2}, {"test_from": "2023-11-18"}, {"test_from": START + 3 * DAY}])
def test_time_tests_on_sessions_that_start_at_or_after_the_cut(rule: dict[str, object]) -> None:
    log = of_sessions((0, "abc"), (1, "bca"), (3, "cabc"), (4, "ab"), (5, "c"))
    found = split(log, SplitConfig(protocol="time", min_session_length=1, **rule, **NO_VALIDATION))
    assert texts(found.train) == ["abc", "bca"]
    assert texts(found.test.dataset) == ["cabc", "ab", "c"]
    assert targets(found.test) == [(0, 1), (0, 2), (0, 3), (1, 1)]
    assert found.summary.cut == START + 3 * DAY
    assert found.summary.train_to < found.summary.test_from


def test_what_a_session_begun_before_the_cut_has_after_it_is_dropped_and_counted() -> None:
    rows: Log = [(0, 1, 1), (0, 2, 2), (0, 9, 3), (0, 10, 1), (1, 1, 3), (1, 2, 2), (2, 10, 1), (2, 11, 2)]
    found = split(dataset_of(rows), SplitConfig(protocol="time", test_from=10, **NO_VALIDATION))
    assert found.train.timestamps.tolist() == [1, 2, 9, 1, 2]
    assert found.summary.dropped_events == 1
    assert found.summary.time_unit is None


def test_time_validation_is_the_last_of_the_training_time() -> None:
    log = of_sessions(*[(day, "abc") for day in range(20)])
    found = split(log, SplitConfig(protocol="time", test_from=START + 15 * DAY, validation_fraction=0.2))
    assert found.validation is not None
    assert found.validation.dataset.session_ids.tolist() == [12, 13, 14]
    assert found.train.session_ids.tolist() == list(range(12))
    assert found.validation.n_predicted == 6


def test_training_ends_before_the_validation_begins() -> None:
    rows: Log = [(s, t, s % 3) for s in range(9) for t in (s * 10, s * 10 + 5)]
    # Session 0 goes on up to the start of session 8 and at the very same time.
    rows += [(0, 79, 1), (0, 80, 2), (9, 90, 1), (9, 91, 0)]
    found = split(dataset_of(rows), SplitConfig(protocol="time", test_from=90, validation_fraction=0.1))
    assert found.validation is not None
    assert found.validation.dataset.session_ids.tolist() == [8]
    assert found.train.timestamps.max() == 79
    assert found.summary.dropped_events == 1


def test_without_a_cut_the_time_rule_tests_on_a_share_of_the_sessions() -> None:
    log = of_sessions(*[(day, "abc") for day in range(20)])
    found = split(log, SplitConfig(protocol="time", test_fraction=0.2, **NO_VALIDATION))
    assert found.test.dataset.session_ids.tolist() == [16, 17, 18, 19]


@pytest.mark.parametrize("scale", [1, 1_000, 1_000_000, 1_000_000_000])
def test_days_count_in_the_logs_own_unit(scale: int) -> None:
    log = of_sessions(*[(day, "abc") for day in range(10)])
    log = SessionDataset.from_arrays(log.items, log.timestamps * scale, log.offsets, log.session_ids, log.vocabulary)
    found = split(log, SplitConfig(protocol="time", test_days=3, **NO_VALIDATION))
    assert found.test.dataset.session_ids.tolist() == [7, 8, 9]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"test_from": "2023-01-01"}, r"2023-11-15 00:00:00 to 2023-11-24 00:00:02.*a later cut, such as 2023-11-23"),
        ({"test_from": "2024-01-01"}, r"none with an event to predict.*an earlier cut"),
        ({"test_days": 400}, "a later cut"),
        ({"test_from": "soon"}, "ISO date"),
    ],
)
def test_a_cut_that_leaves_a_part_empty_is_refused_with_a_sensible_one(rule: dict[str, object], words: str) -> None:
    log = of_sessions(*[(day, "abc") for day in range(10)])
    with pytest.raises(DataError, match=words):
        split(log, SplitConfig(protocol="time", **rule))


@pytest.mark.parametrize("rule", [{"test_days": 1}, {"test_from": "2024-01-01"}])
def test_dates_cannot_cut_a_log_of_plain_numbers(rule: dict[str, object]) -> None:
    with pytest.raises(DataError, match="number"):
        split(dataset_of([(0, 1, 1), (0, 2, 2), (1, 3, 1), (1, 4, 2)]), SplitConfig(protocol="time", **rule))


# --- session hold-out ----------------------------------------------------------------------------------------------


def test_session_holdout_draws_whole_sessions_by_the_seed() -> None:
    log = of_sessions(*[(0, "abcab")] * 40)
    config = SplitConfig(protocol="session-holdout", test_fraction=0.25, validation_fraction=0.1)
    found = split(log, config)
    parts = [found.train, found.validation.dataset, found.test.dataset]  # type: ignore[union-attr]
    assert [part.n_sessions for part in parts] == [27, 3, 10]
    assert sorted(name for part in parts for name in part.session_ids.tolist()) == list(range(40))
    assert np.array_equal(split(log, config).test.dataset.session_ids, found.test.dataset.session_ids)
    assert not np.array_equal(
        split(log, config.replace(seed=9)).test.dataset.session_ids, found.test.dataset.session_ids
    )


# --- unseen items --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unseen", ["miss", "drop"])
def test_items_unseen_in_training_are_minus_one_and_miss_or_are_dropped(unseen: str) -> None:
    log = of_sessions((0, "abba"), (5, "axby"), (5, "xx"))
    found = split(log, SplitConfig(protocol="time", test_days=1, unseen=unseen, **NO_VALIDATION))
    assert found.train.vocabulary.items.tolist() == ["a", "b"]
    assert found.test.dataset.items.tolist() == [0, -1, 1, -1, -1, -1]
    expected = [(0, 1), (0, 2), (0, 3), (1, 1)] if unseen == "miss" else [(0, 2)]
    assert targets(found.test) == expected
    assert found.summary.unseen_events == 3
    assert found.summary.unseen_share == 0.75


def test_ids_follow_the_training_part_not_the_log() -> None:
    log = of_sessions((5, "xyz"), (0, "cba"), (1, "cab"))
    found = split(log, SplitConfig(protocol="time", test_days=1, **NO_VALIDATION))
    assert found.train.vocabulary.items.tolist() == ["c", "b", "a"]
    assert found.train.items.tolist() == [0, 1, 2, 0, 2, 1]


# --- filters -------------------------------------------------------------------------------------------------------


def test_filters_run_in_a_fixed_order_until_nothing_more_goes() -> None:
    # z is rare; without it "azab" repeats a and collapses to "ab"; the pair "cz" becomes too short, and then c is rare.
    log = of_sessions((0, "azab"), (0, "abab"), (0, "cz"), (0, "abc"))
    config = SplitConfig(collapse_repeats=True, min_item_support=3, min_session_length=2, **NO_VALIDATION)
    found = split(log, config)
    assert texts(found.test.dataset) == ["ab", "abab", "ab"]
    names = [step.name for step in found.summary.steps]
    assert names[:5] == ["log", "collapse repeats", "item support", "session length", "collapse repeats, round 2"]
    dropped = {step.name: step.dropped_events for step in found.summary.steps}
    assert dropped["item support"] == 4
    support = next(step for step in found.summary.steps if step.name == "item support")
    assert "in the whole log, the later test included" in support.why
    assert "test included" in str(SplitConfig.model_fields["min_item_support"].description)
    assert dropped["session length"] == 0
    assert dropped["collapse repeats, round 2"] == 1
    assert found.summary.dropped_events == 5


def test_repeats_across_sessions_are_no_repeats() -> None:
    found = split(of_sessions((0, "aabc"), (0, "ccba")), SplitConfig(collapse_repeats=True, **NO_VALIDATION))
    assert texts(found.test.dataset) == ["abc", "cba"]


def test_filters_that_leave_nothing_are_refused() -> None:
    with pytest.raises(DataError, match="none of 3"):
        split(of_sessions((0, "abc")), SplitConfig(min_item_support=5))


def test_sessions_of_one_event_only_are_refused() -> None:
    log = of_sessions((0, "a"), (0, "b"))
    for protocol in ("last-item", "time", "session-holdout"):
        with pytest.raises(DataError, match="at least two events"):
            split(log, SplitConfig(protocol=protocol, min_session_length=1))


# --- evaluation sets -----------------------------------------------------------------------------------------------


def test_predict_from_is_short_for_a_mask(make_dataset: Callable[..., SessionDataset]) -> None:
    dataset = make_dataset("abc", "ba")
    evaluation = EvaluationSet(dataset, np.array([1, 0]))
    assert evaluation.predicted.tolist() == [False, True, True, True, True]
    assert evaluation.n_predicted == 4
    index = evaluation.events()
    assert index.target.tolist() == [1, 2, 1, 0]
    assert [column.dtype for column in index] == [np.int32] * 3


def test_an_evaluation_set_takes_one_way_of_saying_it(make_dataset: Callable[..., SessionDataset]) -> None:
    dataset = make_dataset("abc")
    for arguments in ({}, {"predict_from": np.ones(1), "predicted": np.ones(3, bool)}, {"predict_from": np.ones(2)}):
        with pytest.raises(DataError):
            EvaluationSet(dataset, **arguments)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="each of 3 events"):
        EvaluationSet(dataset, predicted=np.ones(2, bool))


# --- laws ----------------------------------------------------------------------------------------------------------

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
    found = cut_or_none(log, config)
    if found is None:
        return
    summary = found.summary
    held = summary.train_events + summary.validation_events + summary.test_events
    assert held + summary.dropped_events == log.n_events
    assert summary.dropped_events >= 0
    assert summary.test_predicted == found.test.n_predicted > 0
    assert json.loads(json.dumps(summary.to_dict()))["steps"][0]["events"] == log.n_events
    dropped = sum(step.dropped_events for step in summary.steps)
    assert dropped == summary.dropped_events


@settings(max_examples=80, deadline=None)
@given(rows=logs, config=configs)
def test_the_vocabulary_is_the_training_items_and_nothing_predicted_is_trained_on(
    rows: Log, config: SplitConfig
) -> None:
    log = dataset_of(rows)
    found = cut_or_none(log, config)
    if found is None:
        return
    assert set(found.train.items.tolist()) == set(range(found.train.n_items))
    for evaluation in (found.test, found.validation):
        if evaluation is None:
            continue
        assert evaluation.dataset.vocabulary is found.train.vocabulary
        assert evaluation.events().position.min(initial=1) >= 1
        if config.unseen == "drop":
            assert (evaluation.events().target >= 0).all()
        if config.protocol != "last-item":
            assert not set(evaluation.dataset.session_ids) & set(found.train.session_ids)
    if config.protocol == "time":
        assert found.train.timestamps.max() < found.summary.cut
        assert found.test.dataset.start_times.min() >= found.summary.cut
        if found.validation is not None:
            assert found.train.timestamps.max() < found.validation.dataset.start_times.min()
    if config.protocol == "last-item":
        train = dict(zip(found.train.session_ids.tolist(), found.train.lengths.tolist(), strict=True))
        validated = set() if found.validation is None else set(found.validation.dataset.session_ids.tolist())
        for i, name in enumerate(found.test.dataset.session_ids.tolist()):
            assert train[name] == found.test.dataset.lengths[i] - 1 - (name in validated)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(rows=logs, config=configs)
def test_the_log_stays_as_it_is(rows: Log, config: SplitConfig) -> None:
    log = dataset_of(rows)
    before = events_of(log)
    cut_or_none(log, config)
    assert events_of(log) == before


def test_the_real_log_keeps_every_session_in_the_last_item_test(real_log: object) -> None:
    log = SessionDataset(pd.read_csv(real_log, dtype={"session": "str"}))  # type: ignore[call-overload]
    found = split(log, SplitConfig())
    assert found.test.n_predicted == 18_984
    summary = split(log, SplitConfig(protocol="time", test_days=14)).summary
    assert summary.train_to <= summary.test_from


def far_away_log() -> pd.DataFrame:
    rows = [(s, f"2024-05-{s + 1:02}T10:00:0{i}", i) for s in range(20) for i in range(3)]
    return pd.DataFrame([*rows, (99, "1970-01-01T00:00:00", 0)], columns=["session", "timestamp", "item"])


def test_one_far_away_date_leaves_the_log_its_unit(tmp_path: Path) -> None:
    far_away_log().to_csv(tmp_path / "log.csv", index=False)
    log = read_log(tmp_path / "log.csv").dataset
    found = split(log, SplitConfig(protocol="time", test_days=5, min_session_length=1))
    assert found.summary.time_unit == "s"
    assert sorted(found.test.dataset.session_ids) == ["15", "16", "17", "18", "19"]
    parts = [found.train, found.test.dataset, found.validation.dataset if found.validation else found.train]
    assert [part.time_unit for part in parts] == ["s", "s", "s"]


def test_datetimes_of_a_frame_are_dates_even_in_1970() -> None:
    frame = far_away_log().assign(timestamp=lambda log: pd.to_datetime(log.timestamp))
    log = SessionDataset(frame)
    assert log.time_unit == "ns"
    found = split(log, SplitConfig(protocol="time", test_days=5))
    assert found.summary.time_unit == "ns"
    assert found.test.dataset.n_sessions == 5


def test_a_part_of_a_log_of_numbers_is_not_taken_for_dates() -> None:
    rows = [(0, 0, 0), (0, 1, 1), *((s, 1_700_000_000 + s, i) for s in range(1, 20) for i in range(3))]
    found = split(dataset_of(rows), SplitConfig(protocol="time", test_from=1_700_000_015))
    assert found.summary.time_unit is None
    assert found.test.dataset.time_unit is None
