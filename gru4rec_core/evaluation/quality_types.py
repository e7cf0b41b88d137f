"""What do the checks of a log's quality return: figures, findings, and what can be done about them?"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gru4rec_core.data.cleaning_types import CleaningStep
from gru4rec_core.data.row_counts import RowCounts
from gru4rec_core.evaluation.diagnostic_warning import DiagnosticWarning, worst_first

NO_DATES = "because the times are not dates"
"""Why a log cannot be checked for what depends on days or minutes."""


@dataclass(frozen=True)
class QualityCheck:
    """One thing a log was checked for.

    Attributes:
        code: stable name, e.g. "duplicates"; that of its warning.
        label: what is looked for, as shown on a page.
        count: how much of it there is.
        of: of how many.
        counted: what both count: "events", "sessions", "items", "steps", "stretches" or "days".
        warning: what was found; None if nothing was, or too little to matter.
        steps: what can be done about it; empty if there is nothing to drop or cut.
        not_judged: why the log cannot be checked for this; "" if it was.
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
        """Plain JSON; the warning's text under its own keys, if there is one."""
        figures = {"code": self.code, "label": self.label, "count": self.count, "of": self.of, "counted": self.counted}
        text = self.warning.to_json() if self.warning else {"severity": None}
        return {**figures, **text, "steps": [step.to_json() for step in self.steps], "not_judged": self.not_judged}


@dataclass(frozen=True)
class QualityReport:
    """What a log was checked for.

    Attributes:
        rows: what became of the file's rows; None without a file.
        checks: all of them, found or not.
        set_aside: codes of the checks whose warnings are ignored for this dataset.
        warnings: those of the checks' warnings that are shown beside every result too (see data_warnings.py).
    """

    rows: RowCounts | None
    checks: tuple[QualityCheck, ...]
    set_aside: tuple[str, ...] = ()
    warnings: tuple[DiagnosticWarning, ...] = ()

    @property
    def found(self) -> list[QualityCheck]:
        """The checks with a warning that is not ignored."""
        return [check for check in self.checks if check.warning and check.code not in self.set_aside]

    def with_test(self, test_warnings: Iterable[DiagnosticWarning]) -> list[DiagnosticWarning]:
        """All warnings about the data, worst first: the log's, without what is set aside and notes, and the test's."""
        of_log = [check.warning for check in self.found if check.warning and check.warning.severity != "note"]
        return worst_first([*of_log, *test_warnings])

    @property
    def ignored(self) -> list[QualityCheck]:
        """The checks with a warning that is ignored for this dataset."""
        return [check for check in self.checks if check.warning and check.code in self.set_aside]

    @property
    def without_warning(self) -> list[QualityCheck]:
        """The checks without a warning: nothing found, too little to matter, or not run."""
        return [check for check in self.checks if check.warning is None]

    def count_without_warning(self) -> str:
        """How many checks gave no warning, and how many could not be run; as a sentence without a full stop.

        >>> clean = QualityCheck("a", "A", 0, 9, "events")
        >>> undated = QualityCheck("b", "B", 0, 9, "days", not_judged="…")
        >>> QualityReport(None, (clean, clean)).count_without_warning()
        '2 of 2 checks found nothing worth a warning'
        >>> QualityReport(None, (clean, undated)).count_without_warning()
        '1 of 2 checks found nothing worth a warning; 1 needs dates and was not run'
        """
        n_skipped = sum(bool(check.not_judged) for check in self.checks)
        n_clean = len(self.without_warning) - n_skipped
        skipped = f"{n_skipped} {'needs dates and was' if n_skipped == 1 else 'need dates and were'} not run"
        text = f"{n_clean} of {len(self.checks)} checks found nothing worth a warning"
        return f"{text}; {skipped}" if n_skipped else text

    def to_json(self) -> dict[str, Any]:
        checks = [{**check.to_json(), "set_aside": check.code in self.set_aside} for check in self.checks]
        return {"rows": self.rows.to_json() if self.rows else None, "checks": checks}
