"""Evaluation ranks every predicted event, from the items before it, in blocks."""

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.errors import ConfigError, RunError
from gru4rec_core.evaluation import scoring
from gru4rec_core.evaluation.ranks import count_ranks
from gru4rec_core.evaluation.scoring import evaluate


class TableScorer:
    """Scores a history by a table row: that of its last item (row n_items for none); remembers what it was asked."""

    name = "table"

    def __init__(self, table: np.ndarray) -> None:
        self.table = np.asarray(table, np.float32)
        self.asked: list[list[list[int]]] = []

    @property
    def n_items(self) -> int:
        return self.table.shape[1]

    def scores(self, sessions):
        self.asked.append([session.tolist() for session in sessions])
        return self.table[[session[-1] if len(session) else self.n_items for session in sessions]]


@pytest.fixture
def events() -> EvaluationSet:
    """Three sessions of items 0 to 3 and unknown ones: (0 1 2), (3 -1), (-1 2 -1 3); all but the first predicted."""
    items = np.array([0, 1, 2, 3, -1, -1, 2, -1, 3], np.int32)
    dataset = SessionDataset.from_arrays(
        items, np.arange(9), np.array([0, 3, 5, 9]), np.array(["p", "q", "r"]), ItemVocabulary(list("abcd"))
    )
    return EvaluationSet(dataset, np.ones(3, np.int32))


TABLE = [
    [0.0, 3.0, 2.0, 1.0],  # after item 0
    [5.0, 0.0, 5.0, 5.0],  # after item 1
    [1.0, 1.0, 1.0, 1.0],  # after item 2
    [4.0, 3.0, 2.0, 1.0],  # after item 3
    [0.0, 0.0, 9.0, 0.0],  # after nothing
]


def test_every_predicted_event_has_the_rank_worked_out_by_hand(events):
    found = evaluate(TableScorer(TABLE), events, top_k=2)
    # session p: 1 after 0, 2 after 1; q: unknown after 3; r: 2 after nothing known, unknown after 2, 3 after 2
    assert found.session.tolist() == [0, 0, 1, 2, 2, 2]
    assert found.session_id.tolist() == ["p", "p", "q", "r", "r", "r"]
    assert found.position.tolist() == [1, 2, 1, 1, 2, 3]
    assert found.target.tolist() == [1, 2, -1, 2, -1, 3]
    assert found.greater.tolist() == [0, 0, 4, 0, 4, 0]
    assert found.equal.tolist() == [0, 2, 0, 0, 0, 3]
    assert found.top_items.tolist() == [[1, 2], [0, 2], [0, 1], [2, 0], [0, 1], [0, 1]]
    assert found.top_scores.tolist() == [[3, 2], [5, 5], [4, 3], [9, 0], [1, 1], [1, 1]]
    assert (found.n_items, found.n_events, found.n_sessions) == (4, 6, 3)


def test_histories_are_all_known_items_before_the_event(events):
    scorer = TableScorer(TABLE)
    evaluate(scorer, events)
    assert scorer.asked == [[[0], [0, 1], [3], [], [2], [2]]]


def test_ties_give_three_ranks_and_an_unknown_item_an_infinite_one(events):
    found = evaluate(TableScorer(TABLE), events)
    assert found.ranks("optimistic").tolist() == [1, 1, np.inf, 1, np.inf, 1]
    assert found.ranks().tolist() == [1, 2, np.inf, 1, np.inf, 2.5]
    assert found.ranks("conservative").tolist() == [1, 3, np.inf, 1, np.inf, 4]


def test_another_word_for_ties_is_refused(events):
    found = evaluate(TableScorer(TABLE), events)
    with pytest.raises(ConfigError, match="median, conservative or optimistic"):
        found.ranks("mean")


def test_blocks_change_nothing_but_the_memory(events, monkeypatch):
    whole = evaluate(TableScorer(TABLE), events, top_k=3)
    monkeypatch.setattr(scoring, "BLOCK_BYTES", 4 * scoring.BYTES_PER_SCORE * 2)  # two events of four items
    scorer, seen = TableScorer(TABLE), []
    blocked = evaluate(scorer, events, top_k=3, on_progress=lambda *done: seen.append(done))
    assert [len(block) for block in scorer.asked] == [2, 2, 2]
    assert seen == [(2, 6), (4, 6), (6, 6)]
    pd.testing.assert_frame_equal(blocked.to_frame(), whole.to_frame())


def test_a_block_never_holds_more_scores_than_64_mb():
    assert scoring.block_rows(10_000) * 10_000 * scoring.BYTES_PER_SCORE <= 64 * 2**20
    assert scoring.block_rows(10**9) == 1


def test_a_last_incomplete_block_is_evaluated_too(events, monkeypatch):
    monkeypatch.setattr(scoring, "BLOCK_BYTES", 4 * scoring.BYTES_PER_SCORE * 4)
    assert evaluate(TableScorer(TABLE), events).ranks().tolist() == [1, 2, np.inf, 1, np.inf, 2.5]


def test_a_faster_way_is_taken_where_there_is_one(events):
    class Fast(TableScorer):
        def rank_counts(self, events, top_k, on_progress=None):
            self.called_with = (events, top_k, on_progress)
            scores = np.tile(np.arange(4, dtype=np.float32), (6, 1))
            return count_ranks(scores, events.events().target, top_k)

    scorer, report = Fast(TABLE), lambda done, total: None
    found = evaluate(scorer, events, top_k=1, on_progress=report)
    assert scorer.called_with == (events, 1, report)
    assert scorer.asked == []
    assert found.greater.tolist() == [2, 1, 4, 1, 4, 0]


def test_a_fast_scorer_that_misses_events_is_refused(events):
    class Lazy(TableScorer):
        def rank_counts(self, events, top_k, on_progress=None):
            return count_ranks(np.zeros((5, 4), np.float32), np.zeros(5, np.int32), top_k)

    with pytest.raises(RunError, match="ranks every predicted event"):
        evaluate(Lazy(TABLE), events)


def test_a_score_that_is_no_number_names_the_scorer_and_the_event(events):
    table = np.array(TABLE)
    table[3, 1] = np.nan
    with pytest.raises(RunError, match=r"NaN for 1 of 6 events.*scorer table, session q, position 1"):
        evaluate(TableScorer(table), events)


def test_the_event_is_named_rightly_in_a_later_block_too(events, monkeypatch):
    monkeypatch.setattr(scoring, "BLOCK_BYTES", 4 * scoring.BYTES_PER_SCORE * 2)
    table = np.array(TABLE)
    table[4, 0] = np.nan
    with pytest.raises(RunError, match=r"NaN for 1 of 2 events.*session r, position 1"):
        evaluate(TableScorer(table), events)


def test_a_number_missing_from_a_fast_scorer_is_noticed(events):
    class Broken(TableScorer):
        def rank_counts(self, events, top_k, on_progress=None):
            counts = count_ranks(np.zeros((6, 4), np.float32), events.events().target, top_k)
            counts.top_scores[2, 1] = np.nan
            return counts

    with pytest.raises(RunError, match="scorer table, event 2"):
        evaluate(Broken(TABLE), events)


def test_scores_of_another_catalogue_are_refused(events):
    class Narrow(TableScorer):
        n_items = 5

        def scores(self, sessions):
            return np.zeros((len(sessions), 4), np.float32)

    with pytest.raises(RunError, match="one score per history"):
        evaluate(Narrow(TABLE), events)


def test_no_more_top_items_are_kept_than_there_are(events):
    assert evaluate(TableScorer(TABLE), events, top_k=20).top_items.shape == (6, 4)


def test_no_top_item_at_all_is_refused(events):
    with pytest.raises(ConfigError, match="At least one top item"):
        evaluate(TableScorer(TABLE), events, top_k=0)


def test_nothing_to_predict_gives_an_empty_evaluation(events):
    nothing = EvaluationSet(events.dataset, events.dataset.lengths)
    found = evaluate(TableScorer(TABLE), nothing, top_k=2)
    assert (found.n_events, found.n_sessions) == (0, 0)
    assert found.top_items.shape == (0, 2)


def test_the_predictions_table_survives_parquet(events, tmp_path):
    found = evaluate(TableScorer(TABLE), events, top_k=2)
    found.to_frame().to_parquet(tmp_path / "predictions.parquet")
    frame = pd.read_parquet(tmp_path / "predictions.parquet")
    assert frame.columns.tolist() == [
        "session_index",
        "session",
        "position",
        "target",
        "greater",
        "equal",
        "top_items",
        "top_scores",
    ]
    columns = {"session_index": found.session, "session": found.session_id}
    columns |= {name: getattr(found, name) for name in frame.columns if name not in columns}
    for name, values in columns.items():
        stored = np.stack(frame[name].tolist()) if values.ndim == 2 else frame[name].to_numpy()
        assert stored.tolist() == values.tolist(), name
        if name != "session":
            assert stored.dtype == values.dtype, name


def test_the_predictions_table_of_no_event_has_its_columns(events):
    nothing = EvaluationSet(events.dataset, events.dataset.lengths)
    frame = evaluate(TableScorer(TABLE), nothing).to_frame()
    assert (len(frame), frame.shape[1]) == (0, 8)
