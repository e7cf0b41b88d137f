"""Pieces of a log's events."""

import numpy as np
import pytest

from gru4rec_core.data import blocks


@pytest.mark.parametrize("n", [0, 1, 6, 7, 8, 21])
def test_the_pieces_hold_every_event_once_in_order(n, monkeypatch):
    monkeypatch.setattr(blocks, "EVENTS_AT_ONCE", 7)
    pieces = [np.arange(n)[piece] for piece in blocks.blocks(n)]
    assert np.concatenate([np.arange(0), *pieces]).tolist() == list(range(n))
    assert all(0 < len(piece) <= 7 for piece in pieces)
