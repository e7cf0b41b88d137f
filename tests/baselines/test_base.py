"""What holds of every baseline before, while and after it is fitted."""

import numpy as np
import pytest

from gru4rec_core.baselines.base import FormulaBaseline
from gru4rec_core.baselines.histories import Histories
from gru4rec_core.baselines.knn import ItemKNN
from gru4rec_core.baselines.linear import LinearAutoregressive
from gru4rec_core.baselines.markov import MarkovChain
from gru4rec_core.baselines.registry import BASELINES
from gru4rec_core.errors import ConfigError, DataError, RunError


@pytest.mark.parametrize("name", BASELINES)
def test_fitting_leaves_the_training_sessions_as_they_were(name, dataset_of, random_sessions):
    train = dataset_of(random_sessions(50, 6), 6)
    arrays = (train.items, train.offsets, train.timestamps)
    before = [array.copy() for array in arrays]
    BASELINES[name]().fit(train).scores([np.array([1, 2, 1], np.int32)])
    assert all(np.array_equal(a, b) for a, b in zip(arrays, before, strict=True))


@pytest.mark.parametrize("name", BASELINES)
def test_fitting_again_starts_afresh(name, dataset_of, random_sessions):
    first, second = (dataset_of(random_sessions(50, 6), 6) for _ in range(2))
    histories = [np.array(history, np.int32) for history in ([], [1], [2, 5, 2])]
    again = BASELINES[name]().fit(first).fit(second).scores(histories)
    assert np.array_equal(again, BASELINES[name]().fit(second).scores(histories))


@pytest.mark.parametrize("name", BASELINES)
def test_sessions_of_one_event_and_items_never_seen_do_not_stop_a_baseline(name, dataset_of):
    scores = BASELINES[name]().fit(dataset_of([[0], [2], [0]], 4)).scores([np.array([3, 0], np.int32)])
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("name", BASELINES)
def test_a_baseline_scores_only_after_it_was_fitted(name):
    with pytest.raises(RunError, match=rf"must be fitted before it scores.*{name}"):
        BASELINES[name]().scores([np.array([0], np.int32)])


@pytest.mark.parametrize("bad", [8, -2])
def test_an_item_outside_the_catalogue_is_refused(bad, train):
    with pytest.raises(DataError, match="Item ids lie in"):
        MarkovChain().fit(train).scores([np.array([0, bad], np.int32)])


@pytest.mark.parametrize(
    ("make", "setting"),
    [
        (lambda: ItemKNN(neighbours=0), "neighbours"),
        (lambda: ItemKNN(shrinkage=-1), "shrinkage"),
        (lambda: LinearAutoregressive(lags=0), "lags 0"),
        (lambda: LinearAutoregressive(ridge=0), "ridge 0"),
    ],
)
def test_a_setting_out_of_its_range_is_refused(make, setting):
    with pytest.raises(ConfigError, match=setting):
        make()


class Spoken(FormulaBaseline):
    """Says these numbers of any history."""

    name = "spoken"

    def __init__(self, numbers: list[float]) -> None:
        super().__init__()
        self.numbers = numbers

    def formula(self, histories: Histories) -> np.ndarray:
        return np.tile(np.array(self.numbers), (histories.n, 1))


@pytest.mark.parametrize(
    ("numbers", "order"),
    [
        ([0.0, 0.0, 0.0, 0.0, 0.0], [0, 1, 2, 3, 4]),
        ([0.0, 0.0, 1e-30, 0.0, 2.0], [4, 2, 0, 1, 3]),
        ([-1.0, 0.0, -2.0, 0.0, 3.0], [4, 1, 3, 0, 2]),
    ],
)
def test_what_a_formula_leaves_at_0_follows_by_popularity(train, ranking, numbers, order):
    assert ranking(Spoken(numbers).fit(train), [1]) == order
