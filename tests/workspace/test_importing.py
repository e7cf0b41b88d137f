"""A file becomes a dataset once, however often it is imported."""

from pathlib import Path

import pandas as pd
import pytest

from gru4rec_core.config import SplitConfig
from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.reading_options import ReadingOptions
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import DataError
from gru4rec_core.workspace import importing
from gru4rec_core.workspace.importing import ImportSource
from gru4rec_core.workspace.split_store import open_split
from gru4rec_core.workspace.store import Workspace


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "odd.csv"
    path.write_text("wer,wann,was,art\n1,5,a,view\n1,6,b,view\n2,7,a,buy\n2,8,b,view\n2,9,a,view\n")
    return path


@pytest.mark.parametrize(
    "mapping",
    [
        ColumnMapping("wer", "wann", "was"),
        ColumnMapping("wer", "wann", "was", event_column="art", keep_events=("view", "click")),
    ],
)
def test_a_known_file_and_mapping_are_not_read_again(
    workspace: Workspace, log: Path, mapping: ColumnMapping, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = importing.import_file(workspace, ImportSource(log, mapping))
    monkeypatch.delattr(importing, "read_log")
    assert importing.import_file(workspace, ImportSource(log, mapping)) == first


def test_another_mapping_of_a_known_file_is_another_dataset(workspace: Workspace, log: Path) -> None:
    all_events = importing.import_file(workspace, ImportSource(log, ColumnMapping("wer", "wann", "was")))
    views = ColumnMapping("wer", "wann", "was", event_column="art", keep_events=("view",))
    assert importing.import_file(workspace, ImportSource(log, views)).n_events == all_events.n_events - 1


def test_the_unit_of_an_import_is_that_of_its_dataset_and_tests(workspace: Workspace, tmp_path: Path) -> None:
    rows = [(f"s{s}", f"2024-05-{s + 1:02}T10:00:0{i}", "abc"[i]) for s in range(20) for i in range(3)]
    frame = pd.DataFrame([*rows, ("odd", "1970-01-01T00:00:00", "a")], columns=["session", "timestamp", "item"])
    frame.to_csv(tmp_path / "log.csv", index=False)
    record = importing.import_file(workspace, ImportSource(tmp_path / "log.csv"))
    assert record.time_unit == "s"
    assert workspace.open_dataset(record.id).time_unit == "s"
    rule = SplitConfig(protocol="time", test_days=5, min_session_length=1)
    stored = open_split(workspace, record.id, rule)
    assert (stored.test.dataset.n_sessions, stored.test.dataset.time_unit) == (5, "s")


def test_a_frame_of_datetimes_keeps_its_unit(workspace: Workspace) -> None:
    times = pd.to_datetime(["1970-01-01", "1970-01-02", "1970-01-03"])
    record = workspace.add_dataset(
        SessionDataset(pd.DataFrame({"session": 1, "timestamp": times, "item": list("abc")})), "old"
    )
    assert record.time_unit == workspace.open_dataset(record.id).time_unit == "ns"


def test_another_encoding_can_be_named(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes("session,timestamp,item\n1,5,Käse\n1,6,Öl\n".encode("windows-1252"))
    with pytest.raises(DataError, match="real encoding"):
        importing.import_file(workspace, ImportSource(path))
    record = importing.import_file(workspace, ImportSource(path, encoding="windows-1252"))
    assert workspace.open_dataset(record.id).vocabulary.items.tolist() == ["Käse", "Öl"]
    wrong = importing.import_file(workspace, ImportSource(path, encoding="windows-1251"))
    assert wrong.id != record.id
    assert importing.import_file(workspace, ImportSource(path, encoding="windows-1252")).id == record.id


def test_names_are_taken_over_by_a_known_log(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("session,timestamp,item,word\n1,5,a,Apple\n1,6,b,Bread\n")
    first, told = importing.import_file(workspace, ImportSource(path)), []
    named = ColumnMapping("session", "timestamp", "item", item_name="word")
    again = importing.import_file(workspace, ImportSource(path, named), name="Fruit", on_known=told.append)
    assert (again.id, again.name) == (first.id, "Fruit")
    assert workspace.item_names(first.id) == {"a": "Apple", "b": "Bread"}
    assert told == [
        "These events were already in the workspace as “log”; its item names were updated and it is now called “Fruit”."
    ]
    without = importing.import_file(workspace, ImportSource(path), on_known=told.append)
    assert (without.name, workspace.item_names(first.id)) == ("Fruit", {"a": "Apple", "b": "Bread"})
    assert told[1] == "These events were already in the workspace as “Fruit”; nothing changed."
    importing.import_file(workspace, ImportSource(path), name="Food", on_known=told.append)
    assert told[2] == "These events were already in the workspace as “Fruit”; it is now called “Food”."
    assert workspace.dataset(first.id).name == "Food"


def test_what_was_decided_about_reading_is_recorded(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("session,timestamp,item\ns,1,A\ns,2,B\n")
    plain = importing.import_file(workspace, ImportSource(path))
    assert "options" not in plain.mapping
    asked = importing.import_file(workspace, ImportSource(path, options=ReadingOptions(keep_null_words=True)))
    assert asked.id == plain.id  # the same events
    other = tmp_path / "other.csv"
    other.write_text("session,timestamp,item\ns,1,A\ns,2,C\n")
    kept = importing.import_file(workspace, ImportSource(other, options=ReadingOptions(keep_null_words=True)))
    assert kept.mapping == {"options": {"keep_null_words": True}}


@pytest.mark.parametrize(
    ("options", "name"),
    [
        (ReadingOptions(), "shop.2025"),
        (ReadingOptions(sample=0.5), "shop.2025, 50 % sample"),
        (ReadingOptions(sample=0.005, seed=3), "shop.2025, 0.5 % sample, seed 3"),
    ],
)
def test_a_log_without_a_name_is_called_by_its_file_and_says_that_it_is_a_sample(
    options: ReadingOptions, name: str
) -> None:
    assert importing.propose_name(ImportSource(Path("shop.2025.csv.gz"), options=options)) == name


def test_another_log_whose_item_names_are_damaged_is_in_nobodys_way(workspace: Workspace, log: Path) -> None:
    mapping = ColumnMapping("wer", "wann", "was")
    other = importing.import_file(workspace, ImportSource(log, mapping))
    workspace.item_files(other.id)[0].write_text("{", encoding="utf-8")
    log.write_text(log.read_text() + "3,9,b,view\n3,10,a,view\n")
    assert importing.import_file(workspace, ImportSource(log, mapping)).id != other.id
