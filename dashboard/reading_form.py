"""How does a user correct what was recognised about a file, and keep only a part of its sessions?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dashboard import messages
from gru4rec_core.data.encodings import ENCODINGS, encoding_mark
from gru4rec_core.data.layouts import LAYOUT_LABELS
from gru4rec_core.data.preview import LogPreview
from gru4rec_core.data.reading_options import Layout, ReadingOptions
from gru4rec_core.errors import WorkbenchError

_UTF8 = "utf-8"


@dataclass(frozen=True)
class Reading:
    """How a file is read.

    Attributes:
        encoding: Encoding of a text file.
        layout: What a row holds; None for what is recognised.
        has_header: Whether the first line names the columns; None for what is recognised.
    """

    encoding: str = _UTF8
    layout: Layout | None = None
    has_header: bool | None = None

    @property
    def is_corrected(self) -> bool:
        """Whether something was chosen instead of what is recognised."""
        return self.layout is not None or self.has_header is not None

    @property
    def key(self) -> str:
        """Suffix of the keys of widgets that ask about columns, which depend on the reading; "" by default."""
        return f"-{self.encoding}-{self.layout}-{self.has_header}" if self != Reading() else ""


LookInto = Callable[[Reading], LogPreview]
"""Shows what a file is, read in a way. Raises DataError if it cannot be read that way."""


def choose_reading(look_into: LookInto, encoding: str | None, key: str) -> Reading:
    """Layout, header and encoding, preset as recognised, in a collapsed part: few readers need them.

    Args:
        look_into: What the file is, read in a way.
        encoding: Of a file that is not UTF-8, as it was asked for already; else None.
        key: Suffix of the widget keys.
    """
    with st.expander("Was the file read wrongly?", key=f"reading-{key}"):
        st.text("Choose how to read it; the rows above and the sessions below change at once.")
        columns = st.container()  # the likelier choices stand first, but what they offer depends on the encoding
        recognised = _try(look_into, Reading()) if encoding is None else None
        if encoding is None:
            encoding = _choose_encoding(key) if recognised is None or recognised.is_text else _UTF8
        with columns:
            layout = _choose_layout(_try(look_into, Reading(encoding)), key)
            return Reading(encoding, layout, _choose_header(_try(look_into, Reading(encoding, layout)), key))


def ask_for_encoding(path: Path, key: str) -> str:
    """Asks openly, for a file that is not UTF-8."""
    messages.show_message(
        "This file is not in UTF-8. Choose the encoding in which the first rows below look right.", "warning"
    )
    others = [encoding for encoding in ENCODINGS if encoding != _UTF8]
    with path.open("rb") as file:
        mark = encoding_mark(file.read(4))
    index = others.index(mark) if mark else 0
    return str(st.selectbox("Encoding", others, index=index, key=f"encoding-{key}"))


def choose_sample(key: str) -> ReadingOptions:
    """The share of the sessions to keep; all of them unless the collapsed part is opened."""
    with st.expander("Keep only some of the sessions", key=f"sample-{key}"):
        st.text(
            "For a first look at a large log. Sessions are kept whole, drawn at random from the whole file. The same "
            "share and seed always keep the same sessions, and a larger share includes those of a smaller one."
        )
        percent = float(
            st.number_input("Sessions to keep, in %", 0.01, 100.0, 100.0, step=10.0, format="%g", key=f"share-{key}")
        )
        seed = st.number_input(
            "Seed", 0, 10**9, 0, disabled=percent == 100, key=f"seed-{key}", help="Another seed draws other sessions."
        )
        if percent == 100:
            return ReadingOptions()
        return ReadingOptions(sample=round(percent / 100, 9), seed=int(seed))


def describe_reading(preview: LogPreview, reading: Reading) -> str:
    """What a row of the file is taken for, and whether that was chosen, as a sentence."""
    header = "the first line names the columns" if preview.has_header else "the first line is an event, not names"
    parts = [LAYOUT_LABELS[preview.layout], *([header] if preview.header_matters else [])]
    return f"{'As you chose' if reading.is_corrected else 'Recognised'}: {'; '.join(parts)}."


def _try(look_into: LookInto, reading: Reading) -> LogPreview | None:
    """What the file is; None if it cannot be read that way, which is shown where its rows would be."""
    try:
        return look_into(reading)
    except WorkbenchError:
        return None


def _choose_layout(recognised: LogPreview | None, key: str) -> Layout | None:
    own = recognised.layout if recognised else None
    options = [None, *(layout for layout in LAYOUT_LABELS if layout != own)]

    def describe(layout: Layout | None) -> str:
        if layout is None:
            return f"Recognised: {LAYOUT_LABELS[own]}" if own else "Recognise automatically"
        return LAYOUT_LABELS[layout][0].upper() + LAYOUT_LABELS[layout][1:]

    return st.selectbox("What does a row hold?", options, key=f"layout-{key}", format_func=describe)


def _choose_header(recognised: LogPreview | None, key: str) -> bool | None:
    """Asked for where it makes a difference, or where the file cannot be read as it is."""
    if recognised is not None and not recognised.header_matters:
        return None
    own = recognised.has_header if recognised else None
    names = {True: "names of the columns", False: "an event"}
    options = [None, *(is_header for is_header in names if is_header != own)]

    def describe(is_header: bool | None) -> str:
        if is_header is None:
            return f"Recognised: {names[own]}" if own is not None else "Recognise automatically"
        return names[is_header].capitalize()

    return st.selectbox("What is the first line?", options, key=f"header-{key}", format_func=describe)


def _choose_encoding(key: str) -> str:
    return str(
        st.selectbox(
            "Encoding",
            ENCODINGS,
            key=f"encoding-{key}",
            format_func=lambda encoding: f"Recognised: {encoding}" if encoding == _UTF8 else encoding,
        )
    )
