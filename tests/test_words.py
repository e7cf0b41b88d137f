"""Numbers in words: one thing is no plural, 100 % is all, and a p value at its floor is only known to be small."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru4rec_core.evaluation.resampling import permutation_p
from gru4rec_core.words import (
    age,
    counted,
    duration_text,
    p_text,
    per_100,
    percent_number,
    percent_text,
    rounded_count,
    share_text,
    signed,
)

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 sessions"),
        (1, "1 session"),
        (2, "2 sessions"),
        (1_200, "1,200 sessions"),
        (1_234_567, "1,234,567 sessions"),
    ],
)
def test_one_thing_is_no_plural(number: int, text: str):
    assert counted(number, "session") == text


def test_days_may_be_parts_of_one():
    assert [counted(days, "day") for days in (0.5, 1.0, 14.0)] == ["0.5 days", "1 day", "14 days"]


def test_an_unusual_plural_is_named():
    assert counted(2, "entry", "entries") == "2 entries"
    assert counted(1, "entry", "entries") == "1 entry"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (2_000_000, "23.1 days"),
        (86_400, "1 day"),
        (14 * 3_600, "14 hours"),
        (1_200, "20 minutes"),
        (1, "1 second"),
        (0.2, "0.2 seconds"),
    ],
)
def test_a_duration_is_in_the_largest_unit_that_fits(seconds: float, text: str):
    assert duration_text(seconds) == text


def test_plurals_are_made_in_one_place():
    sources = [path for room in ("gru4rec_core", "dashboard", "pages") for path in (ROOT / room).rglob("*.py")]
    own = re.compile(r"""\{['"]s['"] (\*|if)|['"]s['"] \*""")
    assert not [path.name for path in sources if own.search(path.read_text(encoding="utf-8"))]


def test_shares_read_well():
    assert share_text(12, 400) == "12 of 400 (3.0 %)"
    assert share_text(0, 0) == "0 of 0 (0 %)"
    assert share_text(1, 10_000) == "1 of 10,000 (under 0.1 %)"
    assert share_text(12_000, 15_000) == "12,000 of 15,000 (80 %)"
    assert share_text(1_081, 1_082) == "1,081 of 1,082 (99.9 %)"
    assert share_text(9_999, 10_000) == "9,999 of 10,000 (99.9 %)"


@given(st.integers(1, 10**7), st.data())
def test_all_and_none_are_said_only_of_all_and_none(whole: int, data: st.DataObject):
    part = data.draw(st.integers(0, whole))
    text = percent_text(part / whole)
    assert (text == "100 %") == (part == whole)
    assert (text == "0 %") == (part == 0)


def test_figures_have_one_form():
    assert rounded_count(11_873) == "12,000"
    assert rounded_count(2_350_000) == "2,400,000"
    assert rounded_count(87) == "87"
    assert per_100(0.1325) == "13.2"
    assert per_100(-0.012) == "−1.2"
    assert [percent_number(x) for x in (0.02, -0.0214, 0.1234, -0.0001)] == ["2", "−2.1", "12", "0"]
    assert [signed(x) for x in (2.94, -7.1, -0.01, 0.0)] == ["+2.9", "−7.1", "0.0", "0.0"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (5, "just now"),
        (89, "just now"),
        (95, "1 minute ago"),
        (3_599, "59 minutes ago"),
        (7_300, "2 hours ago"),
        (86_500, "1 day ago"),
        (300_000, "3 days ago"),
    ],
)
def test_an_age_is_put_into_words(seconds: int, words: str):
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert age(now - timedelta(seconds=seconds), now=now) == words


@pytest.mark.parametrize(
    ("n_permutations", "text"), [(200, "< 0.003"), (2_000, "< 0.0003"), (10_000, "< 0.00005"), (100_000, "< 0.000005")]
)
def test_a_permutation_p_at_its_floor_is_only_known_to_be_small(n_permutations: int, text: str):
    no_flip_goes_as_far = permutation_p(np.array([9.0]), np.zeros((n_permutations, 1)))
    assert p_text(float(no_flip_goes_as_far[0]), n_permutations) == text


@pytest.mark.parametrize(
    ("p", "text"),
    [(1 / 2001, "0.0005"), (0.0331, "0.0331"), (1.0, "1.0000"), (0.0000499, "< 0.0001"), (0.0, "< 0.0001")],
)
def test_a_p_value_above_its_floor_has_four_decimals(p: float, text: str):
    assert p_text(p) == text
