"""Columns are recognised from a sample of any kind of file."""

import io

import pandas as pd
import pytest

from gru4rec_core.data import recognition
from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.recognition import Recognition, recognise_columns
from gru4rec_core.data.sources.opening import Opening
from gru4rec_core.errors import DataError
from tests.data.logs import CSV, FORMATS, Write
from tests.data.odd_logs import LOGS


def recognise(path, **options) -> Recognition:
    return recognise_columns(path, Opening(None, "utf-8", 1 << 30, 1 << 30, path.parent), **options)


@pytest.mark.parametrize("name", list(FORMATS))
def test_every_format_is_looked_into(name: str, write: Write) -> None:
    found = recognise(write(FORMATS[name]))
    assert found.columns == ("session", "timestamp", "item")
    assert found.mapping("log") == ColumnMapping("session", "timestamp", "item")


def test_a_file_without_a_header_is_recognised_by_its_values(write: Write) -> None:
    found = recognise(write(LOGS["yoochoose"]))
    assert not found.has_header
    assert found.mapping("log") == ColumnMapping("column 1", "column 2", "column 3", has_header=False)


def test_a_header_can_be_denied(write: Write) -> None:
    found = recognise(write(CSV), has_header=False)
    assert found.columns == ("column 1", "column 2", "column 3")
    assert found.profiles["column 1"].values[0].as_py() == "session"


def test_the_same_columns_are_recognised_in_text_and_in_parquet(write: Write) -> None:
    frame = pd.read_csv(io.StringIO(LOGS["rees46"]))
    parquet = io.BytesIO()
    frame.to_parquet(parquet)
    found = [recognise(write(LOGS["rees46"])), recognise(write(parquet.getvalue(), "log.parquet"))]
    assert found[0].guess.columns == found[1].guess.columns
    assert found[0].mapping("log").session == "user_session"


def test_a_row_with_too_few_fields_does_not_disturb(write: Write) -> None:
    assert recognise(write(CSV + "only one\n")).mapping("log").item == "item"


def test_of_a_wide_file_the_first_columns_are_looked_into(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognition, "MAX_PROFILED_COLUMNS", 2)
    found = recognise(write(CSV))
    assert len(found.columns) == 3
    assert list(found.profiles) == ["session", "timestamp"]


def test_a_user_without_sessions_is_cut_by_a_pause_which_is_said(write: Write) -> None:
    found = recognise(write(LOGS["retailrocket"]))
    assert found.mapping("log").user == "visitorid"
    assert found.mapping("log").session_gap_minutes == 30
    assert "each visitorid's events are divided" in found.notes[0]


def test_a_user_whose_times_are_no_dates_is_refused_with_both_ways_out(write: Write) -> None:
    rows = "".join(f"{n % 9},{n},{n % 5}\n" for n in range(60))
    with pytest.raises(DataError, match=r"users but no sessions.*not dates.*--session visitorid") as caught:
        recognise(write("visitorid,step,itemid\n" + rows), chosen={"timestamp": "step"}).mapping("log")
    assert "--gap 30 --time-format s" in caught.value.remedy  # a pause alone is refused: these times have no unit


def test_what_was_not_recognised_is_said_with_the_reason(write: Write) -> None:
    with pytest.raises(DataError, match=r"recognised as the session.*names events") as caught:
        recognise(write("session,time,item\n" + "".join(f"{i},{i},A\n" for i in range(30)))).mapping("log")
    assert caught.value.where == "log"
