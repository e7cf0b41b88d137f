"""How are the rows of a Parquet file read?"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from gru4rec_core.data.file_format import LogFile
from gru4rec_core.data.reading_options import Layout
from gru4rec_core.data.sources.base import MAX_TEXT, PREVIEW_ROWS, run_query
from gru4rec_core.errors import DataError

PARQUET_BATCH = 1 << 18


class ParquetRows:
    """A Parquet file, judged by its metadata before any data is read: a small file can claim any number of rows."""

    place = "row"
    layout: Layout = "events"

    def __init__(self, file: LogFile, max_rows: int, folder: Path) -> None:
        self.file = file
        self._packed_size = file.path.stat().st_size
        path = file.path
        if file.packing:
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

    def names_columns(self) -> bool:
        return True

    def columns(self, has_header: bool) -> list[str]:
        return list(self._parquet.schema_arrow.names)

    def head(self, columns: list[str], has_header: bool) -> pd.DataFrame:
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
            yield run_query(connection, table, query)
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
