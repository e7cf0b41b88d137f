"""The report as somebody gets it: downloaded, opened without any network, printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_flow import WAIT, settle, train_the_sample

pytestmark = pytest.mark.browser


@pytest.fixture
def report(page: Page, workbench, tmp_path: Path) -> Path:
    """What *Download report* on Compare gives."""
    if not workbench.workspace.comparisons():
        train_the_sample(page, workbench)
    page.goto(f"{workbench.url}/compare?comparison={workbench.workspace.comparisons()[0].id}")
    settle(page)
    with page.expect_download(timeout=2 * WAIT) as download:
        page.get_by_role("button", name="Download report").click()
        expect(page.get_by_text("Making the report")).to_be_visible(timeout=WAIT)
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    return path


@pytest.fixture
def offline(browser: Browser, report: Path) -> Iterator[Page]:
    """The report in a browser without a network; at the end the test fails if it asked for anything but itself."""
    context = browser.new_context(viewport={"width": 1000, "height": 800})
    context.set_offline(True)
    opened = context.new_page()
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(report.as_uri())
    yield opened
    context.close()
    assert asked == [report.as_uri()]


def test_a_downloaded_report_opens_offline_without_a_fault_and_prints_on_a4(offline: Page):
    expect(offline.get_by_role("heading", level=1)).to_have_text("TOP1 against BPR")
    for scheme in ("light", "dark"):
        offline.emulate_media(color_scheme=scheme)
        assert not faults(offline), scheme
    dark = offline.evaluate("getComputedStyle(document.body).backgroundColor")
    offline.emulate_media(media="print", color_scheme="dark")
    assert offline.evaluate("getComputedStyle(document.body).backgroundColor") != dark  # paper is light
    offline.emulate_media(media="screen", color_scheme="light")
    offline.set_viewport_size({"width": 390, "height": 844})
    assert offline.evaluate("document.documentElement.scrollWidth") <= 390
    pages = offline.pdf(prefer_css_page_size=True)
    assert 4 <= len(re.findall(rb"/Type\s*/Page\b", pages)) <= 14
    assert re.search(rb"/MediaBox\s*\[\s*0 0 59[45][.\d]* 84[12]", pages)  # A4 in points


def faults(page: Page) -> list[str]:
    report = Axe().run(page).response
    return [f"{fault['id']}: {node['target']}" for fault in report["violations"] for node in fault["nodes"]]
