"""A messy log in a real browser: what is wrong with it is told, and a cleaned dataset is made, previewed first."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_flow import faults, open_expander, settle
from tests.browser.test_upload import WAIT, upload

pytestmark = pytest.mark.browser

SPRING = 1_700_000_000
ROWS = [(s, SPRING + 40_000 * s + 60 * i, "abcde"[(s + i) % 5]) for s in range(60) for i in range(3)]
MESSY = "".join(f"{s},{t},{i}\n" for s, t, i in [*ROWS, *ROWS[:5]]) + "=1+1,soon,a\n"


def test_duplicates_are_previewed_dropped_and_the_new_dataset_trained_on(page: Page, workbench):
    upload(page, workbench.url, "messy.csv", f"session,timestamp,item\n{MESSY}".encode())
    page.get_by_role("button", name="Import this log").click()
    expect(page.get_by_role("heading", name="Is this log clean?")).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name="Drop duplicates").click()
    expect(page.get_by_text("Leaves 180 of 185 events, 60 of 60 sessions, 5 of 5 items.")).to_be_visible(timeout=WAIT)
    settle(page)
    assert not faults(page)
    page.get_by_role("button", name="Create this dataset").click()
    expect(page.get_by_text("Made from messy by dropping duplicates.")).to_be_visible(timeout=WAIT)
    expect(page.get_by_role("button", name="Drop duplicates")).to_have_count(0)
    settle(page)
    page.get_by_role("button", name="Train on this").click()
    expect(page.get_by_text("messy, without duplicates").first).to_be_visible(timeout=WAIT)
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Overview").click()
    row = page.locator("[class*='st-key-row-dataset-']", has=page.get_by_role("link", name="messy, without duplicates"))
    expect(row).to_have_count(1, timeout=WAIT)
    expect(row.get_by_text("made from messy", exact=True)).to_be_visible(timeout=WAIT)


def test_a_warning_is_ignored_and_shown_again_and_rejected_rows_are_downloaded_safely(page: Page, workbench):
    upload(page, workbench.url, "aside.csv", f"session,timestamp,item\n{MESSY.replace('a', 'x')}".encode())
    page.get_by_role("button", name="Import this log").click()
    settle(page)
    finding = page.locator("[class*='st-key-finding-duplicates']").first
    finding.get_by_role("button", name="Ignore").click()
    aside = page.get_by_text("Ignored: Duplicates")
    expect(aside).to_be_visible(timeout=WAIT)
    open_expander(page, "Ignored: Duplicates")
    page.get_by_role("button", name="Stop ignoring").click()
    expect(aside).to_have_count(0, timeout=WAIT)
    expect(page.get_by_text(re.compile("Some events are in the log twice"))).to_be_visible(timeout=WAIT)
    open_expander(page, "Rows left out: 1")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").first.click()
    assert "'=1+1, soon, x" in download.value.path().read_text(encoding="utf-8")
