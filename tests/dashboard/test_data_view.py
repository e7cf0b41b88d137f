"""Facts about what the Data page says of a log."""

import numpy as np
import pandas as pd
import pytest

from dashboard import data_view
from dashboard.data_view import example_sessions, summary_sentence
from gru4rec_core.evaluation.data_warnings import small_test_warning
from gru4rec_core.report.frames.split_preview import SplitPreview
from gru4rec_core.workspace.records import DatasetRecord


def a_record(first: float, last: float, unit: str) -> DatasetRecord:
    return DatasetRecord(
        id="log-1",
        name="log",
        content_hash="x",
        n_sessions=18_984,
        n_items=217,
        n_events=160_432,
        first_time=first,
        last_time=last,
        time_unit=unit,
    )


@pytest.mark.parametrize(
    ("first", "last", "unit", "span"),
    [
        (1_207_008_001, 1_218_585_600, "s", ", April to August 2008"),
        (1_207_008_001_000, 1_238_585_600_000, "ms", ", April 2008 to April 2009"),
        (1_207_008_001, 1_207_808_001, "s", ", 1 April 2008 to 10 April 2008"),
        (1, 99, "", ""),
    ],
)
def test_a_log_is_summed_up_in_one_line(first: float, last: float, unit: str, span: str):
    assert summary_sentence(a_record(first, last, unit)) == f"18,984 sessions, 217 items{span}"


def test_the_examples_are_a_short_a_usual_and_a_long_session_with_something_to_see():
    lengths = np.array([1] * 50 + [2] * 10 + [5] * 10 + [40] * 5)
    picked = lengths[example_sessions(lengths)]
    assert picked.tolist() == [2, 5, 40]


@pytest.mark.parametrize("lengths", [[], [1], [1, 1, 1, 1], [3]])
def test_small_logs_have_examples_too(lengths: list[int]):
    assert len(example_sessions(np.array(lengths, int))) == min(len(lengths), 3)


def a_preview(smallest: float) -> SplitPreview:
    return SplitPreview(pd.DataFrame(), None, 40, 50, 3, "the lookup table", 0.25, smallest, ())


def test_the_test_says_what_it_can_show():
    assert "about 19 %" in data_view.size_sentence(a_preview(0.19))
    assert "about 20 % (5.0 hits per 100) may look alike" in data_view.size_sentence(a_preview(0.2))
    assert "about 0.4 %" in data_view.size_sentence(a_preview(0.004))  # and not "0 %"


@pytest.mark.parametrize("smallest", [12.0, float("inf")])
def test_sentence_and_warning_agree_on_a_test_that_shows_next_to_nothing(smallest: float):
    assert "Too little to tell two models apart, unless they differ very much" in data_view.size_sentence(
        a_preview(smallest)
    )
    assert "none but very large ones" in small_test_warning(40, smallest, 0.05).figure


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("%d/%m/%Y", "Times were read as day/month/year (%d/%m/%Y)."), ("iso", ""), ("s", ""), ("", "")],
)
def test_an_unusual_notation_of_times_is_told(name: str, sentence: str):
    record = a_record(1_207_008_001, 1_218_585_600, "s").model_copy(update={"summary": {"time_format": name}})
    assert data_view.time_notation(record) == sentence


def test_how_a_log_was_read_is_told_on_its_page() -> None:
    record = a_record(0, 0, "s")
    assert data_view.describe_import(record) == []  # a generated log
    summary = {
        "file": "visits.csv",
        "format": "CSV",
        "columns": {"user": "who", "timestamp": "at", "item": "what"},
        "session_gap_minutes": 30.0,
        "sample": {"share": 0.1, "seed": 7, "kept": 12, "of": 1_200, "rows_left_out": 9},
        "time_format": "%d/%m/%Y",
    }
    assert data_view.describe_import(record.model_copy(update={"summary": summary})) == [
        "Read from visits.csv (CSV): user = who, time = at, item = what.",
        "The events of each who were cut where a pause is longer than 30 minutes.",
        "A sample: 12 of 1,200 users (10 %, seed 7).",
        "Times were read as day/month/year (%d/%m/%Y).",
    ]
    noted = summary | {"notes": ["No column names sessions."], "sample": None, "time_format": "s"}
    assert data_view.describe_import(record.model_copy(update={"summary": noted}))[1:] == noted["notes"]
    other = noted | {"notes": ["No event is of the kind veiw."]}
    assert len(data_view.describe_import(record.model_copy(update={"summary": other}))) == 3


def test_a_sample_says_why_it_counts_more_sessions_than_the_dataset_has() -> None:
    sample = {"share": 0.5, "seed": 0, "kept": 255, "of": 498}
    assert data_view.describe_sample(sample, 254) == (
        "A sample: 255 of 498 sessions (50 %, seed 0); 1 of these 255 has no usable row."
    )
    assert data_view.describe_sample(sample, 255) == "A sample: 255 of 498 sessions (50 %, seed 0)."
    assert data_view.describe_sample(sample, None) == "A sample: 255 of 498 users (50 %, seed 0)."


def test_one_of_a_thing_is_no_plural() -> None:
    one = SplitPreview(pd.DataFrame(), None, 1, 1, 3, "the lookup table", 0.25, float("inf"), ())
    assert data_view.size_sentence(one).startswith("1 prediction in 1 test session.")
    assert (
        summary_sentence(a_record(1, 2, "").model_copy(update={"n_sessions": 1, "n_items": 1})) == "1 session, 1 item"
    )
