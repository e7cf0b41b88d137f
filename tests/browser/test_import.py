"""Importing an upload in a real browser: what was recognised wrongly is corrected, and a long import is cancelled."""

from __future__ import annotations

import re
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_flow import choose, faults, settle
from tests.browser.test_upload import WAIT, upload

pytestmark = pytest.mark.browser

START = 1_700_000_000


def test_a_layout_recognised_wrongly_is_corrected_and_a_part_of_the_sessions_is_read(page: Page, workbench) -> None:
    upload(page, workbench.url, "baskets.csv", b"tea,milk\nmilk,tea,bread\ntea,bread\n" * 40)
    expect(page.get_by_text("Recognised: one event per row; the first line names the columns.")).to_be_visible(
        timeout=WAIT
    )
    page.get_by_text("Was the file read wrongly?").click()
    choose(page, re.compile("What does a row hold"), "One session per line: its items")
    expect(page.get_by_text("As you chose: one session per line: its items, oldest first.")).to_be_visible(timeout=WAIT)
    expect(page.get_by_text(re.compile("^Session 2: 3 events"))).to_be_visible(timeout=WAIT)
    page.get_by_text("Keep only some of the sessions").click()
    page.get_by_label("Sessions to keep, in %").fill("50")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("rows are of sessions outside the sample"))).to_be_visible(timeout=WAIT)
    settle(page)
    assert not faults(page)
    page.get_by_role("button", name="Import this log").click()
    expect(page.get_by_text(re.compile("of 280 rows are events; .* are of sessions outside the sample"))).to_be_visible(
        timeout=WAIT
    )
    expect(page.get_by_text(re.compile(r"A sample: \d+ of 120 sessions \(50\s%, seed 0\)"))).to_be_visible()


def test_a_long_import_is_cancelled_leaves_nothing_and_can_be_started_again(
    page: Page, workbench, tmp_path: Path
) -> None:
    path = tmp_path / "long.csv"
    with path.open("w") as file:  # quotes within quotes are read one by one
        file.write("session,time,item,title\n")
        file.writelines(f's{i // 5},{START + i},p{i % 500},"A ""fine"" one, {i % 100}"\n' for i in range(900_000))
    page.goto(f"{workbench.url}/data?add=1")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(path)
    read = page.get_by_role("button", name="Import this log")
    read.wait_for(timeout=2 * WAIT)
    settle(page)
    before = {entry.name for entry in (workbench.workspace.root / "datasets").glob("*")}
    read.click()
    expect(page.get_by_text(re.compile(r"Importing long.csv: \d+ of \d+ MB"))).to_be_visible(timeout=WAIT)
    expect(read).to_be_hidden()  # no tap but that on Cancel does anything
    readers = children(workbench.pid)
    assert readers
    assert not [fault for fault in faults(page) if "color-contrast" not in fault]  # what waits is faint
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("The import of long.csv was stopped; nothing was added.")).to_be_visible(timeout=WAIT)
    waited_for = [psutil.Process(pid) for pid in readers if psutil.pid_exists(pid)]  # they tidy up
    _, alive = psutil.wait_procs(waited_for, timeout=5)
    assert not alive
    assert not children(workbench.pid) & readers
    assert {entry.name for entry in (workbench.workspace.root / "datasets").glob("*")} == before
    settle(page)
    read.click()
    expect(page.get_by_text(re.compile("180,000 sessions, 500 items")).first).to_be_visible(timeout=4 * WAIT)


def children(pid: int) -> set[int]:
    """The processes that read uploads for a dashboard."""
    found = psutil.Process(pid).children(recursive=True)
    return {child.pid for child in found if any("import_child" in part for part in child.cmdline())}
