"""Takes screenshots of a running dashboard whose newest comparison is finished.

    .venv/bin/streamlit run app.py            (load the sample workouts, train TOP1 and BPR)
    .venv/bin/python docs/make_screenshots.py http://localhost:8501
    .venv/bin/python docs/make_screenshots.py http://localhost:8501 --all FOLDER

The first makes the README's pictures, light and dark. With `--all` every screen is taken into a folder from top to
bottom, light, dark and on a phone 390 px wide, to be looked at one by one before a release. It fails where a page shows
an error, or is wider than its window.

Needs a Chromium: `playwright install chromium`, or CHROMIUM=/path/to/chromium.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent / "images"
WINDOW, WIDTH = 1200, 1000  # px: of the browser window and of the picture
# Address, and how many px of the page to show, from its top.
PAGES = {"overview": ("", 780), "train": ("train", 1060), "compare": ("compare", 1010), "sessions": ("sessions", 880)}
SCREENS = {
    "overview": "",
    "data": "data",
    "add-a-log": "data?add=1",
    "train": "train",
    "compare": "compare",
    "accuracy": "accuracy",
    "sessions": "sessions",
    "try-it": "try_it",
}
# Window in px, and colour scheme.
VIEWS = {"light": (1366, 768, "light"), "dark": (1366, 768, "dark"), "phone": (390, 844, "light")}
READY = "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"
COLOURS = 192  # enough for flat areas, and the file is a fifth of the size
_SETTLE = 3_000  # ms for charts to find their width
_HIGHEST = 9_000  # px of a screen from top to bottom


def make_pictures(browser: Browser, base: str) -> None:
    """The README's pictures."""
    FOLDER.mkdir(exist_ok=True)
    for scheme in ("light", "dark"):
        for name, (address, height) in PAGES.items():
            page = browser.new_page(viewport={"width": WINDOW, "height": height}, color_scheme=scheme)
            _open(page, f"{base}/{address}")
            # Without Streamlit's own header.
            page.add_style_tag(
                content="header[data-testid=stHeader]{display:none!important}"
                "[data-testid=stMainBlockContainer]{padding:1.5rem 1.5rem 0!important}"
                "[data-testid=stSidebar]{width:200px!important;min-width:200px!important}"
            )
            page.wait_for_timeout(_SETTLE)
            _write(FOLDER / f"{name}-{scheme}.png", _shrink(page.screenshot()))
            page.close()


def take_screens(browser: Browser, base: str, folder: Path) -> list[str]:
    """Every screen from top to bottom in every view; returns what is wrong with them, a line each."""
    folder.mkdir(parents=True, exist_ok=True)
    wrong = []
    for view, (width, height, scheme) in VIEWS.items():
        for name, address in SCREENS.items():
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            _open(page, f"{base}/{address}")
            page.wait_for_timeout(_SETTLE)
            _show_whole(page, width)
            _write(folder / f"{name}-{view}.png", page.screenshot())
            wrong += [f"{name}, {view}: {what}" for what in _find_wrong(page, width)]
            page.close()
    return wrong


def _open(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_selector(READY, timeout=60_000)


def _show_whole(page: Page, width: int) -> None:
    """The page scrolls in a box of its own: the window is made as high as what the box holds, charts included."""
    box, shown = page.get_by_test_id("stMain"), 0
    while (content := min(int(box.evaluate("box => box.scrollHeight")), _HIGHEST)) > shown:
        shown = content
        page.set_viewport_size({"width": width, "height": content})
        page.wait_for_timeout(_SETTLE)


def _find_wrong(page: Page, width: int) -> list[str]:
    wide = page.get_by_test_id("stMain").evaluate("box => box.scrollWidth")
    wrong = [f"{wide} px wide in a window of {width}"] if wide > width else []
    return wrong + ["an exception"] * page.get_by_test_id("stException").count()


def _write(path: Path, picture: bytes) -> None:
    path.write_bytes(picture)
    sys.stdout.write(f"{path.name}: {len(picture) // 1024} kB\n")


def _shrink(png: bytes) -> bytes:
    """The same picture, smaller and with fewer colours."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image = image.resize((WIDTH, round(image.height * WIDTH / image.width)), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address", nargs="?", default="http://localhost:8501", help="of the dashboard")
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="take every screen into this folder instead")
    arguments = parser.parse_args()
    base = arguments.address.rstrip("/")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM"))
        wrong = take_screens(browser, base, arguments.all) if arguments.all else make_pictures(browser, base)
        browser.close()
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
