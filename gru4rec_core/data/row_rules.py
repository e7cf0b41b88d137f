"""Which rows of a file are events, and what is wrong with the others?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.missing import NULL_WORDS, SESSION_NULL_WORDS, SPACES, is_empty, is_null_word
from gru4rec_core.data.sources.base import MAX_TEXT, RAW_LENGTH
from gru4rec_core.data.time_parsing import (
    NONE_GIVEN,
    NOT_FINITE,
    NULL_WORD,
    REPEATED,
    SHORTENED,
    SKIPPED,
    TOO_LARGE,
    UNREADABLE,
    TimeReading,
    Times,
    parse_times,
)

if TYPE_CHECKING:
    import duckdb

MAX_PER_REASON = 100  # rejected rows kept of each reason, as a sample; all are counted
MAX_REJECTED = 10_000  # of all reasons: "3 fields instead of 5" and its like could be thousands

NO_TIME = "the timestamp cannot be read as a time"
NULL_WORD_GIVEN = "the {} is a placeholder such as NULL"
STRUCTURED_ITEM = "the item is an object or a list"
TIME_RULES = {
    NONE_GIVEN: "no timestamp",
    NULL_WORD: NULL_WORD_GIVEN.format("timestamp"),
    UNREADABLE: NO_TIME,
    NOT_FINITE: "the timestamp is not a finite number",
    SHORTENED: "the timestamp lost digits in a spreadsheet: write the column as whole numbers or dates",
    TOO_LARGE: "the timestamp is too large a number, beyond 64 bits",
    SKIPPED: "the timestamp falls in an hour that was skipped when clocks went forward",
    REPEATED: "the timestamp falls in an hour that clocks showed twice when they went back",
}
"""What is wrong with each kind of text that is not a time."""
# Text that JSON, Python or Parquet writes for an object or a list; "[Deluxe]" is not one.
_STRUCTURED = r"""(?s)^(\{\s*(["'].*)?\}|\[\s*(["'{\[].*|-?[\d.]+\s*(,.*)?)?\])$"""


class JudgedRows(NamedTuple):
    """The rows of a block.

    Attributes:
        events: Table of place, raw, time (text), owner, item and maybe item_name (dictionaries of trimmed texts, no
            nulls), bits, kind (time_parsing.py).
        rejected: The same columns and reason, the first rule that the row breaks.
        n_filtered: Rows of other kinds of event than those to keep.
        kinds: Of those to keep, the kinds that occur.
    """

    events: pa.Table
    rejected: pa.Table
    n_filtered: int
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True)
class RowRules:
    """What rows are judged by.

    Attributes:
        mapping: What the columns mean.
        reading: How times are read.
        keep_null_words: Words for a missing value are names of sessions and items like any others.
    """

    mapping: ColumnMapping
    reading: TimeReading = field(default_factory=TimeReading)
    keep_null_words: bool = False


def judge_rows(connection: duckdb.DuckDBPyConnection, block: pa.Table, row_rules: RowRules) -> JudgedRows:
    """Parses and judges the rows of a block (columns: sources/base.py)."""
    mapping = row_rules.mapping
    roles = ("owner", "item", "item_name", "event")
    texts = {role: trim_texts(block[role]) for role in roles if role in block.column_names}
    times = parse_times(connection, block["timestamp"], row_rules.reading)
    event = texts.pop("event", None)
    rows = pa.table({
        "place": block["place"], "raw": block["raw"], "time": block["timestamp"], **texts,
        "bits": times.bits, "kind": times.kinds,
    })  # fmt: skip
    no_fault = pc.is_null(block["fault"])
    is_filtered, kinds = np.zeros(len(rows), bool), frozenset[str]()
    if event is not None:
        kept = pc.is_in(event.dictionary, pa.array(mapping.keep_events, pa.string()))
        kinds = frozenset(event.dictionary.filter(kept).to_pylist())
        is_filtered = ~_spread(kept, event) & no_fault.to_numpy()
    rule_of = np.zeros(len(rows), np.int8)  # 0 for a row that breaks none
    rules = list(_broken_rules(texts, times, row_rules))
    for number, (_, is_broken) in reversed([*enumerate(rules, 1)]):
        rule_of[is_broken] = number
    rule_of[is_filtered] = 0
    reasons = pa.array([None, *(reason for reason, _ in rules)], pa.string()).take(pa.array(rule_of))
    reasons = pc.coalesce(block["fault"].combine_chunks(), reasons)
    return _part(rows, reasons, is_filtered)._replace(kinds=kinds)


def _part(rows: pa.Table, reasons: pa.StringArray, is_filtered: np.ndarray) -> JudgedRows:
    if reasons.null_count == len(rows) and not is_filtered.any():  # a filter copies, so none where every row stays
        return JudgedRows(rows, rows.slice(0, 0).append_column("reason", reasons.slice(0, 0)), 0)
    is_event = pc.and_(pc.is_null(reasons), pa.array(~is_filtered))
    rejected = rows.append_column("reason", reasons).filter(pc.is_valid(reasons))
    return JudgedRows(_without_unused_texts(rows.filter(is_event)), rejected, int(is_filtered.sum()))


def _without_unused_texts(rows: pa.Table) -> pa.Table:
    """The same rows, each dictionary with only the texts that are used, in order of first use."""
    for i, column in enumerate(rows.schema):
        if pa.types.is_dictionary(column.type):
            texts = rows[column.name].combine_chunks()
            used = texts.indices.dictionary_encode()
            texts = pa.DictionaryArray.from_arrays(used.indices, texts.dictionary.take(used.dictionary))
            rows = rows.set_column(i, column.name, texts)
    return rows


def _broken_rules(
    texts: dict[str, pa.DictionaryArray], times: Times, row_rules: RowRules
) -> Iterator[tuple[str, np.ndarray]]:
    """The rules that some rows break, in the order in which they count, and these rows (bool [n])."""
    owner = "session" if row_rules.mapping.session is not None else "user"
    named = ((owner, texts["owner"], SESSION_NULL_WORDS), ("item", texts["item"], NULL_WORDS))
    for name, column, words in named:
        yield from _if_any(f"no {name}", is_empty(column.dictionary), column)
        if not row_rules.keep_null_words:
            yield from _if_any(NULL_WORD_GIVEN.format(name), is_null_word(column.dictionary, words), column)
    missing = (NONE_GIVEN, NULL_WORD)
    yield from ((TIME_RULES[kind], times.kinds == kind) for kind in missing)
    for name, column, _ in named:
        article = "an" if name == "item" else "a"
        reason = f"{article} {name} longer than {MAX_TEXT:,} characters"
        yield from _if_any(reason, pc.greater(pc.utf8_length(column.dictionary), MAX_TEXT), column)
    yield from _if_any(STRUCTURED_ITEM, _is_structured(texts["item"].dictionary), texts["item"])
    yield from ((reason, times.kinds == kind) for kind, reason in TIME_RULES.items() if kind not in missing)


def _is_structured(texts: pa.StringArray) -> pa.BooleanArray:
    brackets = pc.or_(pc.starts_with(texts, "{"), pc.starts_with(texts, "["))
    if not pc.any(brackets).as_py():  # nearly always, and much faster than the whole pattern
        return brackets
    return pc.and_(brackets, pc.match_substring_regex(texts, _STRUCTURED))


def _if_any(reason: str, is_broken: pa.BooleanArray, column: pa.DictionaryArray) -> Iterator[tuple[str, np.ndarray]]:
    if pc.any(is_broken).as_py():
        yield reason, _spread(is_broken, column)


def _spread(flags: pa.BooleanArray, column: pa.DictionaryArray) -> np.ndarray:
    """Spreads a flag per distinct text over all rows; bool [n]."""
    return flags.to_numpy(zero_copy_only=False)[column.indices.to_numpy()]


def trim_texts(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """Texts as a dictionary of distinct ones, without the spaces around them; null becomes ""."""
    texts = column.combine_chunks()
    if not pa.types.is_dictionary(texts.type):
        texts = texts.dictionary_encode()
    if texts.null_count:
        texts = pc.fill_null(texts.cast(pa.string()), "").dictionary_encode()
    trimmed = pc.utf8_trim(texts.dictionary, SPACES)
    if trimmed.equals(texts.dictionary):
        return texts
    distinct = trimmed.dictionary_encode()  # "a" and "a " are one
    return pa.DictionaryArray.from_arrays(distinct.indices.take(texts.indices), distinct.dictionary)


class RejectedRow(NamedTuple):
    """A row that is not an event.

    Attributes:
        place: Its line or row number in the file, from 1.
        reason: The rule it breaks.
        found: Its content, shortened.
    """

    place: int
    reason: str
    found: str


def describe_row(row: dict[str, Any]) -> RejectedRow:
    """A row of `JudgedRows`, for people."""
    found = row["raw"] or ", ".join((row["owner"], (row["time"] or "").strip(SPACES), row["item"]))
    return RejectedRow(row["place"], row.get("reason", ""), found[:RAW_LENGTH])


class RejectedRows:
    """Counts the rejected rows by reason and keeps the first of them.

    Attributes:
        counts: Reason to number of rows.
        first: The first `MAX_PER_REASON` rows of each reason, by place; at most `MAX_REJECTED`.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._first: dict[str, list[RejectedRow]] = {}

    @property
    def first(self) -> list[RejectedRow]:
        return sorted(row for rows in self._first.values() for row in rows)

    def add(self, rows: pa.Table) -> None:
        """Takes the rejected rows of a block (columns: `JudgedRows`)."""
        for reason in pc.value_counts(rows["reason"]).to_pylist():
            self.counts[reason["values"]] += reason["counts"]
            if (missing := self._count_missing(reason["values"])) > 0:
                of_reason = rows.filter(pc.equal(rows["reason"], reason["values"])).slice(0, missing)
                self._first.setdefault(reason["values"], []).extend(map(describe_row, of_reason.to_pylist()))

    def _count_missing(self, reason: str) -> int:
        """How many more rows of a reason are kept."""
        kept = sum(map(len, self._first.values()))
        return min(MAX_PER_REASON - len(self._first.get(reason, ())), MAX_REJECTED - kept)

    def add_late(self, reason: str, n_rows: int, first: Sequence[RejectedRow]) -> None:
        """Takes rows that only the whole file shows not to be events; `first` has at least one of them."""
        self.counts[reason] += n_rows
        of_reason = [*self._first.get(reason, ()), *first]
        self._first[reason] = sorted(of_reason)[:MAX_PER_REASON]

    def most_common(self) -> tuple[RejectedRow, int]:
        """An example of the most frequent reason of which there is one, and how many rows have it."""
        reason = max(self._first, key=lambda reason: self.counts[reason])
        return self._first[reason][0], self.counts[reason]

    def to_frame(self) -> pd.DataFrame:
        """The first rows: place (int64), reason, found (text)."""
        frame = pd.DataFrame(self.first, columns=pd.Index(RejectedRow._fields))
        return frame.astype({"place": "int64", "reason": "str", "found": "str"})
