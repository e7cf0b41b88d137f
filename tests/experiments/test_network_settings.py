"""Flat settings of a search become those of a network, with as many layers as before."""

from gru4rec_core.config import TrainingConfig
from gru4rec_core.experiments.network_settings import change, flatten


def test_units_are_those_of_every_layer() -> None:
    config = TrainingConfig(n_hidden=(50, 50))
    assert flatten(config)["n_hidden"] == 50
    assert change(config, {"n_hidden": 96}).n_hidden == (96, 96)
    assert change(config, {}) == config


def test_adam_takes_no_momentum_along() -> None:
    config = TrainingConfig(optimizer="adagrad", momentum=0.5)
    assert change(config, {"optimizer": "adam", "learning_rate": 0.001}).momentum == 0
    assert change(config, {"momentum": 0.9}).momentum == 0.9
