"""Facts about the choices of the Sessions page."""

from types import SimpleNamespace

import numpy as np
import pytest
import streamlit as st

from dashboard import sessions_view
from dashboard.seed_choice import SeedChoice
from dashboard.steps_view import View
from gru4rec_core.evaluation.event_orders import ORDERS


def test_every_order_of_the_library_can_be_chosen():
    assert tuple(sessions_view._ORDERS) == ORDERS


def test_events_are_ordered_once_however_many_steps_are_read(monkeypatch: pytest.MonkeyPatch):
    st.cache_resource.clear()
    computed: list[tuple[str, int, int]] = []

    def order_events(order: str, models: tuple, k: int, seed: int) -> np.ndarray:
        computed.append((order, k, seed))
        return np.arange(len(models))

    monkeypatch.setattr(sessions_view, "order_events", order_events)
    review = SimpleNamespace(record=SimpleNamespace(id="bpr-1"), files=())
    pair = SimpleNamespace(name="bpr"), SimpleNamespace(name="top1")

    def length(models: tuple, k: int, seed: int) -> int:
        return len(sessions_view._event_order(View(review, models, k, SeedChoice(seed, ""), None), "worst-miss"))

    assert [length(*view) for view in ((pair, 3, 0), (pair, 3, 0), (pair, 5, 0), (pair, 3, 1))] == [2, 2, 2, 2]
    assert length(pair[:1], 3, 0) == 1
    assert computed == [("worst-miss", *view) for view in ((3, 0), (5, 0), (3, 1), (3, 0))]
