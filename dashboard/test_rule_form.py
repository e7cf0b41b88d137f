"""Which test rule does the reader choose? Data previews it, Train uses it: one form, one state."""

from __future__ import annotations

from math import ceil
from typing import Any

import numpy as np
import streamlit as st

from dashboard import state
from gru4rec_core.config import PROTOCOL_LABELS, SplitConfig
from gru4rec_core.data.times import DAY_SECONDS, UNITS
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.store import Workspace

_RULE_HELP = (
    "Last item: predict each session's end after training on the same days, which flatters. "
    "Later days: train on the past, test on what came after. "
    "Other sessions: test on sessions drawn at random."
)


_DAYS_FOR_TIME = 14
"""A log over at least so many days is long enough to train on its past and test on its end."""


def default_protocol(record: DatasetRecord) -> str:
    """The time rule for a real log with dates over at least 14 days; the last-item rule for samples and the rest."""
    if record.generated or record.time_unit not in UNITS:
        return "last-item"
    return "time" if _span_days(record) >= _DAYS_FOR_TIME else "last-item"


def default_rule(record: DatasetRecord) -> SplitConfig:
    """The test rule of a dataset for which none was chosen."""
    if default_protocol(record) == "time":
        return SplitConfig(protocol="time", test_days=_default_days(record))
    return SplitConfig()


def in_words(config: SplitConfig) -> str:
    """A test rule as the end of "Tested …"."""
    if config.protocol == "time" and config.test_days is not None:
        days = f"{config.test_days:g} day{'s' * (config.test_days != 1)}"
        return f"on the last {days}, after training on those before"
    return {
        "last-item": "on each session's last item, after training on all before it",
        "time": "on later days, after training on those before",
        "session-holdout": "on sessions drawn at random",
    }[config.protocol]


def chosen_protocol(record: DatasetRecord, place: str) -> str:
    """The protocol as chosen so far, for a title above the form."""
    key = f"rule-{record.id}"
    return st.session_state.get(f"{place}-{key}") or st.session_state.get(f"kept-{key}") or default_protocol(record)


def test_rule(record: DatasetRecord, place: str) -> SplitConfig:
    """The test rule for a dataset; what was chosen is kept on the way from page to page.

    Args:
        record: the dataset.
        place: the page that asks; its widgets are its own, the choice is shared.
    """
    protocol = _kept(
        st.segmented_control,
        place,
        f"rule-{record.id}",
        default_protocol(record),
        label="Test rule",
        options=list(PROTOCOL_LABELS),
        required=True,
        format_func=lambda name: PROTOCOL_LABELS[name],
        wrap=True,
        help=_RULE_HELP,
    )
    settings: dict[str, Any] = {"protocol": protocol or "last-item"}
    if protocol == "time":
        settings |= _time_rule(record, place)
    if protocol == "session-holdout":
        settings["test_fraction"] = _kept(
            st.slider,
            place,
            f"fraction-{record.id}",
            0.1,
            label="Share of sessions in the test",
            min_value=0.05,
            max_value=0.5,
            step=0.05,
        )
    with st.expander("What is left out beforehand", key=f"filters-{record.id}"):
        settings |= _filters(record, place)
    return SplitConfig(**settings)


def _filters(record: DatasetRecord, place: str) -> dict[str, Any]:
    """What the log loses before it is cut, and what becomes of items that training never saw."""
    fields = SplitConfig.model_fields
    left, right = st.columns(2)
    collapse = _kept(
        left.toggle,
        place,
        f"collapse-{record.id}",
        False,
        label="Same item several times in a row counts once",
        help=fields["collapse_repeats"].description,
    )
    unseen = _kept(
        right.toggle,
        place,
        f"unseen-{record.id}",
        False,
        label="Leave out test items that training never saw (else they count as misses)",
        help=fields["unseen"].description,
    )
    support = _kept(
        left.number_input,
        place,
        f"support-{record.id}",
        1,
        label="Fewest events of an item",
        min_value=1,
        max_value=1_000_000,
        help=fields["min_item_support"].description,
    )
    length = _kept(
        right.number_input,
        place,
        f"length-{record.id}",
        2,
        label="Fewest events of a session",
        min_value=1,
        max_value=1_000,
        help=fields["min_session_length"].description,
    )
    return {
        "collapse_repeats": collapse,
        "unseen": "drop" if unseen else "miss",
        "min_item_support": support,
        "min_session_length": length,
    }


def _time_rule(record: DatasetRecord, place: str) -> dict[str, Any]:
    """The cut, at first where the last tenth of the sessions start."""
    if record.time_unit not in UNITS:
        cut = _late_start(str(state.workspace().root), record.id)
        start = _kept(
            st.number_input,
            place,
            f"from-{record.id}",
            cut,
            label="Test starts at (in the log's own unit of time)",
            min_value=record.first_time,
            max_value=record.last_time,
        )
        return {"test_from": start}
    chosen = _kept(
        st.number_input,
        place,
        f"days-{record.id}",
        _default_days(record),
        label="Days at the end: sessions that start in them are the test",
        min_value=0.01,
        max_value=max(_span_days(record), 0.01),
        format="%g",
    )
    return {"test_days": chosen}


def _span_days(record: DatasetRecord) -> float:
    return (record.last_time - record.first_time) / (UNITS[record.time_unit] * DAY_SECONDS)


def _default_days(record: DatasetRecord) -> float:
    """Days at the end that hold about the last tenth of the sessions, whole ones where it is more than one."""
    cut = _late_start(str(state.workspace().root), record.id)
    days = max((record.last_time - cut) / (UNITS[record.time_unit] * DAY_SECONDS), 0.01)
    return min(float(ceil(days)) if days > 1 else days, max(_span_days(record), 0.01))


@st.cache_data(max_entries=32, show_spinner=False)
def _late_start(root: str, dataset_id: str) -> float:
    """The moment after which the last tenth of the sessions start; a dataset's id is made from its content."""
    return float(np.quantile(Workspace(root).open_dataset(dataset_id).start_times, 0.9))


def _kept(widget: Any, place: str, key: str, default: Any, **settings: Any) -> Any:
    """A widget whose value outlives the page: Streamlit forgets a widget that is not drawn."""
    own = f"{place}-{key}"
    if own not in st.session_state:
        st.session_state[own] = st.session_state.get(f"kept-{key}", default)
    value = widget(key=own, **settings)
    st.session_state[f"kept-{key}"] = value
    return value
