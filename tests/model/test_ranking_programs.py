"""What ranking compiles is compiled once for all networks of the same shape, and holds no network's weights."""

import numpy as np
import pytest

from gru4rec_core.config import TrainingConfig
from gru4rec_core.model.network import Gru4RecNetwork
from gru4rec_core.model.ranking import Ranker
from gru4rec_core.model.ranking_programs import plan_blocks, ranking_programs

CONFIG = TrainingConfig(n_hidden=(3, 5), batch_size=4)


@pytest.mark.parametrize("n_items", [3, 48, 1025, 10_000, 1_000_000, 10_000_000])
def test_a_call_holds_64_mb_of_scores_at_most_whatever_the_catalogue(n_items: int) -> None:
    columns, block, blocks = plan_blocks(n_items)
    assert columns >= n_items
    assert block * blocks * columns * 4 <= 64 * 2**20


def test_networks_that_differ_in_their_training_alone_share_what_is_compiled(toy_log) -> None:
    states = []
    for seed in (1, 2):
        config = CONFIG.replace(seed=seed, loss="bpr", epochs=7, learning_rate=0.1)
        states.append(Ranker(Gru4RecNetwork(12, config)).final_states(toy_log.items, toy_log.offsets))
    assert ranking_programs(CONFIG, 12).encode.experimental_get_tracing_count() == 1
    assert np.abs(states[0] - states[1]).max() > 0.01  # each with its own weights


@pytest.mark.parametrize("change", [{"activation": "relu"}, {"item_input": "shared"}, {"n_hidden": (3, 4)}])
def test_networks_of_another_shape_do_not(change: dict) -> None:
    assert ranking_programs(CONFIG, 12) is not ranking_programs(CONFIG.replace(**change), 12)
    assert ranking_programs(CONFIG, 12) is not ranking_programs(CONFIG, 13)
