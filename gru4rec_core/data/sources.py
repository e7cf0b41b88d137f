"""How are the fields of each file format read, block by block?

Every block is an Arrow table: place (int64, the line or row from 1), the text of each mapped role (`owner`,
`timestamp`, `item`, maybe `event`, `item_name`), `fault` (why the row cannot be read, or null) and `raw` (the row
as it is in the file, where it has a fault).
"""

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from gru4rec_core.data.file_format import LogFile
from gru4rec_core.data.text_records import read_records
from gru4rec_core.errors import DataError

PREVIEW_ROWS = 1_000
PREVIEW_BYTES = 1 << 18
PARQUET_BATCH = 1 << 18
MAX_TEXT = 1_000  # characters of a session or an item
NOT_JSON = "the line is no JSON object"
RAW_LENGTH = 200  # characters of a bad row to show


class Source(Protocol):
    """A file of one format."""

    @property
    def place(self) -> str:
        """What a block's `place` counts: "line" or "row"."""

    def columns(self, has_header: bool) -> list[str]:
        """The columns' names, in order."""

    def head(self, columns: list[str]) -> pd.DataFrame:
        """The first rows, all text, empty where there is no value."""

    def blocks(
        self,
        connection: duckdb.DuckDBPyConnection,
        roles: dict[str, str],
        columns: list[str],
        has_header: bool,
        on_bytes: Callable[[int], None] | None,
    ) -> Iterator[pa.Table]:
        """All rows; `roles` says which column holds what, `on_bytes` is told the bytes read."""


def open_source(file: LogFile, max_rows: int, folder: Path) -> Source:
    """The file as a source; what must be unpacked first goes to `folder`.

    Raises:
        DataError: A Parquet file that is broken or too large.
    """
    if file.format == "delimited":
        return DelimitedText(file)
    if file.format == "jsonl":
        return JsonLines(file)
    return ParquetRows(file, max_rows, folder)


@dataclass(frozen=True)
class DelimitedText:
    """CSV, TSV and their kin: a header, then records; quoted fields may hold delimiters and line ends."""

    file: LogFile
    place: str = "line"

    def columns(self, has_header: bool) -> list[str]:
        first = self._first_rows(1)[0]
        names = [cell.strip() for cell in first] if has_header else [""] * len(first)
        names = [name or f"column {i + 1}" for i, name in enumerate(names)]
        duplicate = next((name for i, name in enumerate(names) if name in names[:i]), None)
        if duplicate is not None:
            raise DataError(
                "Each column has a name of its own.",
                found=f"{duplicate} twice",
                where=f"{self.file.name}, line 1",
                remedy="Rename one of the two columns.",
            )
        return names

    def head(self, columns: list[str]) -> pd.DataFrame:
        rows = [row for row in self._first_rows(PREVIEW_ROWS + 1)[1:] if len(row) == len(columns)]
        return pd.DataFrame(rows, columns=pd.Index(columns), dtype="str")

    def _first_rows(self, n: int) -> list[list[str]]:
        rows: list[list[str]] = []
        for records in read_records(self.file, block_bytes=PREVIEW_BYTES):
            texts = (text.as_py().rstrip(" ") for text in records.text)
            filled = islice((text for text in texts if text.strip()), n - len(rows))
            rows.extend(_split_record(text, self.file.delimiter) or [""] for text in filled)
            if len(rows) >= n:
                break
        return rows

    def blocks(
        self,
        connection: duckdb.DuckDBPyConnection,
        roles: dict[str, str],
        columns: list[str],
        has_header: bool,
        on_bytes: Callable[[int], None] | None,
    ) -> Iterator[pa.Table]:
        column_of = {role: columns.index(column) for role, column in roles.items()}
        in_header = has_header
        for records in read_records(self.file, on_bytes):
            table = pa.table({"place": records.lines, "text": records.text, "unclosed": records.unclosed})
            if in_header:  # up to the first record that is not blank
                blank = pc.equal(pc.utf8_trim_whitespace(records.text.slice(0, 1_000)), "").to_pylist()
                in_header = all(blank)
                table = table.slice(len(blank) if in_header else blank.index(False) + 1)
            yield self._fields(connection, table, column_of, len(columns), records.any_quote)

    def _fields(
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
        split = _query(connection, records, query)
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
                fault = "a quote is not closed"
            elif len(row) != n_columns:
                fault = f"{len(row)} fields instead of {n_columns}"
            for role, i in column_of.items():
                out[role].append(row[i] if row is not None and fault is None else None)
            out["fault"].append(fault)
            out["raw"].append(text.strip()[:RAW_LENGTH] if fault else None)
        columns = {role: pa.array(values, pa.string()) for role, values in out.items()}
        return pa.table({"place": records["place"], **columns})


def _query(connection: duckdb.DuckDBPyConnection, block: pa.Table, query: str) -> pa.Table:
    connection.register("block", block)
    return connection.sql(query).to_arrow_table()


def _is_plain(text: pa.ChunkedArray, delimiter: str) -> pa.ChunkedArray:
    """Whether every field is plain, or quoted without quotes, delimiters and line ends inside."""
    d = {"|": r"\|", "\t": r"\t"}.get(delimiter, delimiter)
    field = rf'(?:[^"{d}\n]*|"[^"{d}\n]*" *)'
    return pc.match_substring_regex(text, rf"\A{field}(?:{d}{field})*\z")


def _split_record(text: str, delimiter: str) -> list[str] | None:
    """The fields of a record, None when it cannot be read as one."""
    try:
        rows = list(csv.reader([text], delimiter=delimiter))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


@dataclass(frozen=True)
class JsonLines:
    """One JSON object per line."""

    file: LogFile
    place: str = "line"

    def columns(self, has_header: bool) -> list[str]:
        names = list(dict.fromkeys(key for row in self._first_objects() for key in row))
        if not names:
            raise DataError(
                "Each line of a JSON lines file is an object.",
                found=f"no object in the first {PREVIEW_ROWS:,} lines",
                where=self.file.name,
                remedy='Write lines like {"session": "1", "timestamp": 1700000000, "item": "A"}.',
            )
        return names

    def head(self, columns: list[str]) -> pd.DataFrame:
        rows = [[_as_text(row.get(column)) for column in columns] for row in self._first_objects()]
        return pd.DataFrame(rows, columns=pd.Index(columns), dtype="str")

    def _first_objects(self) -> list[dict[str, object]]:
        rows = []
        for records in read_records(self.file, block_bytes=PREVIEW_BYTES):
            for text in records.text.slice(0, PREVIEW_ROWS).to_pylist():
                try:
                    row = json.loads(text)
                except (ValueError, RecursionError):
                    continue  # counted and shown when the file is read
                if isinstance(row, dict):
                    rows.append(row)
            break
        return rows

    def blocks(
        self,
        connection: duckdb.DuckDBPyConnection,
        roles: dict[str, str],
        columns: list[str],
        has_header: bool,
        on_bytes: Callable[[int], None] | None,
    ) -> Iterator[pa.Table]:
        pointers = ["/" + column.replace("~", "~0").replace("/", "~1") for column in roles.values()]
        paths = ", ".join("'" + pointer.replace("'", "''") + "'" for pointer in pointers)
        fields = ", ".join(f"p[{i + 1}] AS {role}" for i, role in enumerate(roles))
        query = f"""SELECT place, {fields},
              CASE WHEN p IS NULL THEN '{NOT_JSON}' END AS fault,
              CASE WHEN p IS NULL THEN left(t, {RAW_LENGTH}) END AS raw
            FROM (SELECT place, t, CASE WHEN json_valid(t) AND left(t, 1) = '{{'
                                        THEN json_extract_string(t, [{paths}]) END AS p
                  FROM (SELECT place, trim(text, chr(10) || chr(13) || chr(9) || ' ') AS t FROM block) WHERE t <> '')"""
        for records in read_records(self.file, on_bytes):
            table = pa.table({"place": records.lines, "text": records.text})
            yield _query(connection, table, query)


def _as_text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


class ParquetRows:
    """A Parquet file, judged by its metadata before any data is read: a small file can claim any number of rows."""

    place = "row"

    def __init__(self, file: LogFile, max_rows: int, folder: Path) -> None:
        self.file = file
        self._packed_size = file.path.stat().st_size
        path = file.path
        if file.gzipped:
            path = folder / "unpacked.parquet"
            file.unpack(path)
        with self._reading():
            texts = [f.name for f in pq.read_schema(path) if _is_text(f.type)]
            # As dictionaries, so that one long text on a million rows stays one text in memory.
            self._parquet = pq.ParquetFile(path, read_dictionary=texts)
            metadata = self._parquet.metadata
            size = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
        if metadata.num_rows > max_rows or size > file.max_bytes:
            raise DataError(
                f"A Parquet file has at most {max_rows:,} rows and {file.max_bytes / 1e9:g} GB unpacked.",
                found=f"{metadata.num_rows:,} rows, {size:,} bytes, by its metadata",
                where=file.name,
                remedy="Cut the log into parts.",
            )

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (pa.ArrowException, OSError) as error:
            raise DataError(
                "A Parquet file is whole, from its first to its last four bytes.",
                found=str(error).splitlines()[0][:200],
                where=self.file.name,
                remedy="Write or upload the file again; it may have been cut off on its way.",
            ) from None

    def columns(self, has_header: bool) -> list[str]:
        return list(self._parquet.schema_arrow.names)

    def head(self, columns: list[str]) -> pd.DataFrame:
        with self._reading():
            batch = next(self._parquet.iter_batches(batch_size=PREVIEW_ROWS), None)
        rows = [] if batch is None else batch.to_pylist()
        return pd.DataFrame(
            [["" if row[c] is None else str(row[c]) for c in columns] for row in rows],
            columns=pd.Index(columns),
            dtype="str",
        )

    def blocks(
        self,
        connection: duckdb.DuckDBPyConnection,
        roles: dict[str, str],
        columns: list[str],
        has_header: bool,
        on_bytes: Callable[[int], None] | None,
    ) -> Iterator[pa.Table]:
        schema = self._parquet.schema_arrow
        fields = ", ".join(f"{_sql_text(schema.field(column))} AS {role}" for role, column in roles.items())
        query = f"SELECT place, {fields}, NULL::VARCHAR AS fault, NULL::VARCHAR AS raw FROM block"
        done, total = 0, max(self._parquet.metadata.num_rows, 1)
        batches = self._parquet.iter_batches(batch_size=PARQUET_BATCH, columns=list(set(roles.values())))
        while True:
            with self._reading():
                batch = next(batches, None)
                if batch is None:
                    return
                cells = {f"c_{column}": _shortened(batch[column]) for column in set(roles.values())}
            table = pa.table({"place": np.arange(done + 1, done + 1 + batch.num_rows), **cells})
            yield _query(connection, table, query)
            done += batch.num_rows
            if on_bytes is not None:
                on_bytes(self._packed_size * done // total)


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind)


def _shortened(column: pa.Array) -> pa.Array:
    """Text no longer than it needs to be for the rule on lengths to see it; checked to be UTF-8."""
    if not pa.types.is_dictionary(column.type):
        return column
    texts = column.dictionary.cast(pa.string())
    texts.validate(full=True)
    return pa.DictionaryArray.from_arrays(column.indices, pc.utf8_slice_codeunits(texts, 0, MAX_TEXT + 1))


def _sql_text(column: pa.Field) -> str:
    name = '"c_' + column.name.replace('"', '""') + '"'
    if pa.types.is_floating(column.type):  # ids that a missing value turned into 12.0
        return (
            f"CASE WHEN {name} = floor({name}) AND abs({name}) < 1e15 "
            f"THEN {name}::BIGINT::VARCHAR ELSE {name}::VARCHAR END"
        )
    return f"{name}::VARCHAR"
