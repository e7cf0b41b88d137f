"""A dataset comes back from its files as it was, and damaged files are named."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import RunError
from gru4rec_core.workspace import dataset_files
from gru4rec_core.workspace.records import DatasetOrigin, DatasetRecord
from gru4rec_core.workspace.store import Workspace


def same(a: SessionDataset, b: SessionDataset) -> bool:
    pairs = [(a.items, b.items), (a.timestamps, b.timestamps), (a.offsets, b.offsets)]
    alike = all(np.array_equal(x, y) and x.dtype == y.dtype for x, y in pairs)
    return alike and list(a.session_ids) == list(b.session_ids) and a.vocabulary == b.vocabulary


def test_a_dataset_comes_back_as_it_went(workspace: Workspace, make_dataset) -> None:
    before = make_dataset("abc", "ba", "c")
    record = workspace.add_dataset(before, "Letters & more!", DatasetOrigin("file", "a.csv", summary={"n": 1}))
    after = workspace.open_dataset(record.id)
    assert same(before, after)
    assert isinstance(after.items, np.memmap)
    assert (record.n_sessions, record.n_items, record.n_events) == (3, 3, 6)
    assert workspace.dataset(record.id) == workspace.dataset("Letters & more!") == record


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.text(min_size=1, max_size=3), st.integers(0, 9), st.text(min_size=1, max_size=2)),
        min_size=1,
        max_size=20,
    )
)
def test_any_text_survives_the_way_to_disk(tmp_path: Path, rows: list[tuple[str, int, str]]) -> None:
    before = SessionDataset(pd.DataFrame(rows, columns=["session", "timestamp", "item"]))
    folder = tmp_path / dataset_files.hash_content(before)
    folder.mkdir(exist_ok=True)
    dataset_files.save_dataset(before, folder)
    assert same(before, dataset_files.open_dataset(folder))


def test_a_damaged_array_is_named(workspace: Workspace, dataset: DatasetRecord) -> None:
    path = workspace.dataset_folder(dataset.id) / "items.npy"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(RunError, match=r"items\.npy is missing or damaged"):
        workspace.open_dataset(dataset.id)


def test_a_pickled_array_is_refused(workspace: Workspace, dataset: DatasetRecord) -> None:
    np.save(workspace.dataset_folder(dataset.id) / "items.npy", np.array([{}], object), allow_pickle=True)
    with pytest.raises(RunError, match=r"items\.npy"):
        workspace.open_dataset(dataset.id)


@pytest.mark.parametrize("ids", [np.array([3, 1, 2]), np.array([0.5, 1.5, 2.5]), np.array(["x", "ä", ""], object)])
def test_session_ids_keep_their_kind(tmp_path: Path, make_dataset, ids: np.ndarray) -> None:
    letters = make_dataset("abc", "ba", "c")
    before = SessionDataset.from_arrays(letters.items, letters.timestamps, letters.offsets, ids, letters.vocabulary)
    dataset_files.save_dataset(before, tmp_path)
    after = dataset_files.open_dataset(tmp_path).session_ids
    assert after.tolist() == ids.tolist()
    assert after.dtype.kind == ids.dtype.kind


def test_session_ids_of_another_kind_are_refused(tmp_path: Path, make_dataset) -> None:
    letters = make_dataset("abc", "ba")
    ids = np.array([("a", 1), ("b", 2)], dtype="O,i8")
    dataset = SessionDataset.from_arrays(letters.items, letters.timestamps, letters.offsets, ids, letters.vocabulary)
    with pytest.raises(RunError, match="Session ids are text or numbers"):
        dataset_files.save_dataset(dataset, tmp_path)


def test_the_hash_follows_the_events_alone(make_dataset) -> None:
    assert dataset_files.hash_content(make_dataset("abc", "ba")) == dataset_files.hash_content(
        make_dataset("abc", "ba")
    )
    hashes = {dataset_files.hash_content(make_dataset(*texts)) for texts in (("abc",), ("acb",), ("ab", "c"), ("abd",))}
    assert len(hashes) == 4


def test_a_vocabulary_in_memory_is_not_read_again(tmp_path: Path, make_dataset) -> None:
    before = make_dataset("abc")
    dataset_files.save_dataset(before, tmp_path)
    (tmp_path / "vocabulary.json").unlink()
    assert dataset_files.open_dataset(tmp_path, vocabulary=before.vocabulary).vocabulary is before.vocabulary
    with pytest.raises(RunError, match=r"vocabulary\.json is missing or damaged\. Found: no such file"):
        dataset_files.open_dataset(tmp_path)


@pytest.mark.parametrize("at_once", [1, 2, 10])
def test_names_of_sessions_in_arrow_are_stored_and_hashed_as_strings_are(
    tmp_path: Path, make_dataset, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(dataset_files, "_TEXTS_AT_ONCE", at_once)
    strings = make_dataset("abc", "ba", "c", "ab", "aa")
    strings = with_names(strings, np.array(["eins", "", "drei", "vier", "fünf"], object))
    arrow = with_names(strings, pa.array(strings.session_ids))
    assert dataset_files.hash_content(arrow) == dataset_files.hash_content(strings)
    written = []
    for name, dataset in (("strings", strings), ("arrow", arrow)):
        (tmp_path / name).mkdir()
        dataset_files.save_dataset(dataset, tmp_path / name)
        written.append((tmp_path / name / "session_ids.parquet").read_bytes())
        assert same(dataset, strings)
        assert same(dataset_files.open_dataset(tmp_path / name), strings)
    assert written[0] == written[1]


def with_names(dataset: SessionDataset, names: np.ndarray | pa.StringArray) -> SessionDataset:
    return SessionDataset.from_arrays(dataset.items, dataset.timestamps, dataset.offsets, names, dataset.vocabulary)
