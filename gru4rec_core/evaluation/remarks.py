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
    percent = 100 * part / whole if whole else 0.0
    shown = f"{percent:.0f}" if percent >= 9.95 or percent == 0 else f"{percent:.1f}"
    return f"{part:,.0f} of {whole:,.0f} ({'under 0.1' if shown == '0.0' else shown} %)"
