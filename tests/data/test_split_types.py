"""Evaluation sets: which events are predicted."""

from collections.abc import Callable

import numpy as np
import pytest

from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.errors import DataError


def test_predict_from_is_short_for_a_mask(make_dataset: Callable[..., SessionDataset]) -> None:
    dataset = make_dataset("abc", "ba")
    evaluation = EvaluationSet(dataset, np.array([1, 0]))
    assert evaluation.predicted.tolist() == [False, True, True, True, True]
    assert evaluation.n_predicted == 4
    index = evaluation.events()
    assert index.target.tolist() == [1, 2, 1, 0]
    assert [column.dtype for column in index] == [np.int32] * 3


def test_an_evaluation_set_takes_one_way_of_saying_it(make_dataset: Callable[..., SessionDataset]) -> None:
    dataset = make_dataset("abc")
    for arguments in ({}, {"predict_from": np.ones(1), "predicted": np.ones(3, bool)}, {"predict_from": np.ones(2)}):
        with pytest.raises(DataError):
            EvaluationSet(dataset, **arguments)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="each of 3 events"):
        EvaluationSet(dataset, predicted=np.ones(2, bool))
