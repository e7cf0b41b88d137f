"""What do a column's numbers count: seconds or another unit since 1970, the digits of dates, or no time at all?"""

from typing import NamedTuple

import numpy as np

from gru4rec_core.data.time_patterns import days_since_1970
from gru4rec_core.data.times import FIRST_MOMENT, LAST_MOMENT, UNITS, guess_unit, unit_range
from gru4rec_core.errors import DataError

NUMBER = "number"
UNIT_WORDS = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}
DIGITS = {"%Y%m%d": 8, "%Y%m%d%H%M": 12, "%Y%m%d%H%M%S": 14, "%Y%m%d%H%M%S%f": 17}
"""Dates written as digits alone, and how many digits."""

MIN_DATE_SHARE = 0.95
"""Share of a column's dates that have to be in one notation; the others are rejected row by row."""


class NumberTimes(NamedTuple):
    """What numbers mean.

    Attributes:
        format_name: "s", "ms", "us" or "ns" since 1970; a pattern of `DIGITS`; or "number" where they are not dates.
        rejected: Reason to bool [n]: the numbers that are unlike most.
    """

    format_name: str
    rejected: dict[str, np.ndarray]


def name_notation(name: str) -> str:
    """A notation in the middle of a sentence."""
    return f"{UNIT_WORDS[name]} since 1970" if name in UNITS else f"dates of {DIGITS[name]} digits"


def judge_numbers(numbers: np.ndarray, where: str) -> NumberTimes:
    """What most of the numbers mean, and which do not fit in.

    Args:
        numbers: int64 or float64 [n], n > 0, finite.
        where: File and column, for the message.

    Raises:
        DataError: Two notations are mixed.
    """
    lowest, highest = numbers.min(), numbers.max()
    unit = guess_unit(lowest, highest)
    if unit is not None and not (unit == "ms" and lowest < 10**12):  # 12 digits may be those of a date
        return NumberTimes(unit, {})
    notations = _sort_by_notation(numbers)
    n_dates = sum(int(is_in.sum()) for is_in in notations.values())
    if 2 * n_dates <= len(numbers):
        return NumberTimes(NUMBER, {})
    best = max(notations, key=lambda name: notations[name].sum())
    if notations[best].sum() < MIN_DATE_SHARE * n_dates:
        raise _mixed(notations, numbers, where)
    others = {name: is_in for name, is_in in notations.items() if name != best and is_in.any()}
    rejected = {
        f"the timestamp is in {name_notation(name)}, but most are in {name_notation(best)}": is_in
        for name, is_in in others.items()
    }
    no_date = ~np.any(list(notations.values()), axis=0)
    if no_date.any():
        if _is_near(numbers, no_date, notations[best]) > (0 if best in UNITS else (1 - MIN_DATE_SHARE) * len(numbers)):
            return NumberTimes(NUMBER, {})
        rejected[f"the timestamp is out of range, but most are in {name_notation(best)}"] = no_date
    return NumberTimes(best, rejected)


def judge_in_unit(numbers: np.ndarray, unit: str) -> NumberTimes:
    """Numbers of a given unit; those outside the years 1678 to 2261 are rejected."""
    start, end = unit_range(unit)
    outside = (numbers < start) | (numbers >= end)
    reason = f"the timestamp is outside the years 1678 to 2261 in {name_notation(unit)}"
    return NumberTimes(unit, {reason: outside} if outside.any() else {})


def _sort_by_notation(numbers: np.ndarray) -> dict[str, np.ndarray]:
    """Notation to the numbers (bool [n]) that are plausible dates in it; each is in one notation at most."""
    by_unit = {unit: (numbers >= 1e8 * per) & (numbers < 1e10 * per) for unit, per in UNITS.items()}
    notations: dict[str, np.ndarray] = {}
    for pattern, n_digits in DIGITS.items():
        has_digits = (numbers >= 10.0 ** (n_digits - 1)) & (numbers < 10.0**n_digits)
        if not has_digits.any():
            continue
        _, is_date = read_digits(np.where(has_digits, numbers, 0), pattern)
        # Among numbers that are something else, one in 27 or fewer has the digits of a date.
        if is_date.any() and is_date.sum() >= MIN_DATE_SHARE * has_digits.sum():
            notations[pattern] = is_date
            by_unit = {unit: is_in & ~has_digits for unit, is_in in by_unit.items()}
    return {**by_unit, **notations}


def read_digits(numbers: np.ndarray, pattern: str) -> tuple[np.ndarray, np.ndarray]:
    """Moments (int64 [n], microseconds since 1970) of dates written as digits, and which are dates (bool [n])."""
    whole = numbers.astype(np.int64)
    n_digits = DIGITS[pattern]
    digits = whole // 10 ** max(n_digits - 14, 0)
    millis = whole % 10 ** max(n_digits - 14, 0)
    digits *= 10 ** max(14 - n_digits, 0)
    date, clock = np.divmod(digits, 10**6)
    days, is_date = days_since_1970(date // 10_000, date // 100 % 100, date % 100)
    hour, minute, second = clock // 10_000, clock // 100 % 100, clock % 100
    moments = ((days * 24 + hour) * 60 + minute) * 60 * 10**6 + second * 10**6 + millis * 1_000
    is_clock = (hour < 24) & (minute < 60) & (second < 60) & (numbers == whole)
    return moments, is_date & is_clock & (moments >= FIRST_MOMENT) & (moments <= LAST_MOMENT)


def _is_near(numbers: np.ndarray, no_date: np.ndarray, is_date: np.ndarray) -> int:
    """How many of the numbers that are not dates are within ten times the range of those that are.

    Zeros among dates stand for a missing time. Numbers that go on evenly below the dates show that none are dates.
    """
    others, dates = numbers[no_date], numbers[is_date]
    return int(((others > dates.min() / 10) & (others < dates.max() * 10.0)).sum())


def _mixed(notations: dict[str, np.ndarray], numbers: np.ndarray, where: str) -> DataError:
    counts = sorted(((int(is_in.sum()), name) for name, is_in in notations.items() if is_in.any()), reverse=True)
    found = " and ".join(
        f"{count:,} in {name_notation(name)}, such as {numbers[notations[name]][0]:.0f}" for count, name in counts
    )
    return DataError(
        "The column mixes two units of time.",
        found=found,
        where=where,
        remedy="Convert them to one unit; or, if all rows are in the same unit after all, use the command `import` "
        f"with --time-format {counts[0][1]} or --time-format {counts[1][1]}.",
    )
