"""Several columns as one time or one session."""

from datetime import UTC, datetime

import pandas as pd
import pyarrow as pa
import pytest

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.reading_options import ReadingOptions
from gru4rec_core.data.row_rules import NO_TIME, NULL_WORD_GIVEN
from gru4rec_core.errors import DataError
from tests.data.logs import FORMATS, Write, list_rejected, parquet_bytes, sessions


def times_of(write: Write, columns: str, *rows: str) -> list[str]:
    """The times that some columns form, in the rows of a file."""
    text = f"session,item,{columns}\n" + "".join(f"s,item{n},{row}\n" for n, row in enumerate(rows))
    log = read_log(write(text), ColumnMapping("session", tuple(columns.split(",")), "item"))
    per_second = {"s": 1, "ms": 1e3, "us": 1e6, None: 1}[log.dataset.time_unit]
    moments = [datetime.fromtimestamp(time / per_second, UTC) for time in log.dataset.timestamps.tolist()]
    assert log.summary.columns["timestamp"] == " + ".join(columns.split(","))
    return [f"{moment:%Y-%m-%d %H:%M:%S.%f}".removesuffix("000").removesuffix(".000") for moment in moments]


@pytest.mark.parametrize(
    ("columns", "row", "moment"),
    [
        ("year,month,day", "2008,4,1", "2008-04-01 00:00:00"),
        ("year,month,day,order", "2008,4,1,12", "2008-04-01 00:00:00.012"),
        ("year,month,day,time", "2008,4,1,18:30", "2008-04-01 18:30:00"),
        ("year,month,day,hour", "2008,4,1,7", "2008-04-01 07:00:00"),
        ("year,month,day,h,min", "2008,4,1,7,5", "2008-04-01 07:05:00"),
        ("year,month,day,h,min,sec", "2008,4,1,7,5,9", "2008-04-01 07:05:09"),
        ("year,month,day,h,min,sec", "2008,4,1,7,5,9.25", "2008-04-01 07:05:09.250"),
        ("date,number", "31/05/2016,34200000", "2016-05-31 09:30:00"),
        ("date,clock", "2016-05-09T00:00:00,18:30", "2016-05-09 18:30:00"),
        ("date,h", "2016-05-09 00:00:00,8", "2016-05-09 08:00:00"),
        ("date,timeframe", "2016-05-09,526309", "2016-05-09 00:08:46.309"),
        ("date,timeframe", "2016-05-09,86400001", "2016-05-10 00:00:00.001"),
        ("date,clock", "2016-05-09,18:30:05", "2016-05-09 18:30:05"),
        ("date,h,min", "2016-05-09,8,30", "2016-05-09 08:30:00"),
    ],
)
def test_parts_form_a_time(columns: str, row: str, moment: str, write: Write) -> None:
    assert times_of(write, columns, row, row) == [moment, moment]


def test_a_row_with_a_part_missing_or_odd_is_rejected(write: Write) -> None:
    rows = ("2008,4,1", "2008,,1", "2008,13,1", "2008,4,one", "2008,4,2")
    text = "session,item,year,month,day\n" + "".join(f"s,a,{row}\n" for row in rows)
    log = read_log(write(text), ColumnMapping("session", ("year", "month", "day"), "item"))
    assert [place for place, _ in list_rejected(log)] == [3, 4, 5]
    assert list_rejected(log)[0] == (3, "no timestamp")


@pytest.mark.parametrize(
    ("columns", "odd"),
    [
        ("year,month,day,hour,minute", "2024,5,1,10,345 2024,5,31,123,10 2024,0511,1,9,1 2024,5,312,9,1 2024,5,1,-5,0"),
        ("year,month,day,hour", "2024,05,31,0930"),
        ("date,time", "2024-05-31,1830000 2024-05-31,9999"),
    ],
)  # fmt: skip
def test_no_part_is_cut_to_fit(columns: str, odd: str, write: Write) -> None:
    good = {5: "2024,05,31,9,05", 4: "2024,05,31,9", 2: "2024-05-31,930"}[len(columns.split(","))]
    rows = [good, good.replace("31", "30")] * 9 + odd.split()
    text = f"session,item,{columns}\n" + "".join(f"s,a,{row}\n" for row in rows)
    options = ReadingOptions(time_format="HHMM" if columns == "date,time" else None)
    log = read_log(write(text), ColumnMapping("session", tuple(columns.split(",")), "item"), options=options)
    assert [reason for _, reason in list_rejected(log)] == [NO_TIME] * len(odd.split())


def test_a_word_for_a_missing_value_is_no_part_of_a_session(write: Write) -> None:
    text = "user,day,time,item\nNULL,5,1,A\nNULL,5,2,B\nanna,NA,3,C\nanna,5,4,D\nanna,5,5,E\n"
    mapping = ColumnMapping(("user", "day"), "time", "item")
    log = read_log(write(text), mapping)
    assert sessions(log) == {"anna | 5": ["D", "E"]}
    assert {reason for _, reason in list_rejected(log)} == {NULL_WORD_GIVEN.format("session")}
    kept = read_log(write(text), mapping, options=ReadingOptions(keep_null_words=True))
    assert list(sessions(kept)) == ["NULL | 5", "anna | NA", "anna | 5"]


@pytest.mark.parametrize("form", ["CSV", "JSON lines", "Parquet"])
def test_parts_name_a_session_together(form: str, write: Write) -> None:
    rows = pd.DataFrame({"user": ["anna"] * 3, "day": [5, 5, 6], "time": [1, 2, 3], "item": ["A", "B", "A"]})
    content = {
        "CSV": rows.to_csv(index=False).encode(),
        "JSON lines": rows.to_json(orient="records", lines=True).encode(),
        "Parquet": parquet_bytes(pa.Table.from_pandas(rows)),
    }[form]
    log = read_log(write(content), ColumnMapping(("user", "day"), "time", "item"))
    assert sessions(log) == {"anna | 5": ["A", "B"], "anna | 6": ["A"]}


def test_no_two_sessions_get_one_name(write: Write) -> None:
    text = "user,visit,time,item\na |,b,1,A\na,| b,2,B\na,,3,C\na,| b,4,D\n"
    log = read_log(write(text), ColumnMapping(("user", "visit"), "time", "item"))
    assert list(sessions(log).values()) == [["A"], ["B", "D"]]
    assert list_rejected(log) == [(4, "no session")]
    assert log.summary.columns["session"] == "user + visit"


def test_several_columns_are_different_ones() -> None:
    assert ColumnMapping(("visit",), ("day", "time"), "item").session == "visit"
    for columns in ((), ("day", "day"), tuple("abcdefg")):
        with pytest.raises(DataError, match="form the timestamp"):
            ColumnMapping("visit", columns, "item")


def test_a_part_that_is_not_in_the_file_is_said(write: Write) -> None:
    with pytest.raises(DataError, match=r"no column .* \(chosen as time\)"):
        read_log(write(FORMATS["CSV"]), ColumnMapping("session", ("timestamp", "clock"), "item"))
