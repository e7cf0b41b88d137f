"""What kind of file is this: delimited text, JSON lines, Parquet or Excel, and in which encoding?"""

import codecs
import hashlib
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gru4rec_core.data.encodings import encoding_mark, normalize_encoding
from gru4rec_core.data.log_path import require_file
from gru4rec_core.data.preamble import find_preamble
from gru4rec_core.data.reading_options import Layout
from gru4rec_core.data.unpacking import BLOCK_BYTES, ZIP_MAGIC, Packing, UnpackedReader
from gru4rec_core.errors import DataError

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (ZIP_MAGIC, "a ZIP archive or an Office document inside another archive"),
    (b"PK\x05\x06", "a ZIP archive with no file in it"),
    (b"version https://git-lfs", "a pointer of Git LFS instead of the file itself"),
    (b"\x1f\x8b", "a gzipped file inside another archive"),
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
_MARKUP = re.compile(r"<(\?xml|!doctype|html)\b", re.IGNORECASE)
READABLE = "Use CSV, TSV, JSON lines or Parquet, plain, gzipped or zipped, or an Excel workbook (.xlsx)."
Format = Literal["delimited", "jsonl", "parquet", "xlsx"]
_JUDGED_BYTES = 512_000_000
DELIMITERS = ("::", ",", "\t", ";", "|")


@dataclass(frozen=True)
class LogFile:
    """A file that may be a log.

    Attributes:
        path: The file.
        name: Its display name, for messages.
        format: By the content, never by the name.
        packing: How it is packed; "" if it is not.
        delimiter: One of `DELIMITERS` for a delimited file; else "".
        encoding: Encoding of a text file.
        max_bytes: Limit of the unpacked size.
        layout: What a row holds.
        n_skipped: Lines of a text file that come before what is read.
    """

    path: Path
    name: str
    format: Format
    packing: Packing
    delimiter: str
    encoding: str
    max_bytes: int
    layout: Layout = "events"
    n_skipped: int = 0

    @property
    def format_name(self) -> str:
        """For people: "CSV", "TSV", "JSON lines", "Parquet", "Excel"; with layout and packing, such as ", zipped"."""
        text = {"\t": "TSV", ",": "CSV"}.get(self.delimiter, f'delimited by "{self.delimiter}"')
        name = {"delimited": text, "jsonl": "JSON lines", "parquet": "Parquet", "xlsx": "Excel"}[self.format]
        name = "a session per line" if self.layout == "session-per-line" else name
        layout = f", {self.layout}" if self.layout in ("wide", "nested") else ""
        return name + layout + (f", {self.packing}" if self.packing else "")

    @property
    def has_quotes(self) -> bool:
        """Whether fields may be quoted: in every delimited file but one whose delimiter is longer than a character."""
        return self.format == "delimited" and len(self.delimiter) == 1

    def open(self) -> UnpackedReader:
        return UnpackedReader(self.path, self.name, self.max_bytes)

    def unpack(self, target: Path) -> None:
        """Writes the unpacked content to another file."""
        with self.open() as reader, target.open("wb") as out:
            while data := reader.read(BLOCK_BYTES):
                out.write(data)


def open_log(path: Path, name: str, encoding: str, max_bytes: int) -> LogFile:
    """Looks at the beginning of a file and recognises its kind.

    A text that begins with the byte order mark of UTF-16 or UTF-32 is read in that encoding, unless another one than
    UTF-8 is asked for.

    Raises:
        DataError: No such file, an empty one, one of another kind, broken gzip, or an unknown encoding.
    """
    require_file(path)
    encoding = normalize_encoding(encoding)
    if path.stat().st_size == 0:
        raise _empty(name)
    with UnpackedReader(path, name, max_bytes) as reader:
        head = reader.read(1 << 16)
    if head.startswith(ZIP_MAGIC) and not reader.packing:
        return LogFile(path, name, "xlsx", "", "", encoding, max_bytes)
    if head.startswith(b"PAR1"):
        return LogFile(path, name, "parquet", reader.packing, "", encoding, max_bytes)
    mark = encoding_mark(head)
    encoding = mark if mark is not None and encoding == "utf-8" else encoding
    _refuse_binary(head, name, encoding)
    text = head.decode(encoding, errors="replace").lstrip("\ufeff")
    preamble = find_preamble(text.split("\n"), DELIMITERS)
    text = "\n".join(text.split("\n")[preamble.n_lines :])
    kind, delimiter = _kind_of(text, name)
    delimiter = preamble.delimiter or delimiter if kind == "delimited" else ""
    return LogFile(path, name, kind, reader.packing, delimiter, encoding, max_bytes, n_skipped=preamble.n_lines)


def _kind_of(text: str, name: str) -> tuple[Format, str]:
    if not text.strip():
        raise _empty(name)
    if "\n" not in text and "\r" in text:
        raise DataError(
            "Lines must end with a line feed (LF or CRLF).",
            found="carriage returns only (CR)",
            where=name,
            remedy="Save the file with Unix or Windows line ends.",
        )
    if _MARKUP.match(text.lstrip()):
        raise DataError(
            "A log must be a table or JSON lines.",
            found="a web page or XML",
            where=name,
            remedy="The download may have saved a login page: open the address in a browser. " + READABLE,
        )
    if text.lstrip().startswith("["):
        raise DataError(
            "JSON must have one object per line (JSON lines).",
            found="one JSON list",
            where=name,
            remedy="Write one object per line, without brackets and commas around them. With jq: "
            "jq -c '.[]' log.json > log.jsonl",
        )
    return ("jsonl", "") if text.lstrip("\ufeff \t\r\n").startswith("{") else ("delimited", guess_delimiter(text))


def _refuse_binary(head: bytes, name: str, encoding: str) -> None:
    what = next((what for signature, what in _SIGNATURES if head.startswith(signature)), None)
    mark = encoding_mark(head)
    if what is None and (encoding, mark) == ("utf-16", "utf-32"):
        raise DataError(
            "The file is in UTF-32, not UTF-16.",
            found="the mark of UTF-32",
            where=f"{name}, byte 0",
            remedy="Choose utf-32 as its encoding (with the command: --encoding utf-32), or leave the encoding out.",
        )
    if what is None and 0 in head and not encoding.startswith(("utf-16", "utf-32")):
        what = f"a binary file (a zero byte at offset {head.index(0)})"
    if what is not None:
        raise DataError(
            "A log must be a text file, Parquet or an Excel workbook.",
            found=what,
            where=name,
            remedy=READABLE,
        )


def guess_delimiter(text: str) -> str:
    """The delimiter that occurs most evenly in the first lines, outside quotes; "," when none does."""
    lines = [re.sub(r'"[^"]*"', "", line) for line in filter(str.strip, text.splitlines())][:50]
    if not lines:
        return ","
    lines = lines[:-1] if len(lines) > 1 else lines  # the last may be cut off
    best, best_share = ",", 0.0
    for delimiter in DELIMITERS:
        in_header = lines[0].count(delimiter)
        share = sum(line.count(delimiter) == in_header for line in lines) / len(lines) if in_header else 0.0
        if share > best_share:
            best, best_share = delimiter, share
    return best


def _empty(name: str) -> DataError:
    return DataError("The log has no events.", found="an empty file", where=name, remedy=READABLE)


def hash_file(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def is_utf8(path: Path) -> bool:
    """Whether a file (maybe packed) needs no other encoding: text in UTF-8, Parquet, Excel, or no log at all.

    A packed file is judged by its first 512 MB, for it may be a bomb; what comes later is checked when it is read.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    with UnpackedReader(path, path.name, sys.maxsize) as reader:
        data = reader.read(BLOCK_BYTES)
        if encoding_mark(data):
            return False
        if data.startswith((b"PAR1", *(signature for signature, _ in _SIGNATURES))):
            return True
        n_bytes = 0
        while data and not (reader.packing and n_bytes > _JUDGED_BYTES):
            n_bytes += len(data)
            try:
                decoder.decode(data)
            except UnicodeDecodeError:
                return False
            data = reader.read(BLOCK_BYTES)
    return True
