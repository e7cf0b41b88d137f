"""Does the first row of a table name its columns, and what are they called?"""

import re
from collections.abc import Sequence

from gru4rec_core.data.column_words import is_usual_name
from gru4rec_core.data.sources.base import check_columns

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|\.\d+)([eE][+-]?\d+)?")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ].*)?")
_UUID = re.compile(r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


def is_header(first_row: Sequence[str]) -> bool:
    """Whether a table's first row is a header: it has a usual name, or no cell that is a number, a date or a UUID.

    >>> is_header(["wer", "wann", "was"]), is_header(["1", "2014-04-07T10:51:09.277Z", "214536502", "0"])
    (True, False)
    >>> is_header(["user", "1", "2", "3"])
    True
    """
    cells = [cell.strip() for cell in first_row]
    if any(map(is_usual_name, cells)):
        return True
    return not any(pattern.fullmatch(cell) for cell in cells for pattern in (_NUMBER, _DATE, _UUID))


def name_columns(first_row: Sequence[str], has_header: bool, file: str) -> list[str]:
    """The names of a table's columns; "column 1" and so on for those that have none.

    Raises:
        DataError: Two columns of one name, or too many columns.
    """
    names = [cell.strip() if has_header else "" for cell in first_row]
    names = [name or f"column {i + 1}" for i, name in enumerate(names)]
    check_columns(names, f"{file}, line 1")
    return names
