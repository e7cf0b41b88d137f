"""Names and categories of items from the command line."""

from pathlib import Path

import pytest


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "items.csv"
    path.write_text("".join(["id,title,category\n", *(f"item {n},Thing {n},kind {n % 2}\n" for n in range(9))]))
    return path


def test_items_get_names_and_categories(run, log, workspace, file: Path) -> None:
    assert run("import", log, "--name", "letters").status == 0
    result = run("items", "letters", file, "--json")
    assert result.status == 0, result.err
    assert (result.json["n_items"], result.json["n_named"], result.json["n_other"]) == (7, 7, 2)
    assert workspace.item_names(result.json["dataset"])["item 3"] == "Thing 3"
    text = run("items", "letters", file, "--item", "id", "--category", "title").out
    assert text.startswith("7 of 7 (100 %) items are in the file, no column of names and 7 with a category.")
    assert "columns: item = id, category = title\nalso kept: category" in text


def test_a_wrong_column_or_use_is_told(run, log, file: Path) -> None:
    run("import", log, "--name", "letters")
    assert run("items", "letters", file, "--item", "sku").status == 1
    assert run("items", "letters", file, "--category", "title").status == 2
