"""How do the flat settings of a search become those of a network, and back?"""

from collections.abc import Mapping
from typing import Any

from gru4rec_core.config import TrainingConfig


def flatten(config: TrainingConfig) -> dict[str, Any]:
    """The settings of a network with one number of units, as a search space has them: that of its first layer."""
    return {**config.model_dump(), "n_hidden": config.n_hidden[0]}


def change(config: TrainingConfig, settings: Mapping[str, Any]) -> TrainingConfig:
    """A network's settings with what a trial changed: as many layers as before, all with the same number of units.

    Raises:
        ConfigError: settings that do not go together.
    """
    changed = dict(settings)
    if "n_hidden" in changed:
        changed["n_hidden"] = (changed["n_hidden"],) * config.n_layers
    if changed.get("optimizer") == "adam":
        changed["momentum"] = 0.0
    return config.replace(**changed)
