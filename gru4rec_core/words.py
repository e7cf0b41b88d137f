"""How are counts, shares, rates, differences, moments, durations and p values put into words?

The one home of these: screens, reports, command line and messages call it, so that the same figure reads alike.
"""

from datetime import UTC, datetime
from math import ceil, floor, isfinite, isnan, log10

_BYTES = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))  # each with its seconds


def counted(number: float, noun: str, several: str = "") -> str:
    """A number with its noun, in the singular for one.

    Args:
        number: how many; a fraction of one too.
        noun: what one of them is called.
        several: what several are called, where that is not `noun` and an s.

    >>> counted(1, "session"), counted(1_200, "session"), counted(0.5, "day"), counted(0, "entry", "entries")
    ('1 session', '1,200 sessions', '0.5 days', '0 entries')
    """
    return f"{number:,.12g} {noun if number == 1 else several or noun + 's'}"


def rounded_count(count: int) -> str:
    """A count to two significant figures: 12,000 for 11,873."""
    digits = max(floor(log10(count)) - 1, 0) if count > 0 else 0
    return f"{round(count, -digits):,}"


def share_text(part: float, whole: float) -> str:
    """Two counts and their share.

    >>> share_text(12, 400), share_text(1_081, 1_082)
    ('12 of 400 (3.0 %)', '1,081 of 1,082 (99.9 %)')
    """
    return f"{part:,.0f} of {whole:,.0f} ({percent_text(part / whole if whole else 0.0)})"


def percent_text(fraction: float) -> str:
    """A fraction in %, with one decimal below 10 %; 100 % only of all, 0 % only of none.

    >>> percent_text(0.126), percent_text(0.031), percent_text(0.9999), percent_text(0.0004)
    ('13 %', '3.1 %', '99.9 %', 'under 0.1 %')
    """
    value = 100 * fraction
    if 99.5 <= value < 100:
        return f"{min(value, 99.9):.1f} %"
    shown = f"{value:.0f}" if value >= 9.95 or value == 0 else f"{value:.1f}"
    return f"{'under 0.1' if shown == '0.0' else shown} %"


def percent_number(fraction: float) -> str:
    """A fraction as the number before "%": one decimal below 10, none from there, and never ".0"."""
    percent = 100 * fraction
    if not isfinite(percent):
        return "any number of" if isnan(percent) else ("∞" if percent > 0 else "−∞")
    text = f"{percent:.1f}" if abs(percent) < 9.95 else f"{percent:.0f}"
    return "0" if text in {"-0.0", "0.0"} else true_minus(text.removesuffix(".0"))


def per_100(value: float) -> str:
    """A rate in [0, 1] as hits per 100, with one decimal."""
    return figure(100 * value)


def figure(value: float) -> str:
    """A figure that is per 100 already, with one decimal.

    >>> figure(53.74), figure(-0.26), per_100(0.5374)
    ('53.7', '−0.3', '53.7')
    """
    return true_minus(f"{value:.1f}")


def signed(value: float) -> str:
    """A difference with its sign and one decimal; what rounds to nothing has none.

    >>> signed(2.53), signed(-7.06), signed(-0.04)
    ('+2.5', '−7.1', '0.0')
    """
    text = f"{value:+.1f}"
    return "0.0" if text in {"+0.0", "-0.0"} else true_minus(text)


def age(moment: datetime, now: datetime | None = None) -> str:
    """How long ago a moment was; `now` is the present one by default.

    >>> day = datetime(2026, 3, 1, 12, tzinfo=UTC)
    >>> age(day, day), age(day, day.replace(hour=14)), age(day, day.replace(day=9))
    ('just now', '2 hours ago', '8 days ago')
    """
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    if seconds < 90:
        return "just now"
    size, unit = _largest_unit(seconds)
    return f"{counted(int(seconds // size), unit)} ago"


def duration_text(seconds: float) -> str:
    """A duration in the largest unit that fits, with at most one decimal.

    >>> duration_text(2_000_000), duration_text(86_400), duration_text(0.5)
    ('23.1 days', '1 day', '0.5 seconds')
    """
    size, unit = _largest_unit(seconds)
    return counted(round(seconds / size, 1), unit)


def bytes_text(count: float) -> str:
    """A number of bytes in the decimal units of disks, with at most one decimal.

    >>> bytes_text(1_234_000_000), bytes_text(35_400_000), bytes_text(12_300), bytes_text(640)
    ('1.2 GB', '35.4 MB', '12.3 kB', '640 bytes')
    """
    size, unit = next(((size, unit) for size, unit in _BYTES if count >= size), (1, "byte"))
    return counted(round(count / size, 1), unit) if size == 1 else f"{round(count / size, 1):,.12g} {unit}"


def _largest_unit(seconds: float) -> tuple[int, str]:
    return next((unit for unit in _UNITS if seconds >= unit[0]), _UNITS[-1])


def true_minus(number: str) -> str:
    """A number as text, with the minus sign that is as wide as a plus.

    >>> true_minus("-2.5")
    '−2.5'
    """
    return number.replace("-", "\N{MINUS SIGN}")


def p_text(p: float, n_permutations: int | None = None) -> str:
    """A p value with four decimals; one too small for them is only said to be below a limit.

    Args:
        p: the value.
        n_permutations: of a permutation test, whose smallest p (`resampling.permutation_p`: half a sample of n + 1)
            only says that no permutation went as far.

    >>> p_text(0.0421), p_text(1e-9), p_text(0.5 / 2_001, 2_000), p_text(0.5 / 10_001, 10_000)
    ('0.0421', '< 0.0001', '< 0.0003', '< 0.00005')
    """
    smallest = 0.5 / (n_permutations + 1) if n_permutations else 0.0
    if not smallest or p > smallest * (1 + 1e-9):
        return f"{p:.4f}" if p >= 0.00005 else "< 0.0001"
    digits = -floor(log10(smallest))
    # Rounded up, so that the value itself is below what is said.
    return f"< {ceil(smallest * 10**digits) / 10**digits:.{digits}f}"
