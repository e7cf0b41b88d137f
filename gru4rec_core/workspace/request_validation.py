"""Does what is asked for hold, before anything of it is stored?"""

from collections.abc import Sequence

from gru4rec_core.baselines.registry import BASELINES
from gru4rec_core.config import TrainingConfig
from gru4rec_core.errors import ConfigError


def check_baselines(names: Sequence[str]) -> None:
    """Raises ConfigError: one of these is no baseline, or named twice."""
    unknown = [name for name in names if name not in BASELINES]
    if unknown:
        raise ConfigError(
            "A baseline is one of " + ", ".join(BASELINES) + ".",
            found=", ".join(map(repr, unknown)),
            where="baselines",
            remedy="Choose from these.",
        )
    check_distinct(names, "baselines")


def check_distinct(names: Sequence[str], where: str) -> None:
    """Raises ConfigError: a name stands there twice."""
    twice = sorted({name for name in names if list(names).count(name) > 1})
    if twice:
        raise ConfigError(
            "Each name is given once.",
            found=f"{', '.join(twice)} more than once",
            where=where,
            remedy="Leave the second out; for several random starts of one model give several seeds.",
        )


def check_configs(configs: Sequence[TrainingConfig]) -> None:
    """Raises ConfigError: two of the models to compare are one."""
    if len(set(configs)) < len(configs):
        raise ConfigError(
            "Compared runs differ in a setting or in their seed.",
            found="two runs with the same settings",
            remedy="Leave one out, or give it another seed.",
        )
