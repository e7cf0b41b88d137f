"""Which models does the user want to train, with which settings, and how will they be judged?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard import cached, setting_fields, state
from dashboard.judging_form import LEAST_MARGIN, MARGIN_HELP, MARGIN_LABEL, MOST_MARGIN
from gru4rec_core.config import LOSS_LABELS, PRESETS, ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.errors import ConfigError
from gru4rec_core.jobs.planning import ComparisonPlan, with_seeds
from gru4rec_core.jobs.winners import finished_tuning, require_same_test, winners_plan
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.tunings import TuningRecord

_MODES = {"same": "Same settings", "paper": "Each with its paper preset", "modern": "The preset “modern”"}
"""Where the settings come from, by the value of the URL parameter `settings`, which also opens the form's settings."""
_MODE_HELP = (
    "Same settings: only the loss differs. Paper presets: each loss with the settings that Hidasi et al. (2016) found"
    " best for it. “modern”: cross-entropy with negative samples, after Hidasi and Karatzoglou (2018)."
)
_TUNED_HELP = "Tuned settings: the winners of the last finished tuning of this log, baselines included."


def ask_for_plan(record: DatasetRecord, test_rule: SplitConfig) -> ComparisonPlan:
    """The form of the Train page: two questions in sight, everything else in a collapsed part.

    Raises:
        ConfigError: the settings contradict each other.
    """
    default = cached.default_plan(record)
    tuning = finished_tuning(state.workspace(), record.id)
    modes = _MODES | ({"tuned": "Tuned settings"} if tuning else {})
    asked = state.read_choice("settings", modes, "settings")
    columns = st.columns([5, 4, 6])
    k = columns[0].number_input(
        "How many items does your page show?",
        1,
        min(100, max(record.n_items, 1)),
        min(default.deciding_k, record.n_items),
        key=f"k-{record.id}",
        help="This list length k decides: a hit means that the true next item is among the first k."
        " It is fixed before training.",
    )
    n_seeds = columns[1].number_input(
        "Runs per loss (seeds)",
        1,
        20,
        default.n_seeds,
        key=f"seeds-{record.id}",
        help="Each run starts from another random state. One run cannot tell skill from luck; three begin to.",
    )
    mode = columns[2].segmented_control(
        "Settings",
        list(modes.values()),
        default=modes[asked or "same"],
        required=True,
        key=f"mode-{record.id}",
        wrap=True,
        help=f"{_MODE_HELP} {_TUNED_HELP}" if tuning else _MODE_HELP,
    )
    if tuning is not None and mode == modes["tuned"]:
        plan = _tuned_plan(record, tuning, test_rule, int(n_seeds))
        return replace(plan, judging=plan.judging.replace(deciding_k=int(k)))
    with st.expander("Advanced settings", expanded=asked is not None, key=f"advanced-{record.id}"):
        config_per_loss, margin = _advanced_settings(record, next(name for name in _MODES if _MODES[name] == mode))
    configs = tuple(config for per_loss in config_per_loss for config in with_seeds(per_loss, int(n_seeds)))
    return ComparisonPlan(configs, test_rule, ComparisonConfig(deciding_k=int(k), margin=margin / 100))


def _tuned_plan(record: DatasetRecord, tuning: TuningRecord, test_rule: SplitConfig, n_seeds: int) -> ComparisonPlan:
    """The winners of a tuning, and their settings beside those that each began with."""
    require_same_test(tuning, test_rule)
    plan = winners_plan(state.workspace(), tuning, n_seeds)
    assert plan is not None, "it is offered once every method is tuned"
    with st.expander("The settings that won", key=f"tuned-{record.id}"):
        presets = {
            f"{LOSS_LABELS[loss]}, {when}": config.model_dump()
            for loss in plan.losses
            for when, config in (
                ("before", tuning.config_of(loss)),
                ("tuned", next(one for one in plan.configs if one.loss == loss)),
            )
        }
        _show_presets(presets, differences_only=True)
    return plan


def _advanced_settings(record: DatasetRecord, mode: str) -> tuple[list[TrainingConfig], float]:
    """One config per loss, and the margin in %."""
    key = f"{mode}-{record.id}"
    offered = ["top1", "bpr"] if mode == "paper" else list(LOSS_LABELS)
    preset = PRESETS["modern"] if mode == "modern" else {}
    proposed = [preset["loss"]] if preset else ["top1", "bpr"]
    losses = st.multiselect(
        "Losses", offered, proposed, format_func=lambda name: LOSS_LABELS[name], key=f"losses-{key}"
    )
    if not losses:
        raise ConfigError("A comparison trains at least one loss.", found="none chosen", remedy="Choose a loss.")
    margin = st.number_input(
        MARGIN_LABEL, LEAST_MARGIN, MOST_MARGIN, 5.0, format="%g", key=f"margin-{key}", help=MARGIN_HELP
    )
    if mode == "paper":
        epochs = st.number_input(
            "epochs", 1, 10_000, 10, key=f"epochs-{key}", help=setting_fields.description("epochs")
        )
        _show_presets({LOSS_LABELS[loss]: PRESETS[f"paper-{loss}"] for loss in losses})
        return [TrainingConfig.preset(f"paper-{loss}", epochs=int(epochs)) for loss in losses], margin
    values = setting_fields.ask_for_settings(key, preset)
    return [TrainingConfig(**_settings_for(loss, values)) for loss in losses], margin


def _settings_for(loss: str, values: dict[str, Any]) -> dict[str, Any]:
    """The settings for one loss: the logQ correction applies to cross-entropy only."""
    return values | {"loss": loss} | ({} if loss == "cross-entropy" else {"logq": 0.0})


def _show_presets(presets: dict[str, dict[str, Any]], *, differences_only: bool = False) -> None:
    """Settings side by side, one column each."""
    names = sorted({name for values in presets.values() for name in values} - {"loss", "seed"})
    rows = [
        {"setting": setting_fields.label(name)}
        | {title: setting_fields.as_text(values.get(name)) for title, values in presets.items()}
        for name in names
        if not differences_only or len({str(values.get(name)) for values in presets.values()}) > 1
    ]
    st.dataframe(rows, hide_index=True)
