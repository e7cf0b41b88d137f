"""Errors name the rule, what came, the place and the remedy."""

import pickle

from gru4rec_core.errors import DataError, RunError, WorkbenchError


def test_the_text_has_all_four_parts_in_order():
    error = DataError("Rule.", found="this", where="line 3", remedy="Do that.")
    assert str(error) == "Rule. Found: this. Where: line 3. What to do: Do that."


def test_parts_that_are_not_known_are_left_out():
    assert str(RunError("Rule.")) == "Rule."


def test_an_error_survives_the_way_between_processes():
    error = pickle.loads(pickle.dumps(DataError("Rule.", found="this", remedy="Do.")))
    assert isinstance(error, WorkbenchError)
    assert type(error) is DataError
    assert (error.rule, error.found, error.where, error.remedy) == ("Rule.", "this", "", "Do.")


def test_what_comes_from_a_file_cannot_move_the_cursor_or_fill_the_screen():
    error = DataError("Rule.", found="red \x1b[31m, back \u202e, lone \ud800", where="a\nb.csv" + "x" * 5_000)
    assert error.found == "red \\x1b[31m, back \\u202e, lone \\ud800"
    assert error.where.startswith("a\\nb.csvxxx")
    assert len(error.where) < 1_010
    str(error).encode()
