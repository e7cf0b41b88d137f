"""What kind of file is this, and which records stand on which of its lines?"""

import codecs
import gzip
import hashlib
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal, cast

import numpy as np
import pyarrow as pa

from gru4rec_core.errors import DataError

BLOCK_BYTES = 16 << 20
MAX_LINE_BYTES = 8 << 20
MAX_LINES_IN_QUOTES = 100  # a quote left open must not swallow the rest of a file
NEWLINE, RETURN, SPACE, QUOTE, NUL = 10, 13, 32, 34, 0

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a ZIP archive or an Office document (.zip, .xlsx)"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF document"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"(\xb5/\xfd", "a Zstandard archive"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\xd0\xcf\x11\xe0", "an old Office document (.xls)"),
)
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
READABLE = "Upload CSV, TSV, JSON lines or Parquet, as it is or gzipped."


@dataclass(frozen=True)
class LogFile:
    """A file that may be a log.

    Attributes:
        path: Where it lies.
        name: What people call it; stands in every message.
        format: Told by the content, never by the name.
        gzipped: Whether `format` lies inside gzip.
        delimiter: Of a delimited file, else "".
        encoding: Of a text file.
        max_bytes: Limit of the unpacked size.
    """

    path: Path
    name: str
    format: Literal["delimited", "jsonl", "parquet"]
    gzipped: bool
    delimiter: str
    encoding: str
    max_bytes: int

    @property
    def format_name(self) -> str:
        """For people: "CSV", "TSV", "JSON lines", "Parquet", with ", gzipped" where it is."""
        text = {"\t": "TSV", ",": "CSV"}.get(self.delimiter, f'delimited by "{self.delimiter}"')
        name = {"delimited": text, "jsonl": "JSON lines", "parquet": "Parquet"}[self.format]
        return name + (", gzipped" if self.gzipped else "")


def open_log(path: Path, name: str, encoding: str, max_bytes: int) -> LogFile:
    """Look at the beginning of a file and tell its kind.

    Raises:
        DataError: No such file, an empty one, one of another kind, broken gzip, or an unknown encoding.
    """
    if not path.is_file():
        raise DataError("A log is a file.", found="no file there", where=str(path), remedy="Check the path.")
    try:
        encoding = codecs.lookup(encoding).name
    except LookupError:
        raise DataError(
            "A text encoding has a known name.", found=repr(encoding), where="encoding", remedy="Use utf-8 or latin-1."
        ) from None
    if path.stat().st_size == 0:
        raise _empty(name)
    with path.open("rb") as raw:
        gzipped = raw.read(2) == b"\x1f\x8b"
    probe = LogFile(path, name, "delimited", gzipped, "", encoding, max_bytes)
    with _unpacked(probe) as stream:
        head = _read(probe, stream, 1 << 16, 0)
    kind, delimiter = _kind_of(head, probe)
    return LogFile(path, name, kind, gzipped, delimiter, encoding, max_bytes)


def _kind_of(head: bytes, file: LogFile) -> tuple[Literal["delimited", "jsonl", "parquet"], str]:
    if head.startswith(b"PAR1"):
        return "parquet", ""
    _refuse_binary(head, file)
    text = head.decode(file.encoding, errors="replace").lstrip("\ufeff")
    if not text.strip():
        raise _empty(file.name)
    if "\n" not in text and "\r" in text:
        raise DataError(
            "Lines end with a line feed (LF or CRLF).",
            found="carriage returns only (CR)",
            where=file.name,
            remedy="Save the file with Unix or Windows line ends.",
        )
    if text.lstrip().startswith("["):
        raise DataError(
            "JSON comes as lines, one object each.",
            found="one JSON list",
            where=file.name,
            remedy="Write one object a line, without brackets and commas around them (JSON lines).",
        )
    return ("jsonl", "") if text.lstrip().startswith("{") else ("delimited", sniff_delimiter(text))


def _refuse_binary(head: bytes, file: LogFile) -> None:
    what = next((what for signature, what in _SIGNATURES if head.startswith(signature)), None)
    if what is None and file.encoding == "utf-8" and head.startswith(_UTF16):
        raise DataError(
            "Text is encoded as UTF-8.",
            found="UTF-16",
            where=f"{file.name}, byte 0",
            remedy="Save the file as UTF-8, or name its encoding, utf-16.",
        )
    if what is None and NUL in head and not file.encoding.startswith(("utf-16", "utf-32")):
        what = f"a binary file (a zero byte at offset {head.index(NUL)})"
    if what is not None:
        raise DataError(
            "A log is a text file or Parquet, whatever its name.", found=what, where=file.name, remedy=READABLE
        )


def sniff_delimiter(text: str) -> str:
    """The delimiter that stands most evenly in the first lines, outside quotes; "," when none does."""
    lines = [re.sub(r'"[^"]*"', "", line) for line in text.splitlines()[:50] if line.strip()]
    lines = lines[:-1] if len(lines) > 1 else lines  # the last may be cut off
    best, best_share = ",", 0.0
    for delimiter in (",", "\t", ";", "|"):
        in_header = lines[0].count(delimiter)
        share = sum(line.count(delimiter) == in_header for line in lines) / len(lines) if in_header else 0.0
        if share > best_share:
            best, best_share = delimiter, share
    return best


def _empty(name: str) -> DataError:
    return DataError("A log has a header and at least one event.", found="an empty file", where=name, remedy=READABLE)


def _unpacked(file: LogFile) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(file.path, "rb") if file.gzipped else file.path.open("rb"))


def _read(file: LogFile, stream: IO[bytes], size: int, done: int) -> bytes:
    """The next bytes of the unpacked file; `done` of them were read before."""
    try:
        data = stream.read(size)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(
            "A gzipped file unpacks from its first to its last byte.",
            found=f"{error} after {done:,} unpacked bytes",
            where=file.name,
            remedy="Pack or upload the file again; it may have been cut off on its way.",
        ) from None
    if file.gzipped and done + len(data) > file.max_bytes:
        raise DataError(
            f"A file unpacks to at most {file.max_bytes / 1e9:g} GB.",
            found=f"more than that in {file.path.stat().st_size:,} packed bytes",
            where=file.name,
            remedy="Cut the log into parts, or unpack it and read the plain file.",
        )
    return data


def unpack(file: LogFile, target: Path) -> None:
    """Writes the unpacked content of a gzipped file."""
    done = 0
    with _unpacked(file) as stream, target.open("wb") as out:
        while data := _read(file, stream, BLOCK_BYTES, done):
            done += len(data)
            out.write(data)


def sha256_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


ENCODINGS = ("utf-8", "windows-1252", "latin-1", "iso-8859-2", "windows-1251", "utf-16", "shift_jis", "gb18030", "big5")
"""Encodings to offer; every other one that Python knows can be read too."""


def is_utf8(path: Path) -> bool:
    """Whether a file (maybe gzipped) needs no other encoding: text in UTF-8, Parquet, or no log at all."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as raw:
        gzipped = raw.read(2) == b"\x1f\x8b"
    probe = LogFile(path, path.name, "delimited", gzipped, "", "utf-8", 8_000_000_000)
    with _unpacked(probe) as stream:
        done = 0
        while data := _read(probe, stream, BLOCK_BYTES, done):
            if done == 0 and data.startswith(_UTF16):
                return False
            if done == 0 and (data.startswith(b"PAR1") or data.startswith(tuple(s for s, _ in _SIGNATURES))):
                return True
            done += len(data)
            try:
                decoder.decode(data)
            except UnicodeDecodeError:
                return False
    return True


# --- records -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Records:
    """Consecutive records of a text file.

    Attributes:
        text: pyarrow.LargeStringArray [n]; a record's line end is turned into spaces, which every reader of it strips.
        lines: int64 [n], the line (from 1) of the file on which each begins.
        unclosed: bool [n], the record has a quote that is not closed.
        any_quote: whether a quote stands anywhere in the block.
    """

    text: pa.LargeStringArray
    lines: np.ndarray
    unclosed: np.ndarray
    any_quote: bool


@dataclass
class _Position:
    line: int = 1
    byte: int = 0
    tail: bytes = field(default=b"")


def read_records(
    file: LogFile, on_bytes: Callable[[int], None] | None = None, block_bytes: int = BLOCK_BYTES
) -> Iterator[Records]:
    """Yield the records of a text file, some 16 MB at a time; memory does not grow with the file.

    A record is a line; in a delimited file, a quoted field may go on over several lines. Lines are numbered as an
    editor shows them.

    Args:
        file: A delimited or JSON lines file.
        on_bytes: Told how many bytes of the (packed) file were read.
        block_bytes: How much to read at a time.

    Raises:
        DataError: Bytes that are not text in the file's encoding, a line too long, broken gzip.
    """
    place = _Position()
    decoder = None if file.encoding in ("utf-8", "ascii") else codecs.getincrementaldecoder(file.encoding)()
    done = 0
    with _unpacked(file) as stream:
        while True:
            data = _read(file, stream, block_bytes, done)
            last = not data
            done += len(data)
            if decoder is not None:
                data = _transcode(decoder, data, last, file, place)
            if place.byte == 0 and not place.tail and data.startswith(codecs.BOM_UTF8):
                data, place.byte = data.removeprefix(codecs.BOM_UTF8), len(codecs.BOM_UTF8)
            block = place.tail + data
            records = _cut(file, block, last, place)
            if records is not None:
                yield records
            if on_bytes is not None:
                on_bytes(_packed_position(stream, done))
            if last:
                return


def _packed_position(stream: IO[bytes], done: int) -> int:
    if isinstance(stream, gzip.GzipFile):
        return int(stream.fileobj.tell()) if stream.fileobj is not None else done
    return done


def _transcode(decoder: codecs.IncrementalDecoder, data: bytes, last: bool, file: LogFile, place: _Position) -> bytes:
    try:
        return decoder.decode(data, final=last).lstrip("\ufeff" if place.line == 1 else "").encode()
    except UnicodeDecodeError as error:
        raise DataError(
            f"Text is encoded as {file.encoding}, as asked for.",
            found=f"byte 0x{error.object[error.start]:02x}, which means nothing there",
            where=f"{file.name}, near line {place.line}",
            remedy="Choose the file's real encoding, or save the file as UTF-8.",
        ) from None


def _cut(file: LogFile, block: bytes, last: bool, place: _Position) -> Records | None:
    """The whole records of a block; what is left over waits in `place.tail`."""
    array = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(array == NEWLINE) + 1
    if last and len(block) and (not len(ends) or ends[-1] < len(block)):
        ends = np.r_[ends, len(block)]
    _check_text(file, block, last, place)
    lines = place.line + np.arange(len(ends), dtype=np.int64)
    any_quote = file.format == "delimited" and b'"' in block
    unclosed = np.zeros(len(ends), bool)
    if any_quote and len(ends):
        ends, lines, unclosed = _join_quoted(block, array, ends, lines, last, file.delimiter)
    used = int(ends[-1]) if len(ends) else 0
    if len(block) - used > MAX_LINE_BYTES:
        raise DataError(
            f"A line has at most {MAX_LINE_BYTES >> 20} MB.",
            found="a longer one",
            where=f"{file.name}, line {place.line + block.count(10, 0, used)}",
            remedy=READABLE,
        )
    place.line += block.count(b"\n", 0, used)
    place.byte += used
    place.tail = block[used:]
    if not len(ends):
        return None
    offsets = pa.py_buffer(np.r_[0, ends].astype(np.int64))
    text = pa.LargeStringArray.from_buffers(len(ends), offsets, pa.py_buffer(_blank_ends(array, ends)))
    return Records(text, lines, unclosed, any_quote)


def _blank_ends(array: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """A copy of the block with spaces for the records' line ends (LF or CRLF): DuckDB strips spaces fastest."""
    blank = array.copy()
    line_feeds = ends[array[ends - 1] == NEWLINE] - 1
    blank[line_feeds] = SPACE
    returns = line_feeds[array[line_feeds - 1] == RETURN] - 1
    blank[returns[returns >= 0]] = SPACE
    return blank


def _check_text(file: LogFile, block: bytes, last: bool, place: _Position) -> None:
    """Every byte is text. The end of a block may cut a character: it comes again with the next block."""
    bad, what = -1, ""
    try:
        codecs.utf_8_decode(block, "strict", last)
    except UnicodeDecodeError as error:
        bad, what = error.start, f"byte 0x{block[error.start]:02x}, which is no UTF-8"
    zero = block.find(NUL)
    if zero >= 0 and (bad < 0 or zero < bad):
        bad, what = zero, "a zero byte"
    if bad >= 0:
        line = place.line + block.count(b"\n", 0, bad)
        raise DataError(
            "Text is encoded as UTF-8.",
            found=what,
            where=f"{file.name}, line {line}, byte {place.byte + bad}",
            remedy="Save the file as UTF-8, or name its real encoding (windows-1252 and latin-1 are common).",
        )


def _join_quoted(
    block: bytes, array: np.ndarray, ends: np.ndarray, lines: np.ndarray, last: bool, delimiter: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Joins the lines of a quoted field. Only a line with an odd number of quotes can open or close one."""
    quotes = np.flatnonzero(array == QUOTE)
    per_line = np.diff(np.searchsorted(quotes, np.r_[0, ends]))
    keep_end = np.ones(len(ends), bool)  # of a line: it ends a record
    unclosed = np.zeros(len(ends), bool)
    starts = np.r_[0, ends[:-1]]
    next_free = 0
    for odd in np.flatnonzero(per_line % 2).tolist():
        if odd < next_free or not _leaves_quote_open(block[starts[odd] : ends[odd]], delimiter):
            continue
        window = per_line[odd + 1 : odd + 1 + MAX_LINES_IN_QUOTES] % 2
        closes = np.flatnonzero(window)
        close = odd + 1 + int(closes[0]) if len(closes) else -1
        if close > 0 and not _leaves_quote_open(block[starts[odd] : ends[close]], delimiter):
            keep_end[odd:close] = False
            next_free = close + 1
        elif close > 0 or len(window) == MAX_LINES_IN_QUOTES or last:
            unclosed[odd] = True
        else:  # it may close in the next block
            ends, keep_end, lines, unclosed = ends[:odd], keep_end[:odd], lines[:odd], unclosed[:odd]
            break
    first_line = np.r_[True, keep_end[:-1]] if len(keep_end) else keep_end
    return ends[keep_end], lines[first_line], unclosed[keep_end]


def _leaves_quote_open(line: bytes, delimiter: str) -> bool:
    """Whether a record ends inside quotes. Only a quote at a field's start opens, only one at its end closes."""
    text = line.decode(errors="replace")
    opening = re.compile(rf'(?:^|{re.escape(delimiter)})"')
    closing = re.compile(rf'(?:[^"]|"")*"(?=\r?\n?\Z|{re.escape(delimiter)})')
    position = 0
    while match := opening.search(text, position):
        closed = closing.match(text, match.end())
        if closed is None:
            return True
        position = closed.end()
    return False
