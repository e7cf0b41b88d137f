"""How are the rows of a Parquet file read?"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from gru4rec_core.data.file_format import LogFile
from gru4rec_core.data.reading_options import Layout
from gru4rec_core.data.size_estimates import OVERRIDE
from gru4rec_core.data.sources.base import PREVIEW_ROWS, ReadRequest, check_columns, run_query
from gru4rec_core.data.sources.parquet_values import is_text, to_preview, to_readable
from gru4rec_core.errors import DataError

PARQUET_BATCH = 1 << 18
LOST_DIGITS = "the {} is a floating-point number beyond those that are exact: write the column as whole numbers or text"


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
            texts = [f.name for f in pq.read_schema(path) if is_text(f.type)]
            # As dictionaries, so that one long text on a million rows stays one text in memory.
            self._parquet = pq.ParquetFile(path, read_dictionary=texts)
            metadata = self._parquet.metadata
            size = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
        if metadata.num_rows > max_rows or size > file.max_bytes:
            raise DataError(
                f"A Parquet file may have at most {max_rows:,} rows and {file.max_bytes / 1e9:g} GB unpacked.",
                found=f"{metadata.num_rows:,} rows, {size:,} bytes, by its metadata",
                where=file.name,
                remedy=f"Split the log; or, if it really is that large, {OVERRIDE}.",
            )

    @contextmanager
    def _reading(self) -> Iterator[None]:
        import duckdb  # see open_duckdb

        try:
            yield
        except (duckdb.OutOfMemoryException, MemoryError):  # a long text inside objects, repeated on every row
            raise DataError(
                "The rows of this Parquet file do not fit into memory, even 200,000 at a time.",
                found="values that take more, as texts",
                where=self.file.name,
                remedy="Write the session, the time and the item as plain columns, without objects or lists.",
            ) from None
        except (pa.ArrowException, duckdb.Error, OSError) as error:
            raise DataError(
                "The Parquet file is damaged, or has values that cannot be read.",
                found=next(iter(str(error).splitlines()), type(error).__name__)[:200],
                where=self.file.name,
                remedy="Write or upload the file again; it may have been cut off or damaged in transfer.",
            ) from None

    def names_columns(self) -> bool:
        return True

    def columns(self, has_header: bool) -> list[str]:
        names = list(self._parquet.schema_arrow.names)
        check_columns(names, self.file.name)
        return names

    def describe_types(self) -> list[str]:
        """Each column's kind of values, as "clicked_at: dates"."""
        return [f"{field.name}: {_kind_of(field.type)}" for field in self._parquet.schema_arrow]

    def head(self, has_header: bool) -> pd.DataFrame:
        columns = self.columns(has_header)
        with self._reading():
            batch = next(self._parquet.iter_batches(batch_size=PREVIEW_ROWS), None)
            if batch is None:
                return pd.DataFrame(columns=pd.Index(columns), dtype="str")
            texts = {column: to_preview(batch[column], column, self.file.name) for column in columns}
        return pd.DataFrame(texts, columns=pd.Index(columns), dtype="str")

    def blocks(self, request: ReadRequest) -> Iterator[pa.Table]:
        schema, used = self._parquet.schema_arrow, list(dict.fromkeys(request.roles.values()))
        # By number: DuckDB takes names that differ in case alone for one.
        of_role = {r: (f"c{used.index(column)}", schema.field(column).type) for r, column in request.roles.items()}
        fields = ", ".join(f"{_sql_text(role, name, kind)} AS {role}" for role, (name, kind) in of_role.items())
        query = f"SELECT place, {fields}, {_sql_fault(of_role)} AS fault, NULL::VARCHAR AS raw FROM block"
        done, total = 0, max(self._parquet.metadata.num_rows, 1)
        batches = self._parquet.iter_batches(batch_size=PARQUET_BATCH, columns=used)
        while True:
            with self._reading():
                batch = next(batches, None)
                if batch is None:
                    return
                cells = {f"c{i}": to_readable(batch[column], column, self.file.name) for i, column in enumerate(used)}
                table = pa.table({"place": np.arange(done + 1, done + 1 + batch.num_rows), **cells})
                block = run_query(request.connection, table, query)
            yield block
            done += batch.num_rows
            request.on_bytes(self._packed_size * done // total)


def _kind_of(kind: pa.DataType) -> str:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "numbers"
    if pa.types.is_temporal(kind):
        return "dates"
    return "text" if is_text(kind) else str(kind)


def _sql_fault(of_role: dict[str, tuple[str, pa.DataType]]) -> str:
    """What is wrong with a row: a session or an item whose digits a float has lost."""
    cases = [
        f"WHEN isfinite({name}) AND abs({name}) > {_last_exact(kind)} "
        f"THEN '{LOST_DIGITS.format('item' if role == 'item' else 'session or user')}'"
        for role, (name, kind) in of_role.items()
        if role.startswith(("owner", "item")) and pa.types.is_floating(kind)
    ]
    return f"CASE {' '.join(cases)} END" if cases else "NULL::VARCHAR"


def _last_exact(kind: pa.DataType) -> int:
    """The whole number up to which a type of floats has them all; beyond, two ids may have become one."""
    return 1 << {16: 11, 32: 24, 64: 53}[kind.bit_width]


def _sql_text(role: str, name: str, kind: pa.DataType) -> str:
    if pa.types.is_floating(kind):  # ids that a missing value turned into 12.0
        infinite = "" if role.startswith("timestamp") else f"WHEN isinf({name}) THEN NULL "  # no id; a time is told
        return (
            f"CASE {infinite}WHEN {name} = floor({name}) AND abs({name}) <= {_last_exact(kind)} "
            f"THEN {name}::BIGINT::VARCHAR ELSE {name}::VARCHAR END"
        )
    if pa.types.is_nested(kind):  # as the rules know an object or a list, which is no item
        return f"to_json({name})::VARCHAR"
    return f"{name}::VARCHAR"
