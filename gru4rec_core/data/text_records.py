"""Which lines of a text file make up each record?"""

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from gru4rec_core.data.file_format import LogFile
from gru4rec_core.data.unpacking import BLOCK_BYTES
from gru4rec_core.errors import DataError

MAX_LINE_BYTES = 8 << 20
MAX_LINES_IN_QUOTES = 100  # a quote left open must not swallow the rest of a file
NEWLINE, RETURN, SPACE, QUOTE, NUL = 10, 13, 32, 34, 0


@dataclass(frozen=True)
class Records:
    """Consecutive records of a text file.

    Attributes:
        data: Their bytes, UTF-8, with their line ends (LF or CRLF; the last record may have none).
        ends: int64 [n], where in `data` each record ends.
        lines: int64 [n], the line of the file on which each record begins, from 1.
        unclosed: bool [n], the record has a quote that is not closed.
        any_quote: Whether there is a quote anywhere in the block.
    """

    data: memoryview
    ends: np.ndarray
    lines: np.ndarray
    unclosed: np.ndarray
    any_quote: bool

    def __len__(self) -> int:
        return len(self.ends)

    @cached_property
    def text(self) -> pa.LargeStringArray:
        """The records; line ends are turned into spaces, which every reader of it strips."""
        offsets = pa.py_buffer(np.r_[0, self.ends].astype(np.int64))
        blank = _blank_ends(np.frombuffer(self.data, np.uint8), self.ends)
        return pa.LargeStringArray.from_buffers(len(self), offsets, pa.py_buffer(blank))

    def record(self, i: int) -> memoryview:
        """The bytes of one record."""
        return self.data[self.ends[i - 1] if i else 0 : self.ends[i]]

    def skip(self, n: int) -> "Records":
        """The records after the first n."""
        start = int(self.ends[n - 1]) if n else 0
        return Records(self.data[start:], self.ends[n:] - start, self.lines[n:], self.unclosed[n:], self.any_quote)


@dataclass
class _Position:
    """How far a file was cut: the next record's line and byte, and the bytes read of it."""

    line: int = 1
    byte: int = 0
    tail: bytes = b""


def read_records(
    file: LogFile, on_bytes: Callable[[int], None] | None = None, block_bytes: int = BLOCK_BYTES
) -> Iterator[Records]:
    """Yields the records of a text file, some 4 MB at a time; memory does not grow with the file.

    A record is a line; in a delimited file, a quoted field may run over several lines. Lines are numbered as an
    editor shows them.

    Args:
        file: A delimited or JSON lines file.
        on_bytes: Told how many bytes of the (packed) file were read.
        block_bytes: How much to read at a time.

    Raises:
        DataError: Bytes that are not text in the file's encoding, a line too long, broken gzip.
    """
    position = _Position()
    decoder = None if file.encoding in ("utf-8", "ascii") else codecs.getincrementaldecoder(file.encoding)()
    with file.open() as reader:
        last = False
        while not last:
            data = reader.read(block_bytes)
            last = not data
            if decoder is not None:
                data = _transcode(decoder, data, last, file, position)
            records = _cut_records(file, _without_marks(position.tail + data, position), last, position)
            if on_bytes is not None:
                on_bytes(reader.packed_position)
            if records is not None and records.lines[0] <= file.n_skipped:
                records = records.skip(int(np.searchsorted(records.lines, file.n_skipped, "right")))
            if records:
                yield records


def _without_marks(block: bytes, position: _Position) -> bytes:
    """The block without byte order marks before a record: the first of a file, or of files that were joined."""
    mark = codecs.BOM_UTF8
    if mark not in block:
        return block
    n_bytes = len(block)
    while block.startswith(mark):
        block = block.removeprefix(mark)
    block = block.replace(b"\n" + mark, b"\n")
    position.byte += n_bytes - len(block)
    return block


def _transcode(
    decoder: codecs.IncrementalDecoder, data: bytes, last: bool, file: LogFile, position: _Position
) -> bytes:
    try:
        return decoder.decode(data, final=last).encode()
    except UnicodeDecodeError as error:
        raise DataError(
            f"The file is not in {file.encoding}, the encoding chosen.",
            found=f"byte 0x{error.object[error.start]:02x}, which means nothing in that encoding",
            where=f"{file.name}, near line {position.line}",
            remedy="Choose the file's real encoding, or save the file as UTF-8.",
        ) from None


def _cut_records(file: LogFile, block: bytes, last: bool, position: _Position) -> Records | None:
    """The whole records of a block; the rest of it waits in `position.tail`."""
    array = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(array == NEWLINE) + 1
    if last and len(block) and (not len(ends) or ends[-1] < len(block)):
        ends = np.r_[ends, len(block)]
    _check_text(file, block, last, position)
    lines = position.line + np.arange(len(ends), dtype=np.int64)
    any_quote = file.has_quotes and b'"' in block
    unclosed = np.zeros(len(ends), bool)
    line_feeds = ends if block.endswith(b"\n") or not last else ends[:-1]
    if any_quote and len(ends):
        ends, lines, unclosed = _join_quoted(block, array, ends, lines, last, file.delimiter)
    used = int(ends[-1]) if len(ends) else 0
    if len(block) - used > MAX_LINE_BYTES:
        raise DataError(
            f"A line may have at most {MAX_LINE_BYTES >> 20} MB.",
            found="a longer line",
            where=f"{file.name}, line {position.line + block.count(10, 0, used)}",
            remedy="Check this line: an unclosed quote or a missing line end is likely.",
        )
    position.line += int(np.searchsorted(line_feeds, used, "right"))
    position.byte += used
    position.tail = block[used:]
    if not len(ends):
        return None
    return Records(memoryview(block)[:used], ends, lines, unclosed, any_quote)


def _blank_ends(array: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """A copy of the block with spaces for the records' line ends (LF or CRLF): DuckDB strips spaces fastest."""
    blank = array.copy()
    line_feeds = ends[array[ends - 1] == NEWLINE] - 1
    blank[line_feeds] = SPACE
    returns = line_feeds[array[line_feeds - 1] == RETURN] - 1
    blank[returns[returns >= 0]] = SPACE
    return blank


def _check_text(file: LogFile, block: bytes, last: bool, position: _Position) -> None:
    """Refuses bytes that are not text. A character cut by the end of a block comes again with the next block."""
    bad, what = -1, ""
    try:
        codecs.utf_8_decode(block, "strict", last)
    except UnicodeDecodeError as error:
        bad, what = error.start, f"byte 0x{block[error.start]:02x}, which is not UTF-8"
    zero = block.find(NUL)
    if zero >= 0 and (bad < 0 or zero < bad):
        bad, what = zero, "a zero byte"
    line = position.line + block.count(b"\n", 0, max(bad, 0))
    if bad >= 0 and file.encoding not in ("utf-8", "ascii"):  # the bytes here are ours, not the file's
        raise DataError(
            "Text has no zero characters.",
            found="a zero character",
            where=f"{file.name}, line {line}",
            remedy="Take the character out, or name the file's real encoding.",
        )
    if bad >= 0:
        raise DataError(
            "The file is not in UTF-8.",
            found=what,
            where=f"{file.name}, line {line}, byte {position.byte + bad}",
            remedy="Save the file as UTF-8, or name its real encoding (windows-1252 and latin-1 are common).",
        )


def _join_quoted(
    block: bytes, array: np.ndarray, ends: np.ndarray, lines: np.ndarray, last: bool, delimiter: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Joins the lines of a quoted field. Only a line with an odd number of quotes can open or close a field."""
    quotes = np.flatnonzero(array == QUOTE)
    per_line = np.diff(np.searchsorted(quotes, np.r_[0, ends]))
    ends_record = np.ones(len(ends), bool)  # per line
    unclosed = np.zeros(len(ends), bool)
    starts = np.r_[0, ends[:-1]]
    next_line = 0
    for odd in np.flatnonzero(per_line % 2).tolist():
        if odd < next_line or not _leaves_quote_open(block[starts[odd] : ends[odd]], delimiter):
            continue
        window = per_line[odd + 1 : odd + 1 + MAX_LINES_IN_QUOTES] % 2
        closes = np.flatnonzero(window)
        close = odd + 1 + int(closes[0]) if len(closes) else -1
        if close > 0 and not _leaves_quote_open(block[starts[odd] : ends[close]], delimiter):
            ends_record[odd:close] = False
            next_line = close + 1
        elif close > 0 or len(window) == MAX_LINES_IN_QUOTES or last:
            unclosed[odd] = True
        else:  # it may close in the next block
            ends, ends_record, lines, unclosed = ends[:odd], ends_record[:odd], lines[:odd], unclosed[:odd]
            break
    first_line = np.r_[True, ends_record[:-1]] if len(ends_record) else ends_record
    return ends[ends_record], lines[first_line], unclosed[ends_record]


def _leaves_quote_open(line: bytes, delimiter: str) -> bool:
    """Whether a record ends inside quotes. Only a quote at a field's start opens, only one at its end closes."""
    text = line.decode(errors="replace")
    opening = re.compile(rf'(?:^|{re.escape(delimiter)})"')
    closing = re.compile(rf'(?:[^"]++|"")*+"(?=\r?\n?\Z|{re.escape(delimiter)})')
    position = 0
    while match := opening.search(text, position):
        closed = closing.match(text, match.end())
        if closed is None:
            return True
        position = closed.end()
    return False
