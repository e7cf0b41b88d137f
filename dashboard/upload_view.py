"""How does Data add a log: upload it, preview it, map its columns, import it?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from dashboard import (
    actions,
    cached,
    import_view,
    mapping_form,
    messages,
    other_sources_view,
    reading_form,
    state,
    widgets,
)
from dashboard.session_html import session_strip
from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.ingest import ReadLimits
from gru4rec_core.data.preview import LogPreview
from gru4rec_core.data.reading_options import ReadingOptions
from gru4rec_core.data.samples import SAMPLES
from gru4rec_core.data.sources.base import MAX_COLUMNS
from gru4rec_core.errors import WorkbenchError
from gru4rec_core.workspace import child_process, import_process
from gru4rec_core.workspace.importing import ImportSource, import_sample

TYPES = ("csv", "tsv", "txt", "dat", "data", "jsonl", "ndjson", "json", "parquet", "xlsx", "gz", "zip")
_UPLOAD = "_upload"
_ROUND = "_upload_round"  # a new key empties the uploader
_KNOWN_LOG = "_upload_known_log"


@dataclass(frozen=True)
class Upload:
    """A file that was uploaded and stored.

    Attributes:
        file_id: Streamlit's name for this upload; another upload of the same file has another.
        name: the file's name on the user's computer; only for display.
        path: where it is stored.
        sha256: of its content, in hexadecimal digits.
    """

    file_id: str
    name: str
    path: Path
    sha256: str

    @property
    def key(self) -> str:
        """Suffix of the keys of its widgets."""
        return self.sha256[:12]


def show_sources() -> None:
    """The samples and the uploader; a stored file stays until it is imported or discarded, also across pages."""
    limit = int(st.get_option("server.maxUploadSize"))
    _offer_samples()
    import_process.prepare()
    uploaded = st.file_uploader(
        f"Your own log: CSV, TSV, JSON lines, Parquet (also gzipped or zipped) or Excel, up to {limit:,} MB",
        type=list(TYPES),
        max_upload_size=limit,
        key=f"upload-{st.session_state.get(_ROUND, 0)}",
        help=_describe_limits(),
    )
    upload: Upload | None = st.session_state.get(_UPLOAD)
    # Stored and hashed once, not again on every run of the script.
    if uploaded is not None and (upload is None or upload.file_id != uploaded.file_id):
        try:
            path, sha256 = actions.store_upload(state.workspace(), uploaded, uploaded.size, limit)
        except WorkbenchError as error:
            messages.show_problem(error)
            return
        upload = st.session_state[_UPLOAD] = Upload(uploaded.file_id, uploaded.name, path, sha256)
    if upload is not None:
        _show_upload(upload)
    other_sources_view.explain_other_sources()


def _describe_limits() -> str:
    limits, reading = ReadLimits(), child_process.reading_limits()
    return (
        "One row per event: which session, when, which item. The file stays on the machine that serves this page. "
        f"At most {limits.rows / 1e6:,.0f} million rows, {MAX_COLUMNS:,} columns and "
        f"{limits.unpacked_bytes / 1e9:,.0f} GB once unpacked; the import takes at most "
        f"{reading.seconds / 60:,.0f} minutes and {reading.memory / 1e9:,.0f} GB of memory. "
        "Larger logs can be imported with the command `import`."
    )


def show_known_log() -> None:
    """What happened to a log that was here already; shown once, beside it."""
    sentence = st.session_state.pop(_KNOWN_LOG, None)
    if sentence:
        messages.show_message(sentence)


def _offer_samples() -> None:
    with st.container(horizontal=True):
        for name, sample in SAMPLES.items():
            if st.button(f"Load the sample {name}", key=f"sample-{name}", help=sample.text):
                with st.spinner("Generating…"):
                    record = import_sample(state.workspace(), name)
                _select_dataset(record.id)


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
    if answer.mapping is not None:
        _show_first_sessions(upload, answer.mapping, reading.encoding, options)
    else:
        messages.show_message(answer.obstacle, "warning")
    title = st.text_input("Name of the dataset", value=_stem(name), key=f"name-{upload.key}")
    is_disabled = answer.mapping is None
    pressed = st.button(
        "Import this log", type="primary", key="read-log", disabled=is_disabled, help=answer.obstacle or None
    )
    if pressed and answer.mapping is not None:
        _import(
            ImportSource(upload.path, answer.mapping, reading.encoding, "upload", name, upload.sha256, options), title
        )


def _show_first_rows(upload: Upload, preview: LogPreview, reading: reading_form.Reading) -> None:
    st.text(f"{upload.name}: {preview.format}, {len(preview.columns)} columns. Its first rows:")
    st.dataframe(preview.rows.head(5), hide_index=True, key="preview")
    messages.show_aside(reading_form.describe_reading(preview, reading))


def _import(source: ImportSource, name: str) -> None:
    record, known = import_view.import_with_progress(source, name)
    if known:
        st.session_state[_KNOWN_LOG] = known
    _discard()
    _select_dataset(record.id)


def _show_first_sessions(upload: Upload, mapping: ColumnMapping, encoding: str, options: ReadingOptions) -> None:
    """The first three sessions that this mapping makes: only a person can tell whether each is one visit."""
    try:
        first = cached.first_sessions(str(upload.path), upload.name, encoding, mapping, options)
    except WorkbenchError as error:
        messages.show_problem(error)
        return
    widgets.sentence("With these columns, the first sessions are:", weight=600)
    for session in first.sessions:
        events = f"{session.n_events:,} event{'s' * (session.n_events != 1)}"
        session_strip(f"{session.name}: {events}, {session.times[0]} to {session.last_time}", list(session.items))
    if not first.is_whole_file:
        messages.show_aside(f"Based on the first {first.n_rows:,} rows; a session may continue further down the file.")
    if first.n_outside_sample:
        messages.show_aside(
            f"{first.n_outside_sample:,} of these {first.n_rows:,} rows are of sessions outside the sample."
        )
    left_out = sum(first.rejected_counts.values())
    if left_out:
        reasons = ", ".join(f"{count:,} ({reason})" for reason, count in first.rejected_counts.items())
        messages.show_message(f"{left_out:,} of these {first.n_rows:,} rows would be left out: {reasons}.", "warning")


def _stem(name: str) -> str:
    """A file's name without its endings: the proposed name of the dataset."""
    stem = Path(name).name
    while Path(stem).suffix.lstrip(".").lower() in TYPES:
        stem = Path(stem).stem
    return stem or "log"


def _discard() -> None:
    st.session_state.pop(_UPLOAD, None)
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def _select_dataset(dataset_id: str) -> None:
    st.query_params.pop("add", None)
    state.select(dataset=dataset_id, k=None)
    st.rerun()
