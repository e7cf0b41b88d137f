"""How does an open page follow when its reader switches between light and dark?

Charts are drawn in the colours of one theme. Streamlit repaints its own controls at once, but runs no script, so that
charts would keep the other theme's colours until the next click. This runs the page again.
"""

from __future__ import annotations

import streamlit as st

from dashboard import theme

# The reader's system and Streamlit's menu both switch, and only the first reports it: so the script looks at the
# background itself. One timer at a time: one left over from an older page would ask without end.
_SCRIPT = """
let timer = null;
let asked = null;
export default function({ data, setTriggerValue }) {
  const look = () => {
    const app = document.querySelector("[data-testid=stApp]");
    if (!app) return;
    const [red, green, blue] = getComputedStyle(app).backgroundColor.match(/[0-9]+/g).map(Number);
    const dark = red + green + blue < 384;
    if (dark === data.dark) { asked = null; }
    else if (dark !== asked) { asked = dark; setTriggerValue("switched", dark); }
  };
  clearInterval(timer);
  const mine = setInterval(look, 500);
  timer = mine;
  return () => clearInterval(mine);
}
"""
_KEY = "theme-watch"
_watch = st.components.v2.component(_KEY, js=_SCRIPT)


def show() -> None:
    """Waits for a switch, out of sight and without room of its own."""
    ground = "dark" if theme.is_dark() else "light"
    room = f"<style>:has(>.st-key-{_KEY}){{position:absolute;width:0;overflow:hidden}}</style>"
    st.html(f'{room}<span hidden data-ground="{ground}"></span>')
    with st.container(key=_KEY):
        _watch(key=f"{_KEY}-switch", data={"dark": ground == "dark"}, height=1, on_switched_change=lambda: None)
