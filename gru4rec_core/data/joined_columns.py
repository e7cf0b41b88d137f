"""How do several columns of a file form one time or one session?

A time consists of a date (one column, or year, month and day in three) followed by a time of day: one column with a
clock time such as 18:30, or with a whole number, which digit_clocks.py understands (a number that only counts a
session's events does as well: it puts them in order); or two or three columns, hour, minute and second.

A session: the parts side by side, such as "anna | 2024-05-31".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pyarrow as pa

from gru4rec_core.data.columns import PART
from gru4rec_core.data.digit_clocks import HOUR, DigitClock
from gru4rec_core.data.missing import SESSION_NULL_WORDS
from gru4rec_core.data.row_rules import RowRules
from gru4rec_core.data.sources.base import run_query
from gru4rec_core.data.times import DAY_SECONDS

if TYPE_CHECKING:
    import duckdb

_NO_TIME = "?"
"""What makes a text no time, where a part of it is none: minute 345 is not minute 34."""


def join_columns(
    connection: duckdb.DuckDBPyConnection,
    blocks: Iterator[pa.Table],
    rules: RowRules,
    clock: DigitClock | None = None,
) -> Iterator[pa.Table]:
    """The blocks of a source with one column per role, where the mapping names several for the time or the session.

    Args:
        connection: Runs queries.
        blocks: Of the source.
        rules: What the columns mean.
        clock: What whole numbers beside a date say; None for milliseconds of the day.
    """
    mapping = rules.mapping
    parts = {role: _trimmed(role, len(columns)) for role, columns in mapping.parts.items()}
    texts = {}
    if "owner" in parts:
        texts["owner"] = _session_text(parts["owner"], rules.keep_null_words)
    if "timestamp" in parts:
        texts["timestamp"] = _time_text(parts["timestamp"], mapping.parts["timestamp"], clock or "ms")
    if not texts:
        yield from blocks
        return
    for block in blocks:
        yield run_query(connection, block, _query(block.column_names, texts))


def _trimmed(role: str, n: int) -> list[str]:
    """SQL for the texts of a role's columns."""
    return [f'trim("{PART.format(role, i)}"::VARCHAR)' for i in range(n)]


def _query(columns: list[str], texts: Mapping[str, str]) -> str:
    kept = [name for name in columns if not any(name.startswith(PART.format(role, "")) for role in texts)]
    joined = ", ".join(f"{text} AS {role}" for role, text in texts.items())
    return f"""SELECT {", ".join(f'"{name}"' for name in kept)}, {joined} FROM block"""


def _session_text(parts: list[str], keep_null_words: bool) -> str:
    """Nothing where a part is missing, and only the word where a part is a word for a missing value.

    Doubling a bar inside a part keeps two sessions from getting one name.
    """
    whole = " || ' | ' || ".join(f"replace({part}, '|', '||')" for part in parts)
    words = ", ".join(f"'{word}'" for word in SESSION_NULL_WORDS)
    missing = "" if keep_null_words else " ".join(f"WHEN {part} IN ({words}) THEN {part}" for part in parts)
    return f"CASE WHEN NOT ({_all_there(parts)}) THEN NULL {missing} ELSE {whole} END"


def _time_text(parts: list[str], columns: tuple[str, ...], clock: DigitClock) -> str:
    """An ISO date and time, or the date as it is and a clock time; nothing where a part is missing."""
    # Excel and Parquet hold a day as its midnight.
    day = f"regexp_replace({parts[0]}, '[T ]00:00:00([.]0+)?(Z|[+]00:00)?$', '')"
    whole = _with_rest(day, parts[1:], columns[1:], clock)
    if len(parts) >= 3:
        year, month, day = parts[:3]
        date = f"({year} || '-' || {_two_digits(month)} || '-' || {_two_digits(day)})"
        of_three = _with_rest(date, parts[3:], columns[3:], clock)
        whole = f"CASE WHEN regexp_full_match({year}, '[0-9]{{1,4}}') THEN {of_three} ELSE {whole} END"
    return f"CASE WHEN {_all_there(parts)} THEN {whole} END"


def _with_rest(date: str, rest: list[str], columns: tuple[str, ...], clock: DigitClock) -> str:
    if not rest:
        return date
    if len(rest) > 1:
        fractions = ("", "", "([.][0-9]{1,9})?")
        clock_time = " || ':' || ".join(map(_two_digits, rest, fractions))
        return f"{date} || ' ' || {clock_time}"
    if HOUR.match(columns[0]):
        return f"{date} || ' ' || {_two_digits(rest[0])} || ':00'"
    return f"""CASE WHEN regexp_full_match({rest[0]}, '[0-9]{{1,18}}')
        THEN {_with_number(date, rest[0], clock)} ELSE {date} || ' ' || {rest[0]} END"""


def _with_number(date: str, number: str, clock: DigitClock) -> str:
    if clock in ("HHMM", "HHMMSS"):
        width = len(clock)
        digits = f"lpad({number}, {width}, '0')"
        pairs = " || ':' || ".join(f"substr({digits}, {i}, 2)" for i in range(1, width, 2))
        return f"{date} || ' ' || CASE WHEN length({number}) <= {width} THEN {pairs} ELSE '{_NO_TIME}' END"
    per_second = 1000 if clock == "ms" else 1
    since = f"to_milliseconds(try_cast({number} AS BIGINT) * {1000 // per_second})"
    moment = f"try(strftime(try_cast({date} AS DATE)::TIMESTAMP + {since}, '%Y-%m-%dT%H:%M:%S.%f'))"
    # A date in another notation is understood later, so only its own day can be told.
    of_day = f"""CASE WHEN try_cast({number} AS BIGINT) < {DAY_SECONDS * per_second}
        THEN try(strftime(DATE '1970-01-01'::TIMESTAMP + {since}, '%H:%M:%S.%f')) ELSE '{_NO_TIME}' END"""
    return f"coalesce({moment}, {date} || ' ' || {of_day})"


def _two_digits(part: str, fraction: str = "") -> str:
    """SQL for the part with a zero before a single digit; `fraction` is a pattern of what may follow."""
    return f"""CASE WHEN regexp_full_match({part}, '[0-9]{{2}}{fraction}') THEN {part}
        WHEN regexp_full_match({part}, '[0-9]{fraction}') THEN '0' || {part} ELSE '{_NO_TIME}' END"""


def _all_there(parts: list[str]) -> str:
    return " AND ".join(f"coalesce({part}, '') <> ''" for part in parts)
