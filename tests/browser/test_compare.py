"""Compare on a laptop: the answer without scrolling, the rest in tabs of which one is open."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_flow import WAIT, settle, train_the_sample

pytestmark = pytest.mark.browser

WIDTH, HEIGHT = 1366, 768


@pytest.fixture
def compare(page: Page, workbench) -> Page:
    """The page on a laptop's screen."""
    if not workbench.workspace.comparisons():
        train_the_sample(page, workbench)
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.goto(f"{workbench.url}/compare?comparison={workbench.workspace.comparisons()[-1].id}")
    settle(page)
    return page


def test_verdict_square_and_ladder_need_no_scrolling(compare: Page):
    square, ladder = (compare.get_by_test_id("stVegaLiteChart").nth(place) for place in (0, 1))
    for block in (compare.locator(".st-key-verdict"), square, compare.locator(".st-key-outcomes"), ladder):
        expect(block).to_be_visible(timeout=WAIT)
        box = block.bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= HEIGHT
        assert box["x"] + box["width"] <= WIDTH


def test_another_margin_is_marked_and_it_and_the_open_tab_stay_in_the_link(compare: Page):
    compare.get_by_role("spinbutton", name="Margin: smallest difference that matters, in %").fill("40")
    compare.keyboard.press("Enter")
    expect(compare.get_by_text("Exploratory: changed when the results were known").first).to_be_visible(timeout=WAIT)
    compare.get_by_role("tab", name="Where").click()
    compare.wait_for_url(re.compile("tab=Where"))
    expect(compare.get_by_text("Where they differ (exploratory)")).to_be_visible(timeout=WAIT)
    expect(compare.get_by_role("spinbutton", name="Margin: smallest difference that matters, in %")).to_have_count(0)
    compare.reload()
    settle(compare)
    expect(compare.get_by_role("tab", name="Where")).to_have_attribute("aria-selected", "true")
    expect(compare.get_by_text("margin 40 % instead of 5 %").first).to_be_visible(timeout=WAIT)
