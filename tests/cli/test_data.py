"""Logs are written, checked and registered from the command line."""

import sys
from pathlib import Path
from urllib.parse import quote

import pandas as pd
import pytest

from gru4rec_core.cli import data
from gru4rec_core.workspace import importing
from gru4rec_core.workspace.store import Workspace
from tests.data.sources.databases import postgres_log
from tests.postgres import PASSWORD, Postgres


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
    unasked = run("import", path)
    assert "each user_id's events are divided wherever nothing happens for more than 30 minutes" in unasked.err
    assert unasked.out.startswith("users")
    assert "3 sessions" in unasked.out
    assert run("import", path, "--user", "user_id", "--gap", 10_000, "--json").json["sessions"] == 2


def test_the_password_for_databases_is_not_one_for_folders(
    run, log: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRU4REC_DB_PASSWORD", "geheim")
    assert run("import", f"file://{log}").status == 0
    monkeypatch.setattr(data, "find_location", lambda *_: folder / "nothing.csv")  # no network
    text = run("import", "s3://key:geheim@bucket/logs/").err
    assert "AWS_SECRET_ACCESS_KEY" in text
    assert "--password-env" not in text
    assert "geheim" not in text


def find_text(folder: Path, *texts: str) -> list[Path]:
    """The files of a folder that hold one of these texts."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if any(text.encode() in path.read_bytes() for text in texts)]


@pytest.mark.postgres
def test_a_table_is_imported_and_the_password_is_nowhere(
    run, folder: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres_log(postgres, "clicks")
    escaped = quote(PASSWORD, safe="")
    with_password = url.replace("reader@", f"reader:{escaped}@")
    monkeypatch.setenv("SHOP_PASSWORD", PASSWORD)
    results = [
        run("import", url, "--table", "clicks", "--password-env", "SHOP_PASSWORD", "--json"),
        run("import", with_password, "--query", "SELECT * FROM clicks ORDER BY timestamp", "--json"),
        run("import", with_password, "--table", "clicks", "--session", "session", "--name", "Clicks"),
        run("datasets"),
        run("import", with_password, "--table", "nothing"),
        run("import", with_password),
        run("import", with_password, "--query", "DELETE FROM clicks"),
        run("import", with_password, "--query", f"SELECT CAST('{PASSWORD}' AS int)"),
        run("import", with_password.replace(escaped, "Falsches%20Wort"), "--table", "clicks"),
        run("import", with_password.replace("://", ":/"), "--table", "clicks"),
        run("import", with_password.replace("postgresql", "postgrseql"), "--table", "clicks"),
    ]
    monkeypatch.setattr(importing, "read_log", lambda *_, **__: 1 / 0)  # a mistake of ours: the traceback is kept
    monkeypatch.setattr(sys, "argv", ["gru4rec", "import", with_password])
    results.append(run("import", with_password, "--table", "clicks"))
    assert [result.status for result in results] == [0] * 4 + [1] * 8
    assert results[0].json["events"] == 5
    assert results[0].json["import"]["location"] == {
        "database": f"postgresql://127.0.0.1:{postgres.port}/shop", "table": "clicks"
    }  # fmt: skip
    assert "shell history" in results[1].err
    assert results[2].out.startswith("Clicks")
    assert "tables there: clicks" in results[4].err
    assert "tables there: clicks" in results[5].err
    assert "This is a bug in the workbench" in results[-1].err
    secrets = (PASSWORD, escaped, "Falsches")
    assert [result for result in results if any(secret in result.out + result.err for secret in secrets)] == []
    assert find_text(folder / "home", *secrets) == []
    assert find_text(folder / "home", "clicks")  # the search does find what is there


@pytest.mark.postgres
def test_the_driver_may_find_the_password_itself(run, postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    url = postgres_log(postgres, "clicks")
    for variable in ("PGPASSWORD", "GRU4REC_DB_PASSWORD"):
        monkeypatch.setenv(variable, PASSWORD)
        assert run("import", url, "--table", "clicks").status == 0
        monkeypatch.delenv(variable)
    assert "--password-env" in run("import", url, "--table", "clicks").err


def test_a_folder_is_imported_and_told_by_its_files(run, folder: Path) -> None:
    logs = folder / "logs"
    logs.mkdir()
    for i in range(2):
        (logs / f"{i}.csv").write_text(f"session,timestamp,item\n{i},1,a\n{i},2,b\n{i},,b\n")
    result = run("import", logs, "--json").json
    assert (result["dataset"], result["events"]) == ("logs", 4)
    assert result["import"]["location"] == {"folder": str(logs), "files": "2"}
    assert run("import", f"{logs}/*.csv", "--json").json["id"] == result["id"]
    rejected = Workspace.default().rejected(result["id"])
    assert rejected["file"].tolist() == [f"{logs}/0.csv", f"{logs}/1.csv"]
    assert rejected["place"].tolist() == [4, 4]


def test_a_sample_keeps_whole_sessions_and_is_a_dataset_of_its_own(run, folder: Path) -> None:
    path = folder / "many.csv"
    path.write_text("session,time,item\n" + "".join(f"s{n % 100},{n},i{n % 5}\n" for n in range(300)))
    whole, part = run("import", path, "--json"), run("import", path, "--sample", "0.3", "--seed", "5", "--json")
    kept = part.json["import"]["sample"]
    assert (part.json["sessions"], part.json["events"]) == (kept["kept"], 3 * kept["kept"])
    assert (kept["share"], kept["seed"], kept["of"]) == (0.3, 5, 100)
    assert part.json["id"] != whole.json["id"]
    rows = part.json["quality"]["rows"]
    assert (rows["read"], rows["kept"], rows["outside_sample"]) == (300, part.json["events"], kept["rows_left_out"])
    assert rows["read"] == rows["kept"] + rows["outside_sample"]
    again = run("import", path, "--sample", "0.3", "--seed", "5")
    assert f"sample: {kept['kept']} of 100 sessions kept" in again.out
    assert f"{rows['outside_sample']} are of sessions outside the sample" in again.out


def test_times_are_read_by_the_notation_and_the_zone_named(run, folder: Path) -> None:
    path = folder / "days.csv"
    path.write_text("session,timestamp,item\n1,05/06/2024 10:00,a\n1,06/06/2024 10:00,b\n1,06/06/2024 11:00,NULL\n")
    failed = run("import", path)
    assert (failed.status, failed.out) == (1, "")
    assert "5 June 2024, 10:00 (day/month/year) or 6 May 2024" in failed.err
    assert "--time-format %d/%m/%Y" in failed.err
    named = ("--time-format", "%d/%m/%Y", "--time-zone", "Europe/Berlin")
    result = run("import", path, *named, "--json")
    assert result.json["import"]["time_format"] == "%d/%m/%Y"
    assert result.json["import"]["rejected_counts"] == {"the item is a placeholder such as NULL": 1}
    assert "times: read as day/month/year (%d/%m/%Y)" in run("import", path, *named).out
    assert run("import", path, *named, "--keep-null-words", "--json").json["events"] == 3
    assert "IANA" in run("import", path, "--time-zone", "Mars").err
