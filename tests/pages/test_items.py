"""A second file gives items names and categories, which then stand wherever items are shown."""

import json

from dashboard import review_context
from gru4rec_core.data.item_table import ItemColumns
from gru4rec_core.workspace.item_tables import add_item_file

LETTERS = "ABCDEFGHIJKLMNOP"
FILE = "key,title,category,picture\n" + "".join(
    f"item {letter},Thing {letter},{'tool' if n % 2 else 'toy'},<img src=x onerror=alert(1)>\n"
    for n, letter in enumerate(LETTERS)
)


def written(app) -> str:
    told = "\n".join([*(one.body for one in app.get("html")), *(one.value for one in app.text)])
    return told.replace("\N{NO-BREAK SPACE}", " ")


def test_a_second_file_names_the_items_of_a_dataset(finished, open_page):
    (record,) = finished.datasets()
    app = open_page("data")
    uploader = next(one for one in app.file_uploader if one.key.startswith("items-file"))
    uploader.upload("items.csv", FILE.encode(), "text/csv").run()
    chosen = [box.value for box in app.selectbox if box.key.startswith(("items-item", "items-name", "items-category"))]
    assert chosen == ["key", "title", "category"]
    app.button(key=f"add-items-{record.id}").click().run()
    assert not app.exception
    assert list((finished.root / "uploads").glob("[!.]*")) == []  # what it said is with the dataset
    assert "16 of 20 (80 %) items are in the file, 16 with a name and 16 with a category." in written(app)
    assert "Items with a name: 16 of 20 (80 %); with a category: 16 (2 categories)." in written(app)
    assert finished.item_names(record.id)["item C"] == "Thing C"
    app.button(key=f"forget-items-{record.id}").click().run()
    assert finished.item_table(record.id).empty


def test_a_column_that_was_guessed_can_be_unset(finished, open_page):
    (record,) = finished.datasets()
    app = open_page("data")
    uploader = next(one for one in app.file_uploader if one.key.startswith("items-file"))
    uploader.upload("items.csv", FILE.encode(), "text/csv").run()
    add = app.button(key=f"add-items-{record.id}")
    assert add.label == "Add names and categories from this file"
    next(box for box in app.selectbox if box.key.startswith("items-category")).select_index(0).run()
    assert app.button(key=f"add-items-{record.id}").label == "Add names from this file"
    app.button(key=f"add-items-{record.id}").click().run()
    assert not app.exception
    assert "16 with a name and no column of categories." in written(app)
    assert finished.item_categories(record.id) == {}


def test_name_and_category_are_proposed_by_their_columns_also_where_the_first_rows_have_no_item(finished, open_page):
    app = open_page("data")
    uploader = next(one for one in app.file_uploader if one.key.startswith("items-file"))
    uploader.upload("items.csv", b"key,title,genre\nother,Thing,toy\n", "text/csv").run()
    chosen = [box.value for box in app.selectbox if box.key.startswith(("items-item", "items-name", "items-category"))]
    assert chosen == [None, "title", "genre"]


def test_accuracy_names_items_and_says_how_often_the_kind_is_right(finished, open_page, tmp_path):
    (record,) = finished.datasets()
    path = tmp_path / "items.csv"
    path.write_text(FILE, encoding="utf-8")
    add_item_file(finished, record.id, path, ItemColumns("key", "title", "category"))
    app = open_page("accuracy", model="bpr")
    assert "had an item of the right category in its top 3 for" in written(app)
    figures = next(one.value for one in app.dataframe if "right category, top 3" in one.value.columns)
    assert "The first guess of BPR was of the right category for" in written(app)
    assert (figures["right category, first guess"] <= figures["right category, top 3"]).all()
    assert (figures["right category, top 3"] >= figures["right item, top 3"]).all()
    assert len(figures) == 4
    never = next(one for one in app.dataframe if "came next" in one.value.columns)
    widths = [column["width"] for column in json.loads(never.proto.columns).values() if "width" in column]
    assert len(widths) == len(never.value.columns) == 4
    assert sum(widths) <= 345  # px beside the map on a laptop's screen: no column is cut
    specs = [json.loads(element.proto.spec) for element in app.get("vega_lite_chart")]
    confusion = next(spec for spec in specs if "first guess" in json.dumps(spec["title"]))
    assert "Thing A" in json.dumps(confusion)


def test_rates_of_categories_are_computed_once_per_item_table(finished, open_page, tmp_path, monkeypatch):
    computed = []
    rates = review_context.category_rates
    monkeypatch.setattr(review_context, "category_rates", lambda *args: computed.append(args) or rates(*args))
    (record,) = finished.datasets()
    path = tmp_path / "items.csv"
    path.write_text(FILE, encoding="utf-8")
    add_item_file(finished, record.id, path, ItemColumns("key", "title", "category"))
    app = open_page("accuracy").run()
    assert len(computed) == 1
    path.write_text(FILE.replace("toy", "tool"), encoding="utf-8")
    add_item_file(finished, record.id, path, ItemColumns("key", "title", "category"))
    app.run()
    assert len(computed) == 2


def test_a_damaged_item_table_is_explained_on_every_review_page(finished, open_page):
    finished.item_files(finished.datasets()[0].id)[1].write_bytes(b"PAR1 no more")
    for page in ("compare", "accuracy", "sessions", "try_it"):
        text = written(open_page(page))  # no exception: see open_page
        assert "items.parquet cannot be read, since " in text
        assert "What the item file said about the items is lost: add it again on Data." in text


def test_on_data_a_damaged_item_table_is_explained_and_can_be_forgotten(finished, open_page):
    (record,) = finished.datasets()
    finished.item_files(record.id)[1].write_bytes(b"PAR1 no more")
    app = open_page("data")
    assert "items.parquet is missing or damaged." in written(app)
    app.button(key=f"forget-items-{record.id}").click().run()
    assert not app.exception
    assert "is missing or damaged" not in written(app)


def test_on_data_damaged_names_of_the_log_itself_are_explained(finished, open_page):
    (record,) = finished.datasets()
    names = finished.item_files(record.id)[0]
    names.write_text("no more", encoding="utf-8")
    assert f"{names.name} of a dataset cannot be read as JSON." in written(open_page("data"))


def test_without_categories_nothing_is_said_of_kinds(finished, open_page):
    assert "right category" not in written(open_page("accuracy"))
