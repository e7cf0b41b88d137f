"""Which choices does a reader make, and how do they become validated settings?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard import setting_fields
from gru4rec_core.config import LOSS_LABELS, PRESETS, ComparisonConfig, SplitConfig, TrainingConfig, default_deciding_k
from gru4rec_core.errors import ConfigError
from gru4rec_core.workspace.records import DatasetRecord

_SAME, _PAPER = "Same settings", "Each its paper preset"


@dataclass(frozen=True)
class Plan:
    """What *Start* will do: one config a loss and seed, the test rule, and how the results are judged."""

    configs: tuple[TrainingConfig, ...]
    split: SplitConfig
    comparison: ComparisonConfig

    @property
    def losses(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(config.loss for config in self.configs))


def default_plan(record: DatasetRecord, split: SplitConfig | None = None) -> Plan:
    """TOP1 against BPR with the quick preset: what the button on the Overview starts."""
    seeds = range(default_seeds(record))
    return Plan(
        tuple(TrainingConfig.preset("quick", loss=loss, seed=seed) for loss in ("top1", "bpr") for seed in seeds),
        split or SplitConfig(),
        ComparisonConfig(deciding_k=default_deciding_k(record.n_items)),
    )


def default_seeds(record: DatasetRecord) -> int:
    """Training runs a loss: one for a generated sample (quick to see), three where a decision hangs on it."""
    return 1 if record.generated else 3


def plan(record: DatasetRecord, split: SplitConfig) -> Plan:
    """The form of the Train page: two questions in sight, everything else in a collapsed part.

    Raises:
        ConfigError: the settings contradict each other.
    """
    columns = st.columns([5, 4, 6])
    k = columns[0].number_input(
        "How many items does your page show?",
        1,
        min(100, max(record.n_items, 1)),
        min(default_deciding_k(record.n_items), record.n_items),
        key=f"k-{record.id}",
        help="This k decides: a hit is when the item that came is among the first k. Chosen before training.",
    )
    n_seeds = columns[1].number_input(
        "Runs of each loss (seeds)",
        1,
        20,
        default_seeds(record),
        key=f"seeds-{record.id}",
        help="Each run starts from another random state. One run cannot tell skill from luck; three can begin to.",
    )
    mode = columns[2].segmented_control(
        "Settings",
        [_SAME, _PAPER],
        default=_SAME,
        required=True,
        key=f"mode-{record.id}",
        wrap=True,
        help="Same settings: only the loss differs. Paper presets: each loss with the settings that"
        " Hidasi et al. 2016 found best for it.",
    )
    with st.expander("Advanced settings", key=f"advanced-{record.id}"):
        by_loss, margin = _advanced(record, paper=mode == _PAPER)
    configs = tuple(config.replace(seed=seed) for config in by_loss for seed in range(int(n_seeds)))
    return Plan(configs, split, ComparisonConfig(deciding_k=int(k), margin=margin / 100))


def _advanced(record: DatasetRecord, *, paper: bool) -> tuple[list[TrainingConfig], float]:
    key = f"{'paper' if paper else 'same'}-{record.id}"
    offered = ["top1", "bpr"] if paper else list(LOSS_LABELS)
    losses = st.multiselect(
        "Losses", offered, ["top1", "bpr"], format_func=lambda name: LOSS_LABELS[name], key=f"losses-{key}"
    )
    if not losses:
        raise ConfigError("A comparison trains at least one loss.", found="none chosen", remedy="Choose a loss.")
    margin = st.number_input(
        "Difference that matters to you, in %",
        0.1,
        50.0,
        5.0,
        format="%g",
        key=f"margin-{key}",
        help="Two models whose hits differ by less than this count as equal.",
    )
    if paper:
        epochs = st.number_input(
            "epochs", 1, 10_000, 10, key=f"epochs-{key}", help=setting_fields.description("epochs")
        )
        presets = {loss: PRESETS[f"paper-{loss}"] for loss in losses}
        _show_presets(presets)
        return [TrainingConfig.preset(f"paper-{loss}", epochs=int(epochs)) for loss in losses], margin
    values = setting_fields.all_fields(key)
    return [TrainingConfig(**_fitting(values, loss)) for loss in losses], margin


def _fitting(values: dict[str, Any], loss: str) -> dict[str, Any]:
    """The settings for one loss: logQ corrects cross-entropy only."""
    return values | {"loss": loss} | ({} if loss == "cross-entropy" else {"logq": 0.0})


def _show_presets(presets: dict[str, dict[str, Any]]) -> None:
    names = sorted({name for values in presets.values() for name in values} - {"loss"})
    rows = [
        {"setting": setting_fields.label(name)}
        | {LOSS_LABELS[loss]: setting_fields.as_text(values.get(name)) for loss, values in presets.items()}
        for name in names
    ]
    st.dataframe(rows, hide_index=True)
