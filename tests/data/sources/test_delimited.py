"""Fields of delimited text."""

import pytest

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.ingest import read_log
from gru4rec_core.errors import DataError
from tests.data.logs import CSV, Write, sessions


@pytest.mark.parametrize(
    "content",
    [CSV.rstrip("\n"), CSV.replace("\n", "\r\n"), "\ufeff" + CSV, "\n\n" + CSV.replace("\n", "\n\n")],
    ids=["no last line end", "Windows line ends", "byte order mark", "blank lines"],
)
def test_the_dress_of_a_csv_does_not_matter(content: str, write: Write) -> None:
    log = read_log(write(content))
    assert sessions(log) == {"s1": ["A", "B"], "s2": ["B", "C", "A"]}
    assert log.summary.rows_read == 5
    assert log.summary.columns["session"] == "session"


def test_quoted_fields_may_hold_delimiters_quotes_and_line_ends(write: Write) -> None:
    rows = ['"s1","7","a,b"', 's1,7,"say ""hi"""', '"s1",7,"plain"', '"s1",7,"two\nlines"', 's1,7,5" disk']
    for line_end in ("\n", "\r\n"):
        log = read_log(write(line_end.join(['"session","timestamp","item"', *rows])))
        # All at one time: the file's order counts, whichever way a row was split.
        assert sessions(log) == {"s1": ["a,b", 'say "hi"', "plain", "two\nlines", '5" disk']}


def test_two_columns_of_one_name_are_refused(write: Write) -> None:
    with pytest.raises(DataError, match=r"same name.*item"):
        read_log(write("session,item,item\n1,2,3\n"))


def test_sql_in_names_and_values_is_only_text(write: Write) -> None:
    evil = "x'); DROP TABLE block; --"
    log = read_log(write(f'"{evil}",time,item\n{evil},1,"{evil}"\n{evil},2,B\n'), ColumnMapping(evil, "time", "item"))
    assert sessions(log) == {evil: [evil, "B"]}
