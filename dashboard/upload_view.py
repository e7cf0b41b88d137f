"""How does a file become a dataset: upload, look, map the columns, read?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import actions, messages, state
from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.file_format import ENCODINGS, is_utf8
from gru4rec_core.data.ingest import LogPreview, inspect_log
from gru4rec_core.data.samples import SAMPLES
from gru4rec_core.errors import WorkbenchError
from gru4rec_core.workspace.importing import LogFile, import_file, import_sample

TYPES = ("csv", "tsv", "txt", "jsonl", "ndjson", "json", "parquet", "gz")
USUAL_GAP = 30.0  # minutes
_KEPT = "_upload"
_ROUND = "_upload_round"  # a new key empties the uploader
_TOLD = "_upload_told"
_BY_COLUMN, _BY_PAUSE = "A column names the visit", "A person's events, cut where a pause is long"


def part() -> None:
    """Sample or own file; a file that was stored stays until it is read or put away, also across pages."""
    limit = int(st.get_option("server.maxUploadSize"))
    _samples()
    uploaded = st.file_uploader(
        f"Your own log: CSV, TSV, JSON lines or Parquet, also gzipped, up to {limit:,} MB",
        type=list(TYPES),
        max_upload_size=limit,
        key=f"upload-{st.session_state.get(_ROUND, 0)}",
        help="One row an event: which session, when, which item. The file stays on this machine.",
    )
    if uploaded is not None:
        try:
            path, digest = actions.store_upload(state.workspace(), uploaded, uploaded.size, limit)
        except WorkbenchError as error:
            messages.problem(error)
            return
        st.session_state[_KEPT] = {"path": str(path), "sha256": digest, "name": uploaded.name}
    kept = st.session_state.get(_KEPT)
    if kept:
        _look(kept)


def told() -> None:
    """What became of a log that was here already; said once, beside it."""
    sentence = st.session_state.pop(_TOLD, None)
    if sentence:
        messages.note(sentence)


def _samples() -> None:
    with st.container(horizontal=True):
        for name, sample in SAMPLES.items():
            if st.button(f"Load the sample {name}", key=f"sample-{name}", help=sample.text):
                with st.spinner("Generating…"):
                    record = import_sample(state.workspace(), name)
                _show(record.id)


def _look(kept: dict[str, str]) -> None:
    """The file's first rows and the mapping; reading it registers it."""
    with st.container(border=True, key="mapping"):
        try:
            encoding = _encoding(kept)
            preview = _preview(kept["path"], kept["name"], encoding)
            st.text(f"{kept['name']}: {preview.format}, {len(preview.columns)} columns. Its first rows:")
            st.dataframe(preview.rows.head(5), hide_index=True, key="preview")
            mapping, name = _mapping(preview, kept)
            if st.button("Read this log", type="primary", key="read-log"):
                with st.spinner("Reading…"):
                    record = import_file(
                        state.workspace(),
                        LogFile(Path(kept["path"]), mapping, encoding, "upload", kept["name"], kept["sha256"]),
                        name=name,
                        on_known=lambda sentence: st.session_state.update({_TOLD: sentence}),
                    )
                _put_away()
                _show(record.id)
        except WorkbenchError as error:
            messages.problem(error)
        st.button("Put this file away", type="tertiary", key="put-away", on_click=_put_away)


@st.cache_data(max_entries=8, show_spinner="Looking into the file…")
def _preview(path: str, name: str, encoding: str) -> LogPreview:
    """Uploads are named by their content, so the path is the cache key."""
    return inspect_log(path, name=name, encoding=encoding)


@st.cache_data(max_entries=8, show_spinner="Looking into the file…")
def _is_utf8(path: str) -> bool:
    return is_utf8(Path(path))


def _encoding(kept: dict[str, str]) -> str:
    """Asked for only where the file is not UTF-8."""
    if _is_utf8(kept["path"]):
        return "utf-8"
    messages.note("This file is not in UTF-8. Choose the encoding in which its first rows read well.", "warning")
    others = [encoding for encoding in ENCODINGS if encoding != "utf-8"]
    with Path(kept["path"]).open("rb") as raw:
        index = others.index("utf-16") if raw.read(2) in (b"\xff\xfe", b"\xfe\xff") else 0
    return str(st.selectbox("Encoding", others, index=index, key=f"encoding-{kept['sha256'][:12]}"))


def _mapping(preview: LogPreview, kept: dict[str, str]) -> tuple[ColumnMapping, str]:
    """Recognised columns in one line, to be changed in a collapsed part; unrecognised ones asked for openly."""
    key = kept["sha256"][:12]
    guessed = preview.guessed
    if guessed is None:
        messages.note(
            "Not every column was recognised: say below which is which."
            if preview.candidates["session"] or not preview.candidates["user"]
            else "This file names persons, not visits. A person is not one visit: say below how to cut them.",
            "warning",
        )
        return _mapping_form(preview, kept, key)
    for sentence in preview.problems:
        messages.note(sentence, "warning")
    st.text(f"Recognised: session = {guessed.session}, time = {guessed.timestamp}, item = {guessed.item}.")
    with st.expander("Change the columns, the kinds of event, the name", key=f"map-{key}"):
        return _mapping_form(preview, kept, key)


def _mapping_form(preview: LogPreview, kept: dict[str, str], key: str) -> tuple[ColumnMapping, str]:
    options = list(preview.columns)
    found = preview.candidates
    by = st.radio(
        "What makes a visit?",
        [_BY_COLUMN, _BY_PAUSE],
        index=0 if found["session"] or not found["user"] else 1,
        key=f"by-{key}",
        horizontal=True,
    )
    columns = st.columns(3)
    owner = _column(columns[0], "Session" if by == _BY_COLUMN else "Person", options, found, by, key)
    timestamp = _choice(columns[1], "Time", options, found["timestamp"], f"time-{key}")
    item = _choice(columns[2], "Item", options, found["item"], f"item-{key}")
    settings: dict[str, Any] = {"session": owner}
    if by == _BY_PAUSE:
        gap = st.number_input(
            "A pause of more than so many minutes starts a new visit",
            0.1,
            100_000.0,
            USUAL_GAP,
            format="%g",
            key=f"gap-{key}",
            help="30 minutes is usual in web shops.",
        )
        settings = {"session": None, "user": owner, "session_gap_minutes": gap}
    settings |= _events(preview, options, key)
    settings["item_name"] = _item_name(options, found["item_name"], key)
    name = st.text_input("Name of the dataset", value=_stem(kept["name"]), key=f"name-{key}")
    return ColumnMapping(timestamp=timestamp, item=item, **settings), name


def _column(place: Any, label: str, options: list[str], found: dict[str, tuple[str, ...]], by: str, key: str) -> str:
    likely = found["session"] if by == _BY_COLUMN else found["user"]
    return _choice(place, label, options, likely, f"{label}-{key}")


def _choice(place: Any, label: str, options: list[str], likely: tuple[str, ...], key: str) -> str:
    index = options.index(likely[0]) if likely else 0
    return str(place.selectbox(label, options, index=index, key=key))


def _events(preview: LogPreview, options: list[str], key: str) -> dict[str, Any]:
    """Which kinds of event to keep, where a column tells kinds apart."""
    none = "all events"
    column = st.selectbox("Keep only some kinds of event, told by", [none, *options], key=f"event-{key}")
    if column == none:
        return {}
    seen = sorted({str(value) for value in preview.rows[column]})
    kinds = st.multiselect(
        "Kinds to keep", seen, key=f"kinds-{key}", accept_new_options=True, placeholder="Choose or type"
    )
    return {"event_column": column, "keep_events": tuple(kinds)} if kinds else {}


def _item_name(options: list[str], likely: tuple[str, ...], key: str) -> str | None:
    """The column whose text is shown for an item, if there is one."""
    none = "the item itself"
    index = 1 + options.index(likely[0]) if likely else 0
    chosen = st.selectbox("Show items by", [none, *options], index=index, key=f"item-name-{key}")
    return None if chosen == none else chosen


def _stem(name: str) -> str:
    """A file's name without its endings, as it is proposed for the dataset."""
    stem = Path(name).name
    while Path(stem).suffix.lstrip(".").lower() in TYPES:
        stem = Path(stem).stem
    return stem or "log"


def _put_away() -> None:
    st.session_state.pop(_KEPT, None)
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def _show(dataset_id: str) -> None:
    st.query_params.pop("add", None)
    state.select(dataset=dataset_id, k=None)
    st.rerun()
