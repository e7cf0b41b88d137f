"""What kind of file it is, and what is refused as no log."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from gru4rec_core.data.file_format import guess_delimiter, is_utf8
from gru4rec_core.data.ingest import ReadLimits, read_log
from gru4rec_core.errors import DataError
from tests.data.logs import CSV, FORMATS, Write, sessions


@pytest.mark.parametrize("gzipped", [False, True])
@pytest.mark.parametrize("name", list(FORMATS))
def test_each_format_gives_the_same_log(name: str, gzipped: bool, write: Write) -> None:
    content = gzip.compress(FORMATS[name]) if gzipped else FORMATS[name]
    log = read_log(write(content, "whatever.bin"))
    assert sessions(log) == {"s1": ["A", "B"], "s2": ["B", "C", "A"]}
    assert log.dataset.timestamps.tolist() == [10, 20, 15, 30, 40]
    assert log.dataset.timestamps.dtype == np.int64
    assert log.dataset.items.dtype == np.int32
    assert log.summary.format == name + (", gzipped" if gzipped else "")
    assert (log.summary.rows_read, log.summary.rows_kept) == (5, 5)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "an empty file"),
        (b"\n \n", "an empty file"),
        (b"session,timestamp,item\n", "a header and no rows below it"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "a PNG image"),
        (b"PK\x03\x04" + bytes(50), "not a zip file"),
        (gzip.compress(b"PK\x03\x04" + bytes(50), mtime=0), "inside another archive"),
        (b"a,b\n\x00\x01\x02", "a binary file"),
        (b"session,timestamp,item\rs,1,A\rs,2,B\r", "carriage returns only"),
        (b'[{"session": 1}]', "one JSON list"),
        (b"session,timestamp,item\ns,noon,A\nt,late,B\n", "2 rows: 2 left out"),
        (b"session,timestamp,item\ns,1,A\nt,2,B\n", "2 sessions, all of one event"),
        (b"one\ntwo\n", "columns one"),
        (gzip.compress(CSV.encode(), mtime=0)[:-12], "unpacked bytes"),
        (gzip.compress(b"session,timestamp,item\n" * 9, mtime=0)[:40] + b"xxxxxxxxx", "unpacked bytes"),
        (b"PAR1 and nothing more", "Parquet"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_log_is_refused_with_rule_place_and_remedy(content: bytes, words: str, write: Write) -> None:
    with pytest.raises(DataError) as caught:
        read_log(write(content), name="visits.csv")
    error = caught.value
    assert words in str(error)
    assert "visits.csv" in error.where
    assert error.rule.endswith(".")
    assert error.remedy


def test_a_byte_order_mark_says_which_encoding_it_is(write: Write) -> None:
    for encoding in ("utf-16", "utf-32", "utf-8-sig"):
        log = read_log(write("session,timestamp,item\ns,1,é\ns,2,ü\n".encode(encoding)))
        assert log.dataset.vocabulary.items.tolist() == ["é", "ü"]
        assert log.summary.encoding == encoding.removesuffix("-sig")


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no file at this path"):
        read_log(tmp_path / "nothing.csv")


def test_an_unpacked_size_beyond_the_limit_stops_early(write: Write) -> None:
    bomb = gzip.compress(b"session,timestamp,item\n" + b"s,1,A\n" * 500_000)
    with pytest.raises(DataError, match=r"at most 0\.001 GB"):
        read_log(write(bomb), limits=ReadLimits(unpacked_bytes=1_000_000))


@pytest.mark.parametrize(
    ("content", "utf8"),
    [
        (CSV.encode(), True),
        (("Käse" * 9_000_000).encode(), True),
        (b"session,item\n1,K\xe4se\n", False),
        (gzip.compress(b"session,item\n1,K\xe4se\n", mtime=0), False),
        (CSV.encode("utf-16"), False),
        (FORMATS["Parquet"], True),
        (b"\x89PNG\r\n\x1a\n\xff\xff", True),
    ],
)
def test_a_file_in_another_encoding_is_noticed(write: Write, content: bytes, utf8: bool) -> None:
    assert is_utf8(write(content)) is utf8


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a;b;c\n1;2,5;3\n1;2,5;3\n", ";"),
        ('a,b\n"x;y;z",1\n"x;y;z",2\n', ","),
        ("a|b\n1|2\n", "|"),
        ("session\titem\n1\t2,3\n", "\t"),
        ("one\ntwo\n", ","),
        ("session,time,item\n1,2,3\n1,2\n1,2,3\n", ","),
        ("1::1193::5::978300760\n1::661::3::978302109\n", "::"),
    ],
)
def test_the_delimiter_is_the_one_that_occurs_most_evenly_outside_quotes(text: str, delimiter: str) -> None:
    assert guess_delimiter(text) == delimiter
