"""Numbers in words: one thing is no plural."""

import pytest

from gru4rec_core.words import counted


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 sessions"), (1, "1 session"), (2, "2 sessions"), (1_200, "1,200 sessions")]
)
def test_one_thing_is_no_plural(number: int, text: str):
    assert counted(number, "session") == text


def test_an_unusual_plural_is_named():
    assert counted(2, "entry", "entries") == "2 entries"
    assert counted(1, "entry", "entries") == "1 entry"
