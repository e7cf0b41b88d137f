import numpy as np
import pytest

from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.evaluation.metrics import accuracy_at, mrr_at
from gru4rec_core.evaluation.scoring import evaluate
from gru4rec_core.model.ranking import Ranker
from gru4rec_core.model.validation import validation_metrics


def test_validation_metrics_are_those_of_an_evaluation(trained_model, toy_log) -> None:
    events = EvaluationSet(toy_log, np.maximum(toy_log.lengths - 1, 1))
    metrics = validation_metrics(Ranker(trained_model.network), events)
    evaluation = evaluate(trained_model, events)
    assert list(metrics) == [*(f"accuracy@{k}" for k in range(1, 21)), "mrr@20"]
    for k in range(1, 21):  # whichever decides
        assert metrics[f"accuracy@{k}"] == pytest.approx(accuracy_at(evaluation, k))
    assert metrics["mrr@20"] == pytest.approx(mrr_at(evaluation, 20))
    assert 0 < metrics["accuracy@1"] < 1


def test_a_longer_list_that_early_stopping_watches_is_recorded(trained_model, toy_log) -> None:
    events = EvaluationSet(toy_log, np.maximum(toy_log.lengths - 1, 1))
    assert "accuracy@30" in validation_metrics(Ranker(trained_model.network), events, "accuracy@30")


def test_an_unknown_item_is_a_miss(trained_model, toy_log) -> None:
    events = EvaluationSet(toy_log, np.maximum(toy_log.lengths - 1, 1))
    unknown = EvaluationSet(
        type(toy_log).from_arrays(
            np.where(np.arange(toy_log.n_events) % 2, toy_log.items, -1).astype(np.int32),
            toy_log.timestamps,
            toy_log.offsets,
            toy_log.session_ids,
            toy_log.vocabulary,
        ),
        np.maximum(toy_log.lengths - 1, 1),
    )
    ranker = Ranker(trained_model.network)
    share_known = (unknown.events().target >= 0).mean()
    assert 0 < share_known < 1
    assert validation_metrics(ranker, unknown)["accuracy@20"] == pytest.approx(share_known)
    assert validation_metrics(ranker, events)["accuracy@20"] == 1.0
