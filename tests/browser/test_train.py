"""Training in sight: the chart above the jobs while they run, the time left in all, and more epochs afterwards."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_flow import TRAINING_TIMEOUT, WAIT, settle, train_the_sample

pytestmark = pytest.mark.browser

# Both places in one look: the page draws the chart anew while training goes on.
CHART_ABOVE_JOBS = """() => {
  const chart = document.querySelector('[data-testid=stVegaLiteChart]')?.getBoundingClientRect();
  const texts = [...document.querySelectorAll('[data-testid=stText]')];
  const job = texts.find(one => one.innerText.includes('TOP1, seed 0 · '))?.getBoundingClientRect();
  return chart?.height > 0 && job?.height > 0 && chart.bottom <= job.top;
}"""


def test_a_finished_comparison_trains_on_in_sight(page: Page, workbench):
    workspace = workbench.workspace
    if not workspace.comparisons():
        train_the_sample(page, workbench)
    old = workspace.comparisons()[-1]
    page.goto(f"{workbench.url}/train?comparison={old.id}")
    settle(page)
    page.get_by_role("button", name="Train more epochs").click()
    page.get_by_role("spinbutton", name="How many more epochs?").fill("20")  # long enough to look at them
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Continue training").click()
    told = re.compile(r"\d of 3 jobs done, (about .*|less than 10 s) left in all")
    expect(page.get_by_test_id("stMain").get_by_text(told)).to_be_visible(timeout=WAIT)
    expect(page.locator("#wb-live")).to_contain_text(told, timeout=WAIT)
    expect(page.get_by_role("heading", name="Training now")).to_be_focused(timeout=WAIT)
    page.wait_for_function(CHART_ABOVE_JOBS, timeout=WAIT)
    expect(page.get_by_text("TOP1 continues runs of").first).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name="Open comparison").click(timeout=TRAINING_TIMEOUT)
    page.wait_for_url(re.compile("/compare"))
    new = workspace.comparisons()[0]
    assert [workspace.run(run_id).continues for run_id in new.run_ids] == list(old.run_ids)
    workspace.delete_comparison(new.id)  # the other tests look at the newest
