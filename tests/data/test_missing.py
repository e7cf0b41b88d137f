"""Null words and texts that only look empty, in the session, the time and the item."""

import pytest

from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.reading_options import ReadingOptions
from tests.data.logs import CSV, Write, list_rejected, sessions

WORD = "is a placeholder such as NULL"


@pytest.mark.parametrize("word", ["NaN", "nan", "None", "NULL", "null", r"\N", "<null>", "N/A", "undefined", " NULL "])
def test_null_words_are_missing_values(word: str, write: Write) -> None:
    log = read_log(write(CSV + f"{word},50,A\ns1,{word},A\ns1,50,{word}\n"))
    assert list_rejected(log) == [(7, f"the session {WORD}"), (8, f"the timestamp {WORD}"), (9, f"the item {WORD}")]
    assert sessions(log) == {"s1": ["A", "B"], "s2": ["B", "C", "A"]}


def test_null_words_are_kept_as_names_by_choice(write: Write) -> None:
    log = read_log(write(CSV + "null,50,None\ns1,NaN,A\n"), options=ReadingOptions(keep_null_words=True))
    assert sessions(log)["null"] == ["None"]
    assert list_rejected(log) == [(8, f"the timestamp {WORD}")]


def test_na_is_an_item_but_no_session(write: Write) -> None:
    log = read_log(write(CSV + "s1,50,NA\nNA,51,A\n"))
    assert sessions(log)["s1"] == ["A", "B", "NA"]
    assert list_rejected(log) == [(8, f"the session {WORD}")]


@pytest.mark.parametrize("empty", ["", "   ", "\u00a0", "\u200b", "\ufeff\u2060", "\t"])
def test_what_looks_empty_is_missing(empty: str, write: Write) -> None:
    log = read_log(write(CSV + f"{empty},50,A\ns1,{empty},A\ns1,50,{empty}\n"))
    assert list_rejected(log) == [(7, "no session"), (8, "no timestamp"), (9, "no item")]


def test_a_null_word_is_no_name_of_an_item(write: Write) -> None:
    log = read_log(write("session,time,item,title\ns,1,A,NaN\ns,2,A,Anvil\n"))
    assert log.item_names == {"A": "Anvil"}
