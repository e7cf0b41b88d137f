"""Which widget does each training setting get, from its type, range and description?"""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

import streamlit as st
from pydantic.fields import FieldInfo

from dashboard import messages
from gru4rec_core.config import DECIDING_METRIC, LIST_LENGTHS, MAX_LIST_LENGTH, TrainingConfig
from gru4rec_core.errors import ConfigError

GROUPS = {
    "How long to train": ("epochs", "steps_per_epoch", "early_stopping", "early_stopping_metric", "patience"),
    "Network": (
        "n_hidden",
        "activation",
        "item_input",
        "embedding_size",
        "dropout_input",
        "dropout_hidden",
        "reset_after",
    ),
    "What the true item is compared with": (
        "negatives",
        "n_sample",
        "sample_alpha",
        "logq",
        "elu_param",
        "bpreg",
    ),
    "How to learn": ("optimizer", "learning_rate", "momentum", "batch_size", "order"),
}
WATCHED = [DECIDING_METRIC, *(f"accuracy@{k}" for k in LIST_LENGTHS), f"mrr@{MAX_LIST_LENGTH}"]
"""Offered for early stopping to watch; any other accuracy@k may be typed."""
_LABELS = {
    "n_hidden": "units per layer (several layers: 100, 100)",
    "reset_after": "reset gate after the product",
    "n_sample": "extra negative samples",
    "sample_alpha": "exponent of popularity in sampling",
    "bpreg": "bpr-max regularisation",
    "logq": "logQ correction",
    "elu_param": "ELU of bpr-max",
    "batch_size": "lanes (mini-batch size)",
    "order": "order of sessions",
    "steps_per_epoch": "mini-batches per epoch",
}


def ask_for_settings(key: str, preset: Mapping[str, Any]) -> dict[str, Any]:
    """Widgets for every training setting but loss and seed, in groups; their values by name.

    Args:
        key: suffix of the widgets' keys.
        preset: values of an untouched form where they are not the fields' own defaults.
    """
    values: dict[str, Any] = {}
    for title, names in GROUPS.items():
        messages.show_aside(title)
        columns = st.columns(3)
        for position, name in enumerate(names):
            with columns[position % 3]:
                field = TrainingConfig.model_fields[name]
                values[name] = _ask_for(name, field, preset.get(name, field.default), key=f"{name}-{key}")
    return values


def _ask_for(name: str, field: FieldInfo, default: Any, key: str) -> Any:
    """A widget for one setting: its type and range from the field, its meaning as the help text."""
    common: dict[str, Any] = {"label": label(name), "help": field.description, "key": key}
    annotation = field.annotation
    if annotation is bool:
        return st.toggle(value=default, **common)
    if get_origin(annotation) is Literal:
        options = list(get_args(annotation))
        return st.selectbox(options=options, index=options.index(default), **common)
    if name == "early_stopping_metric":
        return st.selectbox(options=WATCHED, accept_new_options=True, **common)
    if get_origin(annotation) is tuple:
        return _parse_widths(st.text_input(value=as_text(default), **common))
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


def _parse_widths(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts or not all(part.isdecimal() for part in parts):
        raise ConfigError(
            "Units per layer are whole numbers, separated by commas.",
            found=repr(text),
            where="units per layer",
            remedy="Write 64 for one layer, or 100, 100 for two.",
        )
    return tuple(int(part) for part in parts)


def _bounds(field: FieldInfo, *, whole: bool) -> tuple[Any, Any]:
    """Smallest and largest value a number widget may take; an open bound is moved a little inside."""
    low: float | None = None
    high: float | None = None
    inside = 1.0 if whole else 1e-6
    for bound in field.metadata:
        low = getattr(bound, "ge", low)
        high = getattr(bound, "le", high)
        low = bound.gt + inside if hasattr(bound, "gt") else low
        high = bound.lt - inside if hasattr(bound, "lt") else high
    convert = int if whole else float
    return (None if low is None else convert(low)), (None if high is None else convert(high))


def label(name: str) -> str:
    """The label of a setting's widget."""
    return _LABELS.get(name, name.replace("_", " "))


def description(name: str) -> str:
    """What a setting means, as its field says."""
    return TrainingConfig.model_fields[name].description or ""


def as_text(value: Any) -> str:
    """A setting as a table shows it."""
    if value is None:
        return "default"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
