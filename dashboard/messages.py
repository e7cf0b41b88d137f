"""How are problems, warnings and messages shown on a page?

Their texts quote files and item names, so they are escaped and never pass through Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape

import streamlit as st

from gru4rec_core.errors import WorkbenchError
from gru4rec_core.evaluation.diagnostic_warning import SEVERITY_WORDS, DiagnosticWarning, worst_first
from gru4rec_core.results.log_warnings import count_severities
from gru4rec_core.words import counted
from gru4rec_core.workspace.room import advise
from gru4rec_core.workspace.store import Workspace

_BARS = {"error": "#D55E00", "warning": "#E69F00", "note": "#56B4E9", "good": "#009E73"}
_WORDS = {**SEVERITY_WORDS, "good": "Good"}
_FOR_THE_COMMAND = re.compile(r" \(with the command: [^()]*\)")  # beside what a page has a control for
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=%|(?:of|per) 100\b)|(?<=\bof) (?=100\b)|(?<=\bper) (?=100\b)")


def keep_units_together(text: str) -> str:
    """The text with no-break spaces inside "5 %" and "43.4 of 100", so that no line ends between number and unit."""
    return _BEFORE_UNIT.sub("\N{NO-BREAK SPACE}", text)


def show_problem(error: WorkbenchError) -> None:
    """An error in up to four lines: the rule, what was found, where, the remedy without the options of the command.

    That of a full disk also says what takes most room in the workspace.
    """
    error = advise(error, Workspace.default_root())
    lines = [
        ("Found", error.found),
        ("Where", error.where),
        ("What to do", _FOR_THE_COMMAND.sub("", error.remedy)),
    ]
    _block("error", error.rule, [(name, text) for name, text in lines if text], role="alert")


def attempt(action: Callable[[], object]) -> None:
    """Does what a button asks for and draws the page again; shows the error if it is not allowed."""
    try:
        action()
    except WorkbenchError as error:
        show_problem(error)
    else:
        st.rerun()


def show_warnings(warnings: Iterable[DiagnosticWarning]) -> None:
    """Warnings, worst first, each with its figure, its effect and its remedy."""
    for warning in worst_first(warnings):
        lines = [("Effect", warning.effect), ("What to do", warning.remedy)]
        title = f"{warning.title} {warning.figure}".strip()
        _block(warning.severity, title, [(name, text) for name, text in lines if text])


def show_warnings_below_results(warnings: Sequence[DiagnosticWarning], about: str, key: str) -> None:
    """Warnings below results: what spoils them openly, the rest one tap away, counted like `count_warnings`.

    Args:
        warnings: in any order.
        about: what they are about, the end of "2 warnings about …".
        key: of the expander.
    """
    if not warnings:
        show_message(f"No warnings about {about}.", "good")
        return
    show_warnings(warning for warning in warnings if warning.severity == "error")
    others = [warning for warning in warnings if warning.severity != "error"]
    if others:
        n_warnings = count_severities(others).warnings
        n_notes = len(others) - n_warnings
        counts = [counted(n_warnings, "warning")] if n_warnings else []
        counts += [counted(n_notes, "note")] if n_notes else []
        with st.expander(f"{' and '.join(counts)} about {about}", key=key):
            show_warnings(others)


def count_warnings(warnings: Sequence[DiagnosticWarning]) -> str:
    """ "usable, 2 warnings", "not usable as it is: 1 problem": the second half of the sentence about a log."""
    count = count_severities(warnings)
    if count.problems:
        return f"not usable as it is: {counted(count.problems, 'problem')}"
    return f"usable, {counted(count.warnings, 'warning')}" if count.warnings else "usable, no warnings"


def show_aside(text: str) -> None:
    """A small line beside the main thing; unlike st.caption it keeps a contrast of 4.5:1, and is no Markdown."""
    st.html(
        f'<div style="font-size:.9rem;opacity:.82;overflow-wrap:anywhere">{escape(keep_units_together(text))}</div>'
    )


def show_message(text: str, severity: str = "note") -> None:
    """One plain sentence beside a coloured bar; severity "error", "warning", "note" or "good"."""
    _block(severity, text, [])


def _block(severity: str, title: str, lines: Sequence[tuple[str, str]], role: str = "note") -> None:
    body = "".join(
        f'<div style="margin-top:.15rem"><span style="opacity:.75">{name}:</span>'
        f" {escape(keep_units_together(text))}</div>"
        for name, text in lines
    )
    st.html(
        f'<div role="{role}" style="border-left:4px solid {_BARS[severity]};padding:.2rem 0 .2rem .8rem;'
        f'overflow-wrap:anywhere"><strong>{_WORDS[severity]}: {escape(keep_units_together(title))}</strong>{body}</div>'
    )
