"""How do tables and reports leave the dashboard?

A spreadsheet never runs a cell of ours as a formula. A report is made by the command, in a process of its own: drawing
charts takes 90 MB that the web process would keep.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard import state
from gru4rec_core.errors import RunError
from gru4rec_core.workspace.records import ComparisonRecord
from gru4rec_core.workspace.store import PROJECT_ROOT

_REPORT_SECONDS = 300
_DANGEROUS = ("=", "+", "-", "@", "|")  # spreadsheets look past blanks before them
_BLANKS = ("\t", "\r", "\n")


def safe_cell(value: object) -> object:
    """Text that a spreadsheet would run as a formula gets a leading apostrophe; anything else stays as it is."""
    is_formula = isinstance(value, str) and (value.lstrip().startswith(_DANGEROUS) or value.startswith(_BLANKS))
    return f"'{value}" if is_formula else value


def safe_csv(frame: pd.DataFrame) -> bytes:
    """The frame as CSV (UTF-8, no index), every text cell and column name through `safe_cell`."""
    safe = frame.rename(columns=safe_cell)
    for position in range(frame.shape[1]):
        column = frame.iloc[:, position]
        if not pd.api.types.is_numeric_dtype(column):
            safe.isetitem(position, column.map(safe_cell).array)
    return safe.to_csv(index=False).encode()


def show_report_button(record: ComparisonRecord) -> None:
    """A button that makes the report of a finished comparison when it is clicked, and downloads it."""
    st.download_button(
        "Download report",
        data=partial(make_report, state.workspace().root, record.id),
        file_name=f"{record.id}.html",
        mime="text/html",
        key="download-report",
        on_click=_say_that_it_is_made,
        icon=":material/description:",
        help="One HTML file that opens anywhere and prints on A4: verdict, charts, sessions, settings.",
    )


def _say_that_it_is_made() -> None:
    st.toast(
        "Making the report… It downloads by itself when it is ready.", icon=":material/hourglass_top:", duration="long"
    )


def make_report(root: Path, comparison_id: str) -> bytes:
    """The report of a comparison, as the command `report` writes it.

    Args:
        root: folder of the workspace.
        comparison_id: a finished comparison.

    Raises:
        RunError: the command failed; says what it said.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        done = subprocess.run(
            [sys.executable, "-m", "gru4rec_core", "report", comparison_id, str(path)],
            cwd=PROJECT_ROOT,
            env={**os.environ, "GRU4REC_HOME": str(root)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_REPORT_SECONDS,
        )
        if done.returncode:
            raise RunError("A report is made of a finished comparison.", found=done.stderr.strip(), where=comparison_id)
        return path.read_bytes()
