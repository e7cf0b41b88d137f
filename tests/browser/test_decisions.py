"""A decision in a real browser: recorded on Compare, found on Overview, checked again."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from gru4rec_core.workspace.decisions import list_decisions
from gru4rec_core.workspace.store import Workspace
from tests.browser.conftest import Workbench, served
from tests.browser.test_flow import WAIT, faults, press, settle
from tests.pages.conftest import finished_workspace

__all__ = ["finished_workspace"]  # a fixture: a comparison whose runs are done, nothing trained

pytestmark = pytest.mark.browser


@pytest.fixture
def finished_workbench(finished_workspace: Path, tmp_path: Path) -> Iterator[Workbench]:
    """A dashboard on a workspace with a finished comparison."""
    root = tmp_path / "workspace"
    shutil.copytree(finished_workspace, root)
    with served(Workspace(root), tmp_path) as started:
        yield started


def choose_action(page: Page, name: str, action: str) -> None:
    """Chooses in the menu of the first row of a table."""
    page.locator(f".st-key-table-{name}").get_by_role("button", name="Actions").first.click()
    page.get_by_role("menuitem", name=action).click()


def test_a_decision_is_recorded_found_again_and_checked(page: Page, finished_workbench: Workbench):
    workbench, workspace = finished_workbench, finished_workbench.workspace
    (comparison,) = workspace.comparisons()
    dataset = workspace.dataset(comparison.dataset_id)
    page.goto(f"{workbench.url}/compare?comparison={comparison.id}")
    settle(page)
    press(page, "Record decision")
    expect(page.get_by_role("dialog")).to_be_focused(timeout=WAIT)
    settle(page)  # the form is there
    assert not faults(page)
    page.keyboard.press("Tab")  # Close
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Choose BPR")).to_be_checked(timeout=WAIT)
    page.keyboard.press("Tab")
    page.keyboard.type("Ada")
    page.keyboard.press("Tab")
    page.keyboard.type("More hits at the same cost.")
    press(page, "Record it", most=1)
    recorded = "Recorded: choose BPR. It is on Overview."
    expect(page.get_by_role("note").get_by_text(recorded)).to_be_visible(timeout=WAIT)
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=WAIT)
    expect(page.get_by_role("button", name="Record decision")).to_be_focused(timeout=WAIT)
    expect(page.locator("#wb-live")).to_contain_text(recorded, timeout=WAIT)
    (stored,) = list_decisions(workspace)
    assert (stored.by, stored.model, stored.dataset_hash) == ("Ada", "bpr", dataset.content_hash)

    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Overview").click()
    expect(page.get_by_text(re.compile("More hits at the same cost"))).to_be_visible(timeout=WAIT)
    choose_action(page, "decision", "Re-check this decision")
    page.get_by_role("combobox", name=re.compile("Log")).first.click()
    page.get_by_role("option", name=dataset.name, exact=True).click()
    settle(page)
    page.get_by_role("button", name="Check it").click()
    answer = page.get_by_text(re.compile("The decision holds|the other way round|does not decide it"))
    expect(answer.first).to_be_visible(timeout=WAIT)
    settle(page)
    assert not faults(page)
    assert not workbench.loads_tensorflow()

    choose_action(page, "decision", "Delete")
    expect(page.get_by_role("dialog")).to_be_focused(timeout=WAIT)
    assert not faults(page)
    press(page, "Delete for good", most=3)
    expect(page.get_by_text(re.compile("More hits at the same cost"))).to_have_count(0, timeout=WAIT)
    expect(page.locator("#wb-live")).to_contain_text("Deleted: the decision.", timeout=WAIT)
    expect(page.get_by_role("heading", level=1)).to_be_focused(timeout=WAIT)
    assert list_decisions(workspace) == []
