"""Takes the README's screenshots from a running dashboard whose newest comparison is finished.

    .venv/bin/streamlit run app.py            (load the sample workouts, train TOP1 and BPR)
    .venv/bin/python docs/make_screenshots.py http://localhost:8501

Needs a Chromium: `playwright install chromium`, or CHROMIUM=/path/to/chromium.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

FOLDER = Path(__file__).resolve().parent / "images"
WINDOW, WIDTH = 1200, 1000  # px: of the browser window and of the picture
# Address, and how many px of the page to show, from its top.
PAGES = {"overview": ("", 780), "train": ("train", 1060), "compare": ("compare", 1010), "sessions": ("sessions", 880)}
READY = "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"
COLOURS = 192  # enough for flat areas, and the file is a fifth of the size
_SETTLE = 3_000  # ms for charts to find their width


def main(base: str) -> None:
    """Takes every page, light and dark."""
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM"))
        for scheme in ("light", "dark"):
            for name, (address, height) in PAGES.items():
                picture = _shrink(_take(browser, f"{base.rstrip('/')}/{address}", height, scheme))
                path = FOLDER / f"{name}-{scheme}.png"
                path.write_bytes(picture)
                sys.stdout.write(f"{path.name}: {len(picture) // 1024} kB\n")
        browser.close()


def _take(browser: Browser, url: str, height: int, scheme: str) -> bytes:
    """The page as a PNG, without Streamlit's own header."""
    page = browser.new_page(viewport={"width": WINDOW, "height": height}, color_scheme=scheme)
    page.goto(url)
    page.wait_for_selector(READY, timeout=60_000)
    page.add_style_tag(
        content="header[data-testid=stHeader]{display:none!important}"
        "[data-testid=stMainBlockContainer]{padding:1.5rem 1.5rem 0!important}"
        "[data-testid=stSidebar]{width:200px!important;min-width:200px!important}"
    )
    page.wait_for_timeout(_SETTLE)
    picture = page.screenshot()
    page.close()
    return picture


def _shrink(png: bytes) -> bytes:
    """The same picture, smaller and with fewer colours."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image = image.resize((WIDTH, round(image.height * WIDTH / image.width)), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8501")
