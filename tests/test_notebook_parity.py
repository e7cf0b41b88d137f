"""TOP1 and BPR against the Keras notebook's own numbers.

The notebook puts the positive among its own negatives and sums where the paper takes means; the exact
relations are in docs/decisions and below. NOTEBOOK_LOSSES names another .npz of the same form.
"""

import os
from pathlib import Path

import numpy as np
import pytest

from gru4rec_core.model.losses import BPR, TOP1, bpr, top1

LOSSES_FILE = Path(os.environ.get("NOTEBOOK_LOSSES", Path(__file__).parent / "reference" / "notebook_losses.npz"))
with np.load(LOSSES_FILE) as archive:
    NUMBERS = dict(archive)
CASES = sorted({name.split("/")[0] for name in NUMBERS})


@pytest.mark.parametrize("case", CASES)
def test_against_all_items(case: str) -> None:
    targets, scores = NUMBERS[f"{case}/targets"], NUMBERS[f"{case}/scores"]
    n_rows, n_items = scores.shape
    one_hot = np.eye(n_items, dtype=np.float32)[targets]
    n_negatives = n_items - 1
    # Sum over rows and negatives, plus the positive against itself: -log σ(0) = log 2, σ(0) = 1/2.
    ours = n_rows * (n_negatives * float(BPR(one_hot, scores)) + np.log(2))
    np.testing.assert_allclose(ours, NUMBERS[f"{case}/bpr_all_items"], rtol=2e-6)
    ours = n_rows * (n_negatives * float(TOP1(one_hot, scores)) + 0.5)
    np.testing.assert_allclose(ours, NUMBERS[f"{case}/top1_all_items"], rtol=2e-6)


@pytest.mark.parametrize("case", CASES)
def test_within_the_batch(case: str) -> None:
    targets, scores = NUMBERS[f"{case}/targets"], NUMBERS[f"{case}/scores"]
    n_rows = len(targets)
    columns = scores[:, targets].T
    weights = 1.0 - np.eye(n_rows, dtype=np.float32)
    positive = np.diag(columns).copy()
    for loss, own, name in ((bpr, np.log(2), "bpr_in_batch"), (top1, 0.5, "top1_in_batch")):
        mean = float(np.mean(loss(positive, columns, weights)))
        np.testing.assert_allclose(((n_rows - 1) * mean + own) / n_rows, NUMBERS[f"{case}/{name}"], rtol=2e-6)
