"""Facts about names and categories that a second file gives a dataset's items."""

from pathlib import Path

import pandas as pd
import pytest

from gru4rec_core.data.cleaning_types import CleaningStep
from gru4rec_core.data.item_table import ItemColumns
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import DataError
from gru4rec_core.workspace.derived_datasets import derive_dataset
from gru4rec_core.workspace.import_process import add_items_apart
from gru4rec_core.workspace.item_tables import add_item_file
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.store import Workspace

LOG = [("s1", 5, "a"), ("s1", 5, "a"), ("s1", 6, "b"), ("s2", 7, "b"), ("s2", 8, "c"), ("s2", 9, "a")]


@pytest.fixture
def shop(workspace: Workspace) -> DatasetRecord:
    log = pd.DataFrame(LOG, columns=["session", "timestamp", "item"])
    return workspace.add_dataset(SessionDataset(log), "shop", item_names={"a": "old a", "c": "old c"})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "items.csv"
    path.write_text("id,title,category,price\na,Apple,fruit,1\nb,Bread,,2\nz,Zoo,x,9\nz,Zoo,x,9\n")
    return path


def test_names_of_the_file_come_before_those_of_the_log(workspace: Workspace, shop: DatasetRecord, file: Path):
    added = add_item_file(workspace, "shop", file)
    assert workspace.item_names(shop.id) == {"a": "Apple", "b": "Bread", "c": "old c"}
    assert workspace.item_categories(shop.id) == {"a": "fruit"}
    assert added.describe() == (
        "2 of 3 (67 %) items are in the file, 2 with a name and 1 with a category. Left out: 2 rows about other items."
    )
    assert added.others == ("price",)


def test_what_was_added_can_be_forgotten_and_replaced(workspace: Workspace, shop: DatasetRecord, file: Path):
    add_item_file(workspace, shop.id, file)
    add_item_file(workspace, shop.id, file, ItemColumns("id", category="price"))
    assert workspace.item_categories(shop.id) == {"a": "1", "b": "2"}
    workspace.set_item_table(shop.id, None)
    assert workspace.item_names(shop.id) == {"a": "old a", "c": "old c"}
    assert workspace.item_table(shop.id).empty


def test_a_file_about_other_items_changes_nothing(workspace: Workspace, shop: DatasetRecord, tmp_path: Path):
    path = tmp_path / "other.csv"
    path.write_text("id,title\nx,X\ny,Y\n")
    with pytest.raises(DataError, match="has the log's items"):
        add_item_file(workspace, shop.id, path)
    assert workspace.item_table(shop.id).empty


def test_a_cleaned_dataset_takes_what_is_known_of_its_items_along(
    workspace: Workspace, shop: DatasetRecord, file: Path
):
    add_item_file(workspace, shop.id, file)
    record, _ = derive_dataset(workspace, shop.id, [CleaningStep("duplicates")])
    assert record.id != shop.id
    assert workspace.item_categories(record.id) == {"a": "fruit"}


def test_an_upload_is_read_in_a_process_of_its_own(workspace: Workspace, shop: DatasetRecord, file: Path):
    columns = ItemColumns("id", "title", "category")
    added = add_items_apart(workspace.root, shop.id, str(file), "items.csv", "utf-8", columns)
    assert (added.n_known, added.columns) == (2, columns)
    assert workspace.item_categories(shop.id) == {"a": "fruit"}
