"""What is a warning?"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal, Self, cast

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class DiagnosticWarning:
    """Something about data, a run or a comparison that its reader should know.

    Attributes:
        code: stable name, e.g. "tied-timestamps".
        severity: "error" spoils the result, "warning" may, "note" is good to know.
        title: what is the matter, a sentence.
        figure: how much of it, a sentence with numbers.
        effect: why it matters, for someone new to the field.
        remedy: what to do about it.
    """

    code: str
    severity: Severity
    title: str
    figure: str
    effect: str
    remedy: str

    def to_json(self) -> dict[str, str]:
        """Plain JSON; the effect keeps its older key, "why", which scripts read."""
        values = asdict(self)
        values["why"] = values.pop("effect")
        return values

    @classmethod
    def from_json(cls, values: Mapping[str, str]) -> Self:
        """What `to_json` wrote.

        Raises:
            KeyError: a key is missing.
        """
        return cls(
            code=values["code"],
            severity=cast(Severity, values["severity"]),
            title=values["title"],
            figure=values["figure"],
            effect=values["why"],
            remedy=values["remedy"],
        )


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
