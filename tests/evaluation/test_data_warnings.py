"""Every warning of a log or a test part has a case that provokes it and one that leaves it silent."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.config import SplitConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.data.splits import split
from gru4rec_core.evaluation.data_warnings import (
    best_seller_rate,
    expected_hit_rate,
    find_dataset_warnings,
    find_split_warnings,
    visible_difference,
)
from gru4rec_core.evaluation.diagnostic_warning import DiagnosticWarning
from gru4rec_core.evaluation.sensitivity import smallest_visible_difference

DAY = 86_400
SPRING = 1_700_000_000


def codes(warnings: list[DiagnosticWarning]) -> set[str]:
    return {warning.code for warning in warnings}


def log(rows: list[tuple[int, int, str]]) -> SessionDataset:
    return SessionDataset(pd.DataFrame(rows, columns=["session", "timestamp", "item"]))


def daily_log(n: int, items: str = "abcde") -> SessionDataset:
    """One session of three items a day."""
    rows = [(d, SPRING + d * DAY + i, items[(d + i) % len(items)]) for d in range(n) for i in range(3)]
    return log(rows)


def test_a_plain_log_is_silent(make_dataset):
    assert find_dataset_warnings(make_dataset("abc", "bca")) == []


def test_tied_timestamps():
    found = find_dataset_warnings(log([(1, 5, "a"), (1, 5, "b"), (1, 6, "c"), (2, 6, "a")]))
    assert codes(found) == {"tied-timestamps"}
    assert found[0].figure.startswith("1 of 4 (25 %)")


def test_duplicates_are_no_ties_that_finer_times_would_mend():
    rows = [(s, 100 * s + i, item) for s in range(50) for i, item in enumerate("abc")]
    assert "tied-timestamps" not in codes(find_dataset_warnings(log(rows + rows[::3])))
    other_items = [(s, time, "d") for s, time, _ in rows[::3]]
    assert "tied-timestamps" in codes(find_dataset_warnings(log(rows + other_items)))


def test_equal_times_of_different_sessions_are_no_tie():
    assert find_dataset_warnings(log([(1, 5, "a"), (2, 5, "b"), (3, 5, "c")])) == []


def test_sessions_out_of_order_in_the_file(make_dataset):
    data = make_dataset("abc", "bca")
    found = find_dataset_warnings(data, {"sessions_out_of_order": 1})
    assert codes(found) == {"out-of-order"}
    assert found[0].severity == "warning"
    assert find_dataset_warnings(data, {"sessions_out_of_order": 0}) == []


def test_times_that_run_backwards_are_an_error(make_dataset):
    data = make_dataset("abc", "bca", "ab")
    times = data.timestamps.copy()
    times[[4, 5]] = -1, -2  # both steps of the second session
    backwards = SessionDataset.from_arrays(data.items, times, data.offsets, data.session_ids, data.vocabulary)
    found = find_dataset_warnings(backwards)
    assert [(warning.code, warning.severity) for warning in found] == [("out-of-order", "error")]
    assert found[0].figure.startswith("1 of 3 (33 %)")


def repeating(*sessions: str) -> DiagnosticWarning | None:
    """The warning about repeats of a test on the last items of these sessions, many times over."""
    data = log([(s, s * DAY + i, item) for s in range(300) for i, item in enumerate(sessions[s % len(sessions)])])
    found = find_split_warnings(split(data, SplitConfig(validation_fraction=0)), k=1)
    return next((warning for warning in found if warning.code == "consecutive-repeats"), None)


def test_repeats_that_are_most_of_what_there_is_to_hit():
    # Of the last items three in four repeat the one before; the lookup table can do no more than that.
    warning = repeating("abb", "bcc", "caa", "abc")
    assert warning is not None
    assert warning.figure.startswith("It hits 75.0 of 100 test sessions; the best of two quick baselines has")


def test_repeats_beside_which_a_baseline_has_more_hits_are_none():
    # As many repeats as there were before within sessions: the lookup table knows what follows.
    assert repeating("aabcd", "bbcda", "ccdab") is None
    assert repeating("abc", "bca") is None


def test_the_way_to_collapse_repeats_is_where_it_is_said_to_be():
    form = Path(__file__).parents[2] / "dashboard" / "test_rule_form.py"
    label = "Same item several times in a row counts once"
    assert label in form.read_text(encoding="utf-8")
    assert f"“{label}” in the test rule" in repeating("abb", "bcc", "caa", "abc").remedy


@pytest.mark.parametrize("scale", [1, 1000])
@pytest.mark.parametrize(("moment", "words"), [(0, "1970-01-01"), (4_000_000_000, "2096-10-02")])
def test_far_away_dates(scale, moment, words):
    rows = [(s, (SPRING + s * DAY + i) * scale, item) for s in range(30) for i, item in enumerate("abc")]
    assert find_dataset_warnings(log(rows)) == []
    found = find_dataset_warnings(log([*rows, (99, moment * scale, "a")]))
    assert codes(found) == {"far-away-dates"}
    assert found[0].figure.startswith("1 of 91 (1.1 %) events, in 1 session,")
    assert f"session 99 at {words}" in found[0].figure
    assert "2023-11-1" in found[0].figure


def test_numbers_and_slow_logs_have_no_far_away_dates():
    assert find_dataset_warnings(log([(s, s * s, "ab"[s % 2]) for s in range(200)])) == []
    assert find_dataset_warnings(log([(s, SPRING + s * 400 * DAY, "ab"[s % 2]) for s in range(30)])) == []


def test_training_and_test_overlap_in_time():
    data = daily_log(40)
    last_item = find_split_warnings(split(data, SplitConfig(validation_fraction=0)), k=3)
    by_time = find_split_warnings(split(data, SplitConfig(protocol="time", test_days=10)), k=3)
    assert "time-overlap" in codes(last_item)
    assert "time-overlap" not in codes(by_time)
    figure = next(warning.figure for warning in last_item if warning.code == "time-overlap")
    assert figure.startswith("39 of 40 (98 %)")


def test_the_same_time_in_both_parts_is_no_overlap():
    data = log([(s, 7, item) for s in range(40) for item in "abc"])
    assert "time-overlap" not in codes(find_split_warnings(split(data, SplitConfig()), k=3))


@pytest.mark.parametrize(("unseen", "words"), [("miss", "count as misses"), ("drop", "are left out")])
def test_unseen_items(unseen, words):
    rows = [(d, SPRING + d * DAY + i, item) for d in range(9) for i, item in enumerate("abc")]
    late = [(9, SPRING + 20 * DAY, "a"), (9, SPRING + 20 * DAY + 1, "new"), (9, SPRING + 20 * DAY + 2, "b")]
    rule = SplitConfig(protocol="time", test_days=2, unseen=unseen)
    found = find_split_warnings(split(log(rows + late), rule), k=3)
    figure = next(warning.figure for warning in found if warning.code == "unseen-items")
    assert figure == f"1 of 2 (50 %) test events have such an item; they {words}."


def test_known_items_only_are_silent():
    assert "unseen-items" not in codes(find_split_warnings(split(daily_log(40)), k=3))


def test_a_test_too_small():
    cut = split(daily_log(40), SplitConfig(validation_fraction=0))
    found = find_split_warnings(cut, k=3, margin=0.05, hit_rate=0.3)
    figure = next(warning.figure for warning in found if warning.code == "small-test")
    assert figure.startswith("40 test sessions")
    assert "small-test" not in codes(find_split_warnings(cut, k=3, margin=0.9, hit_rate=0.3))
    assert "small-test" in codes(find_split_warnings(cut, k=3, hit_rate=0.0))


def test_the_expected_rate_is_that_of_simple_counting(make_dataset):
    # After a comes b (3 of 4), after b comes c; the best-seller is a.
    cut = split(make_dataset("abc", "abc", "abc", "acb"), SplitConfig(validation_fraction=0))
    assert expected_hit_rate(cut.train, cut.test, 1) == pytest.approx(0.0)  # c never followed b in training
    test = EvaluationSet(make_dataset("abc", "abc", "abc", "acb"), np.ones(4, int))
    assert expected_hit_rate(test.dataset, test, 1) == pytest.approx(7 / 8)  # all but a then c
    assert expected_hit_rate(test.dataset, test, 2) == pytest.approx(8 / 8)


def test_best_sellers_count_where_nothing_follows_anything(make_dataset):
    test = EvaluationSet(make_dataset("ab", "cb", "db"), np.ones(3, int))
    lone = make_dataset("b", "b", "a", "c", "d")
    ids = lone.vocabulary.encode(test.dataset.vocabulary.decode(test.dataset.items))
    known = SessionDataset.from_arrays(
        ids, test.dataset.timestamps, test.dataset.offsets, test.dataset.session_ids, lone.vocabulary
    )
    asked = EvaluationSet(known, np.ones(3, int))
    assert best_seller_rate(lone, asked, 1) == expected_hit_rate(lone, asked, 1) == 1.0


def test_the_first_event_of_a_session_follows_nothing(make_dataset):
    data = make_dataset("aba", "ba")  # the second starts with what follows the end of the first
    assert expected_hit_rate(data, EvaluationSet(data, np.zeros(2, int)), 1) == pytest.approx(3 / 5)


def test_one_long_session_shows_less_than_many_short_ones(make_dataset):
    many = EvaluationSet(make_dataset(*["ab"] * 10), np.ones(10, int))
    one = EvaluationSet(make_dataset("ab" * 5 + "a"), np.ones(1, int))
    assert visible_difference(many, 0.3) == pytest.approx(smallest_visible_difference(10, 10, 0.3))
    assert visible_difference(one, 0.3) == pytest.approx(visible_difference(many, 0.3) * np.sqrt(1 + 9 * 0.2))
