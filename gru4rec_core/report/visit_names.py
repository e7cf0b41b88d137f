"""What is a session called, and a visit that was cut out of a user's events: in lists, headings and the report?

A visit's key is the user, #, and when it began, to the second. People read who, the date and, of several on that day,
its number. Any other session is called by its key.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_VISIT = re.compile(r"(.*)#(\d{4}-\d\d-\d\d)T[\d:.]+", re.DOTALL)
_FEW_DAYS = 50  # of visits to name, for which all keys are searched day by day


def session_titles(keys: Iterable[object], among: np.ndarray | Sequence[str]) -> list[str]:
    """What people read for these sessions: "17, 2026-03-31, visit 2" for a visit, else "Session 17".

    Args:
        keys: of the sessions to name.
        among: the keys of all sessions [n], in any order: of several visits on a day each has a number.
    """
    texts = [str(key) for key in keys]
    visits = [_VISIT.fullmatch(text) for text in texts]
    days = {(visit.group(1), visit.group(2)) for visit in visits if visit}
    by_day = _visits_by_day(among) if len(days) > _FEW_DAYS else _visits_of_days(among, days)
    return [
        _name(text, visit.group(1), visit.group(2), by_day) if visit else f"Session {text}"
        for text, visit in zip(texts, visits, strict=True)
    ]


def _visits_of_days(
    among: np.ndarray | Sequence[str], days: Collection[tuple[str, str]]
) -> dict[tuple[str, str], list[str]]:
    """The keys of the visits of these users and days, the first first."""
    if not days:
        return {}
    everything = pa.array(among, pa.string())
    return {day: _visits_of(everything, *day) for day in days}


def _visits_by_day(among: np.ndarray | Sequence[str]) -> dict[tuple[str, str], list[str]]:
    """The same for every user and day, in one pass: 100,000 sessions take as long as some two hundred days singly."""
    by_day: dict[tuple[str, str], list[str]] = defaultdict(list)
    for visit in filter(None, map(_VISIT.fullmatch, sorted(map(str, among)))):
        by_day[visit.group(1), visit.group(2)].append(visit.group(0))
    return by_day


def _visits_of(everything: pa.Array, user: str, date: str) -> list[str]:
    """The keys of a user's visits on a day, the first first."""
    is_of_day = pc.starts_with(everything, f"{user}#{date}T")
    return sorted(everything.filter(is_of_day).to_pylist())


def _name(key: str, user: str, date: str, by_day: Mapping[tuple[str, str], list[str]]) -> str:
    of_day = by_day[user, date]
    several = len(of_day) > 1 and key in of_day
    return f"{user}, {date}" + (f", visit {of_day.index(key) + 1}" if several else "")
