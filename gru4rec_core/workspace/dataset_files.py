"""How are a dataset and a test set laid down as files, and opened again without reading them?

Numbers are `.npy` and memory-mapped, text is JSON or Parquet. Nothing is pickled.
"""

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.errors import RunError


def content_hash(dataset: SessionDataset) -> str:
    """sha256 of the events themselves: sessions, times, items, order. The same log gives the same hash."""
    digest = hashlib.sha256()
    for array in (dataset.items, dataset.timestamps, dataset.offsets):
        digest.update(array.dtype.str.encode())
        digest.update(np.ascontiguousarray(array).data)
    for values in (dataset.session_ids, dataset.vocabulary.items):
        digest.update("\x1f".join(map(str, values.tolist())).encode())
        digest.update(b"\x1e")
    return digest.hexdigest()


def save_dataset(dataset: SessionDataset, folder: Path) -> None:
    """Writes items, timestamps, offsets, session ids and vocabulary into `folder`.

    Raises:
        RunError: session ids that are neither text nor numbers.
    """
    save_array(folder / "items.npy", dataset.items)
    save_array(folder / "timestamps.npy", dataset.timestamps)
    save_array(folder / "offsets.npy", dataset.offsets)
    _save_ids(folder, np.asarray(dataset.session_ids))
    (folder / "vocabulary.json").write_text(dataset.vocabulary.to_json(), encoding="utf-8")


def open_dataset(folder: Path, time_unit: str | None = None) -> SessionDataset:
    """The dataset in `folder`; its arrays stay on disk until they are read.

    Args:
        folder: where `save_dataset` wrote it.
        time_unit: of its timestamps, which the record beside it knows.

    Raises:
        RunError: a file is missing or damaged.
    """
    return SessionDataset.from_arrays(
        load_array(folder / "items.npy"),
        load_array(folder / "timestamps.npy"),
        load_array(folder / "offsets.npy"),
        _load_ids(folder),
        load_vocabulary(folder / "vocabulary.json"),
        time_unit or None,
    )


def save_array(path: Path, array: np.ndarray) -> None:
    np.save(path, np.ascontiguousarray(array), allow_pickle=False)


def load_array(path: Path) -> np.ndarray:
    """The array in `path`, memory-mapped, read-only.

    Raises:
        RunError: missing, or no array.
    """
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise _damaged(path, error) from None


def load_vocabulary(path: Path) -> ItemVocabulary:
    try:
        return ItemVocabulary.from_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _damaged(path, error) from None


def _save_ids(folder: Path, ids: np.ndarray) -> None:
    if ids.dtype.kind in "iuf":
        save_array(folder / "session_ids.npy", ids)
        return
    values = ids.tolist()
    if not all(isinstance(value, str) for value in values):
        raise RunError(
            "Session ids are text or numbers.",
            found=next(type(value).__name__ for value in values if not isinstance(value, str)),
            remedy="Convert the session column to text.",
        )
    pq.write_table(pa.table({"session": pa.array(values, pa.string())}), folder / "session_ids.parquet")


def _load_ids(folder: Path) -> np.ndarray:
    path = folder / "session_ids.parquet"
    if not path.exists():
        return load_array(folder / "session_ids.npy")
    try:
        return pq.read_table(path).column("session").to_numpy()
    except (OSError, pa.ArrowException) as error:
        raise _damaged(path, error) from None


def _damaged(path: Path, error: Exception) -> RunError:
    return RunError(
        f"{path.name} is complete and readable.",
        found="no such file" if isinstance(error, FileNotFoundError) else str(error)[:200],
        where=str(path),
        remedy="Restore the file from a copy, or delete the dataset and import it again.",
    )
