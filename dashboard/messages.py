"""How is a problem or a remark told: what the rule is, where it was broken, what to do?

The texts quote files and item names, so they are escaped and never pass through Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape

import streamlit as st

from gru4rec_core.errors import WorkbenchError
from gru4rec_core.evaluation.diagnostics import DiagnosticWarning, worst_first

_BARS = {"error": "#D55E00", "warning": "#E69F00", "note": "#56B4E9", "good": "#009E73"}
_WORDS = {"error": "Problem", "warning": "Remark", "note": "Note", "good": "Good"}
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=%|(?:of|per) 100\b)|(?<=\bof) (?=100\b)|(?<=\bper) (?=100\b)")


def kept_together(text: str) -> str:
    """The text with no-break spaces inside "5 %" and "43.4 of 100", so that no line ends between number and unit."""
    return _BEFORE_UNIT.sub("\N{NO-BREAK SPACE}", text)


def problem(error: WorkbenchError) -> None:
    """An error in four lines: the rule, what came, where, the remedy."""
    lines = [
        ("Found", error.found),
        ("Where", error.where),
        ("What to do", error.remedy),
    ]
    _note("error", error.rule, [(name, text) for name, text in lines if text], role="alert")


def attempt(action: Callable[[], object]) -> None:
    """Does what a button asks for and draws the page anew; what forbids it is told instead."""
    try:
        action()
    except WorkbenchError as error:
        problem(error)
    else:
        st.rerun()


def remarks(checks: Iterable[DiagnosticWarning]) -> None:
    """Checks, worst first, each with its figure, its effect and its remedy."""
    for check in worst_first(checks):
        lines = [("Effect", check.effect), ("What to do", check.remedy)]
        title = f"{check.title} {check.figure}".strip()
        _note(check.severity, title, [(name, text) for name, text in lines if text])


def remarks_apart(checks: Sequence[DiagnosticWarning], about: str, key: str) -> None:
    """Checks below results: what spoils them openly, the rest one tap away.

    Args:
        checks: in any order.
        about: what they are about, the end of "2 remarks on …".
        key: of the expander.
    """
    if not checks:
        note(f"No warning: {about} passed every check.", "good")
        return
    remarks(check for check in checks if check.severity == "error")
    others = [check for check in checks if check.severity != "error"]
    if others:
        with st.expander(f"{len(others)} remark{'s' * (len(others) > 1)} on {about}", key=key):
            remarks(others)


def count_remarks(checks: Sequence[DiagnosticWarning]) -> str:
    """ "usable, 2 remarks", "not usable as it is: 1 problem": the second half of the sentence about a log."""
    problems = sum(check.severity == "error" for check in checks)
    others = sum(check.severity == "warning" for check in checks)
    if problems:
        return f"not usable as it is: {problems} problem{'s' * (problems > 1)}"
    return f"usable, {others} remark{'s' * (others > 1)}" if others else "usable, nothing to remark"


def aside(text: str) -> None:
    """A small line beside the main thing; unlike st.caption it keeps 4.5:1 against both grounds, and is no Markdown."""
    st.html(f'<div style="font-size:.9rem;opacity:.82;overflow-wrap:anywhere">{escape(kept_together(text))}</div>')


def note(text: str, severity: str = "note") -> None:
    """One plain sentence beside a coloured bar."""
    _note(severity, text, [])


def _note(severity: str, title: str, lines: Sequence[tuple[str, str]], role: str = "note") -> None:
    body = "".join(
        f'<div style="margin-top:.15rem"><span style="opacity:.75">{name}:</span> {escape(kept_together(text))}</div>'
        for name, text in lines
    )
    st.html(
        f'<div role="{role}" style="border-left:4px solid {_BARS[severity]};padding:.2rem 0 .2rem .8rem;'
        f'overflow-wrap:anywhere"><strong>{_WORDS[severity]}: {escape(kept_together(title))}</strong>{body}</div>'
    )
