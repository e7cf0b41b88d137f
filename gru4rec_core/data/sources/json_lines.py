"""How are the fields of JSON lines read?"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
import pyarrow as pa

from gru4rec_core.data.column_words import find_candidates
from gru4rec_core.data.file_format import LogFile
from gru4rec_core.data.reading_options import Layout
from gru4rec_core.data.sources.base import (
    PREVIEW_BYTES,
    PREVIEW_ROWS,
    RAW_LENGTH,
    ReadRequest,
    check_columns,
    run_query,
)
from gru4rec_core.data.sources.json_fields import FieldPath, find_fields, list_of_pointers, split_name, value_at
from gru4rec_core.data.text_records import read_records
from gru4rec_core.errors import DataError

NOT_JSON = "the line is not a JSON object"

# `_as_json` in SQL, for a line `t`; 34 and 39 are the double and the single quote.
_AS_JSON = """CASE WHEN starts_with(t, '{' || chr(39)) AND NOT contains(t, chr(34))
  THEN replace(t, chr(39), chr(34)) ELSE t END"""


@dataclass(frozen=True)
class JsonLines:
    """One JSON object per line."""

    file: LogFile
    place: str = "line"
    layout: Layout = "events"

    @cached_property
    def _first_objects(self) -> list[dict[str, object]]:
        return first_objects(self.file)

    @cached_property
    def _fields(self) -> dict[str, FieldPath]:
        return find_fields(self._first_objects)

    def keys(self) -> list[str]:
        """The names of the objects' own fields, whatever is inside them."""
        return list_keys(self._first_objects)

    def names_columns(self) -> bool:
        return True

    def columns(self, has_header: bool) -> list[str]:
        names = list(self._fields)
        if not names:
            raise DataError(
                "Each line of a JSON lines file must be an object.",
                found=f"no object in the first {PREVIEW_ROWS:,} lines",
                where=self.file.name,
                remedy='Write lines like {"session": "1", "timestamp": 1700000000, "item": "A"}.',
            )
        check_columns(names, self.file.name)
        return names

    def head(self, has_header: bool) -> pd.DataFrame:
        columns = self.columns(has_header)
        paths = self._fields.values()
        rows = [[as_text(value_at(row, path)) for path in paths] for row in self._first_objects]
        return pd.DataFrame(rows, columns=pd.Index(columns), dtype="str")

    def blocks(self, request: ReadRequest) -> Iterator[pa.Table]:
        roles = request.roles
        paths = list_of_pointers(self._fields.get(column, split_name(column)) for column in roles.values())
        fields = ", ".join(f"{_value(i, column)} AS {role}" for i, (role, column) in enumerate(roles.items()))
        query = f"""SELECT place, {fields},
              CASE WHEN p IS NULL THEN '{NOT_JSON}' END AS fault,
              CASE WHEN p IS NULL THEN left(t, {RAW_LENGTH}) END AS raw
            FROM (SELECT place, t, CASE WHEN json_valid(t) AND left(t, 1) = '{{'
                                        THEN json_extract_string(t, {paths}) END AS p
                  FROM (SELECT place, {_AS_JSON} AS t
                        FROM (SELECT place, trim(text, chr(10) || chr(13) || chr(9) || ' ') AS t FROM block)
                        WHERE t <> ''))"""
        for records in read_records(self.file, request.on_bytes):
            table = pa.table({"place": records.lines, "text": records.text})
            yield run_query(request.connection, table, query)


def first_objects(file: LogFile) -> list[dict[str, object]]:
    """The first lines that are objects."""
    rows = []
    for records in read_records(file, block_bytes=PREVIEW_BYTES):
        for text in records.text.slice(0, PREVIEW_ROWS).to_pylist():
            row = _parse(text)
            if isinstance(row, dict):  # other lines are counted and shown when the file is read
                rows.append(row)
        break
    return rows


def _parse(text: str) -> object:
    """The value of a line, None if it is not JSON. As in DuckDB, half of a surrogate pair (\\ud800) is not, and of a
    key that comes twice the first value counts.
    """
    try:
        value = json.loads(_as_json(text.strip()), object_pairs_hook=_keep_first)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return value


def _keep_first(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values: dict[str, object] = {}
    for key, value in pairs:
        values.setdefault(key, value)
    return values


def _as_json(text: str) -> str:
    """A line, or the same with double quotes where it is an object as Python prints it."""
    is_python = text.startswith("{'") and '"' not in text
    return text.replace("'", '"') if is_python else text


def _value(number: int, column: str) -> str:
    """SQL for a field. Of a list of times, as in a workout, the first counts."""
    value = f"p[{number + 1}]"
    if not find_candidates([column])["timestamp"]:
        return value
    is_list = f"{value}[1] = '[' AND json_valid({value})"  # "[31/May/2024:18:00:00 +0200]" is a time, and no list
    return f"CASE WHEN {is_list} THEN json_extract_string({value}, '$[0]') ELSE {value} END"


def list_keys(objects: list[dict[str, object]]) -> list[str]:
    """The keys of objects, in the order in which they first come."""
    return list(dict.fromkeys(key for row in objects for key in row))


def as_text(value: object) -> str:
    """A value as a table would have it; lists and objects as JSON."""
    if value is None:
        return ""
    try:
        return value if isinstance(value, str) else json.dumps(value)
    except RecursionError:  # a few levels less deep than what can be parsed
        return ""
