"""Logs are written, checked and registered from the command line."""

from pathlib import Path

import pandas as pd


def test_a_sample_is_written(run, folder: Path) -> None:
    result = run("sample", "shop", folder / "shop.csv", "--sessions", 50, "--items", 30, "--seed", 1, "--json")
    assert result.status == 0
    assert result.json["sessions"] == 50
    frame = pd.read_csv(folder / "shop.csv")
    assert len(frame) == result.json["events"]
    assert list(frame.columns) == ["session", "timestamp", "item"]


def test_a_log_is_imported_once(run, log: Path) -> None:
    first, again = (run("import", log, "--json") for _ in range(2))
    assert first.json["id"] == again.json["id"]
    assert (first.json["sessions"], first.json["items"]) == (60, 7)
    assert first.json["warnings"] == []
    listed = run("datasets", "--json").json["datasets"]
    assert [entry["id"] for entry in listed] == [first.json["id"]]


def test_warnings_of_a_log_are_printed_beside_the_result(run, folder: Path) -> None:
    path = folder / "tied.csv"
    pd.DataFrame({"session": [1, 1, 1, 1], "timestamp": [5, 5, 5, 5], "item": list("abab")}).to_csv(path, index=False)
    warnings = run("import", path, "--json").json["warnings"]
    assert [entry["code"] for entry in warnings] == ["tied-timestamps"]
    text = run("import", path)
    assert "warning: Some events of one session have the same time." in text.err
    assert "warning" not in text.out


def test_columns_are_mapped_by_hand(run, folder: Path) -> None:
    path = folder / "odd.csv"
    path.write_text("wer,wann,was\n1,5,a\n1,6,b\n2,7,a\n")
    failed = run("import", path)
    assert (failed.status, failed.out) == (1, "")
    assert "What to do" in failed.err
    assert "Traceback" not in failed.err
    result = run("import", path, "--session", "wer", "--timestamp", "wann", "--item", "was", "--name", "odd", "--json")
    assert (result.status, result.json["dataset"], result.json["events"]) == (0, "odd", 3)


def test_users_are_cut_into_visits(run, folder: Path) -> None:
    path = folder / "users.csv"
    rows = [(1, 1_700_000_000, "a"), (1, 1_700_000_060, "b"), (1, 1_700_090_000, "a"), (2, 1_700_000_000, "b")]
    pd.DataFrame(rows, columns=["user_id", "timestamp", "item"]).to_csv(path, index=False)
    assert "A user is not a session" in run("import", path).err
    assert run("import", path, "--user", "user_id", "--gap", 30, "--json").json["sessions"] == 3
