"""How does a page explain its words, one tap away and in the same place on every page?"""

from __future__ import annotations

from html import escape

import streamlit as st

from gru4rec_core.baselines.names import BASELINE_LABELS
from gru4rec_core.report.glossary import BASELINE_MEANINGS, TERMS

_STYLE = """<style>
.wb-words{margin:0;font-size:.95rem;line-height:1.4}
.wb-words dt{font-weight:600;margin-top:.55rem}
.wb-words dd{margin:0}
</style>"""


def show_words() -> None:
    """The button *Words*: every term of screens and report, and a sentence on each baseline."""
    with st.popover("Words", type="tertiary", icon=":material/help:", key="words"):
        st.html(words_html())


def words_html() -> str:
    """The words as a list of definitions."""
    pairs = [(term.name, term.meaning) for term in TERMS]
    pairs += [(f"{label} (baseline)", BASELINE_MEANINGS[name]) for name, label in BASELINE_LABELS.items()]
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(meaning)}</dd>" for name, meaning in pairs)
    return f'{_STYLE}<dl class="wb-words">{rows}</dl>'
