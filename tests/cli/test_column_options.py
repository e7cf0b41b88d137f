"""Columns named on the command line, and what completes them."""

from pathlib import Path

import pytest

from gru4rec_core.cli.column_options import ColumnOptions
from gru4rec_core.errors import DataError

ROWS = "".join(
    f"{v},2024-05-{1 + v:02},0{i}:30,{'view' if i else 'buy'},{'abc'[i]}\n" for v in range(3) for i in range(3)
)


@pytest.fixture
def file(folder: Path) -> Path:
    path = folder / "parts.csv"
    path.write_text("visit,day,clock,action,item\n" + ROWS)
    return path


def test_an_option_given_several_times_names_parts(run, file: Path) -> None:
    time = ("--timestamp", "day", "--timestamp", "clock")
    result = run("import", file, *time, "--json")
    assert (result.json["sessions"], result.json["events"]) == (3, 9)
    assert result.json["import"]["columns"]["timestamp"] == "day + clock"
    assert result.json["import"]["time_unit"] == "s"
    by_day = run("import", file, *time, "--session", "visit", "--session", "day", "--json")
    assert by_day.json["import"]["columns"]["session"] == "visit + day"


def test_only_the_kinds_of_event_that_are_named_are_kept(run, file: Path) -> None:
    named = run("import", file, "--timestamp", "day", "--event-column", "action", "--event-kind", "view", "--json")
    assert (named.json["events"], named.json["import"]["rows_filtered"]) == (6, 3)
    both = run("import", file, "--timestamp", "day", "--event-kind", "view", "--event-kind", "buy", "--json")
    assert both.json["events"] == 9


def test_the_first_line_of_a_file_without_a_header_is_an_event(run, folder: Path) -> None:
    path = folder / "bare.csv"
    path.write_text("anna,noon,tea\nanna,1,tea\nanna,2,milk\n")
    columns = ("--session", "column 1", "--timestamp", "column 2", "--item", "column 3")
    result = run("import", path, "--no-header", *columns, "--json")
    assert (result.json["events"], result.json["import"]["rows_read"]) == (2, 3)


def test_the_layout_can_be_named(run, folder: Path) -> None:
    path = folder / "baskets.csv"
    path.write_text("tea,milk\nmilk,tea,bread\n")
    result = run("import", path, "--layout", "session-per-line", "--json")
    assert (result.json["sessions"], result.json["events"]) == (2, 5)
    assert run("import", path, "--layout", "nested").status == 1
    assert run("import", path, "--layout", "sideways").status == 2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--timestamp", "day", "--session", "item"), "as session and as item"),
        (("--gap", 30), "--gap 30 without --user"),
        (("--user", "visit", "--gap", 0), "--gap must be a number of minutes above 0"),
        (("--user", "visit", "--gap", 30, "--session", "visit"), "both --session and --user"),
        (("--event-column", "action"), "without --event-kind"),
        (("--timestamp", "day", "--timestamp", "day"), "must be different"),
        (("--timestamp", "day", "--item", "nothing"), "has no column nothing (chosen as item)"),
    ],
)
def test_options_that_do_not_fit_are_refused(run, file: Path, options: tuple[object, ...], words: str) -> None:
    result = run("import", file, *options)
    assert (result.status, result.out) == (1, "")
    assert words in " ".join(result.err.split())
    assert "What to do" in result.err
    assert "Traceback" not in result.err


def test_what_was_decided_beside_the_options_is_said(run, folder: Path) -> None:
    path = folder / "views.csv"
    rows = "".join(
        f"{u},{1_700_000_000 + 86_400 * u + 60 * i},{'abc'[i]},{'xyz'[i]}\n" for u in range(4) for i in range(3)
    )
    path.write_text(f"user,timestamp,item,page\n{rows}")
    assert "divided wherever nothing happens for more than 30 minutes" in run("import", path, "--item", "page").err
    assert "divided" not in run("import", path, "--item", "page", "--user", "user", "--gap", 9).err


def test_a_user_without_a_gap_that_was_recognised_needs_one(run, folder: Path) -> None:
    path = folder / "workouts.csv"
    path.write_text(
        "user,timestamp,item\n" + "".join(f"{i % 3},{1_700_000_000 + 86_400 * i},{i % 5}\n" for i in range(60))
    )
    error = " ".join(run("import", path, "--user", "user").err.split())
    assert "--user needs --gap" in error
    assert "Add --gap 30 (30 minutes is usual), or use --session user" in error
    assert "None" not in error


def test_the_pause_that_cuts_visits_is_said_or_asked_for(run, folder: Path) -> None:
    path = folder / "numbered.csv"
    path.write_text(
        "session,user,timestamp,item\n" + "".join(f"{i // 2},{i % 2},{i},{'abc'[i % 3]}\n" for i in range(6))
    )
    assert "Add --gap 30" in " ".join(run("import", path, "--user", "user").err.split())
    views = folder / "dated.csv"
    rows = "".join(f"{u},{1_700_000_000 + 86_400 * u + 60 * i},{'abc'[i]}\n" for u in range(4) for i in range(3))
    views.write_text(f"user,timestamp,item\n{rows}")
    assert "visits: cut where 30 minutes pass without an event" in run("import", views, "--user", "user").out


def test_a_kind_that_never_occurs_is_told(run, file: Path) -> None:
    kinds = ("--event-column", "action", "--event-kind", "view", "--event-kind", "veiw")
    result = run("import", file, "--timestamp", "day", *kinds)
    assert "No event is of the kind veiw (column action)" in result.err
    assert "kind view" not in result.err


def test_kinds_need_a_column(run, folder: Path) -> None:
    path = folder / "plain.csv"
    path.write_text("session,timestamp,item\n1,1,a\n1,2,b\n")
    assert "Name the column with --event-column" in " ".join(run("import", path, "--event-kind", "view").err.split())


def test_nothing_named_completes_nothing() -> None:
    with pytest.raises(DataError):
        ColumnOptions(gap=5)
    assert ColumnOptions() == ColumnOptions(session=(), event_kinds=())
