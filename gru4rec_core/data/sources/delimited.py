"""How are the fields of delimited text read: CSV, TSV and their kin?"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gru4rec_core.data.file_format import LogFile
from gru4rec_core.data.look_ahead import map_ahead
from gru4rec_core.data.reading_options import Layout
from gru4rec_core.data.sources.base import PREVIEW_BYTES, PREVIEW_ROWS, RAW_LENGTH, ReadRequest, run_query
from gru4rec_core.data.sources.header import is_header, name_columns
from gru4rec_core.data.sources.plain_fields import read_plain_fields
from gru4rec_core.data.text_records import MAX_LINE_BYTES, Records, read_records

if TYPE_CHECKING:
    import duckdb

RETURN_BETWEEN_FIELDS = "a carriage return stands alone outside quotes"
csv.field_size_limit(MAX_LINE_BYTES)  # no field is longer than its line

LOOKED_AT = 20
"""First rows that tell whether each ends with a delimiter."""


@dataclass(frozen=True)
class DelimitedText:
    """CSV, TSV and their kin: a header, then records; quoted fields may hold delimiters and line ends."""

    file: LogFile
    place: str = "line"
    layout: Layout = "events"

    def names_columns(self) -> bool:
        return is_header(self._first_few[0])

    def columns(self, has_header: bool) -> list[str]:
        first, *others = self._first_few
        if has_header and others and all(len(row) == len(first) + 1 and not row[-1].strip() for row in others):
            first = [*first, ""]  # a delimiter at the end of every line but the header
        return name_columns(first, has_header, self.file.name)

    def head(self, has_header: bool) -> pd.DataFrame:
        columns = self.columns(has_header)
        first = self._first_rows(PREVIEW_ROWS + int(has_header))[int(has_header) :]
        rows = [row for row in first if len(row) == len(columns)]
        return pd.DataFrame(rows, columns=pd.Index(columns), dtype="str")

    @cached_property
    def _first_few(self) -> list[list[str]]:
        return self._first_rows(LOOKED_AT)

    def _first_rows(self, n: int) -> list[list[str]]:
        rows: list[list[str]] = []
        for records in read_records(self.file, block_bytes=PREVIEW_BYTES):
            texts = (text.as_py().rstrip(" ") for text in records.text)
            filled = islice((text for text in texts if text.strip()), n - len(rows))
            rows.extend(_split_record(text, self.file.delimiter) or [""] for text in filled)
            if len(rows) >= n:
                break
        return rows

    def blocks(self, request: ReadRequest) -> Iterator[pa.Table]:
        columns = self.columns(request.has_header)
        column_of = {role: columns.index(column) for role, column in request.roles.items()}

        def fields(job: tuple[Records, duckdb.DuckDBPyConnection]) -> pa.Table:
            return self._fields(job[1], job[0], column_of, len(columns))

        records = self._records_below_header(request)
        yield from map_ahead(fields, ((block, request.connection.cursor()) for block in records))

    def _records_below_header(self, request: ReadRequest) -> Iterator[Records]:
        in_header = request.has_header
        for records in read_records(self.file, request.on_bytes):
            if in_header:  # up to the first record that is not blank
                blank = pc.equal(pc.utf8_trim_whitespace(records.text.slice(0, 1_000)), "").to_pylist()
                in_header = all(blank)
                records = records.skip(len(blank) if in_header else blank.index(False) + 1)
            if len(records):
                yield records

    def _fields(
        self, connection: duckdb.DuckDBPyConnection, records: Records, column_of: dict[str, int], n_columns: int
    ) -> pa.Table:
        plain = None
        if not records.any_quote and n_columns > 1 and len(self.file.delimiter) == 1:
            plain = read_plain_fields(records, column_of, n_columns, self.file.delimiter)
        if plain is not None and not len(plain.others):
            return plain.block
        table = pa.table({"place": records.lines, "text": records.text, "unclosed": records.unclosed})
        if plain is None:
            return self._fields_of_any(connection, table, column_of, n_columns, records.any_quote)
        others = self._fields_of_any(connection, table.take(plain.others), column_of, n_columns, False)
        return pa.concat_tables([plain.block, others.cast(plain.block.schema)]).sort_by("place")

    def _fields_of_any(
        self,
        connection: duckdb.DuckDBPyConnection,
        records: pa.Table,
        column_of: dict[str, int],
        n_columns: int,
        any_quote: bool,
    ) -> pa.Table:
        hard = None
        if any_quote:
            easy = pc.and_(_is_plain(records["text"], self.file.delimiter), pc.invert(records["unclosed"]))
            hard = records.filter(pc.invert(easy))
            records = records.filter(easy)
        unquote = "trim(p[{}], '\" ')" if any_quote else "p[{}]"
        fields = ", ".join(f"{unquote.format(i + 1)} AS {role}" for role, i in column_of.items())
        delimiter = self.file.delimiter
        query = f"""SELECT place, {fields},
              CASE WHEN len(p) <> {n_columns} THEN len(p) || ' fields instead of {n_columns}' END AS fault,
              CASE WHEN len(p) <> {n_columns} THEN left(trim(text), {RAW_LENGTH}) END AS raw
            FROM (SELECT place, text, string_split(text, '{delimiter}') AS p FROM block)
            WHERE len(p) = {n_columns} OR trim(text) <> ''"""
        split = run_query(connection, records, query)
        if hard is None or hard.num_rows == 0:
            return split
        slow = self._fields_one_by_one(hard, column_of, n_columns)
        return pa.concat_tables([split, slow.cast(split.schema)]).sort_by("place")

    def _fields_one_by_one(self, records: pa.Table, column_of: dict[str, int], n_columns: int) -> pa.Table:
        """The same for records with delimiters, line ends or quotes inside quotes: rare, so they need not be fast."""
        out: dict[str, list[str | None]] = {role: [] for role in (*column_of, "fault", "raw")}
        for text, unclosed in zip(records["text"].to_pylist(), records["unclosed"].to_pylist(), strict=True):
            row = None if unclosed else _split_record(text.rstrip(" "), self.file.delimiter)
            fault = None
            if row is None:
                has_return = not unclosed and "\r" in text
                fault = RETURN_BETWEEN_FIELDS if has_return else "a quote is not closed"
            elif len(row) != n_columns:
                fault = f"{len(row)} fields instead of {n_columns}"
            for role, i in column_of.items():
                out[role].append(row[i] if row is not None and fault is None else None)
            out["fault"].append(fault)
            out["raw"].append(text.strip()[:RAW_LENGTH] if fault else None)
        columns = {role: pa.array(values, pa.string()) for role, values in out.items()}
        return pa.table({"place": records["place"], **columns})


def _is_plain(text: pa.ChunkedArray, delimiter: str) -> pa.ChunkedArray:
    """Whether every field is plain, or quoted without quotes, delimiters and line ends inside."""
    d = {"|": r"\|", "\t": r"\t"}.get(delimiter, delimiter)
    field = rf'(?:[^"{d}\n]*|"[^"{d}\n]*" *)'
    return pc.match_substring_regex(text, rf"\A{field}(?:{d}{field})*\z")


def _split_record(text: str, delimiter: str) -> list[str] | None:
    """The fields of a record, None when it cannot be read as one. A delimiter of two characters knows no quotes."""
    if len(delimiter) > 1:
        return text.split(delimiter)
    try:
        rows = list(csv.reader([text], delimiter=delimiter))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None
