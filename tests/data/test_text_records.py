"""Records and their lines: quotes, blocks, encodings."""

import tracemalloc

import numpy as np
import pytest

from gru4rec_core.data.file_format import open_log
from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.text_records import read_records
from gru4rec_core.errors import DataError
from tests.data.logs import CSV, Write, list_rejected, sessions


def test_lines_are_numbered_as_an_editor_shows_them_after_a_quoted_line_end(write: Write) -> None:
    log = read_log(write('session,timestamp,item\ns1,1,"two\nlines"\n\ns1,2,B\ns1,noon,C\n'))
    assert list_rejected(log) == [(6, "the timestamp cannot be read as a time")]


def test_a_quote_left_open_costs_its_own_line_only(write: Write) -> None:
    lines = "".join(f"s1,{t},B\n" for t in range(2, 200))
    log = read_log(write('session,timestamp,item\ns1,1,A\ns1,1,"open\n' + lines))
    assert list_rejected(log) == [(3, "a quote is not closed")]
    assert log.summary.rows_kept == 199


def test_a_long_line_with_an_open_quote_needs_little_memory(write: Write) -> None:
    file = open_log(write('s,1,"' + 'x""' * 300_000 + "\ns,2,B\n"), "log.csv", "utf-8", 10**9)
    tracemalloc.start()
    records = next(read_records(file))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert records.unclosed.tolist() == [True, False]
    assert peak < 20 * file.path.stat().st_size


@pytest.mark.parametrize("block_bytes", [1, 7, 64, 1000])
def test_records_that_cross_a_block_are_whole(block_bytes: int, write: Write) -> None:
    lines = [f's{n // 3},{n},"ü {n}\nx"\n' for n in range(100)]
    path = write("".join(lines))
    file = open_log(path, "log.csv", "utf-8", 10**9)
    blocks = list(read_records(file, block_bytes=block_bytes))
    assert [text for block in blocks for text in block.text.to_pylist()] == [line[:-1] + " " for line in lines]
    assert np.concatenate([block.lines for block in blocks]).tolist() == list(range(1, 200, 2))


def test_bytes_that_are_no_utf8_are_named_by_line_and_offset(write: Write) -> None:
    content = "session,timestamp,item\ns,1,A\ns,2,Käse\n".encode("latin-1")
    with pytest.raises(DataError, match=r"0xe4") as caught:
        read_log(write(content))
    assert caught.value.where == f"log.csv, line 3, byte {content.index(0xE4)}"
    assert "latin-1" in caught.value.remedy
    assert sessions(read_log(write(content), encoding="latin-1")) == {"s": ["A", "Käse"]}


@pytest.mark.parametrize("block_bytes", [1, 8, 1000])
def test_the_offset_of_a_bad_byte_counts_from_the_files_beginning(block_bytes: int, write: Write) -> None:
    content = b"\xef\xbb\xbfsession,timestamp,item\ns,1,A\ns,2,\xe4\n"
    file = open_log(write(content), "log.csv", "utf-8", 10**9)
    with pytest.raises(DataError) as caught:
        list(read_records(file, block_bytes=block_bytes))
    assert caught.value.where == f"log.csv, line 3, byte {content.index(0xE4)}"


def test_other_encodings_can_be_asked_for(write: Write) -> None:
    content = CSV.replace("A", "Ä")
    assert sessions(read_log(write(content.encode("utf-16")), encoding="utf-16"))["s1"] == ["Ä", "B"]
    with pytest.raises(DataError, match="no-such"):
        read_log(write(content), encoding="no-such")
    with pytest.raises(DataError, match="the encoding chosen"):
        read_log(write(content.encode("latin-1")), encoding="utf-8-sig")
