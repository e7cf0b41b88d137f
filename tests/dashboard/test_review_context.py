"""Facts about what the review pages share."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import streamlit as st

from dashboard import review_context
from dashboard.review_context import Review, nearest_list_length
from gru4rec_core.config import ComparisonConfig


@pytest.mark.parametrize(("k", "nearest"), [(1, 1), (4, 3), (6, 5), (8, 10), (17, 20), (100, 20)])
def test_a_list_length_without_a_column_takes_the_nearest(k: int, nearest: int):
    assert nearest_list_length(k) == nearest


def test_slices_have_limits_at_the_level_shown(monkeypatch: pytest.MonkeyPatch):
    st.cache_data.clear()
    monkeypatch.setattr(review_context, "slice_rates", lambda *args: pd.DataFrame({"level": [args[-1]]}))
    result = SimpleNamespace(split=SimpleNamespace(test=None, train_counts=[1]))

    def level_of_slices(level: float) -> float:
        record = SimpleNamespace(id="top1-bpr-1", config=ComparisonConfig(confidence=level))
        return review_context.slice_table(Review(record, result, (), (), {}), (), 3)["level"].item()

    assert [level_of_slices(level) for level in (0.95, 0.99, 0.95)] == [0.95, 0.99, 0.95]


def test_the_rate_of_the_whole_test_is_worked_out_once_per_method_and_level(monkeypatch: pytest.MonkeyPatch):
    st.cache_data.clear()
    computed: list[tuple[str, int, float]] = []

    def whole_rates(models: list, k: int, confidence: float) -> pd.DataFrame:
        computed.append((models[0].name, k, confidence))
        return pd.DataFrame({"name": [models[0].name], "level": [confidence]})

    monkeypatch.setattr(review_context, "whole_rates", whole_rates)
    models = tuple(SimpleNamespace(name=name) for name in ("top1", "bpr"))

    def table(names: list[str], level: float) -> list[list]:
        result = SimpleNamespace(comparison=SimpleNamespace(models=models))
        record = SimpleNamespace(id="top1-bpr-1", config=ComparisonConfig(confidence=level))
        return review_context.whole_table(Review(record, result, (), (), {}), names, 3).to_numpy().tolist()

    assert table(["bpr"], 0.95) == [["bpr", 0.95]]
    assert table(["top1", "bpr"], 0.95) == [["top1", 0.95], ["bpr", 0.95]]
    assert table(["bpr"], 0.99) == [["bpr", 0.99]]
    assert computed == [("bpr", 3, 0.95), ("top1", 3, 0.95), ("bpr", 3, 0.99)]


def test_the_kinds_of_events_are_worked_out_once_for_list_and_filter(monkeypatch: pytest.MonkeyPatch):
    st.cache_resource.clear()
    computed: list[bool] = []

    def event_kinds(*args: object) -> dict[str, np.ndarray]:
        computed.append(True)
        return {"repeat": np.array([1, 0, 1], np.int8)}

    monkeypatch.setattr(review_context, "event_kinds", event_kinds)
    models = (SimpleNamespace(name="bpr", evaluations=(None,)),)
    split = SimpleNamespace(test=None, train_counts=[1])
    record = SimpleNamespace(id="bpr-1", config=ComparisonConfig())
    review = Review(record, SimpleNamespace(split=split, comparison=SimpleNamespace(models=models)), (), (), {})
    assert review_context.list_kinds(review) == [("repeat", "already seen"), ("repeat", "new")]
    assert review_context.select_kind(review, "repeat", "new").tolist() == [True, False, True]
    assert computed == [True]
