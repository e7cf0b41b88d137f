"""Which test rule does the user choose? The form that Data, Train and the re-check share."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import cached
from gru4rec_core.config import PROTOCOL_LABELS, SplitConfig
from gru4rec_core.data.times import UNITS
from gru4rec_core.jobs.planning import span_days
from gru4rec_core.report.glossary import explain
from gru4rec_core.workspace.records import DatasetRecord

_RULE_HELP = " ".join(f"{label}: {explain(label)}" for label in PROTOCOL_LABELS.values())
_SMALLEST_DAYS = 0.01


def chosen_protocol(record: DatasetRecord, page: str) -> str:
    """The protocol as chosen so far, for a title above the form."""
    key = f"rule-{record.id}"
    default = cached.default_plan(record).test_rule.protocol
    return st.session_state.get(f"{page}-{key}") or st.session_state.get(_remembered(key)) or default


def ask_for_test_rule(record: DatasetRecord, page: str) -> SplitConfig:
    """The form of a dataset's test rule; the choice is kept on the way from page to page.

    Args:
        record: the dataset.
        page: the page that asks; its widgets are its own, the choice is shared.
    """
    protocol = _shared_widget(
        st.segmented_control,
        page,
        f"rule-{record.id}",
        cached.default_plan(record).test_rule.protocol,
        label="Test rule",
        options=list(PROTOCOL_LABELS),
        required=True,
        format_func=lambda name: PROTOCOL_LABELS[name],
        wrap=True,
        help=_RULE_HELP,
    )
    settings: dict[str, Any] = {"protocol": protocol or "last-item"}
    if protocol == "time":
        settings |= _time_settings(record, page)
    if protocol == "session-holdout":
        settings["test_fraction"] = _shared_widget(
            st.slider,
            page,
            f"fraction-{record.id}",
            0.1,
            label="Share of sessions in the test",
            min_value=0.05,
            max_value=0.5,
            step=0.05,
        )
    with st.expander("What is left out beforehand", key=f"filters-{page}-{record.id}"):
        settings |= _filter_settings(record, page)
    return SplitConfig(**settings)


def _time_settings(record: DatasetRecord, page: str) -> dict[str, Any]:
    """Where the test starts; about the last tenth of the sessions unless chosen otherwise."""
    if record.time_unit not in UNITS:
        start = _shared_widget(
            st.number_input,
            page,
            f"from-{record.id}",
            cached.default_test_start(record),
            label="Test starts at (in the log's own unit of time)",
            min_value=record.first_time,
            max_value=record.last_time,
        )
        return {"test_from": start}
    days = _shared_widget(
        st.number_input,
        page,
        f"days-{record.id}",
        cached.default_test_days(record),
        label="Days at the end: sessions that start in them are the test",
        min_value=_SMALLEST_DAYS,
        max_value=max(span_days(record), _SMALLEST_DAYS),
        format="%g",
    )
    return {"test_days": days}


def _filter_settings(record: DatasetRecord, page: str) -> dict[str, Any]:
    """What the log loses before it is cut, and what happens to items that training never saw."""
    fields = SplitConfig.model_fields
    left, right = st.columns(2)
    collapse = _shared_widget(
        left.toggle,
        page,
        f"collapse-{record.id}",
        False,
        label="Same item several times in a row counts once",
        help=fields["collapse_repeats"].description,
    )
    drop_unseen = _shared_widget(
        right.toggle,
        page,
        f"unseen-{record.id}",
        False,
        label="Leave out test items that training never saw (else they count as misses)",
        help=fields["unseen"].description,
    )
    support = _shared_widget(
        left.number_input,
        page,
        f"support-{record.id}",
        1,
        label="Fewest events per item",
        min_value=1,
        max_value=1_000_000,
        help=fields["min_item_support"].description,
    )
    length = _shared_widget(
        right.number_input,
        page,
        f"length-{record.id}",
        2,
        label="Fewest events per session",
        min_value=1,
        max_value=1_000,
        help=fields["min_session_length"].description,
    )
    return {
        "collapse_repeats": collapse,
        "unseen": "drop" if drop_unseen else "miss",
        "min_item_support": support,
        "min_session_length": length,
    }


def _shared_widget(widget: Any, page: str, key: str, default: Any, **settings: Any) -> Any:
    """A widget whose value outlives its page: Streamlit forgets a widget that is not drawn."""
    own_key = f"{page}-{key}"
    if own_key not in st.session_state:
        st.session_state[own_key] = st.session_state.get(_remembered(key), default)
    value = widget(key=own_key, **settings)
    st.session_state[_remembered(key)] = value
    return value


def _remembered(key: str) -> str:
    """Key of the value that all pages share; it belongs to no widget, so Streamlit keeps it."""
    return f"shared-{key}"
