"""Which moment in time does a timestamp denote?"""

import math
from datetime import UTC, datetime

import numpy as np

from gru4rec_core.errors import DataError

UNITS: dict[str, int] = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
"""Units of time since 1970, and how many make a second."""

DAY_SECONDS = 86_400

_DATE_DIGITS = 8  # 20240531

USUAL_PAUSE = 30.0
"""Minutes without an event that end a visit, where nothing else is said; usual in web shops."""

# Microseconds since 1970 of the years 1678 to 2261, which pandas holds in nanoseconds.
FIRST_MOMENT, LAST_MOMENT = -9_214_560_000_000_000, 9_214_646_399_999_999

# Seconds since 1970 between March 1973 and the end of 2261: the four ranges of the four units do not overlap.
_EARLIEST, _LATEST = 1e8, (LAST_MOMENT + 1) / 10**6


def guess_unit(first: float, last: float) -> str | None:
    """The unit in which both ends of a log are plausible dates (1973 to 2261), or None."""
    for unit, per_second in UNITS.items():
        if _EARLIEST * per_second <= first and last < _LATEST * per_second:
            return unit
    return None


def unit_range(unit: str) -> tuple[float, float]:
    """The beginning of the year 1678 and the end of 2261 (the first moment after it), in a unit."""
    return FIRST_MOMENT * (UNITS[unit] / 10**6), (LAST_MOMENT + 1) * (UNITS[unit] / 10**6)


def are_dates(first: float, last: float, unit: str) -> bool:
    """Whether times from first to last are in the years 1678 to 2261, which charts and tables can show."""
    start, end = unit_range(unit)
    return start <= first <= last < end


def day_length(unit: str) -> int:
    """How many of a log's own units of time make a day."""
    return DAY_SECONDS * UNITS[unit]


def to_datetime(timestamp: float, unit: str) -> datetime:
    """The moment in UTC, to the microsecond."""
    seconds, rest = divmod(int(timestamp), UNITS[unit])
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 10**6 // UNITS[unit])


def describe_time(timestamp: float, unit: str | None) -> str:
    """The timestamp for a reader: an ISO date and time where the unit is known, else the number."""
    if unit is None:
        return f"{timestamp:g}" if isinstance(timestamp, float) else str(timestamp)
    return to_datetime(timestamp, unit).strftime("%Y-%m-%d %H:%M:%S")


def to_microseconds(timestamps: np.ndarray, unit: str) -> np.ndarray:
    """Moments in microseconds since 1970, int64 [n]; anything finer is cut off."""
    per_second = UNITS[unit]
    if np.issubdtype(timestamps.dtype, np.floating):
        return np.round(timestamps * (10**6 / per_second)).astype(np.int64)
    timestamps = timestamps.astype(np.int64)
    return timestamps // (per_second // 10**6) if per_second > 10**6 else timestamps * (10**6 // per_second)


def iso_times(timestamps: np.ndarray, unit: str) -> np.ndarray:
    """Moments as ISO texts in UTC, with a fraction of a second only where there is one: the same in every unit.

    Returns:
        Object array [n], such as "2024-05-31T18:00:00" and "2024-05-31T18:00:00.25".
    """
    seconds, rest = np.divmod(to_microseconds(timestamps, unit), 10**6)
    texts = np.datetime_as_string(seconds.astype("datetime64[s]"), unit="s").astype(object)
    for i in np.flatnonzero(rest):
        texts[i] += f".{rest[i]:06}".rstrip("0")
    return texts


def describe_moment(number: float, unit: str) -> str:
    """Where a number would be in time, for a message: its year, or that it is not one."""
    return f"in {to_datetime(number, unit).year}" if are_dates(number, number, unit) else "no date"


def parse_moment(value: str | float, unit: str | None, where: str) -> float:
    """A moment given by a user, in a log's own unit.

    Args:
        value: A number or numeric text, in the log's unit; or an ISO date or date and time (UTC unless it says
            otherwise), where the log's unit is known. Text of eight digits is a date there, 20240531.
        unit: The log's unit, see `SessionDataset.unit_or_guess`.
        where: The setting that it was given for, for messages.

    Raises:
        DataError: Text that is neither, or a date for a log whose timestamps are not dates.
    """
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    is_text = unit is not None and isinstance(value, str)
    if math.isfinite(number) and not (is_text and len(str(value).strip()) == _DATE_DIGITS):
        if is_text and guess_unit(number, number) != unit:
            raise DataError(
                f"A moment is an ISO date, or a number in the log's own unit ({unit} since 1970).",
                found=f"{value}, which would be {describe_moment(number, str(unit))}",
                where=where,
                remedy="Write it like 2024-05-31 or 2024-05-31T18:00.",
            )
        return number
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise DataError(
            "This is neither an ISO date nor a number in the log's own unit.",
            found=repr(value),
            where=where,
            remedy="Write it like 2024-05-31 or 2024-05-31T18:00.",
        ) from None
    if unit is None:
        raise DataError(
            "This log's times are numbers, not dates, so a date cannot be compared with them.",
            found=str(value),
            where=where,
            remedy="Give a number in the log's own unit.",
        )
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.timestamp() * UNITS[unit]
