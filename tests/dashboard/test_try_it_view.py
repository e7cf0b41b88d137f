"""Facts about the cells of *What changed its mind?*."""

from types import SimpleNamespace

from dashboard.try_it_view import _guesses_cell, _join

ITEMS = ["run", "swim", "<b>bike</b>"]
REVIEW = SimpleNamespace(item=lambda item: ITEMS[item])


def test_new_guesses_are_counted_and_marked():
    cell = _guesses_cell(REVIEW, [0, 2], [0, 1])
    assert "1 of 2 new" in cell
    assert cell.endswith("run, <strong>▲ &lt;b&gt;bike&lt;/b&gt;</strong>")


def test_unchanged_guesses_are_listed_plainly():
    assert _guesses_cell(REVIEW, [1, 0], [0, 1]) == "swim, run"


def test_a_strip_is_written_into_the_address_as_ids():
    assert _join([4, 5, 6]) == "4,5,6"
    assert _join([]) == ""
