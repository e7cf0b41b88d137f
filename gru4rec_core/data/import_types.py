"""What does reading a file return: the log, and what happened to every row?"""

from dataclasses import dataclass, field, replace
from typing import Any, Self

import pandas as pd

from gru4rec_core.data.sessions import SessionDataset


@dataclass(frozen=True)
class ImportSummary:
    """What became of each row of a file.

    rows_read = rows_kept + rows_filtered + the sum of rejected_counts (+ sample["rows_left_out"]).

    Attributes:
        file: Its display name.
        format: In words, such as "CSV, gzipped".
        encoding: Encoding of a text file; "" for Parquet.
        size: Bytes of the file as it is stored, so packed ones where it is gzipped.
        sha256: Of the same bytes.
        columns: The mapping used: role to column.
        session_gap_minutes: The pause that ended a visit, if visits were cut out of a user's events.
        rows_read: Rows with content, the header not counted.
        rows_kept: Events of the dataset.
        rows_filtered: Rows of other kinds of event than those to keep.
        rejected_counts: Reason to number of rows, most frequent first.
        rejected: The first hundred rejected rows of each reason: place (line of a text file or row of Parquet, from 1),
            reason, found.
        place: What `place` counts: "line" or "row".
        time_kind: "dates" when the file gave dates, else "numbers".
        time_unit: Of the timestamps kept: "s", "ms", "us", "ns" since 1970, or None for numbers that are not dates.
        time_format: The notation of the times, as `ReadingOptions.time_format` takes it.
        n_sessions, n_items: Of the dataset.
        tied_timestamps: Events at the same time as the event before, in the same session; file order decides there.
        sessions_out_of_order: Sessions whose events were not in time order in the file.
        one_item_sessions: Sessions of one event: nothing to predict in them.
        sample: If only a sample was kept: its share, seed, kept and of (sessions kept and in all; users if visits are
            cut out of their events), rows_left_out; else None.
        notes: What was decided without asking about which column is which, in sentences.
        location: Where a folder or a database is, without credentials, and what was read; empty for a file.
    """

    file: str
    format: str
    encoding: str
    size: int
    sha256: str
    columns: dict[str, str]
    session_gap_minutes: float | None
    rows_read: int
    rows_kept: int
    rows_filtered: int
    rejected_counts: dict[str, int]
    rejected: pd.DataFrame = field(repr=False, compare=False)
    place: str
    time_kind: str
    time_unit: str | None
    n_sessions: int
    n_items: int
    tied_timestamps: int
    sessions_out_of_order: int
    one_item_sessions: int
    location: dict[str, str] = field(default_factory=dict)
    time_format: str = ""
    sample: dict[str, Any] | None = None
    notes: list[str] = field(default_factory=list)

    def of_sample(self, counts: dict[str, Any]) -> Self:
        """The same for a file of which only a sample was kept."""
        return replace(self, sample=counts, rows_read=self.rows_read + counts["rows_left_out"])

    def to_json(self) -> dict[str, Any]:
        """Everything but the rejected rows, in JSON's own types."""
        return {name: value for name, value in self.__dict__.items() if name != "rejected"}


@dataclass(frozen=True)
class ImportedLog:
    """A log that was read.

    Attributes:
        dataset: The kept events; sessions in the order they first appear in the file. Sessions and items are text.
        summary: What became of each row.
        item_names: Item to the name to show, where a column for it was mapped; the first name given for an item.
    """

    dataset: SessionDataset
    summary: ImportSummary
    item_names: dict[str, str] = field(default_factory=dict)
