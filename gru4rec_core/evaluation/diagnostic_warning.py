"""What a warning consists of: its figure, effect, remedy and severity."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Literal, Self, cast

from gru4rec_core.words import percent_text

Severity = Literal["error", "warning", "note"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""Worst first."""

SEVERITY_WORDS: dict[str, str] = {"error": "Problem", "warning": "Warning", "note": "Good to know"}
"""What stands before a warning, on screen and in the report."""

VERY_LARGE = 10.0
"""A relative difference from which on no figure is given: a test that shows only such ones shows next to nothing."""


@dataclass(frozen=True)
class DiagnosticWarning:
    """Something about data, a run or a comparison that its reader should know.

    Attributes:
        code: stable name, e.g. "tied-timestamps".
        severity: "error" spoils the result, "warning" may spoil it, "note" is good to know.
        title: what is wrong, as a sentence.
        figure: how much of it there is, as a sentence with numbers; may be empty.
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
        """Plain JSON; the effect is printed under its older key, "why", which scripts read."""
        return {"why" if name == "effect" else name: value for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, values: Mapping[str, str]) -> Self:
        """Reads what `to_json` wrote.

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


def worst_first(warnings: Iterable[DiagnosticWarning]) -> list[DiagnosticWarning]:
    """Errors, then warnings, then notes; within each in the order given."""
    return sorted(warnings, key=lambda warning: SEVERITIES.index(warning.severity))


def visible_difference_text(fraction: float) -> str:
    """The smallest relative difference that a test is likely to show, as the end of a sentence."""
    return f"about {percent_text(fraction)}" if fraction < VERY_LARGE else "none but very large ones"
