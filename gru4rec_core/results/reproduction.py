"""Which command gives a comparison again, with all that the defaults would choose written out?"""

import shlex
from collections import Counter
from collections.abc import Sequence
from typing import Any

from gru4rec_core.baselines.names import DEFAULT_BASELINES
from gru4rec_core.config import LOSS_LABELS, PRESETS, ComparisonConfig, SplitConfig, TrainingConfig, WindowConfig
from gru4rec_core.workspace.records import ComparisonRecord

Settings = type[TrainingConfig] | type[SplitConfig] | type[ComparisonConfig] | type[WindowConfig]

_PROGRAM = "python -m gru4rec_core"

# Fields whose names would be taken twice, or say too little without their model.
_RENAMED = {
    (SplitConfig, "seed"): "split_seed",
    (ComparisonConfig, "seed"): "comparison_seed",
    (ComparisonConfig, "deciding_k"): "k",
}


def name_option(model: Settings, field: str) -> str:
    """What a setting is called as a parameter of a command; its option has hyphens instead."""
    return _RENAMED.get((model, field), field)


def reproduce_command(record: ComparisonRecord, configs: Sequence[TrainingConfig]) -> str:
    """The command line that trains (or finds) the same runs and compares them in the same way.

    Where the models' settings differ by more than loss and seed, no single `compare` gives them: then it is one line of
    `train` per run, and their comparison is made on the page Train. The winners of a tuning are found by its id, in the
    workspace that has it; where some have fewer runs than others, the command trains as many of each, and a comment
    above it says so.

    Args:
        record: the comparison.
        configs: of its runs, in order.
    """
    if record.tuned is not None:
        seeds = [config.seed for config in configs]
        n_seeds = max(seeds) - min(seeds) + 1  # winners have seeds one after another, all from the same on
        words = ["compare", record.dataset_id, "--tuned", record.tuned.tuning_id, "--seeds", str(n_seeds)]
        words += _options(ComparisonConfig, record.config, keep=tuple(ComparisonConfig.model_fields))
        return "\n".join(filter(None, (_describe_surplus(configs, n_seeds), _as_line(words))))
    shared = _shared_settings(configs)
    rule = _options(SplitConfig, record.split, keep=("protocol",))
    if shared is None:
        lines = [["train", record.dataset_id, *_options(TrainingConfig, config), *rule] for config in configs]
        return "\n".join(_as_line(words) for words in lines)
    preset, config, losses, n_seeds = shared
    words = ["compare", record.dataset_id, "--losses", ",".join(losses), "--seeds", str(n_seeds)]
    words += ["--preset", preset] if preset else []
    words += _differing_options(config, preset)
    if record.baselines != DEFAULT_BASELINES:
        words += ["--baselines", ",".join(record.baselines) or "none"]
    return _as_line([*words, *rule, *_options(ComparisonConfig, record.config, keep=("deciding_k",))])


def _describe_surplus(configs: Sequence[TrainingConfig], n_seeds: int) -> str:
    """A comment where so many runs of each loss are more than these; "" where they are the same."""
    counts = Counter(config.loss for config in configs)
    if all(count == n_seeds for count in counts.values()):
        return ""
    had = " and ".join(f"{count} of {LOSS_LABELS[loss]}" for loss, count in counts.items())
    return f"# Trains {n_seeds} runs of each model. This comparison has {had}, so its figures will differ somewhat."


def _as_line(words: Sequence[str]) -> str:
    return f"{_PROGRAM} {shlex.join(words)}"


def _shared_settings(configs: Sequence[TrainingConfig]) -> tuple[str, TrainingConfig, tuple[str, ...], int] | None:
    """Preset ("" or "paper"), the first run's settings, losses, seeds per loss; None where one `compare` cannot do."""
    losses = tuple(dict.fromkeys(config.loss for config in configs))
    seed, n_seeds = configs[0].seed, len(configs) // len(losses)
    expected = [(loss, seed + i) for loss in losses for i in range(n_seeds)]
    in_order = [(config.loss, config.seed) for config in configs] == expected
    for preset in ("", "paper"):
        if preset and not all(f"paper-{loss}" in PRESETS for loss in losses):
            continue
        changes = [_changes(config, preset) for config in configs]
        if in_order and all(other == changes[0] for other in changes):
            return preset, configs[0], losses, n_seeds
    return None


def _base(loss: str, preset: str) -> dict[str, Any]:
    return PRESETS[f"paper-{loss}"] if preset else {}


def _changes(config: TrainingConfig, preset: str) -> dict[str, Any]:
    """The settings that differ from the preset's, without loss and seed."""
    usual = TrainingConfig(**{"loss": config.loss, **_base(config.loss, preset)}).model_dump()
    return {
        name: value
        for name, value in config.model_dump().items()
        if value != usual[name] and name not in ("loss", "seed")
    }


def _differing_options(config: TrainingConfig, preset: str) -> list[str]:
    changes = _changes(config, preset) | ({"seed": config.seed} if config.seed else {})
    return [word for name, value in changes.items() for word in _option(TrainingConfig, name, value)]


def _options(model: Settings, config: Any, keep: Sequence[str] = ()) -> list[str]:
    """The settings that differ from their defaults, and those of `keep`, whose defaults depend on the dataset."""
    usual = {name: field.default for name, field in model.model_fields.items()}
    return [
        word
        for name, value in config.model_dump().items()
        if name in keep or value != usual[name]
        for word in _option(model, name, value)
    ]


def _option(model: Settings, field: str, value: Any) -> list[str]:
    name = name_option(model, field).replace("_", "-")
    if isinstance(value, bool):
        return [f"--{name}" if value else f"--no-{name}"]
    text = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return [f"--{name}", text]
