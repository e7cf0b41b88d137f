"""How does Data add a log: upload it, preview it, map its columns, read it?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dashboard import actions, cached, import_view, mapping_form, messages, other_sources_view, state, widgets
from dashboard.session_html import session_strip
from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.encodings import ENCODINGS, encoding_mark
from gru4rec_core.data.reading_options import ReadingOptions
from gru4rec_core.data.samples import SAMPLES
from gru4rec_core.errors import WorkbenchError
from gru4rec_core.workspace import import_process
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
        name: what the reader's computer calls the file; for display alone.
        path: where it is stored.
        sha256: of its content, in hexadecimal digits.
    """

    file_id: str
    name: str
    path: Path
    sha256: str

    @property
    def key(self) -> str:
        """What the keys of its widgets end in."""
        return self.sha256[:12]


def show_sources() -> None:
    """The samples and the uploader; a stored file stays until it is read or put away, also across pages."""
    limit = int(st.get_option("server.maxUploadSize"))
    _offer_samples()
    import_process.prepare()
    uploaded = st.file_uploader(
        f"Your own log: CSV, TSV, JSON lines, Parquet (also gzipped or zipped) or Excel, up to {limit:,} MB",
        type=list(TYPES),
        max_upload_size=limit,
        key=f"upload-{st.session_state.get(_ROUND, 0)}",
        help="One row per event: which session, when, which item. The file stays on the machine that serves this page.",
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
    """The file's first rows and the mapping; reading it registers it."""
    with st.container(border=True, key="mapping"):
        try:
            encoding = _choose_encoding(upload)
            preview = cached.preview_upload(str(upload.path), upload.name, encoding)
            st.text(f"{upload.name}: {preview.format}, {len(preview.columns)} columns. Its first rows:")
            st.dataframe(preview.rows.head(5), hide_index=True, key="preview")
            answer = mapping_form.choose_mapping(
                preview,
                lambda column: cached.event_kinds(str(upload.path), upload.name, encoding, column, preview.has_header),
                upload.key,
            )
            if answer.mapping is not None:
                _show_first_sessions(upload, answer.mapping, encoding, answer.options)
            else:
                messages.show_message(answer.obstacle, "warning")
            name = st.text_input("Name of the dataset", value=_stem(upload.name), key=f"name-{upload.key}")
            is_closed = answer.mapping is None
            pressed = st.button(
                "Read this log", type="primary", key="read-log", disabled=is_closed, help=answer.obstacle or None
            )
            if pressed and answer.mapping is not None:
                _read(upload, answer, name, encoding)
        except WorkbenchError as error:
            messages.show_problem(error)
        st.button("Put this file away", type="tertiary", key="put-away", on_click=_put_away)


def _read(upload: Upload, answer: mapping_form.Answer, name: str, encoding: str) -> None:
    source = ImportSource(upload.path, answer.mapping, encoding, "upload", upload.name, upload.sha256, answer.options)
    record, known = import_view.import_with_progress(source, name)
    if known:
        st.session_state[_KNOWN_LOG] = known
    _put_away()
    _select_dataset(record.id)


def _choose_encoding(upload: Upload) -> str:
    """Asked for only where the file is not UTF-8."""
    if cached.upload_is_utf8(str(upload.path)):
        return "utf-8"
    messages.show_message(
        "This file is not in UTF-8. Choose the encoding in which its first rows read well.", "warning"
    )
    others = [encoding for encoding in ENCODINGS if encoding != "utf-8"]
    with upload.path.open("rb") as file:
        mark = encoding_mark(file.read(4))
    index = others.index(mark) if mark else 0
    return str(st.selectbox("Encoding", others, index=index, key=f"encoding-{upload.key}"))


def _show_first_sessions(upload: Upload, mapping: ColumnMapping, encoding: str, options: ReadingOptions) -> None:
    """The first three sessions that this mapping makes: only a person can tell whether each is one visit."""
    try:
        first = cached.first_sessions(str(upload.path), upload.name, encoding, mapping, options)
    except WorkbenchError as error:
        messages.show_problem(error)
        return
    widgets.sentence("The first sessions, read this way:", weight=600)
    for session in first.sessions:
        events = f"{session.n_events:,} event{'s' * (session.n_events != 1)}"
        session_strip(f"{session.name}: {events}, {session.times[0]} to {session.times[-1]}", list(session.items))
    if not first.is_whole_file:
        messages.show_aside(f"Of the first {first.n_rows:,} rows; a session may go on further down.")
    left_out = sum(first.rejected_counts.values())
    if left_out:
        reasons = ", ".join(f"{count:,} because {reason}" for reason, count in first.rejected_counts.items())
        messages.show_message(f"{left_out:,} of these {first.n_rows:,} rows would be left out: {reasons}.", "warning")


def _stem(name: str) -> str:
    """A file's name without its endings: the proposed name of the dataset."""
    stem = Path(name).name
    while Path(stem).suffix.lstrip(".").lower() in TYPES:
        stem = Path(stem).stem
    return stem or "log"


def _put_away() -> None:
    st.session_state.pop(_UPLOAD, None)
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def _select_dataset(dataset_id: str) -> None:
    st.query_params.pop("add", None)
    state.select(dataset=dataset_id, k=None)
    st.rerun()
