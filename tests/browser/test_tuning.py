"""Tuning in a real browser, with a real engine: one is cancelled, one is compared and its settings are taken."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.workspace.records import DatasetRecord
from tests.browser.conftest import Workbench
from tests.browser.test_flow import TRAINING_TIMEOUT, WAIT, faults, settle
from tests.conftest import weeks_of_letters

pytestmark = pytest.mark.browser

MORE_THAN_ARE_TRIED = 1000  # trials; it is cancelled before


@pytest.fixture
def letters(workbench: Workbench) -> Iterator[DatasetRecord]:
    """A small log; gone afterwards with all that was trained on it, for the other tests look at the newest."""
    workspace = workbench.workspace
    record = workspace.add_dataset(SessionDataset(weeks_of_letters()), "letters to tune", time_unit="s")
    yield record
    workspace.delete_dataset(record.id, with_runs=True)


def start_tuning(page: Page, trials: int) -> None:
    """Answers the form of Train, with the switch on, and starts."""
    settle(page)
    page.get_by_role("spinbutton", name="Trials per method").fill(str(trials))
    page.keyboard.press("Enter")
    settle(page)
    expect(page.get_by_text("Tunes 9 methods")).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_role("heading", name="Tuning now")).to_be_visible(timeout=WAIT)


def test_a_tuning_is_cancelled_and_another_compared_and_its_settings_taken(page: Page, workbench: Workbench, letters):
    page.goto(f"{workbench.url}/train?dataset={letters.id}")
    settle(page)
    page.get_by_role("spinbutton", name="Runs per loss (seeds)").fill("2")
    page.keyboard.press("Enter")
    settle(page)
    page.get_by_text("Tune all methods first").click()
    start_tuning(page, MORE_THAN_ARE_TRIED)
    # The engine may have to be started first. The curve is there from the first trial on.
    expect(page.locator(".st-key-tuning").get_by_test_id("stVegaLiteChart")).to_be_visible(timeout=TRAINING_TIMEOUT)
    page.get_by_role("button", name="Cancel the whole tuning").click(timeout=TRAINING_TIMEOUT)
    page.get_by_role("button", name="Cancel all methods").click()
    expect(page.get_by_role("heading", name="Tuning, not finished")).to_be_visible(timeout=TRAINING_TIMEOUT)
    expect(page.get_by_text("TOP1 · cancelled")).to_be_visible(timeout=WAIT)
    expect(page.get_by_role("button", name="Retry TOP1", exact=True)).to_be_visible(timeout=WAIT)
    expect(page.get_by_role("button", name="Continue this tuning")).to_be_visible(timeout=WAIT)
    settle(page)
    assert not faults(page)
    page.get_by_role("button", name="Set this tuning aside").click()
    page.get_by_role("button", name="Set it aside").click()
    expect(page.get_by_role("heading", name="Tuning, not finished")).to_have_count(0, timeout=WAIT)
    start_tuning(page, 2)
    page.get_by_role("button", name="Open comparison").click(timeout=TRAINING_TIMEOUT)
    page.wait_for_url(re.compile("/compare.*comparison="))
    settle(page)
    expect(page.locator(".st-key-verdict")).to_contain_text("each with 2 trials or 5 minutes", timeout=WAIT)
    page.get_by_role("tab", name="Details").click()
    expect(page.get_by_text("How the settings were tuned")).to_be_visible(timeout=WAIT)
    settle(page)
    assert not faults(page)
    page.get_by_role("button", name="Use these settings").click()
    page.wait_for_url(re.compile("/train.*settings=tuned"))
    settle(page)
    expect(page.get_by_role("radio", name="Tuned settings")).to_be_checked(timeout=WAIT)
    expect(page.get_by_text("The settings that won")).to_be_visible(timeout=WAIT)
    assert not workbench.loads_tensorflow()
