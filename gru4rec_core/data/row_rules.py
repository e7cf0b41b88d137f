"""Which rows of a file are events, and what is wrong with the others?"""

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.sources.base import MAX_TEXT, RAW_LENGTH

MAX_REJECTED = 1_000  # rejected rows kept as a sample; all are counted

NO_TIME = "the timestamp is neither a number nor an ISO date"
NOT_LIKE_MOST = "the timestamp is a {}, most are {}s"


def build_row_query(mapping: ColumnMapping) -> str:
    """SQL that parses and judges the rows of a table `block` (its columns: sources/base.py).

    The parameter `$kinds` lists the kinds of event to keep, where the mapping keeps only some.

    Result columns: place, raw, owner, item, name, time (text, trimmed), number (DOUBLE), whole (BIGINT, of a number
    that is one), moment (BIGINT, microseconds since 1970, of a date), of_kept_kind (BOOLEAN) and reason
    (the first rule that the row breaks, NULL for an event).
    """
    owner = "session" if mapping.session is not None else "user"
    event = "trim(event)" if mapping.keep_events else "NULL::VARCHAR"
    name = "trim(item_name)" if mapping.item_name else "NULL::VARCHAR"
    of_kept_kind = "coalesce(list_contains($kinds, event), false)" if mapping.keep_events else "true"
    trimmed = f"""
      SELECT place, fault, raw, {event} AS event, {name} AS name, trim(owner) AS owner, trim(item) AS item,
        trim(timestamp) AS time, try_cast(trim(timestamp) AS DOUBLE) AS number
      FROM block"""
    # A date starts with a digit: DuckDB also takes "epoch", "now" and "infinity" for one.
    parsed = f"""
      SELECT *, {of_kept_kind} AS of_kept_kind,
        CASE WHEN number IS NOT NULL THEN try_cast(time AS BIGINT) END AS whole,
        CASE WHEN number IS NULL AND time[1] BETWEEN '0' AND '9'
             THEN epoch_us(try_cast(time AS TIMESTAMPTZ)) END AS moment
      FROM trimmed"""
    return f"""
      WITH trimmed AS ({trimmed}), parsed AS ({parsed})
      SELECT * EXCLUDE (fault, event), CASE
          WHEN fault IS NOT NULL THEN fault
          WHEN NOT of_kept_kind THEN NULL
          WHEN coalesce(owner, '') = '' THEN 'no {owner}'
          WHEN coalesce(item, '') = '' THEN 'no item'
          WHEN coalesce(time, '') = '' THEN 'no timestamp'
          WHEN length(owner) > {MAX_TEXT} THEN 'a {owner} longer than {MAX_TEXT:,} characters'
          WHEN length(item) > {MAX_TEXT} THEN 'an item longer than {MAX_TEXT:,} characters'
          WHEN number IS NULL AND moment IS NULL THEN '{NO_TIME}'
          WHEN NOT isfinite(number) THEN 'the timestamp is no finite number'
        END AS reason
      FROM parsed"""


class RejectedRow(NamedTuple):
    """A row that is no event.

    Attributes:
        place: Its line or row number in the file, from 1.
        reason: The rule it breaks.
        found: Its content, shortened.
    """

    place: int
    reason: str
    found: str


def describe_row(row: dict[str, Any]) -> RejectedRow:
    """A row of the query's result, for people."""
    fields = (row["owner"], row["time"], row["item"])
    found = row["raw"] or ", ".join("" if value is None else value for value in fields)
    return RejectedRow(row["place"], row["reason"] or "", found[:RAW_LENGTH])


class RejectedRows:
    """Counts the rejected rows by reason and keeps the first of them.

    Attributes:
        counts: Reason to number of rows.
        first: The first `MAX_REJECTED` rows.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.first: list[RejectedRow] = []

    def add(self, rows: pa.Table) -> None:
        """Takes the rejected rows of a block (columns: `build_row_query`)."""
        for reason in pc.value_counts(rows["reason"]).to_pylist():
            self.counts[reason["values"]] += reason["counts"]
        self.first += map(describe_row, rows.slice(0, MAX_REJECTED - len(self.first)).to_pylist())

    def add_unlike_most(self, n_rows: int, first: Iterable[RejectedRow], *, most_are_dates: bool) -> None:
        """Takes rows whose timestamps are not of the kind that most rows have."""
        reason = NOT_LIKE_MOST.format(*(("number", "date") if most_are_dates else ("date", "number")))
        self.counts[reason] += n_rows
        self.first = sorted([*self.first, *(row._replace(reason=reason) for row in first)])[:MAX_REJECTED]

    def most_common(self) -> tuple[RejectedRow, int]:
        """An example of the most frequent reason, and how many rows have it."""
        reason, n_rows = self.counts.most_common(1)[0]
        return next(row for row in self.first if row.reason == reason), n_rows

    def to_frame(self) -> pd.DataFrame:
        """The first rows: place (int64), reason, found (text)."""
        frame = pd.DataFrame(self.first, columns=pd.Index(RejectedRow._fields))
        return frame.astype({"place": "int64", "reason": "str", "found": "str"})
