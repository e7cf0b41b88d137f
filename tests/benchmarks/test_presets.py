"""The candidates for a preset: which comes next, and what one gains."""

import math
from typing import Any

import pytest

from benchmarks.presets import NEIGHBOURS, gain, next_candidate
from gru4rec_core.config import TrainingConfig
from gru4rec_core.experiments.network_settings import change


def tried(values: dict[str, Any] | None, value: float = 0.0) -> dict[str, Any]:
    return {"values": values, "settings": {}, "gain": value}


def test_the_preset_comes_first_then_what_is_proposed_then_its_neighbours_then_nothing() -> None:
    first = next_candidate("quick", [], 2)
    assert first is not None
    values, settings = first
    assert settings == {}
    proposed = next_candidate("quick", [tried(values)], 2)
    assert proposed is not None
    assert 32 <= proposed[1]["n_hidden"] <= 96
    lines = [tried(values), tried(proposed[0], 0.1)]
    for settings in NEIGHBOURS["quick"]:
        assert next_candidate("quick", lines, 2) == (None, settings)
        lines.append(tried(None))
    assert next_candidate("quick", lines, 2) is None


def test_a_preset_that_is_not_searched_is_followed_by_its_neighbours() -> None:
    assert next_candidate("modern", [], 9) == (None, {})
    assert next_candidate("modern", [tried(None)], 9) == (None, NEIGHBOURS["modern"][0])


@pytest.mark.parametrize("preset", sorted(NEIGHBOURS))
def test_neighbours_are_settings_that_go_together(preset: str) -> None:
    assert all(change(TrainingConfig.preset(preset), settings) for settings in NEIGHBOURS[preset])


def test_the_gain_is_a_mean_over_cells_of_the_best_accuracies() -> None:
    usual = [{"accuracy": [0.1, 0.2]}, {"accuracy": [0.4, 0.3]}]
    cells = [{"accuracy": [0.4, 0.1]}, {"accuracy": [0.2, 0.2]}]
    assert gain(cells, usual) == pytest.approx(0.0)
    assert gain(cells[:1], usual[:1]) == pytest.approx(math.log(2))
