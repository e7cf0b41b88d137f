"""Can it be trusted? The order test, further seeds and the self-check, each by its button and by a real engine."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Workbench
from tests.browser.test_flow import TRAINING_TIMEOUT, WAIT, faults, settle, train_the_sample

pytestmark = pytest.mark.browser


@pytest.fixture
def visitor(page: Page, workbench: Workbench) -> Page:
    """A visitor of a workspace in which the sample is trained, one run of each loss."""
    if not workbench.workspace.comparisons():
        train_the_sample(page, workbench)
    return page


def test_whether_order_matters_is_tested_and_told(visitor: Page, workbench: Workbench):
    visitor.goto(f"{workbench.url}/data?dataset={workbench.workspace.comparisons()[-1].dataset_id}")
    settle(visitor)
    block = visitor.locator(".st-key-order-test")
    block.get_by_role("button", name="Test it").click()
    expect(block.get_by_text("Used: ")).to_be_visible(timeout=TRAINING_TIMEOUT)
    expect(block.get_by_test_id("stVegaLiteChart")).to_be_visible(timeout=WAIT)
    settle(visitor)
    assert not faults(visitor)


def test_further_seeds_are_trained_and_the_test_is_checked(visitor: Page, workbench: Workbench):
    workspace = workbench.workspace
    old = workspace.comparisons()[-1]
    visitor.goto(f"{workbench.url}/compare?comparison={old.id}")
    settle(visitor)
    expect(visitor.get_by_text("one run of each cannot tell")).to_be_visible(timeout=WAIT)
    visitor.get_by_role("button", name="Train two more seeds of each").click()
    visitor.wait_for_url(re.compile("/train"))
    visitor.get_by_role("button", name="Open comparison").click(timeout=TRAINING_TIMEOUT)
    visitor.wait_for_url(re.compile("/compare"))
    settle(visitor)
    told = visitor.get_by_text(re.compile(r"of\s+100\s+repeats\s+\(between\s+\d+\s+and\s+\d+\)"))
    expect(told.first).to_be_visible(timeout=WAIT)
    expect(visitor.get_by_text("one run of each cannot tell")).to_have_count(0)
    visitor.get_by_role("button", name="Check this test").click()
    expect(visitor.get_by_text("was compared with itself 20 times")).to_be_visible(timeout=TRAINING_TIMEOUT)
    settle(visitor)
    assert not faults(visitor)
    new = workspace.comparisons()[0]
    assert set(old.run_ids) < set(new.run_ids)
    assert len(new.run_ids) == 6
    workspace.delete_comparison(new.id)  # the other tests look at the newest
