"""Which choices does a reader make, and how do they become validated settings?"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any, Literal

import numpy as np
import streamlit as st

from dashboard import setting_fields, state
from gru4rec_core.config import PRESETS, ComparisonConfig, SplitConfig, TrainingConfig, default_deciding_k
from gru4rec_core.data.times import DAY_SECONDS, UNITS
from gru4rec_core.errors import ConfigError
from gru4rec_core.runs.records import DatasetRecord
from gru4rec_core.runs.results import LOSS_LABELS
from gru4rec_core.runs.workspace import Workspace

RULE_LABELS = {
    "last-item": "Last item",
    "time": "Later days",
    "session-holdout": "Other sessions",
}
_RULE_HELP = (
    "Last item: predict each session's end after training on the same days, which flatters. "
    "Later days: train on the past, test on what came after. "
    "Other sessions: test on sessions drawn at random."
)
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


def test_rule(record: DatasetRecord) -> SplitConfig:
    """The test rule chosen for a dataset; Data and Train show the same widgets and share their state."""
    keep: Literal["session"] = "session"
    protocol = st.segmented_control(
        "Test rule",
        list(RULE_LABELS),
        default="last-item",
        required=True,
        format_func=lambda name: RULE_LABELS[name],
        key=f"rule-{record.id}",
        wrap=True,
        help=_RULE_HELP,
        persist_state=keep,
    )
    settings: dict[str, Any] = {"protocol": protocol or "last-item"}
    if protocol == "time":
        settings |= _time_rule(record)
    if protocol == "session-holdout":
        settings["test_fraction"] = st.slider(
            "Share of sessions in the test", 0.05, 0.5, 0.1, 0.05, key=f"fraction-{record.id}", persist_state=keep
        )
    with st.expander("What is left out beforehand", key=f"filters-{record.id}"):
        settings |= _filters(record)
    return SplitConfig(**settings)


def _filters(record: DatasetRecord) -> dict[str, Any]:
    """What the log loses before it is cut, and what becomes of items that training never saw."""
    keep: Literal["session"] = "session"
    fields = SplitConfig.model_fields
    columns = st.columns(2)
    collapse = columns[0].toggle(
        "Same item several times in a row counts once",
        key=f"collapse-{record.id}",
        help=fields["collapse_repeats"].description,
        persist_state=keep,
    )
    unseen = columns[1].toggle(
        "Leave out test items that training never saw (else they count as misses)",
        key=f"unseen-{record.id}",
        help=fields["unseen"].description,
        persist_state=keep,
    )
    support = columns[0].number_input(
        "Fewest events of an item",
        1,
        1_000_000,
        1,
        key=f"support-{record.id}",
        help=fields["min_item_support"].description,
        persist_state=keep,
    )
    length = columns[1].number_input(
        "Fewest events of a session",
        1,
        1_000,
        2,
        key=f"length-{record.id}",
        help=fields["min_session_length"].description,
        persist_state=keep,
    )
    return {
        "collapse_repeats": collapse,
        "unseen": "drop" if unseen else "miss",
        "min_item_support": int(support),
        "min_session_length": int(length),
    }


def _time_rule(record: DatasetRecord) -> dict[str, Any]:
    """The cut, at first where the last tenth of the sessions start."""
    cut = _late_start(str(state.workspace().root), record.id)
    if record.time_unit in UNITS:
        day = UNITS[record.time_unit] * DAY_SECONDS
        span = (record.last_time - record.first_time) / day
        days = (record.last_time - cut) / day
        chosen = st.number_input(
            "Days at the end: sessions that start in them are the test",
            min_value=0.01,
            max_value=max(float(span), 0.01),
            value=min(float(ceil(days)) if days > 1 else max(days, 0.01), max(float(span), 0.01)),
            format="%g",
            key=f"days-{record.id}",
            persist_state="session",
        )
        return {"test_days": chosen}
    start = st.number_input(
        "Test starts at (in the log's own unit of time)",
        min_value=record.first_time,
        max_value=record.last_time,
        value=cut,
        key=f"from-{record.id}",
        persist_state="session",
    )
    return {"test_from": start}


@st.cache_data(max_entries=32, show_spinner=False)
def _late_start(root: str, dataset_id: str) -> float:
    """The moment after which the last tenth of the sessions start; a dataset's id is made from its content."""
    return float(np.quantile(Workspace(root).open_dataset(dataset_id).start_times, 0.9))


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
