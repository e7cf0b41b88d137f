"""A sample of a log: whole sessions, always the same ones."""

import random

import pandas as pd
import pytest

from gru4rec_core.data import session_sample
from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.import_types import ImportedLog
from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.reading_options import ReadingOptions
from gru4rec_core.errors import DataError
from tests.data.logs import Write, list_rejected, sessions

ROWS = [f"s{n % 200},{1_700_000_000 + n},i{n % 7}" for n in range(1_000)]


def sample(write: Write, rows: list[str], share: float = 0.2, seed: int = 0, header: str = "session") -> ImportedLog:
    path = write("\n".join([f"{header},time,item", *rows]))
    return read_log(path, options=ReadingOptions(sample=share, seed=seed))


def test_a_sample_keeps_whole_sessions_and_says_how_many(write: Write) -> None:
    whole = sessions(read_log(write("\n".join(["session,time,item", *ROWS]))))
    log = sample(write, ROWS)
    kept = sessions(log)
    assert 20 <= len(kept) <= 60
    assert all(whole[name] == items for name, items in kept.items())
    assert log.summary.sample is not None
    assert (log.summary.sample["kept"], log.summary.sample["of"]) == (len(kept), 200)
    assert log.summary.rows_read == 1_000 == log.summary.rows_kept + log.summary.sample["rows_left_out"]


def test_a_sample_is_the_same_in_any_order_and_by_seed(write: Write) -> None:
    shuffled = random.Random(0).sample(ROWS, len(ROWS))
    kept = set(sessions(sample(write, ROWS)))
    assert set(sessions(sample(write, shuffled))) == kept
    assert set(sessions(sample(write, [row.replace(",", " ,", 1) for row in ROWS]))) == kept
    assert set(sessions(sample(write, ROWS, seed=1))) != kept
    assert kept < set(sessions(sample(write, ROWS, share=0.5)))


def test_which_sessions_are_kept_never_changes(write: Write) -> None:
    kept = sessions(sample(write, ROWS, share=0.03))
    assert sorted(kept) == ["s106", "s124", "s13", "s146", "s162", "s170", "s25", "s83", "s88"]


def test_a_share_of_one_keeps_everything_and_is_no_sample(write: Write) -> None:
    log = sample(write, ROWS, share=1.0)
    assert log.dataset.n_sessions == 200
    assert log.summary.sample is None


def test_sessions_are_counted_once_across_blocks(monkeypatch: pytest.MonkeyPatch, write: Write) -> None:
    monkeypatch.setattr(session_sample, "_COMPACT_AT", 10)
    rows = "".join(f'{{"session": "s{n % 200}", "time": {n}, "item": "i"}}\n' for n in range(1_000))
    log = read_log(write(rows), options=ReadingOptions(sample=0.2))
    assert log.summary.sample is not None
    assert log.summary.sample["of"] == 200


def test_rows_without_a_session_are_still_rejected(write: Write) -> None:
    log = sample(write, [",1,A", "s,1", *ROWS])
    assert list_rejected(log) == [(2, "no session"), (3, "2 fields instead of 3")]


def test_where_visits_are_cut_out_of_users_whole_users_are_kept(write: Write) -> None:
    rows = [f"u{n % 50},{1_700_000_000 + 3_600 * n},i{n % 3}" for n in range(500)]
    rows += [f"u{n % 50},{1_700_000_060 + 3_600 * n},i{n % 3}" for n in range(500)]
    mapping = ColumnMapping(None, "time", "item", user="user", session_gap_minutes=30)
    path = write("\n".join(["user,time,item", *rows]))
    log = read_log(path, mapping, options=ReadingOptions(sample=0.3))
    assert log.summary.sample is not None
    users = pd.Series(log.dataset.session_ids).str.split("#").str[0]
    assert (users.nunique(), log.summary.sample["of"]) == (log.summary.sample["kept"], 50)
    assert set(users.value_counts()) == {10}


def test_an_empty_sample_says_so(write: Write) -> None:
    with pytest.raises(DataError, match="none of 200"):
        sample(write, ROWS, share=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_a_word_for_a_missing_session_is_rejected_whatever_the_sample(seed: int, write: Write) -> None:
    nameless = [f"NULL,{1_700_000_000 + n},i{n % 7}" for n in range(3)]
    log = sample(write, [*ROWS, *nameless], share=0.5, seed=seed)
    assert log.summary.sample is not None
    assert log.summary.sample["of"] == 200
    assert sum(log.summary.rejected_counts.values()) == 3


def test_such_a_word_may_be_the_name_of_a_session_in_a_sample_too(write: Write) -> None:
    path = write("\n".join(["session,time,item", *ROWS, "NULL,1700000000,i1", "NULL,1700000001,i2"]))
    log = read_log(path, options=ReadingOptions(sample=0.5, keep_null_words=True))
    assert log.summary.sample is not None
    assert log.summary.sample["of"] == 201
