"""How does Data read an uploaded log: how far is it, and how is it cancelled?"""

from __future__ import annotations

import streamlit as st

from dashboard import state
from gru4rec_core.workspace.import_process import import_apart
from gru4rec_core.workspace.importing import ImportSource
from gru4rec_core.workspace.records import DatasetRecord

MEGABYTE = 1_000_000


def import_with_progress(source: ImportSource, name: str) -> tuple[DatasetRecord, str]:
    """Reads and registers a log in a process of its own, and shows how far it is.

    Any click ends the script that waits here, and with it the process: the button Cancel need not do more.

    Returns:
        The record, and a sentence about a log that was there already, else "".

    Raises:
        DataError: The file is not a log, or took more time or memory than it may.
    """
    box = st.empty()
    with box.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0, text="Reading…")
        st.button("Cancel", key="cancel-reading", on_click=_say_cancelled, help="Nothing is added then.")

    def show(done: int, total: int) -> None:
        bar.progress(min(done / total, 1.0) if total else 0.0, text=describe_bytes(done, total))

    try:
        return import_apart(state.workspace().root, source, name, show)
    finally:
        box.empty()


def describe_bytes(done: int, total: int) -> str:
    """How far reading is, in words.

    >>> describe_bytes(0, 0), describe_bytes(12_000_000, 120_000_000), describe_bytes(10, 10)
    ('Reading…', 'Reading: 12 of 120 MB', 'Read; storing the log…')
    """
    if not total:
        return "Reading…"
    if done >= total:
        return "Read; storing the log…"
    return f"Reading: {done / MEGABYTE:,.0f} of {total / MEGABYTE:,.0f} MB"


def _say_cancelled() -> None:
    st.toast("Reading was cancelled; nothing was added.")
