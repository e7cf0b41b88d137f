"""A file of one's own in a real browser: what is good is read, what is bad is explained."""

from __future__ import annotations

import gzip
import re

import pytest
from playwright.sync_api import Page, expect

from gru4rec_core.workspace.importing import import_sample
from tests.browser.test_flow import choose, settle

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


def test_after_another_log_the_reader_stands_at_the_top_of_it(page: Page, workbench):
    import_sample(workbench.workspace, "workouts")
    page.goto(f"{workbench.url}/data")
    page.get_by_role("button", name="Add another log").click()
    expect(page.get_by_role("heading", name="Add a log")).to_be_visible(timeout=WAIT)
    settle(page)  # until then the uploader of Data's item names is still there
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {
            "name": "more.log",
            "mimeType": "text/plain",
            "buffer": f"session,timestamp,item\n{ROWS}\n1,1700000500,z\n".encode(),
        }
    )
    page.get_by_role("button", name="Import this log").click()
    told = page.get_by_role("note").get_by_text(re.compile("more.log was imported: 30 sessions, 4 items"))
    expect(told).to_be_visible(timeout=WAIT)
    settle(page)
    expect(told).to_be_in_viewport()
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()


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


def test_an_import_that_fails_at_once_is_explained_where_it_was_started(page: Page, workbench):
    rows = "".join(
        f"{s},0{1 + s % 9}/0{1 + t}/2026 10:00:0{t},{'abc'[(s + t) % 3]}\n" for s in range(30) for t in range(4)
    )
    # Of a packed file the page cannot tell whether its beginning is all of it, so that the import may be tried.
    upload(page, workbench.url, "days.csv.gz", gzip.compress(f"session,time,item\n{rows}".encode()))
    button = page.get_by_role("button", name="Import this log")
    choose(page, re.compile("What do these times mean"), "Let the whole file decide")
    expect(page.get_by_role("alert")).to_contain_text("Choose another answer", timeout=WAIT)
    button.click()
    expect(page.get_by_text("The import of days.csv.gz failed.")).to_be_visible(timeout=WAIT)
    expect(page.get_by_role("textbox", name="Name of the dataset")).to_be_visible()
    expect(button).to_be_enabled()
