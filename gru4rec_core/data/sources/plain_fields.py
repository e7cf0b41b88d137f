"""How are the fields of delimited text without quotes read, by Arrow?"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from gru4rec_core.data.sources.base import sound_block
from gru4rec_core.data.text_records import Records

_TEXTS = pa.dictionary(pa.int32(), pa.string())


class PlainFields(NamedTuple):
    """The fields of records without quotes.

    Attributes:
        block: Those with as many fields as there are columns (columns: sources/base.py).
        others: int64, the positions of the other records; blank ones are left out.
    """

    block: pa.Table
    others: np.ndarray


def read_plain_fields(
    records: Records, column_of: dict[str, int], n_columns: int, delimiter: str
) -> PlainFields | None:
    """Reads the fields of records; None if Arrow would split the text into different
    records, which a CR inside a line makes it do.

    Args:
        records: Without quotes.
        column_of: Role to the position of its column.
        n_columns: At least two, so that a blank line is no record of one empty field.
        delimiter: One character.
    """
    bad: list[int] = []

    def skip(row: pa_csv.InvalidRow) -> str:
        bad.append(row.number - 1)
        return "skip"

    names = [str(i) for i in range(n_columns)]
    kinds = {names[i]: pa.string() if role.startswith("timestamp") else _TEXTS for role, i in column_of.items()}
    table = pa_csv.read_csv(
        pa.py_buffer(records.data),
        pa_csv.ReadOptions(use_threads=False, block_size=len(records.data) + 1, column_names=names),
        pa_csv.ParseOptions(
            delimiter=delimiter, quote_char=False, ignore_empty_lines=False, invalid_row_handler=skip
        ),
        pa_csv.ConvertOptions(
            check_utf8=False, column_types=kinds, include_columns=list(kinds), strings_can_be_null=False
        ),
    )  # fmt: skip
    if table.num_rows + len(bad) != len(records):
        return None
    place = np.delete(records.lines, bad) if bad else records.lines
    block = sound_block(place, {role: table[names[i]] for role, i in column_of.items()})
    blank = _find_blank(records)
    if len(blank):
        block = block.filter(pa.array(np.isin(place, records.lines[blank], invert=True)))
    return PlainFields(block, np.array(bad, np.int64))


def _find_blank(records: Records) -> np.ndarray:
    """The positions of lines with nothing on them: Arrow takes them for records of empty fields."""
    short = np.flatnonzero(np.diff(records.ends, prepend=0) <= 2).tolist()
    return np.array([i for i in short if not bytes(records.record(i)).strip(b"\r\n")], np.int64)
