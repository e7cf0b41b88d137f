"""Which moment does a zone's clock show?"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from gru4rec_core.errors import DataError

_MINUTE = 60 * 10**6  # microseconds
_DAY = 24 * 60  # minutes


class ClockMoments(NamedTuple):
    """Moments of times on a clock.

    Attributes:
        moments: int64 [n], microseconds since 1970 in UTC.
        is_skipped: bool [n], no clock of the zone ever shows this time: summer time begins.
        is_repeated: bool [n], it is shown twice: summer time ends.
    """

    moments: np.ndarray
    is_skipped: np.ndarray
    is_repeated: np.ndarray


def find_zone(name: str) -> tzinfo:
    """The zone of a name such as "Europe/Berlin", or of an offset such as "+02:00".

    Raises:
        DataError: There is no such zone.
    """
    offset = re.fullmatch(r"([+-])(\d\d):(\d\d)", name)
    if offset is not None and int(offset[2]) < 24 and int(offset[3]) < 60:
        minutes = int(offset[2]) * 60 + int(offset[3])
        return timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # a name of a file outside, a folder, none at all
        raise DataError(
            "This is not a time zone.",
            found=repr(name),
            where="time_zone",
            remedy="Use an IANA name or an offset from UTC, such as Europe/Berlin, America/New_York, UTC or +02:00.",
        ) from None


def to_moments(clock: np.ndarray, zone: tzinfo) -> ClockMoments:
    """Moments of times on a zone's clock.

    Args:
        clock: int64 [n], n > 0, microseconds since 1970 on that clock.
        zone: Of `find_zone`.
    """
    minutes, number = np.unique(clock // _MINUTE, return_inverse=True)
    before, after = _offsets(minutes, zone)
    return ClockMoments(clock - before[number] * 10**6, (before < after)[number], (before > after)[number])


def _offsets(minutes: np.ndarray, zone: tzinfo) -> tuple[np.ndarray, np.ndarray]:
    """The zone's offset in seconds (int64 [n]) at minutes of its clock, sorted: by the rule before and after a change.

    They differ in the minutes that a change skips (before < after) or repeats. On most days nothing changes, and one
    question answers the whole day.
    """
    before = np.empty(len(minutes), np.int64)
    after = np.empty(len(minutes), np.int64)
    days = minutes // _DAY
    bounds = np.r_[0, np.flatnonzero(np.diff(days)) + 1, len(days)]
    for start, end in pairwise(bounds.tolist()):
        day = int(days[start])
        around = {_offset((day + ahead) * _DAY, zone, fold) for ahead in (-1, 0, 1, 2) for fold in (0, 1)}
        if len(around) == 1:
            before[start:end] = after[start:end] = around.pop()
        else:
            for i in range(start, end):
                before[i], after[i] = (_offset(int(minutes[i]), zone, fold) for fold in (0, 1))
    return before, after


def _offset(minute: int, zone: tzinfo, fold: int) -> int:
    shown = datetime(1970, 1, 1, tzinfo=zone) + timedelta(minutes=minute)  # on the clock: no change is accounted for
    offset = shown.replace(fold=fold).utcoffset()
    assert offset is not None
    return round(offset.total_seconds())
