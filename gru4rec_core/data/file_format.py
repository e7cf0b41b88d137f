"""What kind of file is this: delimited text, JSON lines or Parquet, and in which encoding?"""

import codecs
import gzip
import hashlib
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from gru4rec_core.errors import DataError

BLOCK_BYTES = 16 << 20

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


class UnpackedReader:
    """Reads a file from its beginning, unpacked where it is gzipped, and no more than a limit.

    Args:
        path: The file.
        name: For messages.
        max_bytes: Limit of the unpacked size of a gzipped file.
    """

    def __init__(self, path: Path, name: str, max_bytes: int) -> None:
        self._path, self._name, self._max_bytes = path, name, max_bytes
        self._raw = path.open("rb")
        self.gzipped = self._raw.read(2) == b"\x1f\x8b"
        self._raw.seek(0)
        self._stream = gzip.GzipFile(fileobj=self._raw) if self.gzipped else self._raw
        self._n_read = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._raw.close()

    @property
    def packed_position(self) -> int:
        """How many bytes of the file as it is stored were read."""
        return self._raw.tell()

    def read(self, size: int) -> bytes:
        """The next bytes, at most `size`; none at the end.

        Raises:
            DataError: Broken gzip, or more unpacked bytes than the limit.
        """
        try:
            data = self._stream.read(size)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise DataError(
                "A gzipped file unpacks from its first to its last byte.",
                found=f"{error} after {self._n_read:,} unpacked bytes",
                where=self._name,
                remedy="Pack or upload the file again; it may have been cut off on its way.",
            ) from None
        self._n_read += len(data)
        if self.gzipped and self._n_read > self._max_bytes:
            raise DataError(
                f"A file unpacks to at most {self._max_bytes / 1e9:g} GB.",
                found=f"more than that in {self._path.stat().st_size:,} packed bytes",
                where=self._name,
                remedy="Cut the log into parts, or unpack it and read the plain file.",
            )
        return data


@dataclass(frozen=True)
class LogFile:
    """A file that may be a log.

    Attributes:
        path: The file.
        name: What people call it, for messages.
        format: By the content, never by the name.
        gzipped: Whether it is packed.
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

    def open(self) -> UnpackedReader:
        return UnpackedReader(self.path, self.name, self.max_bytes)

    def unpack(self, target: Path) -> None:
        """Writes the unpacked content to another file."""
        with self.open() as reader, target.open("wb") as out:
            while data := reader.read(BLOCK_BYTES):
                out.write(data)


def open_log(path: Path, name: str, encoding: str, max_bytes: int) -> LogFile:
    """Looks at the beginning of a file and tells its kind.

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
    with UnpackedReader(path, name, max_bytes) as reader:
        head = reader.read(1 << 16)
    kind, delimiter = _kind_of(head, name, encoding)
    return LogFile(path, name, kind, reader.gzipped, delimiter, encoding, max_bytes)


def _kind_of(head: bytes, name: str, encoding: str) -> tuple[Literal["delimited", "jsonl", "parquet"], str]:
    if head.startswith(b"PAR1"):
        return "parquet", ""
    _refuse_binary(head, name, encoding)
    text = head.decode(encoding, errors="replace").lstrip("\ufeff")
    if not text.strip():
        raise _empty(name)
    if "\n" not in text and "\r" in text:
        raise DataError(
            "Lines end with a line feed (LF or CRLF).",
            found="carriage returns only (CR)",
            where=name,
            remedy="Save the file with Unix or Windows line ends.",
        )
    if text.lstrip().startswith("["):
        raise DataError(
            "JSON comes as lines, one object each.",
            found="one JSON list",
            where=name,
            remedy="Write one object per line, without brackets and commas around them (JSON lines).",
        )
    return ("jsonl", "") if text.lstrip().startswith("{") else ("delimited", guess_delimiter(text))


def _refuse_binary(head: bytes, name: str, encoding: str) -> None:
    what = next((what for signature, what in _SIGNATURES if head.startswith(signature)), None)
    if what is None and encoding == "utf-8" and head.startswith(_UTF16):
        raise DataError(
            "Text is encoded as UTF-8.",
            found="UTF-16",
            where=f"{name}, byte 0",
            remedy="Save the file as UTF-8, or name its encoding, utf-16.",
        )
    if what is None and 0 in head and not encoding.startswith(("utf-16", "utf-32")):
        what = f"a binary file (a zero byte at offset {head.index(0)})"
    if what is not None:
        raise DataError("A log is a text file or Parquet, whatever its name.", found=what, where=name, remedy=READABLE)


def guess_delimiter(text: str) -> str:
    """The delimiter that occurs most evenly in the first lines, outside quotes; "," when none does."""
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


def hash_file(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


ENCODINGS = ("utf-8", "windows-1252", "latin-1", "iso-8859-2", "windows-1251", "utf-16", "shift_jis", "gb18030", "big5")
"""Encodings to offer; every other one that Python knows can be read too."""


def is_utf8(path: Path) -> bool:
    """Whether a file (maybe gzipped) needs no other encoding: text in UTF-8, Parquet, or no log at all."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with UnpackedReader(path, path.name, 8_000_000_000) as reader:
        data = reader.read(BLOCK_BYTES)
        if data.startswith(_UTF16):
            return False
        if data.startswith((b"PAR1", *(signature for signature, _ in _SIGNATURES))):
            return True
        while data:
            try:
                decoder.decode(data)
            except UnicodeDecodeError:
                return False
            data = reader.read(BLOCK_BYTES)
    return True
