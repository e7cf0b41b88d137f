"""What do the checks of a log's quality return: figures, findings, and what can be done about them?"""

from dataclasses import dataclass
from typing import Any

from gru4rec_core.data.cleaning_types import CleaningStep
from gru4rec_core.data.row_counts import RowCounts
from gru4rec_core.evaluation.diagnostic_warning import DiagnosticWarning

NO_DATES = "its times are no dates"
"""Why a log cannot be checked for what depends on days or minutes."""


@dataclass(frozen=True)
class QualityCheck:
    """One thing a log was checked for.

    Attributes:
        code: stable name, e.g. "duplicates"; that of its warning.
        label: what was looked for, for people.
        count: how much of it there is.
        of: of how many.
        counted: what both count: "events", "sessions", "items", "steps", "stretches" or "days".
        warning: what was found; None where the log is clean, or has too little of it to matter.
        steps: what can be done about it; empty where there is nothing to drop or cut.
        not_judged: why the log cannot be checked for this; "" where it was.
    """

    code: str
    label: str
    count: int
    of: int
    counted: str
    warning: DiagnosticWarning | None = None
    steps: tuple[CleaningStep, ...] = ()
    not_judged: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; the warning's text under its own keys, where there is one."""
        figures = {"code": self.code, "label": self.label, "count": self.count, "of": self.of, "counted": self.counted}
        text = self.warning.to_json() if self.warning else {"severity": None}
        return {**figures, **text, "steps": [step.to_json() for step in self.steps], "not_judged": self.not_judged}


@dataclass(frozen=True)
class QualityReport:
    """What a log was checked for.

    Attributes:
        rows: what became of the file's rows; None without a file.
        checks: all of them, found or not.
        set_aside: codes of what was found and is to stay as it is.
        warnings: those of the checks' warnings that are shown beside every result too (see data_warnings.py).
    """

    rows: RowCounts | None
    checks: tuple[QualityCheck, ...]
    set_aside: tuple[str, ...] = ()
    warnings: tuple[DiagnosticWarning, ...] = ()

    @property
    def found(self) -> list[QualityCheck]:
        """What was found and not set aside."""
        return [check for check in self.checks if check.warning and check.code not in self.set_aside]

    @property
    def kept(self) -> list[QualityCheck]:
        """What was found and set aside."""
        return [check for check in self.checks if check.warning and check.code in self.set_aside]

    @property
    def clean(self) -> list[QualityCheck]:
        """What was looked for and not found."""
        return [check for check in self.checks if check.warning is None]

    def to_json(self) -> dict[str, Any]:
        checks = [{**check.to_json(), "set_aside": check.code in self.set_aside} for check in self.checks]
        return {"rows": self.rows.to_json() if self.rows else None, "checks": checks}
