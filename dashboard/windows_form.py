"""Is tested on several weeks, on which, and how large are they? The switch on Train with its preview."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard import cached, messages
from gru4rec_core.config import SplitConfig, WindowConfig
from gru4rec_core.data.windows import Window, describe_windows
from gru4rec_core.workspace.records import DatasetRecord

SWITCH = "Test on several weeks"


@dataclass(frozen=True)
class ChosenWindows:
    """What was chosen, and what the log has for it."""

    config: WindowConfig
    windows: tuple[Window, ...]


def ask_for_windows(record: DatasetRecord, rule: SplitConfig) -> ChosenWindows | None:
    """The switch, and with it on the three figures and a preview; None where one test rule is enough.

    Where the log has not enough weeks, the reason stands in place of the switch.

    Raises:
        ConfigError, DataError: what was chosen cannot be; the message says why.
    """
    proposal = cached.window_proposal(record, rule)
    if proposal.config is None:
        messages.show_aside(f"Testing on several weeks is not offered: {proposal.reason}.")
        return None
    if not st.toggle(SWITCH, key=f"windows-{record.id}", help=_HELP):
        return None
    config = _ask(record, proposal.config)
    windows = cached.windows(record, rule, config)
    messages.show_aside(
        f"{describe_windows(windows, config)}. What the test rule leaves out is left out here too; its cut does not"
        " count."
    )
    return ChosenWindows(config, windows)


_HELP = (
    "Does the verdict hold? Each model is trained up to each of several moments and tested on the time after it. Each"
    " window takes as long as a comparison."
)


def _ask(record: DatasetRecord, proposed: WindowConfig) -> WindowConfig:
    fields = WindowConfig.model_fields
    columns = st.columns(3)
    n_windows = columns[0].number_input(
        "Windows", 2, 12, proposed.windows, key=f"n-windows-{record.id}", help=fields["windows"].description
    )
    days = columns[1].number_input(
        "Days per window",
        0.01,
        value=proposed.window_days,
        format="%g",
        key=f"window-days-{record.id}",
        help=fields["window_days"].description,
    )
    fewest = columns[2].number_input(
        "Fewest sessions per window",
        1,
        value=proposed.window_sessions,
        key=f"window-sessions-{record.id}",
        help=fields["window_sessions"].description,
    )
    return WindowConfig(windows=int(n_windows), window_days=days, window_sessions=int(fewest))
