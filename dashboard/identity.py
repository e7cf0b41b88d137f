"""What is this product called, what is its mark, and which version on which workspace is this?"""

from __future__ import annotations

import streamlit as st

from dashboard import dialogs, messages, theme
from gru4rec_core.report.style import ground
from gru4rec_core.version import __version__
from gru4rec_core.workspace.store import Workspace

NAME = "GRU4Rec Workbench"

ACCENT = {False: "#005A8C", True: "#6CBCEB"}
"""The one accent, on light and on dark; .streamlit/config.toml has the same as its primary colour."""

_ON_ACCENT = {False: "#FFFFFF", True: "#0B1A24"}


def mark(dark: bool) -> str:
    """The mark as SVG, 32 by 32: two items that were seen, and the next one, found."""
    paint, ink = ACCENT[dark], _ON_ACCENT[dark]
    return (
        f'<rect width="32" height="32" rx="8" fill="{paint}"/>'
        f'<circle cx="6.5" cy="16" r="2.5" fill="{ink}" opacity=".75"/>'
        f'<circle cx="13" cy="16" r="2.5" fill="{ink}"/>'
        f'<circle cx="22.5" cy="16" r="5.6" fill="none" stroke="{ink}" stroke-width="2"/>'
        f'<path d="M20 16.2l1.9 1.9 3.4-3.8" fill="none" stroke="{ink}" stroke-width="1.9" stroke-linecap="round"'
        ' stroke-linejoin="round"/>'
    )


def icon() -> str:
    """The mark alone, for the browser's tab."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32" viewBox="0 0 32 32">{mark(False)}</svg>'


def logo(dark: bool) -> str:
    """Mark and name side by side."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="232" height="32" viewBox="0 0 232 32">'
        f"<title>{NAME}</title>{mark(dark)}"
        '<text x="42" y="22" font-family="Source Sans Pro,Segoe UI,Helvetica,Arial,DejaVu Sans,sans-serif"'
        f' font-size="18" font-weight="600" fill="{ground(dark).text}">{NAME}</text></svg>'
    )


def show() -> None:
    """Name and mark at the top of the sidebar, and what this is about below the navigation."""
    st.logo(logo(theme.is_dark()), size="large")
    with st.sidebar:
        dialogs.show_button("About", _show_about, key="about", type="tertiary", icon=":material/info:")


def _show_about() -> None:
    st.text(f"{NAME} {__version__}")
    messages.show_aside("Compares session-based recommenders on your own log.")
    messages.show_aside(f"Workspace: {Workspace.default_root()}")
