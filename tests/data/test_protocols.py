"""The three test rules: which part each event goes to."""

from itertools import pairwise

import numpy as np
import pytest

from gru4rec_core.config import SplitConfig
from gru4rec_core.data.samples import make_sample
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.splits import split
from gru4rec_core.errors import DataError
from tests.data.logs import DAY, START, Log, dataset_of, list_predicted, of_sessions, texts

NO_VALIDATION = {"validation_fraction": 0.0}


def test_last_item_trains_on_all_but_the_last_and_predicts_the_last_from_all() -> None:
    result = split(of_sessions((0, "abcab"), (0, "ba"), (0, "cab")), SplitConfig(**NO_VALIDATION))
    assert texts(result.train) == ["abca", "b", "ca"]
    assert texts(result.test.dataset) == ["abcab", "ba", "cab"]
    assert list_predicted(result.test) == [(0, 4), (1, 1), (2, 2)]
    assert result.validation is None


def test_one_item_sessions_are_trained_on_but_not_tested() -> None:
    config = SplitConfig(min_session_length=1, **NO_VALIDATION)
    result = split(of_sessions((0, "a"), (0, "aba"), (0, "b")), config)
    assert texts(result.train) == ["a", "ab", "b"]
    assert texts(result.test.dataset) == ["aba"]
    assert any(step.name == "one-event sessions" for step in result.summary.steps)


def test_validation_takes_the_last_training_item_of_some_sessions() -> None:
    result = split(of_sessions(*[(0, "abcabc")] * 20), SplitConfig(validation_fraction=0.25))
    assert result.validation is not None
    assert texts(result.validation.dataset) == ["abcab"] * 5
    assert list_predicted(result.validation) == [(i, 4) for i in range(5)]
    assert sorted(texts(result.train)) == ["abca"] * 5 + ["abcab"] * 15
    assert texts(result.test.dataset) == ["abcabc"] * 20


def test_validation_leaves_two_events_to_train_on_and_every_item_in_training() -> None:
    # x stands once, at the place that validation would take; sessions of three have too few events.
    result = split(of_sessions((0, "abxa"), (0, "aba"), (0, "bab")), SplitConfig(validation_fraction=0.9))
    assert result.validation is None
    assert "x" in result.train.item_to_id


def test_validation_is_drawn_by_the_seed_and_has_a_limit() -> None:
    log = SessionDataset(make_sample("shop", n_sessions=9_000, n_items=50))
    first, again, other = (split(log, SplitConfig(seed=seed, validation_fraction=0.9)) for seed in (1, 1, 2))
    assert first.validation is not None
    assert again.validation is not None
    assert other.validation is not None
    assert np.array_equal(first.validation.dataset.items, again.validation.dataset.items)
    assert not np.array_equal(first.validation.dataset.session_ids, other.validation.dataset.session_ids)
    assert first.validation.dataset.n_sessions == 2_000


@pytest.mark.parametrize("rule", [{"test_days": 2}, {"test_from": "2023-11-18"}, {"test_from": START + 3 * DAY}])
def test_time_tests_on_sessions_that_start_at_or_after_the_cut(rule: dict[str, object]) -> None:
    log = of_sessions((0, "abc"), (1, "bca"), (3, "cabc"), (4, "ab"), (5, "c"))
    result = split(log, SplitConfig(protocol="time", min_session_length=1, **rule, **NO_VALIDATION))
    assert texts(result.train) == ["abc", "bca"]
    assert texts(result.test.dataset) == ["cabc", "ab", "c"]
    assert list_predicted(result.test) == [(0, 1), (0, 2), (0, 3), (1, 1)]
    assert result.summary.cut == START + 3 * DAY
    assert result.summary.train_to < result.summary.test_from


@pytest.mark.parametrize("until", ["2023-11-19", START + 4 * DAY])
def test_a_test_that_ends_leaves_later_sessions_out_and_counts_them(until: str | float) -> None:
    log = of_sessions((0, "abc"), (1, "bca"), (3, "cab"), (4, "ab"), (5, "cb"))
    rule = SplitConfig(protocol="time", test_from="2023-11-18", test_until=until, **NO_VALIDATION)
    result = split(log, rule)
    assert texts(result.train) == ["abc", "bca"]
    assert texts(result.test.dataset) == ["cab"]
    assert result.summary.dropped_events == 4
    assert [(step.name, step.dropped_sessions) for step in result.summary.steps if step.dropped_sessions] == [
        ("end of the test", 2)
    ]


def test_consecutive_tests_share_no_session_and_leave_none_out() -> None:
    log = of_sessions(*[(day, "abc") for day in range(10)])
    days = [START + day * DAY for day in (4, 6, 8, 10)]
    rules = [
        SplitConfig(protocol="time", test_from=start, test_until=end, **NO_VALIDATION) for start, end in pairwise(days)
    ]
    tested = [split(log, rule).test.dataset.session_ids.tolist() for rule in rules]
    assert tested == [[4, 5], [6, 7], [8, 9]]


def test_a_test_that_ends_before_anything_starts_is_refused_with_a_remedy() -> None:
    log = of_sessions((0, "abc"), (1, "bca"), (5, "cab"))
    rule = SplitConfig(protocol="time", test_from="2023-11-18", test_until="2023-11-19", **NO_VALIDATION)
    with pytest.raises(DataError, match=r"test until 2023-11-19 00:00:00.*Choose a later end of the test"):
        split(log, rule)


def test_what_a_session_begun_before_the_cut_has_after_it_is_dropped_and_counted() -> None:
    rows: Log = [(0, 1, 1), (0, 2, 2), (0, 9, 3), (0, 10, 1), (1, 1, 3), (1, 2, 2), (2, 10, 1), (2, 11, 2)]
    result = split(dataset_of(rows), SplitConfig(protocol="time", test_from=10, **NO_VALIDATION))
    assert result.train.timestamps.tolist() == [1, 2, 9, 1, 2]
    assert result.summary.dropped_events == 1
    assert result.summary.time_unit is None


def test_time_validation_is_the_last_of_the_training_time() -> None:
    log = of_sessions(*[(day, "abc") for day in range(20)])
    result = split(log, SplitConfig(protocol="time", test_from=START + 15 * DAY, validation_fraction=0.2))
    assert result.validation is not None
    assert result.validation.dataset.session_ids.tolist() == [12, 13, 14]
    assert result.train.session_ids.tolist() == list(range(12))
    assert result.validation.n_predicted == 6


def test_training_ends_before_the_validation_begins() -> None:
    rows: Log = [(s, t, s % 3) for s in range(9) for t in (s * 10, s * 10 + 5)]
    # Session 0 goes on up to the start of session 8 and at the very same time.
    rows += [(0, 79, 1), (0, 80, 2), (9, 90, 1), (9, 91, 0)]
    result = split(dataset_of(rows), SplitConfig(protocol="time", test_from=90, validation_fraction=0.1))
    assert result.validation is not None
    assert result.validation.dataset.session_ids.tolist() == [8]
    assert result.train.timestamps.max() == 79
    assert result.summary.dropped_events == 1


def test_without_a_cut_the_time_rule_tests_on_a_share_of_the_sessions() -> None:
    log = of_sessions(*[(day, "abc") for day in range(20)])
    result = split(log, SplitConfig(protocol="time", test_fraction=0.2, **NO_VALIDATION))
    assert result.test.dataset.session_ids.tolist() == [16, 17, 18, 19]


@pytest.mark.parametrize("scale", [1, 1_000, 1_000_000, 1_000_000_000])
def test_days_count_in_the_logs_own_unit(scale: int) -> None:
    log = of_sessions(*[(day, "abc") for day in range(10)])
    log = SessionDataset.from_arrays(log.items, log.timestamps * scale, log.offsets, log.session_ids, log.vocabulary)
    result = split(log, SplitConfig(protocol="time", test_days=3, **NO_VALIDATION))
    assert result.test.dataset.session_ids.tolist() == [7, 8, 9]


@pytest.mark.parametrize("rule", [{"test_days": 1}, {"test_from": "2024-01-01"}])
def test_dates_cannot_cut_a_log_of_plain_numbers(rule: dict[str, object]) -> None:
    with pytest.raises(DataError, match="number"):
        split(dataset_of([(0, 1, 1), (0, 2, 2), (1, 3, 1), (1, 4, 2)]), SplitConfig(protocol="time", **rule))


def test_session_holdout_draws_whole_sessions_by_the_seed() -> None:
    log = of_sessions(*[(0, "abcab")] * 40)
    config = SplitConfig(protocol="session-holdout", test_fraction=0.25, validation_fraction=0.1)
    result = split(log, config)
    parts = [result.train, result.validation.dataset, result.test.dataset]  # type: ignore[union-attr]
    assert [part.n_sessions for part in parts] == [27, 3, 10]
    assert sorted(name for part in parts for name in part.session_ids.tolist()) == list(range(40))
    assert np.array_equal(split(log, config).test.dataset.session_ids, result.test.dataset.session_ids)
    assert not np.array_equal(
        split(log, config.replace(seed=9)).test.dataset.session_ids, result.test.dataset.session_ids
    )


def test_a_cut_that_does_not_fit_is_told_the_range_that_does_and_the_option() -> None:
    log = of_sessions(*[(day, "abc") for day in range(10)])
    with pytest.raises(DataError) as refused:
        split(log, SplitConfig(protocol="time", test_from="2023-01-01", **NO_VALIDATION))
    remedy = refused.value.remedy
    assert "(with the command: --test-from '2023-11-23 00:00:00')" in remedy
    works = (
        "Any cut after 2023-11-15 00:00:01 and up to 2023-11-24 00:00:00 works, which leaves the last 0.01 to 9 days"
    )
    assert f"{works} as the test." in remedy
    for fits in ({"test_days": 0.01}, {"test_days": 9}, {"test_from": "2023-11-24"}, {"test_from": START + 2}):
        assert split(log, SplitConfig(protocol="time", **fits, **NO_VALIDATION)).test.n_predicted
    for wrong in ({"test_days": 9.01}, {"test_from": START + 1}, {"test_from": "2023-11-24T00:00:01"}):
        with pytest.raises(DataError):
            split(log, SplitConfig(protocol="time", **wrong, **NO_VALIDATION))


def test_where_no_cut_fits_another_test_rule_is_named() -> None:
    log = of_sessions((0, "abc"), (0, "abc"))
    with pytest.raises(DataError, match="choose another test rule"):
        split(log, SplitConfig(protocol="time", test_days=1))


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
