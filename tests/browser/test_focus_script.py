"""The script that keeps the focus, alone in a page of a few elements: what the dashboard shows too seldom."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

SCRIPT = Path(__file__).resolve().parents[2] / "dashboard" / "focus.js"
MOUNT = """async (source) => {
  const script = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  window.tell = (number, text) => script.default({ data: { number, text, place: "" } });
  window.tell(0, "");
}"""


@pytest.fixture
def alone(browser: Browser) -> Iterator[Page]:
    """A page without a title, drawn by a script that has ended; at the end the test fails if an error came up."""
    context = browser.new_context()
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(error.message))
    page.set_content('<main data-testid="stApp" data-test-script-state="notRunning"><button>Delete</button></main>')
    page.evaluate(MOUNT, SCRIPT.read_text(encoding="utf-8"))
    yield page
    context.close()
    assert not errors


def test_after_the_server_was_started_anew_actions_are_told_although_their_numbers_begin_anew(alone: Page):
    alone.evaluate("tell(5, 'Renamed.')")
    alone.evaluate("tell(0, '')")
    alone.evaluate("tell(1, 'Deleted.')")
    alone.evaluate("tell(1, 'Deleted.')")  # drawn once more
    expect(alone.locator("#wb-live p")).to_have_text(["Renamed.", "Deleted."])


def test_a_lost_focus_waits_for_the_title_of_a_page_that_has_none_yet(alone: Page):
    alone.get_by_role("button").focus()
    alone.evaluate("document.querySelector('button').remove()")
    alone.wait_for_timeout(400)  # the script has looked at the page
    alone.evaluate("document.querySelector('main').innerHTML = '<h1>Overview</h1>'")
    expect(alone.get_by_role("heading")).to_be_focused()


def test_a_download_that_is_being_made_gets_the_focus_back(alone: Page):
    alone.evaluate(
        "document.querySelector('main').innerHTML ="
        " '<h1>Compare</h1><button>Other</button><div data-testid=stDownloadButton><button>Report</button></div>'"
    )
    report = alone.get_by_role("button", name="Report")
    report.focus()
    alone.evaluate("document.querySelector('[data-testid=stDownloadButton] button').disabled = true")
    alone.wait_for_timeout(1000)  # the script has looked at the page
    expect(alone.get_by_role("heading")).not_to_be_focused()
    alone.evaluate("document.querySelector('[data-testid=stDownloadButton] button').disabled = false")
    expect(report).to_be_focused()


def test_no_link_of_a_heading_takes_the_focus_that_was_lost(alone: Page):
    alone.evaluate(
        "document.querySelector('main').innerHTML = '<div class=st-key-progress><h2>Training <a href=#x>Link</a></h2>"
        "<button id=cancel>Cancel</button><button>Open comparison</button></div>'"
    )
    alone.get_by_role("button", name="Cancel").focus()
    alone.evaluate("document.querySelector('#cancel').remove()")
    expect(alone.get_by_role("button", name="Open comparison")).to_be_focused()
