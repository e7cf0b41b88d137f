"""Does order matter in a log: asked by its button, answered by a real engine."""

from __future__ import annotations

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
