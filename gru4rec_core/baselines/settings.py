"""Which settings does a baseline have, and how is one made with others than its defaults?

Settings are flat here, as search spaces and files have them: `age` is the setting of STAN's decays of that name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from inspect import signature
from typing import Any

from gru4rec_core.baselines.base import Baseline
from gru4rec_core.baselines.names import base_of
from gru4rec_core.baselines.registry import BASELINES
from gru4rec_core.errors import ConfigError

_GROUPS = ("decays", "rarity")  # arguments that are small groups of settings


def make_baseline(name: str, settings: Mapping[str, Any] | None = None) -> Baseline:
    """A baseline that is not fitted yet.

    Args:
        name: a key of `BASELINES`, or the name of a tuned one (`names.tuned_name`).
        settings: those that differ from the defaults, flat.

    Raises:
        ConfigError: it has no such setting, or a value is out of its range.
    """
    make = BASELINES[base_of(name)]
    default = make()
    arguments: dict[str, Any] = {}
    for setting, value in (settings or {}).items():
        group = _group_of(default, setting)
        if group is not None:
            arguments[group] = replace(arguments.get(group, getattr(default, group)), **{setting: value})
        elif setting in signature(make).parameters:
            arguments[setting] = value
        else:
            raise ConfigError(
                f"{setting} is a setting of the baseline {base_of(name)}.",
                found="it has no such setting",
                where="baseline settings",
                remedy="Choose among the arguments of its class.",
            )
    return make(**arguments)


def read_settings(baseline: Baseline, names: Iterable[str]) -> dict[str, Any]:
    """The values that a baseline has of these settings, flat."""
    owners = {name: _group_of(baseline, name) for name in names}
    return {name: getattr(getattr(baseline, group) if group else baseline, name) for name, group in owners.items()}


def _group_of(baseline: Baseline, setting: str) -> str | None:
    return next((group for group in _GROUPS if hasattr(getattr(baseline, group, None), setting)), None)
