"""Facts about what the review pages share."""

from types import SimpleNamespace

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
