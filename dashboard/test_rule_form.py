"""Which test rule does the user choose? The form that Data, Train and re-checks share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard import cached, messages, state
from gru4rec_core.config import PROTOCOL_LABELS, SplitConfig
from gru4rec_core.data.times import UNITS, day_length
from gru4rec_core.jobs.planning import find_test_start, propose_recheck_rule, span_days
from gru4rec_core.report.glossary import explain
from gru4rec_core.workspace.records import DatasetRecord

_RULE_HELP = " ".join(f"{label}: {explain(label)}" for label in PROTOCOL_LABELS.values())
_SMALLEST_DAYS = 0.01


def chosen_protocol(record: DatasetRecord, page: str) -> str:
    """The protocol as chosen so far, for a title above the form."""
    key = f"rule-{record.id}"
    default = cached.default_plan(record).test_rule.protocol
    return st.session_state.get(f"{page}-{key}") or st.session_state.get(_remembered(key)) or default


@dataclass(frozen=True)
class _Form:
    """What the widgets have in common.

    Attributes:
        record: the dataset.
        page: the page that asks; its widgets are its own.
        subject: what the choice is kept for, on the way from page to page.
        proposed: the test rule of an untouched form.
    """

    record: DatasetRecord
    page: str
    subject: str
    proposed: SplitConfig

    def ask(self, widget: Any, name: str, default: Any, **settings: Any) -> Any:
        """A widget whose value outlives its page: Streamlit forgets a widget that is not drawn."""
        key = f"{name}-{self.subject}"
        own_key = f"{self.page}-{key}"
        if own_key not in st.session_state:
            st.session_state[own_key] = st.session_state.get(_remembered(key), default)
        value = widget(key=own_key, **settings)
        st.session_state[_remembered(key)] = value
        return value


def ask_for_test_rule(record: DatasetRecord, page: str) -> SplitConfig:
    """The form of a dataset's test rule, which proposes its default; the choice is kept on the way from page to page.

    Args:
        record: the dataset.
        page: the page that asks; its widgets are its own, the choice is shared.
    """
    return _ask(_Form(record, page, record.id, cached.default_plan(record).test_rule))


def ask_for_recheck_rule(
    record: DatasetRecord, page: str, model_id: str, own: SplitConfig, asked: SplitConfig | None = None
) -> SplitConfig:
    """The form of the test rule for an older model on a dataset, which proposes what the command line takes.

    Args:
        record: the dataset.
        page: the page that asks.
        model_id: of the run or the decision that is checked; the choice is kept for it alone.
        own: its own test rule.
        asked: what a link asks for instead of the proposal.
    """
    proposed = propose_recheck_rule(state.workspace(), record, own)
    # A link's rule is asked for in a form of its own: what was chosen in this session before must not hide it.
    subject = f"{record.id}-{model_id}" if asked is None else f"{record.id}-{model_id}-{asked.to_json()}"
    test_rule = _ask(_Form(record, page, subject, asked or proposed.test_rule))
    if proposed.reason and asked in (None, proposed.test_rule):
        messages.show_aside(f"{proposed.reason[0].upper()}{proposed.reason[1:]}.")
    return test_rule


def _ask(form: _Form) -> SplitConfig:
    protocol = form.ask(
        st.segmented_control,
        "rule",
        form.proposed.protocol,
        label="Test rule",
        options=list(PROTOCOL_LABELS),
        required=True,
        format_func=lambda name: PROTOCOL_LABELS[name],
        wrap=True,
        help=_RULE_HELP,
    )
    settings: dict[str, Any] = {"protocol": protocol or "last-item"}
    if protocol == "time":
        settings |= _time_settings(form)
    if protocol == "session-holdout":
        settings["test_fraction"] = form.ask(
            st.slider,
            "fraction",
            form.proposed.test_fraction,
            label="Share of sessions in the test",
            min_value=min(0.05, form.proposed.test_fraction),
            max_value=max(0.5, form.proposed.test_fraction),
            step=0.05,
        )
    with st.expander("What is left out beforehand", key=f"filters-{form.page}-{form.subject}"):
        settings |= _filter_settings(form)
    if protocol == form.proposed.protocol:
        return form.proposed.replace(**settings)
    # What the form does not ask for is as proposed; the cut of another protocol is not.
    return SplitConfig(validation_fraction=form.proposed.validation_fraction, seed=form.proposed.seed, **settings)


def _time_settings(form: _Form) -> dict[str, Any]:
    """Where the test starts; as proposed, or about the last tenth of the sessions, unless chosen otherwise."""
    record = form.record
    if record.time_unit not in UNITS:
        start = find_test_start(form.proposed, record)
        usual = cached.default_test_start(record) if start is None else start
        moment = form.ask(
            st.number_input,
            "from",
            usual,
            label="Test starts at (in the log's own unit of time)",
            min_value=record.first_time,
            max_value=record.last_time,
        )
        return _cut(form, "test_from", moment, usual)
    usual = _usual_days(form)
    days = form.ask(
        st.number_input,
        "days",
        usual,
        label="Days at the end: sessions that start in them are the test",
        min_value=_SMALLEST_DAYS,
        max_value=max(span_days(record), _SMALLEST_DAYS),
        format="%g",
    )
    return _cut(form, "test_days", days, usual)


def _usual_days(form: _Form) -> float:
    """The test days that are shown at first; a proposed moment is shown as days too."""
    if form.proposed.test_days is not None:
        return form.proposed.test_days
    start = find_test_start(form.proposed, form.record)
    if start is None:
        return cached.default_test_days(form.record)
    return max((form.record.last_time - start) / day_length(form.record.time_unit), _SMALLEST_DAYS)


def _cut(form: _Form, name: str, chosen: float, usual: float) -> dict[str, Any]:
    """The settings of a cut: an untouched one stays as it was proposed, in the words of its rule."""
    if form.proposed.protocol == "time" and chosen == usual:
        return {}
    return {"test_days": None, "test_from": None, "test_until": None, name: chosen}


def _filter_settings(form: _Form) -> dict[str, Any]:
    """What the log loses before it is cut, and what happens to items that training never saw."""
    fields, proposed = SplitConfig.model_fields, form.proposed
    left, right = st.columns(2)
    collapse = form.ask(
        left.toggle,
        "collapse",
        proposed.collapse_repeats,
        label="Same item several times in a row counts once",
        help=fields["collapse_repeats"].description,
    )
    drop_unseen = form.ask(
        right.toggle,
        "unseen",
        proposed.unseen == "drop",
        label="Leave out test items that training never saw (else they count as misses)",
        help=fields["unseen"].description,
    )
    support = form.ask(
        left.number_input,
        "support",
        proposed.min_item_support,
        label="Fewest events per item",
        min_value=1,
        max_value=max(1_000_000, proposed.min_item_support),
        help=fields["min_item_support"].description,
    )
    length = form.ask(
        right.number_input,
        "length",
        proposed.min_session_length,
        label="Fewest events per session",
        min_value=1,
        max_value=max(1_000, proposed.min_session_length),
        help=fields["min_session_length"].description,
    )
    return {
        "collapse_repeats": collapse,
        "unseen": "drop" if drop_unseen else "miss",
        "min_item_support": support,
        "min_session_length": length,
    }


def _remembered(key: str) -> str:
    """Key of the value that all pages share; it belongs to no widget, so Streamlit keeps it."""
    return f"shared-{key}"
