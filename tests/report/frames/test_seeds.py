"""The table by seed has each run's figures, and last the means that all other tables show."""

import numpy as np

from gru4rec_core.evaluation.seed_outcomes import rate
from gru4rec_core.report.frames.seeds import MEAN, seed_table


def test_each_seed_has_a_row_and_the_means_come_last(results):
    pair = results("top1", [1, 9, 9, 9], [1, 1, 9, 9]), results("bpr", [1, 1, 1, 9], [1, 9, 9, 9])
    table = seed_table(pair, 3, ["0", "1"])
    assert table.columns.tolist() == ["seed", "TOP1", "BPR", "difference"]
    assert table["seed"].tolist() == ["0", "1", MEAN]
    assert table["TOP1"].tolist() == [25.0, 50.0, 100 * rate(pair[0], "accuracy@3")]
    assert table["BPR"].tolist() == [75.0, 25.0, 100 * rate(pair[1], "accuracy@3")]
    assert table["difference"].tolist() == [50.0, -25.0, 12.5]


def test_a_model_with_fewer_seeds_leaves_cells_empty(results):
    pair = results("top1", [1, 9]), results("bpr", [1, 1], [9, 9], [1, 9])
    table = seed_table(pair, 3, ["0", "1", "2"])
    assert np.isnan(table["TOP1"]).tolist() == [False, True, True, False]
    assert np.isnan(table["difference"]).tolist() == [False, True, True, False]
