"""Training in sight: the chart above the jobs while they run, the time left in all, and more epochs afterwards."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_flow import TRAINING_TIMEOUT, WAIT, settle, train_the_sample

pytestmark = pytest.mark.browser


def test_a_finished_comparison_trains_on_in_sight(page: Page, workbench):
    workspace = workbench.workspace
    if not workspace.comparisons():
        train_the_sample(page, workbench.url)
    old = workspace.comparisons()[-1]
    page.goto(f"{workbench.url}/train?comparison={old.id}")
    settle(page)
    page.get_by_role("button", name="Train more epochs").click()
    page.get_by_role("spinbutton", name="How many more epochs?").fill("12")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Continue training").click()
    expect(page.get_by_text(re.compile(r"\d of 3 jobs done, about .* left in all"))).to_be_visible(timeout=WAIT)
    expect(page.get_by_test_id("stVegaLiteChart").first).to_be_visible(timeout=WAIT)
    chart = page.get_by_test_id("stVegaLiteChart").first.bounding_box()
    job = page.get_by_text(re.compile("TOP1, seed 0 · ")).first.bounding_box()
    assert chart is not None
    assert job is not None
    assert chart["y"] + chart["height"] <= job["y"]
    expect(page.get_by_text("TOP1 continues runs of").first).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name="Open comparison").click(timeout=TRAINING_TIMEOUT)
    page.wait_for_url(re.compile("/compare"))
    new = workspace.comparisons()[0]
    assert [workspace.run(run_id).continues for run_id in new.run_ids] == list(old.run_ids)
    workspace.delete_comparison(new.id)  # the other tests look at the newest
