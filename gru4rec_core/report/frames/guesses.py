"""What would a model recommend after some items, and without each of them?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from gru4rec_core.evaluation.ranks import top_items
from gru4rec_core.evaluation.scoring import Scorer


def leave_one_out(items: Sequence[int], scorer: Scorer, top: int = 5) -> list[tuple[int, list[int]]]:
    """The first guesses without each item in turn.

    Returns:
        Pairs of the position left out (-1: none) and the ids of the `top` best items, best first.
    """
    histories = [np.asarray(items, np.int32)]
    histories += [np.delete(histories[0], position) for position in range(len(items))]
    scores = scorer.scores(histories)
    best, _ = top_items(scores, min(top, scores.shape[1]))
    return [(row - 1, ids.tolist()) for row, ids in enumerate(best)]


def best_items(items: Sequence[int], scorer: Scorer, top: int = 10) -> pd.DataFrame:
    """A model's best next items, best first: id, relative (0 to 100).

    Scores have no unit and no zero, and two losses spread them differently. So `relative` runs from the mean score of
    all items (0) to the best score (100); an item below the mean has 0.
    """
    scores = scorer.scores([np.asarray(items, np.int32)])
    ids, values = (part[0] for part in top_items(scores, min(top, scores.shape[1])))
    mean, highest = float(scores.mean()), float(values[0])
    above = np.maximum(values.astype(float) - mean, 0.0)
    relative = 100 * above / (highest - mean) if highest > mean else np.full(len(ids), 100.0)
    return pd.DataFrame({"id": ids, "relative": relative})
