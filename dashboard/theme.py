"""Which styles can .streamlit/config.toml not set, and is the dark theme on?"""

from __future__ import annotations

import streamlit as st

# One primary colour serves as text on the dark background and as background of a button's text. A colour light enough
# for the first needs dark text for the second (8:1 instead of 2:1); Streamlit always writes white.
_DARK = "<style>[data-testid^='stBaseButton-primary']{color:#0B1A24}</style>"

# Streamlit stacks columns on phones only. In a window a little wider, charts side by side would be too narrow for their
# titles, and the square of 100 would overlap its neighbour.
_CHARTS = "[data-testid=stColumn]:has([data-testid=stVegaLiteChart])"
_STACK = f"<style>@media (max-width:1180px){{{_CHARTS}{{min-width:100%}}}}</style>"

# Streamlit's own table download writes a cell like =1+1 as it is, which a spreadsheet would run. Tables that can be
# downloaded have our own button below them, which quotes such cells.
_DOWNLOAD = "[data-testid=stElementToolbarButton]:has(button[aria-label^='Download as CSV'])"
_NO_RAW_CSV = f"<style>{_DOWNLOAD}{{display:none}}</style>"

# The toolbar that appears over a chart or table stands 44 px above it, on top of whatever control is there. A chart has
# room for it in its lower right corner, beside the title of the axis; a table gets that much room above it.
_BAR, _TABLE = "[data-testid=stElementToolbar]", "[data-testid=stElementContainer]:has([data-testid=stDataFrame])"
_TOOLBARS = (
    f"<style>:has(>{_BAR}):has([data-testid=stVegaLiteChart])>{_BAR},[data-testid=stVegaLiteChart] {_BAR}"
    f"{{top:auto!important;bottom:0!important}}{_TABLE}{{padding-top:28px}}</style>"
)

# A finger needs 44 px, which Streamlit's controls do not have: on narrow and on touch screens they get it. The mark of
# a help text stays small; the area around it answers too.
_TOUCH = """<style>@media (max-width:640px),(pointer:coarse){
[data-testid=stExpandSidebarButton],[data-testid=stMainMenuButton],[data-testid=stSidebarNavLink],
[data-testid=stSidebarCollapseButton] button,[data-testid=stPageLink-NavLink],
:is([data-testid=stMain],[role=dialog]) :is(button,summary,[role=tab]):not([data-testid=stMultiSelect] *),
[role=menuitem],
:is([data-testid=stSelectbox],[data-testid=stTextInput],[data-testid=stNumberInput]) input,
:is([data-testid=stCheckbox],[data-testid=stRadio]) label{min-height:44px}
[data-testid=stExpandSidebarButton],[data-testid=stMainMenuButton],[data-testid=stBaseButton-elementToolbar],
[role=dialog]>button,[data-testid=stButtonGroup] button{min-width:44px}
[data-testid=stTooltipHoverTarget] button{padding:14px;margin:-14px}
[data-testid=stHtml] summary{padding:12px 0}
[data-testid=stHeaderActionElements]{display:none}
}</style>"""

# Streamlit writes captions with 60 % of the text's strength, a contrast of 3.9:1; small text needs 4.5:1.
_LEGIBLE = "<style>[data-testid=stCaptionContainer]{opacity:.82!important}</style>"

# Whoever goes by keyboard sees where they are, on both grounds and on every control alike.
# Where the page or a menu would cut off what stands out, the line is inside. What only the script of focus.js reads
# takes no room.
_FOCUS = """<style>
:is(button,a,summary,input,[role=button],[role=tab],[role=radio]):focus-visible{
outline:3px solid currentColor!important;outline-offset:2px!important}
:is(h1,h2,h3,[role=heading],[role=region],[role=menuitem]):focus-visible{
outline:2px solid currentColor!important;outline-offset:-2px!important}
[data-testid=stElementContainer]:is(.st-key-page-focus,:has(>[data-testid=stHtml]>span[hidden]:only-child)){display:none}
</style>"""

# Of several buttons that are called alike, each says of what it speaks to those who hear it without what is beside it.
_UNSEEN = """<style>[class*="st-key-job-"] button em{position:absolute;width:1px;height:1px;overflow:hidden;
clip-path:inset(50%);white-space:nowrap}</style>"""

# A laptop's screen (1366 × 768) is to hold a page's answer: on wide screens the title takes less room. On narrow ones
# the sidebar's button stands above it.
_HEADER = "[data-testid=stHeader]{height:2.5rem;min-height:2.5rem}"
_TITLE = f"{_HEADER}[data-testid=stMainBlockContainer]{{padding-top:2.6rem}}h1{{padding:.2rem 0!important}}"
_LESS_AIR = f"<style>@media (min-width:1000px){{{_TITLE}}}</style>"


def is_dark() -> bool:
    """Whether the reader's browser shows the dark theme."""
    return st.context.theme.type == "dark"


def apply() -> None:
    """Writes the styles of the whole page; called once, before the page itself."""
    st.html(
        _STACK
        + _LESS_AIR
        + _NO_RAW_CSV
        + _TOOLBARS
        + _TOUCH
        + _LEGIBLE
        + _FOCUS
        + _UNSEEN
        + (_DARK if is_dark() else "")
    )
