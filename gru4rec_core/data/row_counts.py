"""What became of every row of a file, in numbers that add up?"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from gru4rec_core.words import counted


@dataclass(frozen=True)
class RowCounts:
    """What became of the rows of a file: read = kept + filtered + outside_sample + the sum of rejected.

    Attributes:
        read: Rows with content, the header not counted.
        kept: Those that are events of the dataset.
        filtered: Those of other kinds of event than the ones to keep.
        outside_sample: Those of sessions (or users) that a sample left out.
        rejected: Reason to number of rows that are not events, most frequent first.
    """

    read: int
    kept: int
    filtered: int
    outside_sample: int
    rejected: dict[str, int]

    @classmethod
    def from_summary(cls, summary: Mapping[str, Any]) -> Self | None:
        """The counts in `ImportSummary.to_json()`; None where a dataset was not read from a file."""
        if "rows_read" not in summary:
            return None
        sample = summary.get("sample") or {}
        return cls(
            summary["rows_read"],
            summary["rows_kept"],
            summary["rows_filtered"],
            sample.get("rows_left_out", 0),
            summary["rejected_counts"],
        )

    @property
    def n_rejected(self) -> int:
        return sum(self.rejected.values())

    def describe(self) -> str:
        """The counts as a sentence.

        >>> RowCounts(1_204, 120, 0, 1_080, {"no item": 4}).describe()
        '120 of 1,204 rows are events; 4 were left out, 1,080 are of sessions outside the sample.'
        """
        if self.kept == self.read:
            return f"All {self.read:,} rows are events." if self.read != 1 else "The only row is an event."
        parts = []
        if self.rejected:
            parts.append(_count(self.n_rejected, "were left out", "was left out"))
        if self.filtered:
            kinds = ("are events of kinds you did not keep", "is an event of a kind you did not keep")
            parts.append(_count(self.filtered, *kinds))
        if self.outside_sample:
            parts.append(
                _count(self.outside_sample, "are of sessions outside the sample", "is of a session outside the sample")
            )
        events = "is an event" if self.kept == 1 else "are events"
        return f"{self.kept:,} of {counted(self.read, 'row')} {events}; {', '.join(parts)}."

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def _count(n: int, several: str, one: str) -> str:
    return f"{n:,} {one if n == 1 else several}"
