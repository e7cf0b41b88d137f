"""How is a packed file (gzip, or ZIP with one file in it) unpacked, within a limit?"""

import gzip
import zipfile
import zlib
from pathlib import Path
from typing import IO, Literal, Self, cast

from gru4rec_core.data.size_estimates import check_bytes
from gru4rec_core.errors import DataError

BLOCK_BYTES = 4 << 20
ZIP_MAGIC = b"PK\x03\x04"
Packing = Literal["", "gzipped", "zipped"]

_BROKEN = (gzip.BadGzipFile, zipfile.BadZipFile, EOFError, zlib.error)
_UNSUPPORTED = (NotImplementedError, RuntimeError)  # what zipfile raises for rare ways to pack, and for a password


class UnpackedReader:
    """Reads a file from its beginning, unpacked where it is packed, and no more than a limit.

    Args:
        path: The file.
        name: For messages.
        max_bytes: Limit of the unpacked size of a packed file.

    Attributes:
        packing: How the file is packed; "" for one that is not, such as an Excel workbook, though that is a ZIP too.

    Raises:
        DataError: A ZIP archive that is broken, or that has not exactly one file in it.
    """

    def __init__(self, path: Path, name: str, max_bytes: int) -> None:
        self._name, self._max_bytes, self._packed_size = name, max_bytes, path.stat().st_size
        self._raw = path.open("rb")
        self._n_read = self._unpacked_size = 0
        self.packing: Packing = ""
        try:
            self._stream = self._open_stream()
        except DataError:
            self._raw.close()
            raise

    def _open_stream(self) -> IO[bytes]:
        magic = self._raw.read(len(ZIP_MAGIC))
        self._raw.seek(0)
        if magic.startswith(b"\x1f\x8b"):
            self.packing = "gzipped"
            return cast("IO[bytes]", gzip.GzipFile(fileobj=self._raw))
        if magic == ZIP_MAGIC:
            member = _find_member(self._raw, self._name)
            if member is not None:
                self.packing = "zipped"
                stream, self._unpacked_size = member
                return stream
            self._raw.seek(0)
        return self._raw

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._raw.close()

    @property
    def packed_position(self) -> int:
        """How many bytes of the file as it is stored were read.

        Of a ZIP archive by the unpacked size that it states, which `zipfile` holds it to: that reads far ahead.
        """
        if self.packing == "zipped":
            return self._packed_size * self._n_read // max(self._unpacked_size, 1)
        return self._raw.tell()

    def read(self, size: int) -> bytes:
        """The next bytes, at most `size`; none at the end.

        Raises:
            DataError: Broken gzip or ZIP, or more unpacked bytes than the limit, by estimate.
        """
        try:
            data = self._stream.read(size)
        except _BROKEN as error:
            raise DataError(
                f"The {self.packing or 'gzipped'} file is damaged or incomplete.",
                found=f"{error} after {self._n_read:,} unpacked bytes",
                where=self._name,
                remedy="Pack or upload the file again; it may have been cut off in transfer.",
            ) from None
        self._n_read += len(data)
        if self.packing:
            check_bytes(self._n_read, self.packed_position, self._packed_size, self._max_bytes, self._name)
        return data


def _find_member(raw: IO[bytes], name: str) -> tuple[IO[bytes], int] | None:
    """The one file in a ZIP archive, and its unpacked size; None for an Excel workbook, a ZIP of many."""
    try:
        archive = zipfile.ZipFile(raw)
        # Not `is_dir`, which fails on a name without a character.
        files = (info for info in archive.infolist() if not info.filename.endswith("/"))
        members = [info for info in files if not _is_litter(info.filename)]
        if any(info.filename == "xl/workbook.xml" for info in members):
            return None
        if len(members) != 1:
            raise _not_one_file(name, [info.filename for info in members])
        if members[0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NotImplementedError("an unusual compression")
        if members[0].header_offset < 0:
            raise zipfile.BadZipFile("bytes are missing at the beginning")
        return archive.open(members[0]), members[0].file_size
    except zipfile.BadZipFile as error:
        raise DataError(
            "The ZIP archive is damaged or incomplete.",
            found=str(error),
            where=name,
            remedy="Pack or upload the file again; it may have been cut off in transfer.",
        ) from None
    except _UNSUPPORTED as error:
        raise DataError(
            "The ZIP archive is encrypted, or uses an unusual compression.",
            found=str(error),
            where=name,
            remedy="Unpack the archive and read the file in it.",
        ) from None


def _is_litter(filename: str) -> bool:
    """Whether a file is one that a computer adds to an archive without being asked."""
    return filename.startswith("__MACOSX/") or filename.endswith((".DS_Store", "Thumbs.db", "desktop.ini"))


def _not_one_file(name: str, filenames: list[str]) -> DataError:
    listed = ", ".join(filenames[:5]) + (", …" if len(filenames) > 5 else "")
    return DataError(
        "A ZIP archive must contain exactly one file, the log.",
        found=f"{len(filenames)} files: {listed}" if filenames else "an empty archive",
        where=name,
        remedy="Unpack the archive and read the file that holds the events.",
    )
