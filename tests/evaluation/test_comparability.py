import numpy as np
import pandas as pd
import pytest

from gru4rec_core.config import SplitConfig
from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.data.splits import split
from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.comparability import (
    ModelResults,
    build_test_key,
    count_leaked,
    counted_unit,
    find_leaked,
    find_obstacle,
)


def test_the_same_events_can_be_compared(make_results):
    assert find_obstacle([make_results("a", [1, 2]), make_results("b", [5, 9])]) is None


def test_hits_are_counted_in_sessions_where_each_has_one_event_and_else_in_events(make_results):
    assert make_results("a", [1, 2]).unit == "sessions"
    assert make_results("a", [1, 2], sessions=[0, 0]).unit == "events"
    assert counted_unit(3, 3) == "sessions"
    assert counted_unit(4, 3) == "events"


@pytest.mark.parametrize("field", ["session_id", "position", "target"])
def test_other_events_cannot(make_results, field):
    a, b = make_results("a", [1, 2]), make_results("b", [1, 2])
    getattr(b.evaluations[0], field)[1] += 1
    obstacle = find_obstacle([a, b])
    assert obstacle is not None
    assert "cannot be compared. B was tested on" in obstacle.sentence
    assert obstacle.models == ("b", "a")


def test_models_of_different_vocabularies_are_compared_by_the_items_names(make_results):
    key = build_test_key(["s", "s"], [1, 2], ["x", "y"])
    a = make_results("a", [1, 2], test_key=key)
    b = make_results("b", [1, 2], test_key=build_test_key(["s", "s"], [1, 2], ["x", "y"]))
    b.evaluations[0].target[:] = [7, 8]  # b numbers the same items differently
    assert find_obstacle([a, b]) is None
    other = make_results("c", [1, 2], test_key=build_test_key(["s", "s"], [1, 2], ["x", "z"]))
    assert find_obstacle([a, other]) is not None


def test_the_key_knows_session_position_item_and_order():
    keys = {
        build_test_key(["s", "t"], [1, 2], ["x", "y"]),
        build_test_key(["s", "u"], [1, 2], ["x", "y"]),
        build_test_key(["s", "t"], [1, 3], ["x", "y"]),
        build_test_key(["s", "t"], [1, 2], ["x", "z"]),
        build_test_key(["t", "s"], [2, 1], ["y", "x"]),
    }
    assert len(keys) == 5
    assert build_test_key([1, 2], [1, 1], ["x", "y"]) == build_test_key(
        ["1", "2"], np.array([1, 1]), np.array(["x", "y"])
    )


def test_tests_of_one_size_are_told_apart_in_the_sentence(make_results):
    a = make_results("a", [1], test_key="k1", tested_on="the last 14 days")
    b = make_results("b", [1], test_key="k2", tested_on="the last 14 days")
    sentence = find_obstacle([a, b]).sentence
    assert "the last 14 days (test k2), A on the last 14 days (test k1)" in sentence


def test_a_model_trained_on_test_events_cannot_be_compared(make_results):
    a, b = make_results("a", [1, 2, 3]), make_results("b", [1, 2, 3], leaked_events=2)
    obstacle = find_obstacle([a, b])
    assert obstacle.sentence == "These two cannot be compared. B was trained on 2 of the 3 test events."
    assert "train it again without them" in obstacle.remedy


def test_a_test_without_events_cannot(make_results):
    assert "no test event" in find_obstacle([make_results("a", []), make_results("b", [])]).sentence


def test_seeds_of_a_model_must_pair_up(make_results):
    with pytest.raises(RunError, match="same test events"):
        make_results("a", [1, 2], [1, 2, 3])
    with pytest.raises(RunError, match="one evaluation per seed"):
        ModelResults("a", "A", "gru4rec", ())


def frame(rows):
    return SessionDataset(pd.DataFrame(rows, columns=["session", "timestamp", "item"]))


@pytest.mark.parametrize("protocol", ["last-item", "session-holdout", "time"])
def test_a_split_leaks_nothing(protocol):
    # Every session repeats one item at one time: the test event differs from training by its number alone.
    data = frame([(s, s, item) for s in range(20) for item in "baaa"])
    config = SplitConfig(protocol=protocol, test_from=15 if protocol == "time" else None, test_fraction=0.2)
    cut = split(data, config)
    assert count_leaked(cut.train, cut.test) == 0


def test_events_that_training_had_are_counted():
    rows = [(s, 10 * s + i, item) for s in range(5) for i, item in enumerate("abc")]
    test = EvaluationSet(frame(rows), np.ones(5, int))
    assert count_leaked(frame(rows[:6]), test) == 4  # two sessions, two predicted events each
    assert count_leaked(frame(rows[3:5]), test) == 1
    other_names = [(f"x{s}", t, item) for s, t, item in rows]
    assert count_leaked(frame(other_names), test) == 0
    assert find_leaked(frame(rows[3:5]), test).tolist() == [4]
    assert find_leaked(frame(rows[12:]), test).tolist() == [13, 14]


def test_a_session_name_used_again_in_another_log_is_no_leak():
    test = EvaluationSet(frame([(1, 100, "a"), (1, 101, "b")]), np.ones(1, int))
    assert count_leaked(frame([(1, 5, "a"), (1, 6, "b")]), test) == 0
    assert count_leaked(frame([("1", 100.0, "a"), ("1", 101.0, "b")]), test) == 1


def test_an_item_that_training_does_not_know_did_not_leak():
    data = frame([(1, 1, "a"), (1, 2, "a"), (2, 5, "a"), (2, 6, "b")])
    unknown = SessionDataset.from_arrays(
        np.array([0, -1], np.int32), np.array([1, 2]), np.array([0, 2]), np.array([1]), data.vocabulary
    )
    assert count_leaked(data, EvaluationSet(unknown, np.ones(1, int))) == 0


@pytest.mark.parametrize(("unit", "scale"), [("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)])
def test_the_same_events_leak_whatever_unit_an_export_has(unit, scale):
    log = split(frame([(s, 1_700_000_000 + 60 * s + i, item) for s in range(9) for i, item in enumerate("abca")]))
    held = log.test.dataset
    other = SessionDataset.from_arrays(
        held.items, held.timestamps * scale, held.offsets, held.session_ids, held.vocabulary, unit
    )
    assert log.train.time_unit == "s"
    assert count_leaked(other, EvaluationSet(held, predicted=log.test.predicted)) == log.test.n_predicted
    later = SessionDataset.from_arrays(
        held.items, (held.timestamps + 1) * scale, held.offsets, held.session_ids, held.vocabulary, unit
    )
    assert count_leaked(later, EvaluationSet(held, predicted=log.test.predicted)) == 0


def test_visits_cut_by_pauses_are_known_again_in_another_export(tmp_path):
    def export(name, days, as_dates):
        rows = ["user,time,item"]
        for day in days:
            for i, item in enumerate("abc"):
                moment = 1_700_000_000 + 86_400 * day + 60 * i
                rows.append(f"u,{pd.Timestamp(moment, unit='s').isoformat() if as_dates else moment * 1000},{item}")
        (tmp_path / name).write_text("\n".join(rows) + "\n")
        mapping = ColumnMapping(None, "time", "item", user="user", session_gap_minutes=30)
        return read_log(tmp_path / name, mapping).dataset

    old = split(export("old.csv", range(10), as_dates=False), SplitConfig(validation_fraction=0))
    later = split(export("new.csv", range(5, 20), as_dates=True), SplitConfig(protocol="time", test_days=13))
    assert later.test.n_predicted == 26
    # Old visits of days 7 to 9; the last item of each was held out of the old training.
    assert count_leaked(old.train, later.test) == 3
