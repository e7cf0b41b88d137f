"""Which choices does a reader make, and how do they become validated settings?"""

from __future__ import annotations

import types
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

import streamlit as st
from pydantic.fields import FieldInfo

from dashboard import notes
from gru4rec_core.config import PRESETS, ComparisonConfig, SplitConfig, TrainingConfig, default_deciding_k
from gru4rec_core.errors import ConfigError
from gru4rec_core.runs.records import DatasetRecord
from gru4rec_core.runs.results import LOSS_LABELS

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
_GROUPS = {
    "How long": ("epochs", "steps_per_epoch", "early_stopping", "early_stopping_metric", "patience"),
    "Network": ("n_hidden", "activation", "item_input", "embedding_size", "dropout_input", "dropout_hidden"),
    "What the true item is compared with": (
        "negatives",
        "n_sample",
        "sample_alpha",
        "logq",
        "elu_param",
        "bpreg",
    ),
    "Steps": ("optimizer", "learning_rate", "momentum", "batch_size", "order"),
}
_LABELS = {
    "n_hidden": "units a layer (several layers: 100, 100)",
    "n_sample": "extra negative samples",
    "bpreg": "bpr-max regularisation",
    "logq": "logQ correction",
    "elu_param": "ELU of bpr-max",
    "batch_size": "lanes (batch size)",
    "order": "order of sessions",
    "steps_per_epoch": "mini-batches an epoch",
}


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
    return SplitConfig(**settings)


def _time_rule(record: DatasetRecord) -> dict[str, Any]:
    span = (record.last_time - record.first_time) / seconds_scale(record.time_unit) / 86_400
    if record.time_unit and span > 1:
        days = st.number_input(
            "Days at the end that are the test",
            min_value=0.1,
            max_value=float(span),
            value=float(max(round(span / 10), 1)) if span > 2 else round(span / 10, 2),
            key=f"days-{record.id}",
            persist_state="session",
        )
        return {"test_days": days}
    start = st.number_input(
        "Test starts at (in the log's own unit of time)",
        min_value=record.first_time,
        max_value=record.last_time,
        value=record.first_time + 0.9 * (record.last_time - record.first_time),
        key=f"from-{record.id}",
        persist_state="session",
    )
    return {"test_from": start}


def seconds_scale(time_unit: str) -> float:
    """How many of the log's units make a second; 1 for an unknown unit."""
    return {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}.get(time_unit, 1.0)


def plan(record: DatasetRecord, split: SplitConfig) -> Plan:
    """The form of the Train page: two questions in sight, everything else in a collapsed part.

    Raises:
        ConfigError: the settings contradict each other.
    """
    columns = st.columns([2, 2, 3])
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
        help="Same settings: only the loss differs. Paper presets: each loss with the settings that"
        " Hidasi et al. 2016 found best for it.",
    )
    with st.expander("Advanced settings", key=f"advanced-{record.id}"):
        losses, by_loss, margin = _advanced(record, paper=mode == _PAPER)
    configs = tuple(config.replace(seed=seed) for config in by_loss for seed in range(int(n_seeds)))
    del losses
    return Plan(configs, split, ComparisonConfig(deciding_k=int(k), margin=margin / 100))


def _advanced(record: DatasetRecord, *, paper: bool) -> tuple[list[str], list[TrainingConfig], float]:
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
        key=f"margin-{key}",
        help="Two models whose hits differ by less than this count as equal.",
    )
    if paper:
        epochs = st.number_input("epochs", 1, 10_000, 10, key=f"epochs-{key}", help=_description("epochs"))
        presets = {loss: PRESETS[f"paper-{loss}"] for loss in losses}
        _show_presets(presets)
        return losses, [TrainingConfig.preset(f"paper-{loss}", epochs=int(epochs)) for loss in losses], margin
    values = _fields(key)
    return losses, [TrainingConfig(**_fitting(values, loss)) for loss in losses], margin


def _fitting(values: dict[str, Any], loss: str) -> dict[str, Any]:
    """The settings for one loss: logQ corrects cross-entropy only."""
    return values | {"loss": loss} | ({} if loss == "cross-entropy" else {"logq": 0.0})


def _show_presets(presets: dict[str, dict[str, Any]]) -> None:
    names = sorted({name for values in presets.values() for name in values} - {"loss"})
    rows = [
        {"setting": _label(name)} | {LOSS_LABELS[loss]: _as_text(values.get(name)) for loss, values in presets.items()}
        for name in names
    ]
    st.dataframe(rows, hide_index=True)


def _as_text(value: Any) -> str:
    if value is None:
        return "default"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _fields(key: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for title, names in _GROUPS.items():
        notes.aside(title)
        columns = st.columns(3)
        for position, name in enumerate(names):
            with columns[position % 3]:
                values[name] = _field(name, TrainingConfig.model_fields[name], key=f"{name}-{key}")
    return values


def _field(name: str, field: FieldInfo, key: str) -> Any:
    """A widget for one setting: its type and range from the field, its meaning as the help text."""
    common: dict[str, Any] = {"label": _label(name), "help": field.description, "key": key}
    annotation, default = field.annotation, field.default
    if annotation is bool:
        return st.toggle(value=default, **common)
    if get_origin(annotation) is Literal:
        options = list(get_args(annotation))
        return st.selectbox(options=options, index=options.index(default), **common)
    if get_origin(annotation) is tuple:
        return _widths(st.text_input(value=_as_text(default), **common))
    whole = annotation is int or (get_origin(annotation) is types.UnionType and int in get_args(annotation))
    low, high = _bounds(field, whole=whole)
    return st.number_input(
        min_value=low,
        max_value=high,
        value=default,
        step=1 if whole else None,
        format=None if whole else "%.6g",
        **common,
    )


def _widths(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts or not all(part.isdecimal() for part in parts):
        raise ConfigError(
            "Units a layer are whole numbers, separated by commas.",
            found=repr(text),
            where="units a layer",
            remedy="Write 64 for one layer, 100, 100 for two.",
        )
    return tuple(int(part) for part in parts)


def _bounds(field: FieldInfo, *, whole: bool) -> tuple[Any, Any]:
    """Smallest and largest value a number widget may take; an open bound is moved a little inside."""
    low: float | None = None
    high: float | None = None
    inside = 1.0 if whole else 1e-6
    for one in field.metadata:
        low = getattr(one, "ge", low)
        high = getattr(one, "le", high)
        low = one.gt + inside if hasattr(one, "gt") else low
        high = one.lt - inside if hasattr(one, "lt") else high
    convert = int if whole else float
    return (None if low is None else convert(low)), (None if high is None else convert(high))


def _label(name: str) -> str:
    return _LABELS.get(name, name.replace("_", " "))


def _description(name: str) -> str:
    return TrainingConfig.model_fields[name].description or ""
