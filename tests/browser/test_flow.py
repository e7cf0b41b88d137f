"""The main job in a real browser: from an empty workspace to what each model predicted."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from gru4rec_core.data.samples import make_sample
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.workspace.records import DatasetOrigin
from tests.browser.conftest import Workbench

pytestmark = pytest.mark.browser

WAIT = 30_000  # ms; for anything but training
TRAINING_TIMEOUT = 240_000  # ms; the first job waits for TensorFlow
N_ATHLETES = 150  # of 1,082
READY = "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"
ADDRESSES = ("", "data", "train", "compare", "accuracy", "sessions", "try_it")
# Streamlit's own uploader: a button inside an element with role presentation.
KNOWN_FAULTS = {"presentation-role-conflict"}
# Its navigation puts sections of list items into plain boxes; what is disabled may be faint (WCAG 1.4.3).
NOT_OURS = ("[data-testid=stSidebarNav]", "[data-testid=stElementContainer]:has(:disabled)")


def settle(page: Page) -> None:
    """Waits until the script has run; no error may be on screen then."""
    page.wait_for_selector(READY)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=WAIT)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def open_expander(page: Page, label: str) -> None:
    """Opens an expander and waits until what is below its label has stopped moving: a click meanwhile falls beside."""
    settle(page)
    expander = page.get_by_test_id("stExpander").filter(has=page.get_by_text(label))
    expander.get_by_text(label).click()
    before = None
    while (box := expander.bounding_box()) != before:
        before = box
        page.wait_for_timeout(250)


def choose(page: Page, question: str | re.Pattern[str], answer: str) -> None:
    """Answers a list by keyboard: the page scrolling to it, as before a click, would close its list again."""
    box = page.get_by_role("combobox", name=question)
    box.wait_for(timeout=WAIT)
    settle(page)
    box.press_sequentially(answer)
    expect(page.get_by_role("option")).to_have_count(1, timeout=WAIT)
    box.press("Enter")


def press(page: Page, name: str, *, most: int = 60) -> None:
    """Goes by Tab to the button or link of this name, sees that its focus shows, and presses Enter."""
    expect(page.get_by_text(name).first).to_be_visible(timeout=WAIT)
    settle(page)
    focused = page.locator(":is(button, a, summary):focus", has_text=name)
    for _ in range(most):
        page.keyboard.press("Tab")
        if focused.count():
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid", name
            page.keyboard.press("Enter")
            return
    pytest.fail(f"Tab never reached {name}")


def has_focus(page: Page, role: Literal["heading", "button", "dialog"], name: str) -> None:
    """Sees that the focus is there, and not lost."""
    expect(page.get_by_role(role, name=name).first).to_be_focused(timeout=WAIT)


def train_the_sample(page: Page, workbench: Workbench) -> None:
    """The first way anybody goes, by keyboard alone: load the sample, train both losses, open the comparison.

    Before they are trained, a part of the sample takes its place: all of it would take a minute.
    """
    workspace, url = workbench.workspace, workbench.url
    page.goto(url)
    settle(page)
    if page.get_by_role("button", name="Load the sample workouts").count():
        press(page, "Load the sample workouts")
        expect(page.get_by_role("button", name="Train TOP1 and BPR")).to_be_visible(timeout=WAIT)
        has_focus(page, "heading", "Which model predicts the next item best?")
        press(page, "Add a dataset")
        has_focus(page, "heading", "Add a log")
        press(page, "Overview")
        has_focus(page, "heading", "Which model predicts the next item best?")
    else:  # another test left a log
        page.goto(f"{url}/data?add=1")
        press(page, "Load the sample workouts")
        expect(page.get_by_role("button", name="Train on this")).to_be_visible(timeout=WAIT)
    (loaded,) = [record for record in workspace.datasets() if record.source == "sample"]
    workspace.delete_dataset(loaded.id)
    part = SessionDataset(make_sample("workouts", n_sessions=N_ATHLETES))
    workspace.add_dataset(part, loaded.name, DatasetOrigin("sample", generated=True), time_unit="s")
    page.goto(url)
    press(page, "Train TOP1 and BPR")
    page.wait_for_url(re.compile("/train"))
    expect(page.get_by_text("TOP1, seed 0").first).to_be_visible(timeout=WAIT)
    has_focus(page, "heading", "Train the models to compare")
    expect(page.locator("#wb-live")).to_contain_text(re.compile(r"\d of 3 jobs done"), timeout=WAIT)
    expect(page.get_by_role("button", name="Open comparison")).to_be_visible(timeout=TRAINING_TIMEOUT)
    expect(page.locator("#wb-live")).to_contain_text("3 of 3 jobs done", timeout=WAIT)
    press(page, "Open comparison")
    page.wait_for_url(re.compile("/compare"))
    settle(page)


@pytest.fixture
def trained(page: Page, workbench) -> Page:
    """A visitor of a workspace in which the sample is trained."""
    if not workbench.workspace.comparisons():
        train_the_sample(page, workbench)
    return page


def test_from_an_empty_workspace_to_accuracy_sessions_and_a_try(page: Page, workbench):
    train_the_sample(page, workbench)
    expect(page.get_by_text(re.compile("better|Take either|Not decided")).first).to_be_visible(timeout=WAIT)
    for name, address in (("Accuracy", "accuracy"), ("Sessions", "sessions"), ("Try it", "try_it")):
        page.get_by_test_id("stSidebarNav").get_by_role("link", name=name).click()
        page.wait_for_url(re.compile(f"/{address}.*comparison="))
        settle(page)
    assert not workbench.loads_tensorflow()


def test_sessions_and_their_steps_open_by_the_arrow_keys(trained: Page, workbench):
    trained.goto(f"{workbench.url}/compare?comparison={workbench.workspace.comparisons()[0].id}")
    settle(trained)
    press(trained, "Sessions")
    trained.wait_for_url(re.compile("/sessions.*comparison="))
    has_focus(trained, "heading", "What did it predict, and what came?")
    place = trained.get_by_text(re.compile(r"^\d+ of [\d,]+ sessions$"))
    expect(place).to_have_text(re.compile("^1 of"), timeout=WAIT)
    rows = trained.locator(".st-key-session-rows button")
    expect(rows.first).to_have_attribute("aria-current", "true")
    rows.first.focus()
    step = trained.get_by_text(re.compile(r"^Step \d+ of \d+$"))
    trained.keyboard.press("ArrowDown")
    expect(place).to_have_text(re.compile("^2 of"), timeout=WAIT)
    settle(trained)
    expect(rows.nth(1)).to_have_attribute("aria-current", "true")
    expect(rows.nth(1)).to_be_focused()
    expect(trained.locator("button[aria-current=true]")).to_have_count(1)
    expect(trained.locator("#wb-live")).to_contain_text(re.compile(r"2 of [\d,]+ sessions, step \d+ of \d+$"))
    before = step.inner_text()
    trained.keyboard.press("ArrowLeft")
    expect(step).not_to_have_text(before, timeout=WAIT)
    assert trained.locator("[data-kind=strip] [aria-current=step]").count() == 1
    k = int(trained.evaluate("new URLSearchParams(location.search).get('k')"))
    settle(trained)
    for model in ("top1", "bpr"):
        assert trained.locator(f"[data-kind=guesses-{model}] li").count() == k


def test_what_opens_over_the_page_takes_the_focus_and_gives_it_back(trained: Page, workbench):
    trained.goto(f"{workbench.url}/compare?comparison={workbench.workspace.comparisons()[0].id}")
    settle(trained)
    for name in ("Copy link", "Words", "Record decision", "Compare two others"):
        press(trained, name)
        has_focus(trained, "dialog", name)
        assert not faults(trained)
        if name == "Words":
            trained.keyboard.press("Tab")
            trained.keyboard.press("Tab")
            expect(trained.get_by_role("region", name="All words")).to_be_focused()
            trained.keyboard.press("End")
            trained.wait_for_function("document.activeElement.scrollTop > 0")
        trained.keyboard.press("Escape")
        expect(trained.get_by_role("dialog")).to_have_count(0, timeout=WAIT)
        has_focus(trained, "button", name)


def test_filters_are_used_by_keyboard_and_the_list_follows(trained: Page, workbench):
    trained.goto(f"{workbench.url}/sessions")
    settle(trained)
    trained.get_by_role("heading", level=1).click()
    press(trained, "Filters", most=14)
    first = trained.get_by_label("Came next")
    expect(first).to_be_visible(timeout=WAIT)
    settle(trained)
    trained.keyboard.press("Tab")
    expect(first).to_be_focused()
    trained.keyboard.type("swim")
    trained.keyboard.press("Enter")
    expect(trained.get_by_text("Only sessions where the next item contains “swim”")).to_be_visible(timeout=WAIT)
    settle(trained)
    expect(first).to_be_focused()
    expect(trained.locator("#wb-live")).to_contain_text(re.compile(r"1 of [\d,]+ sessions?, step"))
    assert not faults(trained)


def test_a_second_viewer_and_a_pasted_link_see_the_same(trained: Page, workbench, browser: Browser):
    comparison = workbench.workspace.comparisons()[0]
    trained.goto(f"{workbench.url}/compare?comparison={comparison.id}")
    settle(trained)
    headline = trained.get_by_text(re.compile("better|Take either|Not decided")).first.inner_text()
    other = browser.new_context().new_page()
    other.goto(trained.url)
    settle(other)
    expect(other.get_by_text(headline).first).to_be_visible(timeout=WAIT)
    other.context.close()


def test_tables_offer_only_the_download_that_quotes_formulas(trained: Page, workbench):
    comparison = workbench.workspace.comparisons()[0]
    trained.goto(f"{workbench.url}/accuracy?comparison={comparison.id}")
    settle(trained)
    trained.locator("[data-testid=stDataFrame]:visible").first.hover()
    expect(trained.locator("button[aria-label^='Show/hide columns']:visible").first).to_be_visible(timeout=WAIT)
    expect(trained.locator("button[aria-label^='Download as CSV']:visible")).to_have_count(0)


COVERED = """() => {
  const area = element => element.getBoundingClientRect(), bar = '[data-testid=stElementToolbar]';
  const meet = (a, b) => a.width && b.width && a.x < b.right && b.x < a.right && a.y < b.bottom && b.y < a.bottom;
  const controls = [...document.querySelectorAll('button,input,a,summary')].filter(one => !one.closest(bar));
  const bars = [...document.querySelectorAll(bar)];
  return bars.flatMap(one => controls.filter(control => meet(area(one), area(control)))).map(one => one.innerText);
}"""


def test_no_toolbar_covers_a_control(trained: Page, workbench):
    trained.goto(f"{workbench.url}/accuracy")
    settle(trained)
    for part in ("stVegaLiteChart", "stDataFrame"):
        trained.locator(f"[data-testid={part}]:visible").first.hover()
        expect(trained.locator("[data-testid=stElementToolbar]:visible").first).to_be_visible(timeout=WAIT)
        assert not trained.evaluate(COVERED)


def test_the_test_rule_chosen_on_data_is_the_one_that_train_takes(trained: Page, workbench):
    trained.goto(f"{workbench.url}/data")
    settle(trained)
    trained.get_by_role("radio", name="Later days").click()
    expect(trained.get_by_text("test starts").first).to_be_attached(timeout=WAIT)
    trained.get_by_role("button", name="Train on this").click()
    expect(trained.get_by_text("Test rule: later days")).to_be_visible(timeout=WAIT)


def test_a_pasted_link_may_be_the_first_thing_a_server_sees(trained: Page, fresh_workbench):
    trained.goto(f"{fresh_workbench.url}/data")
    settle(trained)
    expect(trained.get_by_text("Prepare")).to_have_count(1, timeout=WAIT)
    expect(trained.get_by_role("heading", level=1)).to_have_text("Is this log fit to train on?", timeout=WAIT)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_link_opens_its_page_without_a_fault_follows_to_dark_and_fits_a_phone(trained: Page, workbench, address: str):
    trained.emulate_media(color_scheme="light")
    trained.goto(f"{workbench.url}/{address}")
    settle(trained)
    expect(trained.get_by_role("heading", level=1)).to_have_count(1)
    expect(trained.get_by_text("Page not found")).to_have_count(0)
    shown = trained.get_by_test_id("stSidebarNav").locator("[aria-current=page]").inner_text().split("\n")[-1]
    expect(trained).to_have_title(f"{shown} · GRU4Rec Workbench")
    assert not faults(trained)
    trained.emulate_media(color_scheme="dark")
    trained.locator("[data-ground=dark]").wait_for(state="attached", timeout=WAIT)
    settle(trained)
    assert not faults(trained)
    trained.set_viewport_size({"width": 390, "height": 844})
    assert not small_targets(trained)
    # Waits while charts find their new width.
    trained.wait_for_function("document.querySelector('[data-testid=stMain]').scrollWidth <= window.innerWidth")


def small_targets(page: Page) -> list[str]:
    """Controls lower than 44 px, by what they say; a checkbox counts with its label."""
    return page.evaluate(
        """() => [...document.querySelectorAll('[data-testid=stMain] :is(button,summary,[role=tab],label:has(input))')]
        .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.disabled)
        .filter(one => !one.closest('[aria-hidden=true], [data-testid=stMultiSelect], [data-testid=stDataFrame]'))
        .filter(one => one.getBoundingClientRect().height < 43.5 && one.getBoundingClientRect().height > 1)
        .map(one => (one.closest('[data-testid]')?.dataset.testid ?? '') + ': ' + (one.innerText || one.ariaLabel))"""
    )


def faults(page: Page) -> list[str]:
    """What axe finds, without what is Streamlit's own."""
    report = Axe().run(page, context={"exclude": [[part] for part in NOT_OURS]}).response
    return [
        f"{fault['id']}: {node['target']} {node.get('failureSummary', '')}"
        for fault in report["violations"]
        if fault["id"] not in KNOWN_FAULTS
        for node in fault["nodes"]
    ]
