"""Which rows stand for a whole file?

Pieces of a file are written into a small file of the same form, so that whatever reads the whole file also reads its
sample. A plain text file gives pieces from its head, its middle and its end; a Parquet file rows of several row groups;
a packed file, which can only be read from its beginning, its head.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gru4rec_core.data.file_format import LogFile

HEAD_BYTES = 1 << 20
PIECE_BYTES = 1 << 17
N_PIECES = 6  # after the head, the last of them at the end
PARQUET_ROWS = 20_000


@contextmanager
def sample_file(file: LogFile, head_bytes: int = HEAD_BYTES, n_pieces: int = N_PIECES) -> Iterator[LogFile]:
    """A small file of the same form: the first `head_bytes` of the content and `n_pieces` from the rest.

    A file that is not larger, or cannot be cut, is its own sample.
    """
    with tempfile.TemporaryDirectory(prefix="gru4rec-") as folder:
        target = Path(folder) / "sample"
        write = {"parquet": _write_parquet_sample, "xlsx": _cannot_sample}.get(file.format, _write_text_sample)
        yield replace(file, path=target, packing="") if write(file, target, head_bytes, n_pieces) else file


def _cannot_sample(file: LogFile, target: Path, head_bytes: int, n_pieces: int) -> bool:
    return False


def _write_text_sample(file: LogFile, target: Path, head_bytes: int, n_pieces: int) -> bool:
    with file.open() as reader:
        head = reader.read(head_bytes)
        if len(head) < head_bytes:
            return False
        begin = _end_of_last_line(head, file.encoding)
        pieces = [head[:begin]]
        if not file.packing and not _is_wide(file.encoding):
            pieces += _read_pieces(file, begin, n_pieces)
    target.write_bytes(b"".join(pieces))
    return begin > 0


def _read_pieces(file: LogFile, begin: int, n_pieces: int) -> Iterator[bytes]:
    """Whole lines from evenly spread places; what is not text there is replaced, and reported by the import."""
    size = file.path.stat().st_size
    starts = np.linspace(begin, max(begin, size - PIECE_BYTES), n_pieces + 1, dtype=np.int64)[1:]
    with file.path.open("rb") as stream:
        for start, end in pairwise([*starts.tolist(), size] if n_pieces else []):
            stream.seek(start)
            piece = stream.read(min(PIECE_BYTES, end - start))
            whole = piece[piece.find(b"\n") + 1 : piece.rfind(b"\n") + 1].replace(b"\0", b" ")
            yield whole.decode(file.encoding, "replace").encode(file.encoding, "replace")


def _end_of_last_line(head: bytes, encoding: str) -> int:
    """Where the last whole line ends; 0 where none does."""
    if not _is_wide(encoding):
        return head.rfind(b"\n") + 1
    width = 4 if encoding.startswith("utf-32") else 2
    units = np.frombuffer(head[: len(head) // width * width], np.dtype(f"<u{width}"))
    ends = np.flatnonzero((units == ord("\n")) | (units == ord("\n") << 8 * (width - 1)))  # in either byte order
    return int(ends[-1] + 1) * width if len(ends) else 0


def _is_wide(encoding: str) -> bool:
    return encoding.startswith(("utf-16", "utf-32"))


def _write_parquet_sample(file: LogFile, target: Path, head_bytes: int, n_pieces: int) -> bool:
    """The first rows, and the first rows of row groups that are spread over the file."""
    if file.packing or file.path.stat().st_size < head_bytes:
        return False
    try:
        schema = pq.read_schema(file.path)
        texts = [field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_binary(field.type)]
        # As dictionaries, so that one long text on many rows stays one text in memory.
        with (
            pq.ParquetFile(file.path, read_dictionary=texts) as parquet,
            pq.ParquetWriter(target, parquet.schema_arrow, store_schema=False) as writer,
        ):
            groups = np.unique(np.linspace(0, parquet.num_row_groups - 1, n_pieces + 1, dtype=np.int64)).tolist()
            for group in groups:
                rows = next(parquet.iter_batches(PARQUET_ROWS, row_groups=[group]), None)
                if rows is not None:
                    writer.write_batch(rows)
    except (pa.ArrowException, OSError, ValueError):
        return False  # whoever reads the file reports what is wrong with it
    return True
