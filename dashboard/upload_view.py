"""How does Data add a log: upload it, preview it, map its columns, import it?"""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from dashboard import (
    cached,
    data_view,
    first_sessions_view,
    focus,
    import_view,
    mapping_form,
    messages,
    other_sources_view,
    reading_form,
    sign_in,
    state,
    widgets,
)
from dashboard.kept_uploads import Upload, discard_kept, find_upload, keep_upload, most_megabytes
from gru4rec_core.access.guard import is_allowed
from gru4rec_core.access.rights import Action
from gru4rec_core.data.file_names import LOG_ENDINGS
from gru4rec_core.data.ingest import ReadLimits
from gru4rec_core.data.preview import LogPreview
from gru4rec_core.data.samples import SAMPLES
from gru4rec_core.data.sources.base import MAX_COLUMNS
from gru4rec_core.errors import WorkbenchError
from gru4rec_core.words import counted
from gru4rec_core.workspace import child_process, import_process
from gru4rec_core.workspace.importing import ImportSource, import_sample, propose_name
from gru4rec_core.workspace.records import DatasetRecord

_UPLOAD = "_upload"
_ROUND = "_upload_round"  # a new key empties the uploader
_TOLD = "_upload_told"
_FAILURE = "_upload_failure"
OWN_FILE = "a file of your own: one row per event, with a session, a time and an item."
"""What can be added beside a sample, as the end of a sentence."""


@dataclass(frozen=True)
class _Failure:
    """An import that failed: of what, and why."""

    source: ImportSource
    error: WorkbenchError


def show_first() -> None:
    """Adding the first log."""
    if is_allowed(Action.IMPORT):
        st.text(f"Start with a sample, or with {OWN_FILE}")
    show_sources()


def show_sources() -> None:
    """The samples and the uploader; a stored file stays until it is imported or discarded, also across pages."""
    if not is_allowed(Action.IMPORT):
        sign_in.explain_what_is_hidden("add a log")
        return
    limit = most_megabytes()
    _offer_samples()
    import_process.prepare()
    uploaded = st.file_uploader(
        f"Your own log: CSV, TSV, JSON lines, Parquet (also gzipped or zipped) or Excel, up to {limit:,} MB",
        type=list(LOG_ENDINGS),
        max_upload_size=limit,
        key=f"upload-{st.session_state.get(_ROUND, 0)}",
        help=_describe_limits(),
    )
    try:
        upload = keep_upload(uploaded, _UPLOAD) if uploaded is not None else find_upload(_UPLOAD)
    except WorkbenchError as error:
        messages.show_problem(error)
        return
    if upload is not None:
        _show_upload(upload)
    other_sources_view.explain_other_sources()


def show_adding(record: DatasetRecord) -> None:
    """Adding a log as a view of its own (`?add=1`), with the way back to the one that is selected."""
    if is_allowed(Action.IMPORT):
        st.text(f"A sample, or {OWN_FILE}")
    show_sources()
    back = f"Back to {widgets.plain_label(record.name)}"
    if st.button(back, type="tertiary", key="back-to-dataset", icon=":material/arrow_back:"):
        st.query_params.pop("add", None)
        st.rerun()


def offer_to_add(selection: state.Selection) -> None:
    """The button that opens the view for adding a log."""
    if is_allowed(Action.IMPORT) and st.button(
        "Add another log", type="tertiary", key="add-log", icon=":material/add:"
    ):
        state.open_page("data", selection, add="1")


def _describe_limits() -> str:
    limits, reading = ReadLimits(), child_process.reading_limits()
    return (
        "One row per event: which session, when, which item. The file stays on the machine that serves this page. "
        f"At most {limits.rows / 1e6:,.0f} million rows, {MAX_COLUMNS:,} columns and "
        f"{limits.unpacked_bytes / 1e9:,.0f} GB once unpacked; the import takes at most "
        f"{reading.seconds / 60:,.0f} minutes and {reading.memory / 1e9:,.0f} GB of memory. "
        "Larger logs can be imported with the command `import`."
    )


def tell_what_was_imported() -> None:
    """What was read, or that it was here already; shown once, at the top of the page, which is scrolled there."""
    sentence = st.session_state.pop(_TOLD, None)
    if sentence:
        messages.show_message(sentence, "good")
        widgets.scroll_to_top()


def _offer_samples() -> None:
    with st.container(horizontal=True):
        for name, sample in SAMPLES.items():
            if st.button(f"Load the sample {name}", key=f"sample-{name}", help=sample.text):
                with st.spinner("Generating…"):
                    record = import_sample(state.workspace(), name)
                _select_dataset(record.id, f"Loaded: {record.name}.")


def _show_upload(upload: Upload) -> None:
    """The file's first rows, how they are read and mapped; importing it registers it."""
    import_view.tell_if_stopped()
    with st.container(border=True, key="mapping"):
        try:
            _ask_and_import(upload)
        except WorkbenchError as error:
            messages.show_problem(error)
        st.button("Discard this file", type="tertiary", key="discard", on_click=_discard)


def _ask_and_import(upload: Upload) -> None:
    """Raises DataError where the file is no log, or not as it was chosen to be read."""
    path, name = str(upload.path), upload.name
    encoding = None if cached.upload_is_utf8(path) else reading_form.ask_for_encoding(upload.path, upload.key)
    rows = st.container()  # above the choices that change them
    reading = reading_form.choose_reading(
        lambda one: cached.preview_upload(path, name, one.encoding, one.layout, one.has_header), encoding, upload.key
    )
    preview = cached.preview_upload(path, name, reading.encoding, reading.layout, reading.has_header)
    with rows:
        _show_first_rows(upload, preview, reading)
    answer = mapping_form.choose_mapping(
        preview,
        lambda column: cached.event_kinds(path, name, reading.encoding, column, preview.has_header, preview.layout),
        upload.key + reading.key,
    )
    sample = reading_form.choose_sample(upload.key)
    options = replace(sample, layout=reading.layout, time_format=answer.options.time_format)
    if answer.mapping is None:
        messages.show_message(answer.obstacle, "warning")
        _offer_import(upload, ImportSource(upload.path, name=name, options=options), answer.obstacle)
        return
    source = ImportSource(upload.path, answer.mapping, reading.encoding, "upload", name, upload.sha256, options)
    is_whole = first_sessions_view.reads_whole_file(upload.path, preview.format)
    _offer_import(upload, source, first_sessions_view.show_first_sessions(source, answer.mapping, is_whole))


def _offer_import(upload: Upload, source: ImportSource, obstacle: str) -> None:
    """The dataset's name and the button; after an import that failed, why, until something is chosen differently.

    Args:
        upload: the file.
        source: what the button imports.
        obstacle: why it cannot be imported yet, as a sentence; "" when nothing is in the way.
    """
    name = _ask_for_name(propose_name(source), f"name-{upload.key}")
    failure: _Failure | None = st.session_state.get(_FAILURE)
    if failure is not None and failure.source == source:
        messages.show_message(f"The import of {upload.name} failed.", "warning")
        messages.show_problem(first_sessions_view.say_it_for_the_page(failure.error))
    pressed = st.button(
        "Import this log", type="primary", key="read-log", disabled=bool(obstacle), help=obstacle or None
    )
    if pressed and not obstacle:
        _import(source, name)


def _ask_for_name(proposed: str, key: str) -> str | None:
    """The name for the dataset; None where it is the proposed one, so that a dataset already there keeps its name."""
    if st.session_state.get(key, "") in ("", st.session_state.get(f"{key}-proposed")):
        st.session_state[key] = proposed  # another share of the sessions proposes another name
    st.session_state[f"{key}-proposed"] = proposed
    name = st.text_input("Name of the dataset", key=key).strip()
    return name if name != proposed else None


def _show_first_rows(upload: Upload, preview: LogPreview, reading: reading_form.Reading) -> None:
    st.text(f"{upload.name}: {preview.format}, {counted(len(preview.columns), 'column')}. Its first rows:")
    st.dataframe(preview.rows.head(5), hide_index=True, key="preview")
    messages.show_aside(reading_form.describe_reading(preview, reading))


def _import(source: ImportSource, name: str | None) -> None:
    st.session_state.pop(_FAILURE, None)
    try:
        record, known = import_view.import_with_progress(source, name)
    except WorkbenchError as error:
        # Drawn anew: a progress bar that is taken away at once could leave its space empty, and hide the form.
        st.session_state[_FAILURE] = _Failure(source, error)
        st.rerun()
    st.session_state[_TOLD] = known or f"{source.name} was imported: {data_view.summary_sentence(record)}."
    _discard()
    _select_dataset(record.id, st.session_state[_TOLD])


def _discard() -> None:
    discard_kept(_UPLOAD)
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def _select_dataset(dataset_id: str, told: str) -> None:
    st.query_params.pop("add", None)
    state.select(dataset=dataset_id, k=None)
    focus.tell_action(told)
    st.rerun()
