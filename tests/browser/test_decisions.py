"""A decision in a real browser: recorded on Compare, found on Overview, checked again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from gru4rec_core.workspace.decisions import list_decisions
from tests.browser.test_flow import WAIT, faults, settle, train_the_sample

pytestmark = pytest.mark.browser


def test_a_decision_is_recorded_found_again_and_checked(page: Page, workbench):
    workspace = workbench.workspace
    if not workspace.comparisons():
        train_the_sample(page, workbench.url)
    comparison = workspace.comparisons()[-1]
    dataset = workspace.dataset(comparison.dataset_id)
    page.goto(f"{workbench.url}/compare?comparison={comparison.id}")
    settle(page)
    page.get_by_role("button", name="Record decision").click()
    page.get_by_text("Choose BPR").click()
    page.get_by_label("Who decides?").fill("Ada")
    page.get_by_label("Why?").fill("More hits at the same cost.")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("Recorded: choose BPR. It is on Overview.")).to_be_visible(timeout=WAIT)
    expect(page.get_by_label("Why?")).to_be_hidden(timeout=WAIT)
    (stored,) = list_decisions(workspace)
    assert (stored.by, stored.model, stored.dataset_hash) == ("Ada", "bpr", dataset.content_hash)

    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Overview").click()
    expect(page.get_by_text(re.compile("More hits at the same cost"))).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name="Re-check this decision").click()
    page.get_by_role("combobox", name=re.compile("Log")).first.click()
    page.get_by_role("option", name=dataset.name, exact=True).click()
    settle(page)
    page.get_by_role("button", name="Check it").click()
    answer = page.get_by_text(re.compile("The decision holds|the other way round|does not decide it"))
    expect(answer.first).to_be_visible(timeout=WAIT)
    settle(page)
    assert not faults(page)
    assert not workbench.loads_tensorflow()

    page.get_by_role("button", name="Delete").last.click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text(re.compile("More hits at the same cost"))).to_have_count(0, timeout=WAIT)
    assert list_decisions(workspace) == []
