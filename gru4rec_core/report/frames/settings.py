"""Tables of the training settings of several runs, and of those in which they differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gru4rec_core.config import TrainingConfig


def settings_table(configs: Mapping[str, TrainingConfig]) -> pd.DataFrame:
    """Every training setting as text: "setting", then a column per run.

    Args:
        configs: by name of the run.
    """
    columns = {
        name: {setting: _as_text(value) for setting, value in config.model_dump(mode="json").items()}
        for name, config in configs.items()
    }
    return pd.DataFrame(columns).rename_axis("setting").reset_index()


def select_differences(settings: pd.DataFrame) -> pd.DataFrame:
    """The rows of a settings table in which the runs do not all agree."""
    return settings[settings.drop(columns="setting").nunique(axis=1) > 1]


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
