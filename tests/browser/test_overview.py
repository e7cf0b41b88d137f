"""Overview in a real browser: its tables by keyboard, by mouse and on a phone."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Workbench
from tests.browser.test_decisions import choose_action, finished_workbench, finished_workspace, pytestmark
from tests.browser.test_flow import WAIT, faults, settle

__all__ = ["finished_workbench", "finished_workspace", "pytestmark"]


def test_the_tables_are_used_by_keyboard_lead_to_the_verdict_and_fit_a_phone(page: Page, finished_workbench: Workbench):
    workspace = finished_workbench.workspace
    page.goto(finished_workbench.url)
    settle(page)
    expect(page.get_by_role("img", name="Logo").first).to_be_visible(timeout=WAIT)
    expect(page.get_by_role("img", name=re.compile("Hits per 100: "))).to_be_visible(timeout=WAIT)
    names = [f"Actions for {shown}" for shown in ("shop log", "TOP1 against BPR")]
    expect(page.get_by_role("button", name=re.compile("^Actions"))).to_have_count(2)
    for name in names:
        expect(page.get_by_role("button", name=name)).to_have_count(1)
    for _ in range(2):  # a menu takes the focus after a dialog too
        page.get_by_role("button", name=names[0]).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("menuitem", name="Train")).to_be_focused(timeout=WAIT)
        expect(page.get_by_role("menu", name=names[0], exact=True)).to_be_visible()
        page.get_by_role("menuitem", name="Rename").press("Enter", timeout=WAIT)
        expect(page.get_by_role("dialog")).to_be_focused(timeout=WAIT)
        settle(page)
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name=names[0])).to_be_focused(timeout=WAIT)
        settle(page)
    choose_action(page, "dataset", "Rename")
    page.get_by_label("New name").fill("our shop")
    page.get_by_role("button", name="Rename it").click()
    expect(page.get_by_role("link", name="our shop")).to_be_visible(timeout=WAIT)
    assert workspace.datasets()[0].name == "our shop"
    page.set_viewport_size({"width": 390, "height": 844})
    settle(page)
    assert not faults(page)
    page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollWidth <= window.innerWidth")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.locator(".st-key-table-comparison").get_by_role("link", name="TOP1 against BPR").click()
    page.wait_for_url(re.compile("/compare.*comparison="))
    settle(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Which model is better?", timeout=WAIT)
    page.goto(finished_workbench.url)
    settle(page)
    choose_action(page, "comparison", "Delete")
    page.get_by_role("button", name="Delete for good").click()
    expect(page.locator(".st-key-table-comparison")).to_have_count(0, timeout=WAIT)
    expect(page.get_by_text("The link names")).to_have_count(0)
    assert workspace.comparisons() == []
