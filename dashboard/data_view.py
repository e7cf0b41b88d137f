"""Is this log fit to train on: what is in it, what is wrong with it, what would be the test?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import messages, state, test_rule_form, widgets
from dashboard.session_html import session_strip
from gru4rec_core.config import SplitConfig, default_deciding_k
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.data.splits import split
from gru4rec_core.data.times import UNITS, describe_time, to_datetime
from gru4rec_core.errors import WorkbenchError
from gru4rec_core.evaluation.data_checks import (
    expected_hit_rate,
    find_dataset_warnings,
    find_split_warnings,
    visible_difference,
)
from gru4rec_core.evaluation.diagnostics import DiagnosticWarning
from gru4rec_core.report.charts.data import events_over_time, popularity, session_lengths, transitions
from gru4rec_core.report.frames.data import TEST, TRAIN, transition_shares
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.store import Workspace

_DAY = 86_400


def show(selection: state.Selection, record: DatasetRecord) -> None:
    """The whole view of one dataset, in the order of importance."""
    dataset = state.open_dataset(record)
    checks = _checks(str(state.workspace().root), record.id, record.content_hash)
    widgets.sentence(f"{summary_sentence(record)}: {messages.count_remarks(checks)}.", size="1.2rem", weight=600)
    _rename(record)
    _examples(record, dataset)
    st.header("Checks")
    messages.remarks(checks)
    if not checks:
        st.text("Nothing to remark.")
    _rejected(record)
    if _test_rule(record) is not None:
        state.way_on("Train on this", "train", selection, key="train-on-this", new="1")
    _more(record, dataset)


def _rename(record: DatasetRecord) -> None:
    """Another name for the dataset; its id, and so every link to it, stays."""
    with st.popover("Rename", type="tertiary", icon=":material/edit:", key=f"rename-{record.id}"):
        name = st.text_input("Name of the dataset", value=record.name, max_chars=80, key=f"new-name-{record.id}")
        if st.button("Rename it", key=f"rename-now-{record.id}"):
            try:
                state.workspace().rename_dataset(record.id, name)
            except WorkbenchError as error:
                messages.problem(error)
            else:
                st.rerun()


def summary_sentence(record: DatasetRecord) -> str:
    """ "18,984 sessions, 217 items, April to August 2008"."""
    size = f"{record.n_sessions:,} sessions, {record.n_items:,} items"
    span = time_span(record)
    return f"{size}, {span}" if span else size


def time_span(record: DatasetRecord) -> str:
    """First to last month (or day) in words; "" where the timestamps are no dates."""
    if record.time_unit not in UNITS:
        return ""
    first, last = (to_datetime(moment, record.time_unit) for moment in (record.first_time, record.last_time))
    if (last - first).days < 60:
        return f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"
    start = f"{first:%B}" if first.year == last.year else f"{first:%B %Y}"
    return f"{start} to {last:%B %Y}"


@st.cache_data(max_entries=32, show_spinner="Checking the log…")
def _checks(root: str, dataset_id: str, content_hash: str) -> list[DiagnosticWarning]:
    home = Workspace(root)
    return find_dataset_warnings(home.open_dataset(dataset_id), home.dataset(dataset_id).summary or None)


def _examples(record: DatasetRecord, dataset: SessionDataset) -> None:
    """Three sessions as strips: only a person can tell whether each is one visit."""
    st.header("Is each of these one visit?")
    names = state.workspace().item_names(record.id)
    for i in example_sessions(dataset.lengths):
        begin, end = int(dataset.offsets[i]), int(dataset.offsets[i + 1])
        unit = record.time_unit or None
        when = describe_time(dataset.timestamps[begin].item(), unit)
        until = describe_time(dataset.timestamps[end - 1].item(), unit)
        title = f"Session {dataset.session_ids[i]}: {end - begin} events, {when} to {until}"
        items = dataset.vocabulary.decode(dataset.session(i)).tolist()
        session_strip(title, [names.get(item, item) for item in items])
    messages.aside("If one strip holds several visits, add the log again and cut it by a pause of 30 minutes.")


def example_sessions(lengths: np.ndarray) -> list[int]:
    """Three sessions of a short, a usual and a long length; always the same ones."""
    long_enough = np.flatnonzero(lengths >= 2)
    if len(long_enough) == 0:
        return list(range(min(3, len(lengths))))
    order = long_enough[np.argsort(lengths[long_enough], kind="stable")]
    picks = [order[int(share * (len(order) - 1))] for share in (0.25, 0.5, 0.9)]
    return [int(one) for one in dict.fromkeys(picks)]


def _rejected(record: DatasetRecord) -> None:
    """Rows of the file that were left out, with place and reason."""
    counts: dict[str, int] = record.summary.get("rejected_counts", {})
    if not counts:
        return
    total = sum(counts.values())
    with st.expander(f"Rows left out: {total:,}", key=f"rejected-{record.id}"):
        for reason, count in counts.items():
            st.text(f"{count:,}: {reason}")
        rejected = state.workspace().rejected(record.id)
        if len(rejected) < total:
            messages.aside(f"The first {len(rejected):,} of them:")
        frame = rejected.astype("str")
        widgets.show_table(frame, key="rejected-rows", name="rejected-rows")


@dataclass(frozen=True)
class CutLog:
    """What a test rule does to a log: bars over time, sizes, what the test can show, and what is wrong with it."""

    days: pd.DataFrame
    cut: float | None
    n_sessions: int
    n_predicted: int
    smallest: float
    counting: float
    checks: tuple[DiagnosticWarning, ...]


def _test_rule(record: DatasetRecord) -> SplitConfig | None:
    st.header("What is the test?")
    try:
        config = test_rule_form.test_rule(record, "data")
        part = _test_part(str(state.workspace().root), record.id, config.to_json())
    except WorkbenchError as error:
        messages.problem(error)
        return None
    widgets.show_chart(
        events_over_time(part.days, part.cut, state.is_dark()),
        key="test-rule",
        alt="Events over time, those trained on and those tested on stacked",
    )
    widgets.sentence(size_sentence(part, default_deciding_k(record.n_items)))
    messages.remarks(part.checks)
    return config


def size_sentence(part: CutLog, k: int) -> str:
    """How large the test is and the smallest difference it is likely to show."""
    size = f"{part.n_predicted:,} predictions in {part.n_sessions:,} test sessions."
    if not np.isfinite(part.smallest):
        return size + " Too little to tell two models apart."
    return (
        f"{size} Simple counting has about {100 * part.counting:.0f} hits of 100 in the top {k}; at such a rate, "
        f"models that differ by less than about {100 * part.smallest:.0f} % may look alike in this test."
    )


@st.cache_data(max_entries=16, show_spinner="Cutting the log…")
def _test_part(root: str, dataset_id: str, config_json: str) -> CutLog:
    """Keyed by the dataset's id, which is made from its content, and the test rule."""
    home, config = Workspace(root), SplitConfig.from_json(config_json)
    record, dataset = home.dataset(dataset_id), home.open_dataset(dataset_id)
    found = split(dataset, config)
    predicted = found.test.events()
    k = default_deciding_k(record.n_items)
    rate = expected_hit_rate(found.train, found.test, k)
    n_sessions = len(np.unique(predicted.session))
    return CutLog(
        days=events_by_day(np.asarray(dataset.timestamps), _tested_times(found.test, config), record.time_unit),
        cut=_as_drawn(found.summary.cut, record.time_unit),
        n_sessions=n_sessions,
        n_predicted=len(predicted.target),
        smallest=visible_difference(found.test, rate),
        counting=rate,
        checks=tuple(find_split_warnings(found, k, hit_rate=rate)),
    )


def _tested_times(test: EvaluationSet, config: SplitConfig) -> np.ndarray:
    """Timestamps of what belongs to the test: the predicted events, or whole sessions that training does not have."""
    times = np.asarray(test.dataset.timestamps)
    return times[test.predicted] if config.protocol == "last-item" else times


def _as_drawn(cut: float | None, unit: str) -> float | None:
    """The cut in nanoseconds since 1970 where times are dates, else in the log's own unit."""
    return cut / UNITS[unit] * UNITS["ns"] if cut is not None and unit in UNITS else cut


def events_by_day(all_times: np.ndarray, tested: np.ndarray, unit: str) -> pd.DataFrame:
    """Events a day (or a sixtieth of the span, where times are no dates), `part` "training" or "test".

    Args:
        all_times: timestamps of the log's events.
        tested: timestamps of those that are the test, a part of `all_times`.
        unit: of both; "" where they are no dates.
    """
    if unit in UNITS:
        width, start = float(UNITS[unit] * _DAY), 0.0
    else:
        start = float(all_times.min())
        width = max((float(all_times.max()) - start) / 60, 1e-9)
    bins = [((times - start) // width).astype(np.int64) for times in (all_times, tested)]
    everything, test = (pd.Series(one).value_counts() for one in bins)
    counts = pd.DataFrame({"all": everything, TEST: test}).fillna(0).astype(int).sort_index()
    counts[TRAIN] = (counts["all"] - counts[TEST]).clip(lower=0)
    frame = counts[[TRAIN, TEST]].rename_axis("bin").reset_index().melt("bin", var_name="part", value_name="events")
    day = pd.to_datetime(frame["bin"] * _DAY, unit="s") if unit in UNITS else frame["bin"] * width + start
    return frame.assign(day=day)[["day", "part", "events"]]


def _more(record: DatasetRecord, dataset: SessionDataset) -> None:
    dark = state.is_dark()
    with st.expander("How long are sessions?", key="lengths"):
        widgets.show_chart(
            session_lengths(dataset.lengths, dark), key="length-chart", alt="Number of sessions by their events"
        )
    with st.expander("How popular are items?", key="popularity"):
        widgets.show_chart(
            popularity(dataset.counts(), dataset.vocabulary.items, dark),
            key="popularity-chart",
            alt="Events of each item by its rank, on logarithmic axes",
        )
    with st.expander("What follows what?", key="transitions"):
        frame, items = transition_shares(dataset, names=state.workspace().item_names(record.id))
        if frame.empty:
            st.text("None of the items used most follows another.")
            return
        strongest = frame.iloc[int(frame["share"].to_numpy().argmax())]
        widgets.show_chart(
            transitions(frame, items, dark),
            key="transitions-chart",
            alt=f"How often each of the {len(items)} items used most follows each; "
            f"most of all {strongest['to']} after {strongest['from']}, {strongest['share']:.0f} of 100 times",
        )
