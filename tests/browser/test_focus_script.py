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
