"""Facts about tables and reports that leave the page."""

import pandas as pd
import pytest

from dashboard.downloads import make_report, safe_cell, safe_csv
from gru4rec_core.errors import RunError


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "\r", "|", " =", "  +", "\N{NO-BREAK SPACE}@", " \n-", "\n"]
)
def test_text_that_a_spreadsheet_would_run_is_quoted(start: str):
    assert safe_cell(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("value", ["run", "1=1", "", -3, 2.5, None, " run", "a|b", " "])
def test_everything_else_stays_as_it_is(value):
    assert safe_cell(value) == value


def test_a_csv_is_safe_in_its_header_and_in_text_columns_and_keeps_numbers():
    frame = pd.DataFrame({"=x": ["@a", "b"], "n": [-1, 2]})
    assert safe_csv(frame).decode() == "'=x,n\n'@a,-1\nb,2\n"


def test_the_frame_is_not_altered():
    frame = pd.DataFrame({"item": ["=1"]})
    safe_csv(frame)
    assert frame["item"].tolist() == ["=1"]


def test_two_columns_of_one_name_are_both_quoted():
    frame = pd.DataFrame([["=a", "=b"]], columns=["x", "x"])
    assert safe_csv(frame).decode().splitlines()[1] == "'=a,'=b"


def test_a_report_is_the_one_that_the_command_writes(trained, trained_report):
    home, comparison = trained
    assert make_report(home.root, comparison.id) == trained_report.read_bytes()


def test_a_report_that_cannot_be_made_says_why(trained):
    with pytest.raises(RunError, match="nope"):
        make_report(trained[0].root, "nope")
