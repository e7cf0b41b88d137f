"""Facts about whole numbers in texts that anyone may have written."""

import pytest

from gru4rec_core.whole_numbers import whole_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("17", 17), ("007", 7), ("9" * 15, 10**15 - 1)])
def test_a_whole_number_is_read(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize("text", ["", "-1", "1.5", "²", " 1", "x", "9" * 16, "9" * 4301])
def test_what_is_none_or_too_large_for_a_browser_is_no_number(text: str) -> None:
    assert whole_number(text) is None
