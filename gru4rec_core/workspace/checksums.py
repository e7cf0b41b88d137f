"""Is each file of a finished folder still as it was written?

`checksums.json` beside the files holds the size and the sha256 of each, and the whole text of the small ones, so that a
damaged record can be written again letter by letter.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gru4rec_core.errors import RunError
from gru4rec_core.storage import read_json, write_json, write_text

FILE = "checksums.json"

CHANGING = ("state.json", FILE)
"""Files of a folder that change after what is in it is finished."""

_ENDINGS = (".json", ".jsonl", ".npy", ".npz", ".parquet", ".h5")
"""Of results. What a job only works with (its log, locks, the room it keeps free) has others, or none."""

LARGEST_COPY = 16_384
"""Bytes of a text file up to which its text is kept beside its sum; records take less than two thousand."""

_TEXTS = (".json", ".jsonl")


@dataclass(frozen=True)
class Checksum:
    """What a file was when it was written: its sha256, its size in bytes, and its text if it was small."""

    sha256: str
    size: int
    text: str | None = None


def write_checksums(folder: Path, names: Iterable[str] | None = None) -> None:
    """Writes down what the files of a folder are.

    Args:
        folder: of what has been finished.
        names: files whose sums are taken, by their paths below the folder; those of the others stay as they are. None
            for every file but `CHANGING`, in place of all sums there were.
    """
    listed = _list_files(folder) if names is None else list(names)
    known = {} if names is None else read_checksums(folder)
    sums = {name: value for name, value in known.items() if name not in listed}
    sums |= {name: _sum(folder / name) for name in listed if (folder / name).is_file()}
    write_json(folder / FILE, {"files": {name: _to_json(sums[name]) for name in sorted(sums)}})


def remove_checksums(folder: Path) -> None:
    """Forgets what the files of a folder were, before they change: a kill in between is not taken for damage then."""
    (folder / FILE).unlink(missing_ok=True)


def read_checksums(folder: Path) -> dict[str, Checksum]:
    """The sums of a folder's files by name; empty where none were written, or where they are damaged themselves."""
    if not (folder / FILE).exists():
        return {}
    try:
        stored = read_json(folder / FILE, "a folder")
        return {name: _from_json(values) for name, values in stored["files"].items() if _is_inside(name)}
    except (RunError, KeyError, TypeError, AttributeError, ValueError, OverflowError):
        return {}


def _is_inside(name: str) -> bool:
    """Whether a name leads to a file below the folder; what is named may be removed by a repair."""
    return not Path(name).anchor and ".." not in Path(name).parts


def find_difference(path: Path, expected: Checksum) -> str:
    """How a file differs from what was written, the end of "metrics.json …"; "" where it does not.

    A file that cannot be opened raises OSError.
    """
    size = path.stat().st_size
    if size < expected.size:
        return f"is cut short ({size:,} of {expected.size:,} bytes)" if size else "is empty"
    if size > expected.size or _hash(path) != expected.sha256:
        return "is not what was written"
    return ""


def restore_text(folder: Path, name: str) -> bool:
    """Writes a damaged text file again, letter by letter; False where its text was not kept."""
    text = kept_text(folder, name)
    if text is not None:
        write_text(folder / name, text)
    return text is not None


def kept_text(folder: Path, name: str) -> str | None:
    """The text that a file had when its sum was taken; None where it was not kept."""
    known = read_checksums(folder).get(name)
    if known is None or known.text is None:
        return None
    return known.text if hashlib.sha256(known.text.encode()).hexdigest() == known.sha256 else None


def _list_files(folder: Path) -> list[str]:
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return [
        path.as_posix()
        for path in paths
        if path.as_posix() not in CHANGING
        and path.suffix in _ENDINGS
        and not any(part[0] == "." for part in path.parts)
    ]


def _sum(path: Path) -> Checksum:
    size = path.stat().st_size
    is_copied = path.suffix in _TEXTS and size <= LARGEST_COPY
    return Checksum(_hash(path), size, path.read_bytes().decode("utf-8") if is_copied else None)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _to_json(value: Checksum) -> dict[str, Any]:
    values: dict[str, Any] = {"sha256": value.sha256, "bytes": value.size}
    return values if value.text is None else values | {"text": value.text}


def _from_json(values: dict[str, Any]) -> Checksum:
    return Checksum(str(values["sha256"]), int(values["bytes"]), values.get("text"))
