"""How is a dataset stored as files, and reopened without loading them?

Numbers are `.npy` and memory-mapped, text is JSON or Parquet. Nothing is pickled.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.errors import RunError
from gru4rec_core.storage import damaged, load_array, load_table, save_array, save_table, write_text

SESSION_NUMBERS, SESSION_TEXTS = "session_ids.npy", "session_ids.parquet"
"""Where the session ids are: one of the two."""

NAMES = ("items.npy", "timestamps.npy", "offsets.npy", SESSION_NUMBERS, SESSION_TEXTS, "vocabulary.json")
"""All files of a dataset that `save_dataset` may write."""

_SEPARATOR = "\x1f"
_TEXTS_AT_ONCE = 1_000_000
_IMPORT_AGAIN = "Restore the file from a copy, or delete the dataset and import it again."


def hash_content(dataset: SessionDataset) -> str:
    """sha256 of the events themselves: sessions, times, items, order. The same log has the same hash."""
    digest = hashlib.sha256()
    for array in (dataset.items, dataset.timestamps, dataset.offsets):
        digest.update(array.dtype.str.encode())
        digest.update(np.ascontiguousarray(array).data)
    for values in (dataset.stored_session_ids, dataset.vocabulary.items):
        for part in _joined(values):
            digest.update(part)
        digest.update(b"\x1e")
    return digest.hexdigest()


def _joined(values: np.ndarray | pa.StringArray) -> Iterator[bytes | pa.Buffer]:
    """The values as one text, a separator between each two; Arrow's in parts, without a Python string for each."""
    if isinstance(values, np.ndarray):
        yield _SEPARATOR.join(map(str, values.tolist())).encode()
        return
    for start in range(0, len(values), _TEXTS_AT_ONCE):
        texts = values.slice(start, _TEXTS_AT_ONCE)
        if start:
            yield _SEPARATOR.encode()
        yield pc.binary_join(pa.ListArray.from_arrays([0, len(texts)], texts), _SEPARATOR)[0].as_buffer()


def save_dataset(dataset: SessionDataset, folder: Path) -> None:
    """Writes items, timestamps, offsets, session ids and vocabulary into `folder`.

    Raises:
        RunError: session ids that are neither text nor numbers.
    """
    save_array(folder / "items.npy", dataset.items)
    save_array(folder / "timestamps.npy", dataset.timestamps)
    save_array(folder / "offsets.npy", dataset.offsets)
    _save_session_ids(folder, dataset.stored_session_ids)
    write_text(folder / "vocabulary.json", dataset.vocabulary.to_json(), durable=False)


def open_dataset(
    folder: Path, time_unit: str | None = None, vocabulary: ItemVocabulary | None = None
) -> SessionDataset:
    """The dataset in `folder`; its arrays stay on disk until they are read.

    Args:
        folder: where `save_dataset` wrote it.
        time_unit: of its timestamps; the record beside it knows it.
        vocabulary: of its items, where it is in memory already; else it is read.

    Raises:
        RunError: a file is missing or damaged.
    """
    return SessionDataset.from_arrays(
        load_array(folder / "items.npy", remedy=_IMPORT_AGAIN),
        load_array(folder / "timestamps.npy", remedy=_IMPORT_AGAIN),
        load_array(folder / "offsets.npy", remedy=_IMPORT_AGAIN),
        _load_session_ids(folder),
        _load_vocabulary(folder / "vocabulary.json") if vocabulary is None else vocabulary,
        time_unit or None,
    )


def _load_vocabulary(path: Path) -> ItemVocabulary:
    try:
        return ItemVocabulary.from_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise damaged(path, error, _IMPORT_AGAIN) from None


def _save_session_ids(folder: Path, ids: np.ndarray | pa.StringArray) -> None:
    if isinstance(ids, np.ndarray) and ids.dtype.kind in "iuf":
        save_array(folder / SESSION_NUMBERS, ids)
        return
    if isinstance(ids, np.ndarray) and len(ids) and pd.api.types.infer_dtype(ids, skipna=False) != "string":
        raise RunError(
            "Session ids are text or numbers.",
            found=next(type(value).__name__ for value in ids.tolist() if not isinstance(value, str)),
            remedy="Convert the session column to text.",
        )
    save_table(folder / SESSION_TEXTS, pd.DataFrame({"session": pd.Series(ids, dtype="str")}))


def _load_session_ids(folder: Path) -> np.ndarray | pa.StringArray:
    path = folder / SESSION_TEXTS
    if not path.exists():
        return load_array(folder / SESSION_NUMBERS, remedy=_IMPORT_AGAIN)
    return load_table(path, remedy=_IMPORT_AGAIN).column("session").combine_chunks()
