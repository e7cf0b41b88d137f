"""What is a warning?"""

from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Check:
    """Something about data, a run or a comparison that its reader should know.

    Attributes:
        code: stable name, e.g. "tied-timestamps".
        severity: "error" spoils the result, "warning" may, "note" is good to know.
        title: what is the matter, a sentence.
        figure: how much of it, a sentence with numbers.
        why: why it matters, for someone new to the field.
        remedy: what to do about it.
    """

    code: str
    severity: Severity
    title: str
    figure: str
    why: str
    remedy: str

    def to_json(self) -> dict[str, str]:
        return asdict(self)


def share(part: float, whole: float) -> str:
    """Two counts and their share: "12 of 400 (3 %)"."""
    return f"{part:,.0f} of {whole:,.0f} ({percent(part / whole if whole else 0.0)})"


def percent(fraction: float) -> str:
    """A fraction in %: one decimal below 10 %."""
    value = 100 * fraction
    shown = f"{value:.0f}" if value >= 9.95 or value == 0 else f"{value:.1f}"
    return f"{'under 0.1' if shown == '0.0' else shown} %"


def smallest_difference(fraction: float) -> str:
    """The smallest relative difference a test is likely to show, for the end of a sentence."""
    return f"about {percent(fraction)}" if fraction < 10 else "none but the very largest"
