"""A file of one's own in a real browser: what is good is read, what is bad is explained."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

WAIT = 30_000  # ms

ROWS = "\n".join(f"{s},{1_700_000_000 + 100 * s + t},{'abc'[(s + t) % 3]}" for s in range(30) for t in range(4))


def upload(page: Page, url: str, name: str, content: bytes) -> None:
    page.goto(f"{url}/data?add=1")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )


def test_a_csv_becomes_a_dataset(page: Page, workbench):
    upload(page, workbench.url, "visits.csv", f"session,timestamp,item\n{ROWS}\n".encode())
    page.get_by_role("button", name="Import this log").click()
    expect(page.get_by_text(re.compile("30 sessions, 3 items")).first).to_be_visible(timeout=WAIT)


def test_an_image_renamed_csv_is_explained_and_no_traceback_shown(page: Page, workbench):
    upload(page, workbench.url, "photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    expect(page.get_by_role("alert").first).to_contain_text("What to do", timeout=WAIT)
    expect(page.get_by_text("Traceback")).to_have_count(0)


def test_a_name_that_is_markup_stays_text(page: Page, workbench):
    nasty = "<img src=x onerror=alert(1)>![x](http://example.com/x.png)"
    rows = ROWS.replace(",a", f",{nasty}")
    upload(page, workbench.url, "nasty.csv", f"session,timestamp,item\n{rows}\n".encode())
    page.get_by_role("button", name="Import this log").click()
    expect(page.get_by_text("onerror=alert").first).to_be_visible(timeout=WAIT)
    expect(page.locator("img[src='x']")).to_have_count(0)
