"""SessionDataset: the notebook's attributes over arrays."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from gru4rec_core.data import blocks
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.errors import DataError


@pytest.fixture
def frame():
    return pd.DataFrame(
        {
            "session": [7, 3, 7, 3, 7],
            "timestamp": [20, 5, 10, 5, 10],
            "item": ["c", "x", "a", "y", "b"],
        }
    )


def test_sessions_are_sorted_by_session_then_time_and_ties_keep_file_order(frame):
    dataset = SessionDataset(frame)
    assert dataset.df["item"].tolist() == ["x", "y", "a", "b", "c"]
    assert dataset.offsets.tolist() == [0, 2, 5]
    assert dataset.session_ids.tolist() == [3, 7]


def test_ids_follow_first_appearance_in_the_sorted_log(frame):
    dataset = SessionDataset(frame)
    assert dataset.item_to_id == {"x": 0, "y": 1, "a": 2, "b": 3, "c": 4}
    assert dataset.id_to_item[4] == "c"
    assert dataset.items.dtype == np.int32
    assert dataset.offsets.dtype == np.int64


def test_the_callers_frame_is_never_altered(frame):
    before = frame.copy(deep=True)
    built = SessionDataset(frame).df
    built["item"] = "z"
    pd.testing.assert_frame_equal(frame, before)


def test_extract_session_gives_one_hot_vectors_or_items(frame):
    dataset = SessionDataset(frame)
    assert dataset.extract_session(1, one_hot_encoded=False) == ["a", "b", "c"]
    vectors = dataset.extract_session(0)
    assert [v.argmax() for v in vectors] == [0, 1]
    assert all(v.shape == (5,) and v.sum() == 1 for v in vectors)
    np.testing.assert_array_equal(dataset.item_to_one_hot("a"), [0, 0, 1, 0, 0])


def test_an_unknown_item_has_no_one_hot_vector(frame):
    with pytest.raises(DataError, match=r"5 items.*'nothing'"):
        SessionDataset(frame).item_to_one_hot("nothing")


def test_further_columns_are_ignored_and_datetimes_become_nanoseconds(frame):
    frame["timestamp"] = pd.to_datetime(["2020-01-01T00:00:01"] * 5)
    frame["price"] = 1.0
    dataset = SessionDataset(frame)
    assert dataset.timestamps[0] == 1_577_836_801_000_000_000
    assert list(dataset.df.columns) == ["session", "timestamp", "item"]


@pytest.mark.parametrize("column", ["session", "timestamp", "item"])
def test_a_missing_column_is_named(frame, column):
    with pytest.raises(DataError, match=f"column {column}"):
        SessionDataset(frame.drop(columns=column))


def test_a_missing_value_is_named_with_its_row(frame):
    frame["item"] = ["c", None, "a", "y", None]
    with pytest.raises(DataError, match=r"2 rows without a item.*row 1"):
        SessionDataset(frame)


def test_a_timestamp_that_is_no_number_is_shown(frame):
    frame["timestamp"] = ["1", "2", "noon", "4", "5"]
    with pytest.raises(DataError, match="'noon'"):
        SessionDataset(frame)


def test_an_empty_frame_is_refused(frame):
    with pytest.raises(DataError, match="at least one event"):
        SessionDataset(frame.iloc[:0])


def test_events_of_each_item_are_counted_block_by_block_without_unknown_ones(make_dataset, monkeypatch):
    monkeypatch.setattr(blocks, "EVENTS_AT_ONCE", 3)
    dataset = make_dataset("aba", "ca", "ba")
    assert dataset.counts().tolist() == [4, 2, 1]
    known = ItemVocabulary(["c", "a"])
    items = known.encode(dataset.vocabulary.decode(dataset.items))
    assert (items == -1).sum() == 2
    again = SessionDataset.from_arrays(items, dataset.timestamps, dataset.offsets, dataset.session_ids, known)
    assert again.counts().tolist() == [1, 4]


def test_no_such_session(make_dataset):
    with pytest.raises(DataError, match="0 to 1"):
        make_dataset("ab", "ba").session(2)


def test_arrays_that_do_not_fit_are_refused(make_dataset):
    d = make_dataset("ab", "ba")
    with pytest.raises(DataError, match="fit together"):
        SessionDataset.from_arrays(d.items[:-1], d.timestamps, d.offsets, d.session_ids, d.vocabulary)


def test_sessions_named_by_texts_in_arrow_are_named_by_strings(frame):
    plain = SessionDataset(frame)
    names = pa.array(["u", "v"])
    dataset = SessionDataset.from_arrays(plain.items, plain.timestamps, plain.offsets, names, plain.vocabulary)
    assert dataset.session_ids.tolist() == ["u", "v"]
    assert dataset.session_ids is dataset.session_ids
    assert dataset.stored_session_ids is names
