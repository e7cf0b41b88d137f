"""Tables whose columns are separated by spaces are refused; sessions per line are not."""

import pytest

from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.reading_options import ReadingOptions
from gru4rec_core.data.spaced_tables import refuse_columns_of_times, refuse_named_columns
from gru4rec_core.errors import DataError
from tests.data.logs import Write

SECONDS = "".join(f"{n // 3} {n % 7} {1_700_000_000 + 60 * n}\n" for n in range(30))
TABLES = {
    "times in seconds": SECONDS,
    "names and times": "visit      clicked_at   product\n" + SECONDS,
    "names, and no times": "uid iid rating\n1 36 5\n1 37 4\n2 36 3\n",
    "names, and dates in two words": "user time item\n0 2024-05-31 10:00:00 p12\n1 2024-05-31 10:00:00 p13\n",
    "dates with clock times": "0 2024-05-31 10:00:00 p12\n0 2024-05-31 10:01:00 p13\n1 2024-05-31 11:00:00 p12\n",
    "a date of several words": "0 May 31 2024 p12\n0 May 31 2024 p13\n1 Jun 1 2024 p12\n",
    "a web server's log": '::1 - [10/Oct/2000:13:55:36 -0700] "GET /a"\n::1 - [10/Oct/2000:13:56:36 -0700] "GET b"\n',
    "a single line": "anna 2024-05-31T10:00 p12\n",
}  # fmt: skip


def look_for_table(lines: list[list[str]]) -> None:
    refuse_named_columns(lines, "log.txt")
    refuse_columns_of_times(lines, "log.txt")


@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_refused(table: str) -> None:
    lines = [line.split() for line in TABLES[table].splitlines()]
    with pytest.raises(DataError, match="columns separated by spaces"):
        look_for_table(lines)


@pytest.mark.parametrize(
    "text",
    [
        "1 2 3\n4 5 6\n",
        "1700000001 1700000002 1700000003\n1700000001 1700000004 1700000007\n",  # ids
        "a b c 2024-05-31\nb c d\n",
        "book song video\nsong book film\n",
        "user time item\na b\na b c d\n",
        "31 5 2024\n7 8 9\n",
        "a\n",
    ],
)
def test_items_of_sessions_are_not(text: str) -> None:
    lines = [line.split() for line in text.splitlines()]
    look_for_table(lines)


def test_the_message_says_what_is_a_time_and_how_to_insist(write: Write) -> None:
    with pytest.raises(DataError, match="a time, such as 17000000") as caught:
        read_log(write(SECONDS))
    assert "--layout session-per-line" in caught.value.remedy
    log = read_log(write(SECONDS), options=ReadingOptions(layout="session-per-line"))
    assert (log.summary.n_sessions, log.summary.rows_kept) == (30, 90)
