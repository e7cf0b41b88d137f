"""A cleaned dataset is one like any other, says where it comes from, and leaves its parent alone."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.config import SplitConfig
from gru4rec_core.data.cleaning_types import DROPS, CleaningStep
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import DataError
from gru4rec_core.results.collected_warnings import diagnose_quality
from gru4rec_core.workspace.derived_datasets import derive_dataset, preview_cleaning
from gru4rec_core.workspace.importing import ImportSource, import_file
from gru4rec_core.workspace.records import DatasetOrigin, DatasetRecord
from gru4rec_core.workspace.split_store import open_split
from gru4rec_core.workspace.store import Workspace

DUPLICATES, SINGLES = CleaningStep("duplicates"), CleaningStep("single-items")
ROWS = [("s1", 5, "a"), ("s1", 5, "a"), ("s1", 6, "b"), ("s2", 7, "b"), ("s2", 8, "x"), ("s2", 9, "a"), ("s3", 9, "a")]


@pytest.fixture
def shop(workspace: Workspace, tmp_path: Path) -> DatasetRecord:
    path = tmp_path / "shop.csv"
    frame = pd.DataFrame(ROWS, columns=["session", "timestamp", "item"]).assign(title=lambda f: f["item"] + " name")
    frame.to_csv(path, index=False)
    return import_file(workspace, ImportSource(path))


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_a_cleaned_dataset_says_what_it_was_made_from(workspace: Workspace, shop: DatasetRecord) -> None:
    record, (outcome,) = derive_dataset(workspace, "shop", [DUPLICATES])
    assert (record.name, record.source) == ("shop, without duplicates", "derived")
    assert str(record.made_from) == "made from shop by dropping duplicates"
    assert (record.made_from.parent_id, record.made_from.parent_hash) == (shop.id, shop.content_hash)
    assert record.made_from.steps[0]["before"] == {"events": 7, "sessions": 3, "items": 3}
    assert record.made_from.steps[0]["after"]["events"] == record.n_events == outcome.after.events == 6
    assert workspace.dataset(record.id) == record


def test_the_parent_is_never_altered(workspace: Workspace, shop: DatasetRecord) -> None:
    before = files(workspace.dataset_folder(shop.id))
    derive_dataset(workspace, shop.id, [DUPLICATES, SINGLES])
    assert files(workspace.dataset_folder(shop.id)) == before


def test_the_same_steps_give_the_same_dataset_at_once_or_one_by_one(workspace: Workspace, shop: DatasetRecord) -> None:
    first, _ = derive_dataset(workspace, shop.id, [DUPLICATES])
    again, _ = derive_dataset(workspace, shop.id, [DUPLICATES])
    assert first == again
    one_by_one, _ = derive_dataset(workspace, first.id, [SINGLES])
    at_once, _ = derive_dataset(workspace, shop.id, [DUPLICATES, SINGLES])
    assert one_by_one == at_once
    assert one_by_one.name == "shop, without duplicates, without items that occur once"
    assert str(one_by_one.made_from) == "made from shop, without duplicates by dropping items that occur once"


def test_an_imported_log_of_the_same_events_keeps_its_name(workspace: Workspace, shop: DatasetRecord) -> None:
    frame = pd.DataFrame([ROWS[0], *ROWS[2:]], columns=["session", "timestamp", "item"])
    original = workspace.add_dataset(SessionDataset(frame.astype({"session": str})), "Original", DatasetOrigin())
    record, _ = derive_dataset(workspace, shop.id, [DUPLICATES], name="Cleaned")
    assert (record.id, record.name) == (original.id, "Original")
    assert workspace.dataset("Original").id == original.id


def test_steps_that_change_nothing_make_nothing(workspace: Workspace, shop: DatasetRecord) -> None:
    record, _ = derive_dataset(workspace, shop.id, [CleaningStep("robots")])
    assert record == shop
    record, outcomes = derive_dataset(workspace, shop.id, [CleaningStep(kind) for kind in DROPS])
    assert [outcome.changes for outcome in outcomes] == [False, True, False, True, True]
    assert len(record.made_from.actions) == 3
    assert len(workspace.datasets()) == 2


def test_a_preview_makes_nothing(workspace: Workspace, shop: DatasetRecord) -> None:
    (outcome,) = preview_cleaning(workspace, shop.id, [SINGLES])
    assert outcome.describe() == "Leaves 6 of 7 events, 3 of 3 sessions, 2 of 3 items."
    assert len(workspace.datasets()) == 1


def test_a_step_that_cannot_be_taken_makes_nothing(workspace: Workspace, shop: DatasetRecord) -> None:
    with pytest.raises(DataError):
        derive_dataset(workspace, shop.id, [DUPLICATES, CleaningStep("pauses", 30.0)])
    assert workspace.datasets() == [shop]


def test_it_is_stored_as_if_its_events_had_been_imported(
    workspace: Workspace, shop: DatasetRecord, tmp_path: Path
) -> None:
    record, _ = derive_dataset(workspace, shop.id, [DUPLICATES, SINGLES])
    path = tmp_path / "clean.csv"
    workspace.open_dataset(record.id).df.to_csv(path, index=False)
    other = Workspace(tmp_path / "other")
    imported = import_file(other, ImportSource(path))
    assert imported.content_hash == record.content_hash
    assert (imported.n_items, imported.first_time) == (record.n_items, record.first_time)
    ours, theirs = (files(w.dataset_folder(r.id)) for w, r in ((workspace, record), (other, imported)))
    for name in ("items.npy", "timestamps.npy", "offsets.npy", "vocabulary.json"):
        assert ours[name] == theirs[name]


def test_names_of_items_and_what_the_parent_is_are_passed_on(workspace: Workspace) -> None:
    data = SessionDataset(pd.DataFrame(ROWS, columns=["session", "timestamp", "item"]))
    origin = DatasetOrigin(source="sample", generated=True, summary={"sessions_out_of_order": 9, "rows_read": 7})
    parent = workspace.add_dataset(data, "p", origin, time_unit="s", item_names={"a": "Apple", "x": "Xmas"})
    record, _ = derive_dataset(workspace, parent.id, [SINGLES])
    assert workspace.item_names(record.id) == {"a": "Apple"}
    assert (record.generated, record.time_unit) == (True, "s")
    assert record.summary == {"sessions_out_of_order": 9, "sessions_in_file": 3}


def test_names_of_an_item_table_are_passed_on_as_such_and_can_be_forgotten(
    workspace: Workspace, shop: DatasetRecord
) -> None:
    workspace.set_item_table(shop.id, pd.DataFrame({"item": ["a"], "name": ["Apple"], "category": ["fruit"]}))
    record, _ = derive_dataset(workspace, shop.id, [SINGLES])
    assert workspace.item_names(record.id) == {"a": "Apple", "b": "b name"}
    assert workspace.own_item_names(record.id) == {"a": "a name", "b": "b name"}
    workspace.set_item_table(record.id, None)
    assert workspace.item_names(record.id) == {"a": "a name", "b": "b name"}


def test_an_imported_log_of_the_same_events_keeps_its_names_of_items(workspace: Workspace, shop: DatasetRecord) -> None:
    rows = pd.DataFrame([ROWS[0], *ROWS[2:]], columns=["session", "timestamp", "item"]).astype({"session": str})
    original = workspace.add_dataset(SessionDataset(rows), "Original", item_names={"a": "Apricot"})
    record, _ = derive_dataset(workspace, shop.id, [DUPLICATES])
    assert record.id == original.id
    assert workspace.own_item_names(original.id) == {"a": "Apricot"}


def test_sessions_that_the_import_sorted_are_told_with_the_figures_of_the_file(workspace: Workspace) -> None:
    data = SessionDataset(pd.DataFrame([*ROWS, ("s4", 1, "a")], columns=["session", "timestamp", "item"]))
    record = workspace.add_dataset(data, "p", DatasetOrigin(summary={"sessions_out_of_order": 2}))
    for kind in ("single-items", "one-event-sessions"):
        record, _ = derive_dataset(workspace, record.id, [CleaningStep(kind)])
    (warning,) = (w for w in diagnose_quality(workspace, record).warnings if w.code == "out-of-order")
    assert warning.figure.startswith("2 of 4 (50 %) sessions of the file have")


def test_it_can_be_split_after_its_parent_is_gone(workspace: Workspace, shop: DatasetRecord) -> None:
    record, _ = derive_dataset(workspace, shop.id, [DUPLICATES], name="kept")
    workspace.delete_dataset(shop.id)
    split = open_split(workspace, record.id, SplitConfig(validation_fraction=0))
    assert split.test.n_predicted == 2
    assert record.name == "kept"
    assert workspace.dataset(record.id).made_from.parent_name == "shop"
    np.testing.assert_array_equal(workspace.open_dataset(record.id).lengths, [2, 3, 1])


def test_what_was_set_aside_stays_so_and_robots_are_dropped_once(workspace: Workspace) -> None:
    rows = [(s, i, "ab"[i % 2]) for s, n in enumerate([300, 200, 2, 2, 2, 2]) for i in range(n)]
    parent = workspace.add_dataset(SessionDataset(pd.DataFrame(rows, columns=["session", "timestamp", "item"])), "p")
    workspace.set_aside(parent.id, ["gaps"])
    record, (outcome,) = derive_dataset(workspace, parent.id, [CleaningStep("robots")])
    assert outcome.after.sessions == 5
    assert record.set_aside == ("gaps", "robots")
    assert workspace.dataset(record.id).set_aside == ("gaps", "robots")
    assert workspace.dataset(parent.id).set_aside == ("gaps",)
