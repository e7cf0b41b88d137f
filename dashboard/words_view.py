"""How does a page explain its words, one tap away and in the same place on every page?"""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard import dialogs
from gru4rec_core.baselines.names import BASELINE_LABELS
from gru4rec_core.report.glossary import BASELINE_MEANINGS, TERMS

_STYLE = """<style>
.wb-words{margin:0;max-height:65vh;overflow-y:auto;padding-right:.5rem;font-size:.95rem;line-height:1.4}
.wb-words dl{margin:0!important;padding:0!important}
.wb-words dt{font-weight:600;margin-top:.55rem}
.wb-words dd{margin:0}
</style>"""


def show_words() -> None:
    """The button *Words*: every term of screens and report, and a sentence on each baseline."""
    dialogs.show_button("Words", _draw, key="words", width="medium", type="tertiary", icon=":material/help:")


def _draw() -> None:
    st.html(words_html())


def words_html() -> str:
    """The words as a list of definitions."""
    pairs = [(term.name, term.meaning) for term in TERMS]
    pairs += [(f"{label} (baseline)", BASELINE_MEANINGS[name]) for name, label in BASELINE_LABELS.items()]
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(meaning)}</dd>" for name, meaning in pairs)
    return f'{_STYLE}<div class="wb-words" role="region" aria-label="All words" tabindex="0"><dl>{rows}</dl></div>'
