"""Which columns form the time together, where no single one holds it?"""

import re
from collections.abc import Sequence
from itertools import takewhile

import numpy as np
import pyarrow.compute as pc

from gru4rec_core.data.column_profile import ColumnProfile
from gru4rec_core.data.times import DAY_SECONDS

# Names without case and punctuation.
_DATE_PARTS = (
    {"year", "yyyy", "yr", "jahr", "annee", "année", "ano", "año", "anno", "rok"},
    {"month", "mm", "mon", "monat", "mois", "mes", "mês", "mese", "miesiac"},
    {"day", "dd", "dayofmonth", "tag", "jour", "dia", "día", "giorno", "dzien"},
)
_CLOCK_PARTS = (
    {"hour", "hours", "hh", "stunde", "heure", "hora", "ora"},
    {"minute", "minutes", "min", "mi"},
    {"second", "seconds", "sec", "ss", "sekunde", "seconde"},
)
_OF_DAY = {"time", "timeframe", "timeofday", "clock", "clocktime", "eventtime", "uhrzeit", "heure", "hora", "ora"}
_ORDER = {"order", "step", "position", "sequence", "seq", "clickorder", "eventorder"}
_SINCE_START = {"timeframe"}  # milliseconds since a session began, in Diginetica
_CLOCK = r"^\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp][Mm])?$"
_MOST_MS = 10 * DAY_SECONDS * 1000  # a visit that began on that day may go on


def find_time_parts(profiles: Sequence[ColumnProfile]) -> tuple[str, ...] | None:
    """The columns that form the time, the date first (joined_columns.py reads them); None where there are none."""
    date = _find_date(profiles)
    if not date:
        return None
    others = [profile for profile in profiles if profile.name not in date]
    clock = _find_clock(others)
    return (*date, *clock) if clock or len(date) > 1 else None


def counts_events(name: str) -> bool:
    """Whether a column beside a date says by its name that it only puts the events of a session in order."""
    return _plain(name) in _ORDER | _SINCE_START


def _find_date(profiles: Sequence[ColumnProfile]) -> tuple[str, ...]:
    """Year, month and day, or one column of days; nothing where there is a column of moments."""
    if any(profile.kind == "time" and not _has_days_only(profile) for profile in profiles):
        return ()
    # All of a log may be of one day.
    days = [
        p.name for p in profiles if p.kind == "time" or (p.kind == "constant" and p.time_formats and not p.is_number)
    ]
    if days:
        return (days[0],)
    parts = [_named(profiles, names, is_number=True) for names in _DATE_PARTS]
    return tuple(name for (name,) in parts) if all(parts) else ()


def _find_clock(profiles: Sequence[ColumnProfile]) -> tuple[str, ...]:
    """The rest of the time: a clock time, milliseconds of the day, hours and minutes, or the order of the events."""
    for profile in profiles:
        if _plain(profile.name) in _OF_DAY and (_is_clock(profile) or _is_count(profile)):
            return (profile.name,)
    parts = [_named(profiles, names, is_number=True) for names in _CLOCK_PARTS]
    known = tuple(name for part in takewhile(bool, parts) for name in part)
    return known or _named([profile for profile in profiles if _is_count(profile)], _ORDER)


def _named(profiles: Sequence[ColumnProfile], names: set[str], is_number: bool = False) -> tuple[str, ...]:
    """The first column of one of these names; nothing where there is none."""
    fits = [p.name for p in profiles if _plain(p.name) in names and (p.is_number or not is_number)]
    return tuple(fits[:1])


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.lower())


def _has_days_only(profile: ColumnProfile) -> bool:
    seconds = profile.seconds[~np.isnan(profile.seconds)]
    return not profile.is_number and not (seconds % DAY_SECONDS).any()


def _is_clock(profile: ColumnProfile) -> bool:
    return profile.n_distinct > 0 and bool(pc.all(pc.match_substring_regex(profile.values, _CLOCK)).as_py())


def _is_count(profile: ColumnProfile) -> bool:
    if not profile.is_number or not pc.all(pc.match_substring_regex(profile.values, r"^\d{1,18}$")).as_py():
        return False
    return bool(pc.max(profile.values.cast("int64")).as_py() < _MOST_MS)
