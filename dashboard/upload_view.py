"""How does Data add a log: upload it, preview it, map its columns, read it?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import actions, cached, import_view, messages, other_sources_view, state
from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.encodings import ENCODINGS, encoding_mark
from gru4rec_core.data.preview import LogPreview
from gru4rec_core.data.samples import SAMPLES
from gru4rec_core.errors import WorkbenchError
from gru4rec_core.workspace import import_process
from gru4rec_core.workspace.importing import ImportSource, import_sample

TYPES = ("csv", "tsv", "txt", "dat", "data", "jsonl", "ndjson", "json", "parquet", "xlsx", "gz", "zip")
USUAL_GAP = 30.0  # minutes
_UPLOAD = "_upload"
_ROUND = "_upload_round"  # a new key empties the uploader
_KNOWN_LOG = "_upload_known_log"
_BY_COLUMN, _BY_PAUSE = "A column names the visit", "Each person's events, cut where a pause is long"
_ALL_EVENTS, _ITEM_ITSELF = "all events", "the item itself"


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
            mapping, name = _choose_mapping(preview, upload)
            if st.button("Read this log", type="primary", key="read-log"):
                _read(upload, mapping, name, encoding)
        except WorkbenchError as error:
            messages.show_problem(error)
        st.button("Put this file away", type="tertiary", key="put-away", on_click=_put_away)


def _read(upload: Upload, mapping: ColumnMapping, name: str, encoding: str) -> None:
    source = ImportSource(upload.path, mapping, encoding, "upload", upload.name, upload.sha256)
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


def _choose_mapping(preview: LogPreview, upload: Upload) -> tuple[ColumnMapping, str]:
    """Recognised columns in one line, to be changed in a collapsed part; unrecognised ones are asked for openly."""
    guessed = preview.guessed
    if guessed is None:
        messages.show_message(
            "Not every column was recognised: choose below which is which."
            if preview.candidates["session"] or not preview.candidates["user"]
            else "This file names persons, not visits. A person is not one visit: choose below how to cut them.",
            "warning",
        )
        return _mapping_form(preview, upload)
    for sentence in preview.problems:
        messages.show_message(sentence, "warning")
    labels = guessed.labels()
    owner = next(iter(labels))
    st.text(f"Recognised: {owner} = {labels[owner]}, time = {labels['timestamp']}, item = {labels['item']}.")
    for sentence in preview.notes:
        messages.show_message(sentence)
    with st.expander("Change the columns, the kinds of event, the name", key=f"map-{upload.key}"):
        return _mapping_form(preview, upload)


def _mapping_form(preview: LogPreview, upload: Upload) -> tuple[ColumnMapping, str]:
    """The columns as chosen, and the dataset's name."""
    options, key, guessed = list(preview.columns), upload.key, preview.guessed
    candidates = _likely_columns(preview)
    visit = st.radio(
        "What makes a visit?",
        [_BY_COLUMN, _BY_PAUSE],
        index=1 if (candidates["user"] and not candidates["session"] if guessed is None else guessed.user) else 0,
        key=f"by-{key}",
        horizontal=True,
    )
    label, likely = ("Session", candidates["session"]) if visit == _BY_COLUMN else ("Person", candidates["user"])
    left, middle, right = st.columns(3)
    with left:
        owner = _choose_column(label, options, likely, f"{label}-{key}")
    with middle:
        timestamp = _choose_time(preview, candidates["timestamp"], key)
    with right:
        item = _choose_column("Item", options, candidates["item"], f"item-{key}")
    settings: dict[str, Any] = {"session": owner}
    if visit == _BY_PAUSE:
        gap = st.number_input(
            "A pause of more than this many minutes starts a new visit",
            0.1,
            100_000.0,
            USUAL_GAP,
            format="%g",
            key=f"gap-{key}",
            help="30 minutes is usual in web shops.",
        )
        settings = {"session": None, "user": owner, "session_gap_minutes": gap}
    settings |= _choose_event_kinds(preview, options, key)
    settings["item_name"] = _choose_item_name(options, candidates["item_name"], key)
    name = st.text_input("Name of the dataset", value=_stem(upload.name), key=f"name-{key}")
    return ColumnMapping(timestamp=timestamp, item=item, has_header=preview.has_header, **settings), name


def _likely_columns(preview: LogPreview) -> dict[str, tuple[str, ...]]:
    """Role to columns, the one of the recognised mapping first."""
    guessed, candidates = preview.guessed, dict(preview.candidates)
    if guessed is None:
        return candidates
    known = {"session": guessed.session, "user": guessed.user, "item": guessed.item, "item_name": guessed.item_name}
    return candidates | {role: (column,) for role, column in known.items() if isinstance(column, str)}


def _choose_time(preview: LogPreview, likely: Sequence[str], key: str) -> str | tuple[str, ...]:
    """A column, or the columns that were recognised as forming the time together."""
    guessed = None if preview.guessed is None else preview.guessed.timestamp
    if not isinstance(guessed, tuple):
        likely = [guessed] if guessed is not None else likely
        return _choose_column("Time", list(preview.columns), likely, f"time-{key}")
    together = " + ".join(guessed)
    chosen = _choose_column("Time", [together, *preview.columns], [together], f"time-{key}")
    return guessed if chosen == together else chosen


def _choose_column(label: str, options: list[str], likely: Sequence[str], key: str) -> str:
    index = options.index(likely[0]) if likely else 0
    return str(st.selectbox(label, options, index=index, key=key))


def _choose_event_kinds(preview: LogPreview, options: list[str], key: str) -> dict[str, Any]:
    """Which kinds of event to keep, where a column tells kinds apart."""
    column = st.selectbox("Keep only some kinds of event, by the column", [_ALL_EVENTS, *options], key=f"event-{key}")
    if column == _ALL_EVENTS:
        return {}
    seen = sorted({str(value) for value in preview.rows[column]})
    kinds = st.multiselect(
        "Kinds to keep", seen, key=f"kinds-{key}", accept_new_options=True, placeholder="Choose or type"
    )
    return {"event_column": column, "keep_events": tuple(kinds)} if kinds else {}


def _choose_item_name(options: list[str], likely: Sequence[str], key: str) -> str | None:
    """The column whose text is shown for an item, if there is one."""
    index = 1 + options.index(likely[0]) if likely else 0
    chosen = st.selectbox("Show items by", [_ITEM_ITSELF, *options], index=index, key=f"item-name-{key}")
    return None if chosen == _ITEM_ITSELF else chosen


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
