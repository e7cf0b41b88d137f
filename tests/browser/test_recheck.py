"""An old model is checked on a later log in a real browser, from the menu of the log, on a phone too."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from gru4rec_core.config import SplitConfig
from gru4rec_core.experiments.baselines import execute_baselines
from tests.browser.conftest import Workbench
from tests.browser.test_decisions import finished_workbench, finished_workspace, pytestmark
from tests.browser.test_flow import WAIT, faults, settle
from tests.pages.test_recheck import add_later_log

__all__ = ["finished_workbench", "finished_workspace", "pytestmark"]


def test_an_old_model_is_checked_on_a_later_log_and_the_whole_of_it(page: Page, finished_workbench: Workbench):
    workspace = finished_workbench.workspace
    later = add_later_log(workspace)
    execute_baselines(workspace, later.id, SplitConfig())  # the model's own test rule, which the form proposes
    page.goto(finished_workbench.url)
    settle(page)
    row = page.locator("[class*='st-key-row-dataset-']", has=page.get_by_role("link", name="later log"))
    row.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Re-check").click()
    settle(page)
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_text(re.compile("(Keep the old model|Train it again|Retire it): ")).first).to_be_visible(
        timeout=WAIT
    )
    rates = r"[\d.]+ \([\d.]+\s+to\s+[\d.]+\) of\s+100\s+next\s+items were in its top\s+3\."
    whole = r"On the whole log \(all 280\s+sessions\): " + rates
    expect(page.get_by_text(re.compile(whole))).to_be_visible(timeout=WAIT)
    then_and_now = re.compile(r"[\d.]+\s+then,\s+[\d.]+\s+now: [−+][\d.]+")
    expect(page.get_by_text(then_and_now)).to_be_visible(timeout=WAIT)
    settle(page)
    block = page.locator(".st-key-recheck")
    expect(block.get_by_test_id("stVegaLiteChart")).to_have_count(2, timeout=WAIT)
    assert not faults(page)
    page.set_viewport_size({"width": 390, "height": 844})
    settle(page)
    assert page.get_by_test_id("stMain").evaluate("box => box.scrollWidth") <= 390
    page.get_by_role("button", name="Close", exact=True).click()
    expect(block).to_have_count(0, timeout=WAIT)
    assert not finished_workbench.loads_tensorflow()
