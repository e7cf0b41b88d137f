"""How does Data import an uploaded log: how far is it, how is it cancelled, and what is said then?"""

from __future__ import annotations

import time
from dataclasses import dataclass

import streamlit as st

from dashboard import messages, state, widgets
from dashboard.progress_view import duration
from gru4rec_core.workspace.import_process import import_apart
from gru4rec_core.workspace.importing import ImportSource
from gru4rec_core.workspace.records import DatasetRecord

MEGABYTE = 1_000_000
SURE_AFTER = 2.0  # seconds after which the time left is shown
_STARTED = "_reading"

# During an import, any click would rerun the script and so stop it: only Cancel takes clicks.
_NOTHING_ELSE = """<style>
.st-key-mapping>:not(:has(.st-key-reading)){display:none!important}
[data-testid=stMain] :is(button,a,input,summary,label,[role=tab]){pointer-events:none}
[data-testid=stMain] .st-key-reading button{pointer-events:auto}
</style>"""


@dataclass(frozen=True)
class _Started:
    """A log that is being imported.

    Attributes:
        name: Display name of the file.
        sha256: Of its content.
        datasets: Ids of the datasets that were there before.
    """

    name: str
    sha256: str
    datasets: frozenset[str]


def import_with_progress(source: ImportSource, name: str | None) -> tuple[DatasetRecord, str]:
    """Reads and registers a log in a process of its own, and shows how far it is.

    Cancel, like anything that runs the script again, ends the script that waits here, and with it the process;
    `tell_if_stopped` then says so.

    Args:
        source: The log.
        name: Of the dataset; None where none was chosen: a dataset that is there already keeps its own.

    Returns:
        The record, and a sentence about a log that was there already, else "".

    Raises:
        DataError: The file is not a log, or took more time or memory than it may.
    """
    workspace, start = state.workspace(), time.monotonic()
    before = frozenset(record.id for record in workspace.datasets())
    st.session_state[_STARTED] = _Started(source.display_name, source.sha256, before)
    box = st.empty()
    with box.container(key="reading"):
        st.html(_NOTHING_ELSE)
        bar = st.progress(0.0, text=describe_progress(source.display_name, (0, 0), 0.0))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Cancel", key="cancel-reading", help="Stops the import; nothing is added, and the file stays here."
            )
            messages.show_aside("Please stay on this page until the log is imported; leaving it stops the import.")

    def show(done: int, total: int) -> None:
        text = describe_progress(source.display_name, (done, total), time.monotonic() - start)
        bar.progress(min(done / total, 1.0) if total else 0.0, text=text)

    try:
        result = import_apart(workspace.root, source, name, show)
    except Exception:  # the file's fault; a script that is stopped raises no Exception
        st.session_state.pop(_STARTED, None)
        raise
    finally:
        box.empty()
    st.session_state.pop(_STARTED, None)
    return result


def tell_if_stopped() -> None:
    """Says, once, that the import was cancelled or stopped, and what that means."""
    started: _Started | None = st.session_state.pop(_STARTED, None)
    if started is None:
        return
    added = [
        record
        for record in state.workspace().datasets()
        if record.id not in started.datasets and record.file_sha256 == started.sha256
    ]
    if added:
        messages.show_message(
            f"{started.name} had been imported already when you stopped it; it is here as “{added[0].name}”."
        )
        return
    messages.show_message(
        f"The import of {started.name} was stopped; nothing was added. The file is still here: press “Import this log” "
        "to start again, or discard it."
    )


def describe_progress(name: str, bytes_read: tuple[int, int], seconds: float) -> str:
    """How far the import is, and how long it still takes; plain text that is safe as Markdown.

    Args:
        name: Display name of the file.
        bytes_read: Of it, and its size; 0 for a size that is not known yet.
        seconds: Since the start.

    >>> describe_progress("visits", (0, 0), 0.0)
    'Importing visits…'
    >>> describe_progress("visits", (12_000_000, 120_000_000), 3.0)
    'Importing visits: 12 of 120 MB, 27 s left'
    >>> describe_progress("visits", (120_000_000, 120_000_000), 31.0)
    'Saving visits: sorting and storing its sessions, 31 s so far'
    """
    label, (done, total) = widgets.plain_label(name), bytes_read
    if not total:
        return f"Importing {label}…"
    if done >= total:
        return f"Saving {label}: sorting and storing its sessions, {duration(seconds)} so far"
    left = f", {duration(seconds * (total - done) / done)} left" if done and seconds > SURE_AFTER else ""
    return f"Importing {label}: {done / MEGABYTE:,.0f} of {total / MEGABYTE:,.0f} MB{left}"
