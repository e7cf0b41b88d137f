"""How do several columns of a file form one time or one session?

A time: first the date, in one column or as year, month and day in three; then the rest. That is one column with a
clock time such as 18:30, or with a whole number, the milliseconds since the day began (a number that only counts a
session's events does as well: it puts them in order); or it is two or three columns, hour, minute and second.

A session: the parts side by side, such as "anna | 2024-05-31".
"""

import re
from collections.abc import Iterator, Mapping

import duckdb
import pyarrow as pa

from gru4rec_core.data.columns import PART, ColumnMapping
from gru4rec_core.data.sources.base import run_query

_HOUR = re.compile(r"(?i)^(hh?|hour|hours|stunde|heure|ora|hora|godzina|uur)$")


def join_columns(
    connection: duckdb.DuckDBPyConnection, blocks: Iterator[pa.Table], mapping: ColumnMapping
) -> Iterator[pa.Table]:
    """The blocks of a source with one column per role, where the mapping names several for the time or the session."""
    parts = {role: _trimmed(role, len(columns)) for role, columns in mapping.parts.items()}
    texts = {}
    if "owner" in parts:
        texts["owner"] = _session_text(parts["owner"])
    if "timestamp" in parts:
        texts["timestamp"] = _time_text(parts["timestamp"], mapping.parts["timestamp"])
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


def _session_text(parts: list[str]) -> str:
    """Nothing where a part is missing. Doubling a bar inside a part keeps two sessions from getting one name."""
    whole = " || ' | ' || ".join(f"replace({part}, '|', '||')" for part in parts)
    return f"CASE WHEN {_all_there(parts)} THEN {whole} END"


def _time_text(parts: list[str], columns: tuple[str, ...]) -> str:
    """An ISO date and time, or the date as it is and a clock time; nothing where a part is missing."""
    whole = _with_rest(parts[0], parts[1:], columns[1:])
    if len(parts) >= 3:
        year, month, day = parts[:3]
        date = f"({year} || '-' || lpad({month}, 2, '0') || '-' || lpad({day}, 2, '0'))"
        of_three = _with_rest(date, parts[3:], columns[3:])
        whole = f"CASE WHEN regexp_full_match({year}, '[0-9]{{1,4}}') THEN {of_three} ELSE {whole} END"
    return f"CASE WHEN {_all_there(parts)} THEN {whole} END"


def _with_rest(date: str, rest: list[str], columns: tuple[str, ...]) -> str:
    if not rest:
        return date
    if len(rest) > 1:
        return f"{date} || ' ' || " + " || ':' || ".join(f"lpad({part}, 2, '0')" for part in rest)
    if _HOUR.match(columns[0]):
        return f"{date} || ' ' || lpad({rest[0]}, 2, '0') || ':00'"
    moment = f"try(try_cast({date} AS DATE)::TIMESTAMP + to_milliseconds(try_cast({rest[0]} AS BIGINT)))"
    return f"""CASE WHEN regexp_full_match({rest[0]}, '[0-9]{{1,18}}')
        THEN coalesce(strftime({moment}, '%Y-%m-%dT%H:%M:%S.%f'), {date} || ' ' || {rest[0]})
        ELSE {date} || ' ' || {rest[0]} END"""


def _all_there(parts: list[str]) -> str:
    return " AND ".join(f"coalesce({part}, '') <> ''" for part in parts)
