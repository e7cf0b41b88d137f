"""Which lines at the top of a text file come before the table: `sep=;`, comments?"""

import re
from typing import NamedTuple

from gru4rec_core.data.column_words import is_usual_name

_SEPARATOR = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_REMARK = re.compile(r"#([\s#!-]|$)")  # "#1001" and "#fun" are names
MOST_LINES = 100


class Preamble(NamedTuple):
    """The lines before a table.

    Attributes:
        n_lines: How many.
        delimiter: The one that they name; "" where they name none.
    """

    n_lines: int = 0
    delimiter: str = ""


def find_preamble(lines: list[str], delimiters: tuple[str, ...]) -> Preamble:
    """Finds Excel's `sep=;`, or else comments that begin with #.

    A line with # that has as many fields as the table may be its header or an event, so it is none, unless the first
    line without # is a header.

    Args:
        lines: The first of the file.
        delimiters: Of which a table has one.
    """
    filled = [number for number, line in enumerate(lines) if line.strip()]
    if not filled:
        return Preamble()
    separator = _SEPARATOR.fullmatch(lines[filled[0]].strip(" "))
    if separator is not None:
        return Preamble(filled[0] + 1, separator[1] if separator[1] in delimiters else "")
    first = next((number for number in filled[:MOST_LINES] if not lines[number].startswith("#")), None)
    if first is None:
        return Preamble()
    table = lines[first]
    if _is_header(table, delimiters):
        return Preamble(first)
    comments = [number for number in filled if number < first and _is_comment(lines[number], table, delimiters)]
    return Preamble(max(comments, default=-1) + 1)


def _is_header(line: str, delimiters: tuple[str, ...]) -> bool:
    return any(
        is_usual_name(cell.strip('" '))
        for delimiter in delimiters
        if delimiter in line
        for cell in line.split(delimiter)
    )


def _is_comment(line: str, table: str, delimiters: tuple[str, ...]) -> bool:
    """Whether a line with # has other fields than the table; where this has one column, it must look like a remark."""
    counts = [(line.count(delimiter), table.count(delimiter)) for delimiter in delimiters]
    if any(in_table for _, in_table in counts):
        return all(in_line != in_table for in_line, in_table in counts if in_table)
    return _REMARK.match(line) is not None
