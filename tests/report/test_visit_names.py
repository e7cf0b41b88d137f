"""Facts about the names of visits that were cut out of a user's events."""

import numpy as np
import pytest

from gru4rec_core.report import visit_names
from gru4rec_core.report.visit_names import session_titles

VISITS = np.array(
    [
        "ann#2026-03-31T18:40:00",
        "ann#2026-03-31T08:15:00",
        "ann#2026-04-01T09:00:00",
        "joann#2026-03-31T07:00:00",
        "a b#2#2026-03-31T08:15:00.5",
    ],
    dtype=object,
)


def test_a_visit_is_called_by_who_the_date_and_its_number_among_several_that_day():
    assert session_titles(VISITS, VISITS) == [
        "ann, 2026-03-31, visit 2",
        "ann, 2026-03-31, visit 1",
        "ann, 2026-04-01",
        "joann, 2026-03-31",
        "a b#2, 2026-03-31",
    ]


def test_the_number_is_that_among_all_sessions_not_among_those_shown():
    assert session_titles(VISITS[:1], VISITS) == ["ann, 2026-03-31, visit 2"]


def test_many_visits_are_named_as_few_are_without_a_search_day_by_day(monkeypatch: pytest.MonkeyPatch):
    keys = np.array(
        [f"user {n % 20_000}#2026-03-{1 + n % 3:02}T{n // 20_000:02}:00:00" for n in range(100_000)], dtype=object
    )
    searched: list[str] = []
    search = visit_names._visits_of
    monkeypatch.setattr(visit_names, "_visits_of", lambda all_, *day: searched.append(day) or search(all_, *day))
    names = session_titles(keys, keys)
    assert searched == []  # 60,000 searches through 100,000 keys would take minutes
    assert names[40_000:40_003] == session_titles(keys[40_000:40_003], keys)
    assert len(searched) == 3
    assert len(set(names)) == len(keys)


def test_names_tell_visits_apart():
    assert len(set(session_titles(VISITS, VISITS))) == len(VISITS)


def test_any_other_session_is_called_by_its_key():
    keys = np.array([17, 18])
    assert session_titles(keys, keys) == ["Session 17", "Session 18"]
    assert session_titles(["s#1", "2026-03-31T08:15:00"], np.array(["s#1"], dtype=object)) == [
        "Session s#1",
        "Session 2026-03-31T08:15:00",
    ]
    assert session_titles([7, *VISITS[:1]], VISITS) == ["Session 7", "ann, 2026-03-31, visit 2"]
