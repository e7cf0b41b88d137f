"""Four logs that could be misread without a word: what the reader sees instead, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_flow import choose

pytestmark = pytest.mark.browser

WAIT = 30_000  # ms
START = 1_700_000_000


def add(page: Page, url: str, header: str, rows: list[str]) -> None:
    page.goto(f"{url}/data?add=1")
    content = "\n".join([header, *rows]) + "\n"
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": "log.csv", "mimeType": "text/csv", "buffer": content.encode()}
    )
    page.get_by_role("button", name="Import this log").wait_for(timeout=WAIT)


def test_columns_that_nothing_suggests_are_not_preset(page: Page, workbench) -> None:
    add(page, workbench.url, "wer,wo,was", [f"B{i // 4},{i % 3},Gericht {i % 5}" for i in range(40)])
    expect(page.get_by_role("button", name="Import this log")).to_be_disabled()
    expect(
        page.get_by_text("Choose a column for the session, one for the time and one for the item.").first
    ).to_be_visible()
    expect(page.get_by_placeholder("Choose a column")).to_have_count(3)


def test_two_digit_years_are_asked_for(page: Page, workbench) -> None:
    rows = [f"s{i // 4},{1 + i % 12:02}/{1 + i * 5 % 12:02}/14,i{i % 5}" for i in range(48)]
    add(page, workbench.url, "session,time,item", rows)
    expect(page.get_by_role("combobox", name=re.compile("What do these times mean"))).to_be_visible(timeout=WAIT)
    expect(page.get_by_text(re.compile("year of two digits")).first).to_be_visible(timeout=WAIT)
    choose(page, re.compile("What do these times mean"), "is 2 June 2014")
    expect(page.get_by_text(re.compile("s0: 4 events, 2014-01-01")).first).to_be_visible(timeout=WAIT)


def test_null_words_are_no_visit(page: Page, workbench) -> None:
    rows = [f"{'NULL' if i % 6 == 5 else f's{i // 6}'},{START + i},i{i % 7}" for i in range(60)]
    add(page, workbench.url, "session,time,item", rows)
    expect(
        page.get_by_text(re.compile("10 of these 60 rows would be left out: 10 .the session is a placeholder"))
    ).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name="Import this log").click()
    expect(page.get_by_text(re.compile("10 sessions, 7 items")).first).to_be_visible(timeout=WAIT)


def test_seconds_and_milliseconds_in_one_column_are_refused(page: Page, workbench) -> None:
    rows = [f"s{i // 4},{(START + i) * (1_000 if i % 2 else 1)},i{i % 5}" for i in range(60)]
    add(page, workbench.url, "session,time,item", rows)
    # Either not taken for a time, or refused with both counts: never read with half of it in 1970.
    expect(page.get_by_text(re.compile("milliseconds")).first).to_be_visible(timeout=WAIT)
    expect(page.get_by_text(re.compile("1970-01-2|5584"))).to_have_count(0)
