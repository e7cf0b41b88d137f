"""Facts about files that say more of a log's items."""

from pathlib import Path

import pandas as pd
import pytest

from gru4rec_core.data.item_file import guess_item_columns, read_item_table
from gru4rec_core.data.item_table import ItemColumns
from gru4rec_core.errors import DataError

ITEMS = ["1", "2", "3"]
ROWS = [
    ("9", "Socks", "clothes", "http://x/9.png"),
    ("2", " Hat, red ", "clothes", "http://x/2.png"),
    ("1", "Lamp", "", "javascript:alert(1)"),
    ("2", "Hat again", "toys", ""),
]
FRAME = pd.DataFrame(ROWS, columns=["sku", "title", "category_id", "picture"])


@pytest.fixture(params=["csv", "tsv", "jsonl", "parquet", "xlsx"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"items.{request.param}"
    if request.param in {"csv", "tsv"}:
        FRAME.to_csv(path, index=False, sep="\t" if request.param == "tsv" else ",")
    elif request.param == "jsonl":
        FRAME.to_json(path, orient="records", lines=True)
    elif request.param == "parquet":
        FRAME.to_parquet(path, index=False)
    else:
        FRAME.to_excel(path, index=False)
    return path


def test_rows_of_the_logs_items_are_kept_once_and_the_others_counted(file: Path):
    table = read_item_table(file, ITEMS)
    assert table.columns == ItemColumns("sku", "title", "category_id")
    assert table.frame.columns.tolist() == ["item", "name", "category", "picture"]
    assert table.frame.to_numpy().tolist() == [
        ["2", "Hat, red", "clothes", "http://x/2.png"],
        ["1", "Lamp", "", "javascript:alert(1)"],
    ]
    assert (table.n_other, table.n_repeated) == (1, 1)


def test_columns_can_be_chosen_and_may_be_called_like_the_tables_own(tmp_path: Path):
    path = tmp_path / "items.csv"
    pd.DataFrame({"id": ["1"], "name": ["Lamp"], "item": ["what it is"]}).to_csv(path, index=False)
    table = read_item_table(path, ITEMS, ItemColumns("id", category="name"))
    assert table.frame.columns.tolist() == ["item", "name", "category", "item "]
    assert table.frame.to_numpy().tolist() == [["1", "", "Lamp", "what it is"]]


def test_the_column_of_the_item_is_found_by_its_values_and_the_others_by_their_names():
    head = FRAME.rename(columns={"sku": "nr"}).assign(year="1999")
    assert guess_item_columns(head, ITEMS) == ItemColumns("nr", "title", "category_id")
    assert guess_item_columns(head, ["x"]) is None


def test_numbers_of_categories_that_are_numbers_of_items_too_are_not_taken_as_the_items():
    head = pd.DataFrame({"type": ["1", "2", "1", "2"], "id": ["1", "2", "3", "9"]})  # 9 is not in the log
    assert guess_item_columns(head, ITEMS) == ItemColumns("id", None, "type")


@pytest.mark.parametrize(
    ("columns", "rule"), [(None, "No column of this file"), (ItemColumns("colour"), "The file has no column colour")]
)
def test_a_file_about_other_items_is_refused(tmp_path: Path, columns: ItemColumns | None, rule: str):
    path = tmp_path / "items.csv"
    FRAME.to_csv(path, index=False)
    with pytest.raises(DataError, match=rule):
        read_item_table(path, ["nobody"], columns)


def test_a_refusal_names_the_file_and_what_was_looked_through(tmp_path: Path):
    path = tmp_path / "items.csv"
    FRAME.to_csv(path, index=False)
    with pytest.raises(DataError) as refused:
        read_item_table(path, ["nobody"], ItemColumns("sku"))
    assert (refused.value.where, refused.value.found) == ("items.csv", "none of 4 rows, in the column sku")
