"""The best so far of each method over the time it has spent, with the band of other orders of its trials."""

import pytest

from gru4rec_core.report.frames.tuning import TriedMethod, best_so_far_frame

TOP1 = TriedMethod("top1", "TOP1", "gru4rec", (60.0, 60.0, 120.0), (0.5, 0.4, 0.6))
STAN = TriedMethod("stan", "STAN", "baseline", (30.0, 30.0), (None, 0.3))


def test_a_row_for_each_trial_once_something_is_known() -> None:
    frame = best_so_far_frame([TOP1, STAN, TriedMethod("bpr", "BPR", "gru4rec", (), ())])
    assert frame[["name", "trial", "minutes", "best"]].values.tolist() == [
        ["top1", 0, 1.0, pytest.approx(50.0)],
        ["top1", 1, 2.0, pytest.approx(50.0)],
        ["top1", 2, 4.0, pytest.approx(60.0)],
        ["stan", 1, 1.0, pytest.approx(30.0)],
    ]
    assert (frame["low"] <= frame["high"]).all()
    # The other orders have the best trial earlier, too: it may come second, after three minutes.
    assert frame["high"].tolist() == pytest.approx([50.0, 50.0, 60.0, 30.0])


def test_nothing_tried_gives_an_empty_frame_with_its_columns() -> None:
    assert list(best_so_far_frame([])) == ["name", "label", "kind", "trial", "minutes", "best", "low", "high"]
