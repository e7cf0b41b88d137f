"""Is a request valid? Checked before anything is written."""

from collections.abc import Collection, Sequence

from gru4rec_core.baselines.names import BASELINE_LABELS
from gru4rec_core.config import TrainingConfig
from gru4rec_core.errors import ConfigError


def validate_baselines(names: Sequence[str], tuned: Collection[str] = ()) -> None:
    """Raises ConfigError when a name is not that of a baseline, or is given twice.

    Args:
        names: of baselines.
        tuned: names of tuned ones whose settings are known.
    """
    unknown = [name for name in names if name not in tuned and name not in BASELINE_LABELS]
    if unknown:
        raise ConfigError(
            "A baseline is one of: " + ", ".join(BASELINE_LABELS) + ".",
            found=", ".join(map(repr, unknown)),
            where="baselines",
            remedy="Choose from these.",
        )
    validate_distinct(names, "baselines")


def validate_distinct(names: Sequence[str], where: str) -> None:
    """Raises ConfigError when a name is given twice; `where` says in which setting."""
    repeated = sorted({name for name in names if list(names).count(name) > 1})
    if repeated:
        raise ConfigError(
            "Each name is given once.",
            found=f"{', '.join(repeated)} more than once",
            where=where,
            remedy="Leave the second out; for several random starts of one model give several seeds.",
        )


def validate_configs(configs: Sequence[TrainingConfig]) -> None:
    """Raises ConfigError when two of the models to compare have the same settings."""
    if len(set(configs)) < len(configs):
        raise ConfigError(
            "Compared runs differ in a setting or in their seed.",
            found="two runs with the same settings",
            remedy="Leave one out, or give it another seed.",
        )
