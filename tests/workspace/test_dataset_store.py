"""Logs are registered once and found by id, name, content or file."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

from gru4rec_core.errors import DataError, RunError
from gru4rec_core.workspace.dataset_store import DatasetStore, list_names
from gru4rec_core.workspace.records import DatasetOrigin, DatasetRecord
from gru4rec_core.workspace.store import Workspace


def test_the_same_events_are_recognised(workspace: Workspace, make_dataset) -> None:
    first = workspace.add_dataset(
        make_dataset("abc"), "one", DatasetOrigin(file_sha256="f" * 64, mapping={"item": "x"})
    )
    assert workspace.add_dataset(make_dataset("abc"), "two") == first
    assert workspace.add_dataset(make_dataset("abd"), "one").id != first.id
    assert workspace.add_dataset(make_dataset("ab", "c"), "one").id != first.id
    assert workspace.find_file("f" * 64, {"item": "x"}) == first
    assert workspace.find_file("f" * 64) is None


def test_newest_first_and_the_newest_of_a_name(workspace: Workspace, make_dataset) -> None:
    old, new = (workspace.add_dataset(make_dataset(text), "same") for text in ("ab", "ba"))
    assert [one.id for one in workspace.datasets()] == [new.id, old.id]
    assert workspace.dataset("same") == new


def test_an_unknown_dataset_names_those_there_are(workspace: Workspace, dataset: DatasetRecord) -> None:
    with pytest.raises(RunError, match=r"'shoes'; there are: letters"):
        workspace.dataset("shoes")


def test_rejected_rows_are_kept(workspace: Workspace, make_dataset) -> None:
    rows = pd.DataFrame({"line": [7], "reason": ["no item"]})
    record = workspace.add_dataset(make_dataset("ab"), "x", rejected=rows)
    pd.testing.assert_frame_equal(workspace.rejected(record.id), rows)
    assert workspace.rejected(workspace.add_dataset(make_dataset("ba"), "y").id).empty


def test_renaming_keeps_the_id(workspace: Workspace, dataset: DatasetRecord) -> None:
    assert workspace.rename_dataset(dataset.id, " ABC ").id == dataset.id
    assert workspace.dataset("ABC").id == dataset.id


def test_a_lookup_reads_each_record_once(
    workspace: Workspace, make_dataset, dataset: DatasetRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.add_dataset(make_dataset("ba"), "another")
    read = DatasetRecord.read
    paths: list[Path] = []
    monkeypatch.setattr(DatasetRecord, "read", lambda path: paths.append(path) or read(path))
    workspace.dataset(dataset.id)
    assert len(paths) == 1
    workspace.dataset("letters")
    assert len(paths) == 3


def test_an_id_comes_before_a_name(workspace: Workspace, make_dataset) -> None:
    first = workspace.add_dataset(make_dataset("ab"), "one")
    workspace.add_dataset(make_dataset("ba"), first.id)
    assert workspace.dataset(first.id) == first


def test_item_names_are_kept_and_taken_over(workspace: Workspace, make_dataset) -> None:
    record = workspace.add_dataset(make_dataset("ab"), "x")
    assert workspace.item_names(record.id) == {}
    workspace.add_dataset(make_dataset("ab"), "y", item_names={"a": "Apple"})
    assert workspace.item_names(record.id) == {"a": "Apple"}


def test_a_dataset_has_a_name(workspace: Workspace, dataset: DatasetRecord) -> None:
    with pytest.raises(DataError, match="needs a name"):
        workspace.rename_dataset(dataset.id, "  ")
    assert workspace.dataset(dataset.id).name == "letters"


def test_the_origin_is_recorded(workspace: Workspace, make_dataset) -> None:
    origin = DatasetOrigin("upload", "log.csv", "f" * 64, {"item": "x", "keep": ("a", "b")}, summary={"rows": 2})
    record = workspace.dataset(workspace.add_dataset(make_dataset("ab"), "x", origin).id)
    assert (record.source, record.file_name, record.file_sha256) == ("upload", "log.csv", "f" * 64)
    assert record.mapping == {"item": "x", "keep": ["a", "b"]}
    assert (record.generated, record.summary) == (False, {"rows": 2})


def test_a_long_list_of_names_is_cut() -> None:
    assert list_names([]) == "none yet"
    assert list_names("abc") == "a, b, c"
    assert list_names("abcdefg") == "a, b, c, d, e and 2 more"


@pytest.mark.parametrize("names", [("log", "log"), ("log", "the same log")])
def test_of_two_that_add_the_same_events_at_once_one_does(
    workspace: Workspace, make_dataset, names: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two tabs import one file: each looks before the other has added it."""
    look, both_looked, first = DatasetStore.find_content, threading.Barrier(2), threading.local()

    def look_together(store: DatasetStore, digest: str) -> DatasetRecord | None:
        found = look(store, digest)
        if not hasattr(first, "done"):
            first.done = True
            both_looked.wait(10)
        return found

    monkeypatch.setattr(DatasetStore, "find_content", look_together)
    dataset = make_dataset("ab", "bc")
    with ThreadPoolExecutor(2) as pool:
        added = list(pool.map(lambda name: workspace.add_dataset(dataset, name), names))
    assert added[0] == added[1]
    assert workspace.datasets() == added[:1]
