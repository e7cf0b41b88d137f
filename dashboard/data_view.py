"""Is this log fit to train on: what does it contain, what is wrong with it, and what would the test be?"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from dashboard import (
    cached,
    dialogs,
    items_view,
    messages,
    order_view,
    quality_view,
    state,
    test_rule_form,
    theme,
    widgets,
)
from dashboard.session_html import describe_events, session_heading, session_strip
from gru4rec_core.access.guard import is_allowed
from gru4rec_core.access.rights import Action
from gru4rec_core.data.columns import describe_columns
from gru4rec_core.data.row_rules import MAX_PER_REASON
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.time_formats import find_format
from gru4rec_core.data.times import UNITS, describe_time, to_datetime
from gru4rec_core.errors import WorkbenchError
from gru4rec_core.evaluation.diagnostic_warning import VERY_LARGE
from gru4rec_core.report.charts.data import events_over_time, popularity, session_lengths, transitions
from gru4rec_core.report.export import TableSource, export_table
from gru4rec_core.report.frames.data import popularity_curve, transition_shares
from gru4rec_core.report.frames.split_preview import SplitPreview
from gru4rec_core.words import counted, per_100, percent_text
from gru4rec_core.workspace.records import DatasetRecord


def show_dataset(selection: state.Selection, record: DatasetRecord) -> None:
    """The whole view of one dataset, in the order of importance."""
    dataset, names = cached.open_dataset(record), items_view.read_names(record)
    report = cached.quality_report(record)
    headline = st.container()  # filled when the test rule, and so the test's warnings, are known
    quality_view.show_origin(selection, record)
    if sentences := describe_import(record):
        messages.show_aside(" ".join(sentences))
    _offer_rename(record)
    _show_examples(record, dataset, names)
    if any(check.code == "long-pauses" for check in report.found):
        messages.show_aside("If a strip holds several visits, cut sessions at pauses: see “Is this log clean?” below.")
    quality_view.show_quality(record, report)
    _show_rejected_rows(record)
    order_view.show_order(record)
    preview = _choose_test_rule(record)
    with headline:
        count = messages.count_warnings(report.with_test(preview.warnings if preview else ()))
        widgets.sentence(f"{summary_sentence(record)}: {count}.", size="1.2rem", weight=600)
    if preview is not None:
        if is_allowed(Action.TRAIN):
            state.next_button("Train on this", "train", selection, key="train-on-this", new="1")
        cached.count_log_warnings(record)  # so that Overview need not check the log to say how many there are
    items_view.show_items(record)
    _show_distributions(dataset, names)


def _offer_rename(record: DatasetRecord) -> None:
    """Another name for the dataset; its id, and so every link to it, stays."""
    draw = partial(_ask_for_name, record)
    if is_allowed(Action.RENAME):
        dialogs.show_button("Rename", draw, key=f"rename-{record.id}", type="tertiary", icon=":material/edit:")


def _ask_for_name(record: DatasetRecord) -> None:
    name = st.text_input("Name of the dataset", value=record.name, max_chars=80, key=f"new-name-{record.id}")
    if st.button("Rename it", key=f"rename-now-{record.id}"):
        dialogs.attempt(lambda: state.workspace().rename_dataset(record.id, name), "Renamed.")


def summary_sentence(record: DatasetRecord) -> str:
    """ "18,984 sessions, 217 items, April to August 2008"."""
    size = f"{counted(record.n_sessions, 'session')}, {counted(record.n_items, 'item')}"
    span = time_span(record)
    return f"{size}, {span}" if span else size


def describe_import(record: DatasetRecord) -> list[str]:
    """How a log was read, in sentences: file and columns, what was decided unasked, the sample, the times' notation."""
    summary = record.summary
    if record.made_from is not None or "columns" not in summary:
        return []
    sentences = [f"Read from {summary['file']} ({summary['format']}): {describe_columns(summary['columns'])}."]
    gap, notes = summary["session_gap_minutes"], summary.get("notes", [])
    if gap is not None and not any(note.startswith("No column names") for note in notes):
        owner = summary["columns"]["user"]
        sentences.append(f"The events of each {owner} were cut where a pause is longer than {gap:g} minutes.")
    sample = summary.get("sample")
    if sample:
        sentences.append(describe_sample(sample, None if gap is not None else record.n_sessions))
    return [*sentences, *notes, *filter(None, [time_notation(record)])]


def describe_sample(sample: dict[str, Any], n_sessions: int | None) -> str:
    """What a sample kept; of sessions, too, how many of those have no row that could be used.

    Args:
        sample: As the import counted it: every name in the file, whether or not its rows can be used.
        n_sessions: Of the dataset; None where users were drawn.
    """
    owners, seed = counted(sample["of"], "user" if n_sessions is None else "session"), sample["seed"]
    text = f"A sample: {sample['kept']:,} of {owners} ({100 * sample['share']:g} %, seed {seed})"
    n_empty = 0 if n_sessions is None else sample["kept"] - n_sessions
    if n_empty <= 0:
        return f"{text}."
    return f"{text}; {n_empty:,} of these {sample['kept']:,} {'has' if n_empty == 1 else 'have'} no usable row."


def time_notation(record: DatasetRecord) -> str:
    """How dates were read that are neither ISO nor numbers since 1970; "" for all other times."""
    name = record.summary.get("time_format", "")
    return f"Times were read as {find_format(name).label} ({name})." if "%" in name else ""


def time_span(record: DatasetRecord) -> str:
    """First to last month (or day) in words; "" where the timestamps are not dates."""
    if record.time_unit not in UNITS:
        return ""
    first, last = (to_datetime(moment, record.time_unit) for moment in (record.first_time, record.last_time))
    if (last - first).days < 60:
        return f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"
    start = f"{first:%B}" if first.year == last.year else f"{first:%B %Y}"
    return f"{start} to {last:%B %Y}"


def _show_examples(record: DatasetRecord, dataset: SessionDataset, names: dict[str, str]) -> None:
    """Three sessions as strips: only a person can tell whether each is one visit."""
    st.header("Is each of these one visit?")
    unit = record.time_unit or None
    examples = example_sessions(dataset.lengths)
    keys = tuple(str(dataset.session_ids[i]) for i in examples)
    for i, key, name in zip(examples, keys, cached.session_titles(record, keys), strict=True):
        begin, end = int(dataset.offsets[i]), int(dataset.offsets[i + 1])
        start = describe_time(dataset.timestamps[begin].item(), unit)
        until = describe_time(dataset.timestamps[end - 1].item(), unit)
        items = dataset.vocabulary.decode(dataset.session(i)).tolist()
        heading = session_heading(key, name, describe_events(end - begin, start, until))
        session_strip(heading, [names.get(item, item) for item in items])


def example_sessions(lengths: np.ndarray) -> list[int]:
    """Three sessions, one short, one of usual length, one long; always the same ones."""
    long_enough = np.flatnonzero(lengths >= 2)
    if len(long_enough) == 0:
        return list(range(min(3, len(lengths))))
    order = long_enough[np.argsort(lengths[long_enough], kind="stable")]
    picks = [int(order[int(share * (len(order) - 1))]) for share in (0.25, 0.5, 0.9)]
    return list(dict.fromkeys(picks))


def _show_rejected_rows(record: DatasetRecord) -> None:
    """Rows of the file that were left out, each with its line (or row), its reason and its content."""
    counts: dict[str, int] = record.summary.get("rejected_counts", {})
    if not counts:
        return
    total = sum(counts.values())
    with st.expander(f"Rows left out: {total:,}", key=f"rejected-{record.id}"):
        for reason, count in counts.items():
            st.text(f"{count:,}: {reason}")
        rejected = state.workspace().rejected(record.id)
        if len(rejected) < total:
            messages.show_aside(f"Up to {MAX_PER_REASON} rows for each reason:")
        place = str(record.summary.get("place", "line"))
        shown = rejected.rename(columns={"place": place, "found": "content"}).astype("str")
        exported = export_table(shown, TableSource(record.name))
        widgets.show_table(exported, key="rejected-rows", name="rejected-rows", shown=shown)


def _choose_test_rule(record: DatasetRecord) -> SplitPreview | None:
    """The form of the test rule and what it does to the log; None where the log cannot be cut by it."""
    st.header("What is the test?")
    try:
        test_rule = test_rule_form.ask_for_test_rule(record, "data")
        messages.show_aside(f"Default: {cached.default_plan(record).test_rule_reason}.")
        preview = cached.split_preview(record, test_rule)
    except WorkbenchError as error:
        messages.show_problem(error)
        return None
    widgets.show_chart(
        partial(events_over_time, preview.days, preview.cut, theme.is_dark()),
        key="test-rule",
        alt=f"Events over time, training and test stacked. {preview.left_out}".strip(),
    )
    widgets.sentence(size_sentence(preview))
    if preview.left_out:
        messages.show_aside(preview.left_out)
    messages.show_warnings(preview.warnings)
    return preview


def size_sentence(preview: SplitPreview) -> str:
    """How large the test is and the smallest difference it is likely to show."""
    predictions, sessions = counted(preview.n_predicted, "prediction"), counted(preview.n_sessions, "test session")
    size = f"{predictions} in {sessions}."
    if preview.smallest_difference >= VERY_LARGE:
        return f"{size} Too little to tell two models apart, unless they differ very much."
    return (
        f"{size} Of two quick baselines the stronger, {preview.baseline}, has {per_100(preview.baseline_rate)} hits"
        f" of 100 in the top {preview.deciding_k}. At that rate, models that differ by less than about "
        f"{percent_text(preview.smallest_difference)} ({per_100(preview.smallest_difference * preview.baseline_rate)}"
        " hits per 100) may look alike in this test."
    )


def _show_distributions(dataset: SessionDataset, names: dict[str, str]) -> None:
    dark = theme.is_dark()
    with st.expander("How long are sessions?", key="lengths"):
        widgets.show_chart(
            partial(session_lengths, dataset.lengths, dark),
            key="length-chart",
            alt="Number of sessions by number of events",
        )
    with st.expander("How popular are items?", key="popularity"):
        counts = dataset.counts()
        widgets.show_chart(
            partial(
                popularity, popularity_curve(counts, dataset.vocabulary.items, names), int((counts > 0).sum()), dark
            ),
            key="popularity-chart",
            alt="Events of each item by its rank, on logarithmic axes",
        )
    with st.expander("What follows what?", key="transitions"):
        frame, items = transition_shares(dataset, names=names)
        if frame.empty:
            st.text("None of the most used items follows another.")
            return
        strongest = frame.iloc[int(frame["share"].to_numpy().argmax())]
        widgets.show_chart(
            partial(transitions, frame, items, dark),
            key="transitions-chart",
            alt=f"How often each of the {len(items)} most used items follows each other; "
            f"most often {strongest['to']} after {strongest['from']}, {strongest['share']:.0f} of 100 times",
        )
