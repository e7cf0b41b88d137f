"""Lines of words are sessions, or refused as what they are."""

import pytest

from gru4rec_core.data.lines_of_words import are_sessions
from gru4rec_core.errors import DataError


@pytest.mark.parametrize(
    ("lines", "are"),
    [
        (["a b c", "b c", "a"], True),
        (["home cart", "cart of home", "home"], True),
        (["1 2 3"], True),
        (["one", "two", "three words here"], False),
        (["a b, c", "a b"], False),
        (["a b", "a::b c"], False),
    ],
)
def test_items_are_separated_by_spaces_and_nothing_else(lines: list[str], are: bool) -> None:
    assert are_sessions(lines, "log.txt") is are


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["user time item", "1 5 a"], "columns separated by spaces: user time item"),
        (["2024-03-01 09:00:00 /p/2"], "lines as a server writes them"),
        (['::1 - - [01/Mar/2024:09:00:00 +0000] "GET /, HTTP/1.1" 200 9'], "lines as a server writes them"),
        (["#Version: 1.0", "#Fields: date time", "2024-03-01\t09:00:00"], "lines as a server writes them"),
        (["this is what is in the file", "and that is all"], "prose, such as this is what"),
    ],
)
def test_other_lines_are_refused(lines: list[str], found: str) -> None:
    with pytest.raises(DataError, match=found):
        are_sessions(lines, "log.txt")
