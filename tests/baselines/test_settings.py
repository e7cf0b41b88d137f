"""Baselines are made from flat settings, and read back as such."""

import pytest

from gru4rec_core.baselines.names import tuned_name
from gru4rec_core.baselines.registry import BASELINES
from gru4rec_core.baselines.session_neighbours import VSTAN, Decays
from gru4rec_core.baselines.settings import make_baseline, read_settings
from gru4rec_core.errors import ConfigError


def test_settings_reach_their_groups_and_the_others_stay() -> None:
    settings = {"neighbours": 7, "age": 3.0, "weight": 2.0}
    made = make_baseline(tuned_name("vstan", settings), settings)
    assert isinstance(made, VSTAN)
    default = VSTAN()
    assert (made.neighbours, made.sample) == (7, default.sample)
    assert made.decays == Decays(default.decays.place, 3.0, default.decays.distance, default.decays.shared)
    assert (made.rarity.weight, made.rarity.least_idf) == (2.0, default.rarity.least_idf)
    assert read_settings(made, settings) == settings


@pytest.mark.parametrize("name", BASELINES)
def test_without_settings_it_is_the_usual_one(name: str) -> None:
    assert vars(make_baseline(name)) == vars(BASELINES[name]())


def test_a_setting_that_it_does_not_have_is_named() -> None:
    with pytest.raises(ConfigError, match="age is a setting of the baseline markov"):
        make_baseline("markov", {"age": 3.0})
    with pytest.raises(ConfigError, match="at least 1"):
        make_baseline("item-knn", {"neighbours": 0})
