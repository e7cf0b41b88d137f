"""A session per line, without times."""

import pytest

from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.reading_options import ReadingOptions
from gru4rec_core.data.sources import session_lines
from tests.data.logs import Write, sessions

SESSIONS = {"1": ["tea", "milk", "tea"], "2": ["bread", "tea"], "4": ["milk"]}


@pytest.mark.parametrize("text", ["tea milk tea\nbread tea\n\nmilk\n", " tea milk  tea \r\nbread tea\r\n \r\nmilk"])
def test_the_line_names_the_session_and_the_order_in_the_file_counts(text: str, write: Write) -> None:
    log = read_log(write(text, "log.txt"))
    assert sessions(log) == SESSIONS
    assert log.dataset.timestamps.tolist() == [0, 1, 2, 3, 4, 5]
    assert log.dataset.time_unit is None
    assert log.summary.format == "a session per line"
    assert (log.summary.rows_read, log.summary.rows_kept) == (6, 6)


def test_any_delimiter_may_stand_between_items_where_the_layout_is_named(write: Write) -> None:
    path = write("tea,milk, tea\nbread,tea\n\nmilk\n")
    assert sessions(read_log(path, options=ReadingOptions(layout="session-per-line"))) == SESSIONS


def test_quotes_are_part_of_an_item(write: Write) -> None:
    assert sessions(read_log(write('5" disk\nnot 7"\n'))) == {"1": ['5"', "disk"], "2": ["not", '7"']}


def test_numbers_run_on_from_block_to_block(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_lines, "BLOCK_BYTES", 16)
    log = read_log(write("".join(f"a{n} b{n}\n" for n in range(50))))
    assert log.dataset.timestamps.tolist() == list(range(100))
    assert sessions(log)["50"] == ["a49", "b49"]
