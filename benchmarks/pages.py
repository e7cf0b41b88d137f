"""How long do the pages take, and how much memory does the dashboard need, with a large comparison in the workspace?

    python -m benchmarks.pages --json

Builds the workspace of `benchmarks.page_workspace` (500,000 events, 130,000 of them tested, 6 runs, 50 others beside
them; a minute or two), starts the dashboard as the browser tests do, and opens every page in a real Chromium: three
viewers, one after another, each all pages twice. A page's time is that from the click to the end of its script, as the
browser is told it. Cold is a page's first visit in the server's life, warm the median of all later ones. `--workspace
FOLDER` keeps the workspace there, or takes it from there. Without a Chromium it says so and measures nothing.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from benchmarks.flow import READY, TESTS, _module
from benchmarks.page_workspace import build
from gru4rec_core.workspace.store import Workspace

PAGES = {
    "overview": "Overview",
    "data": "Data",
    "train": "Train",
    "compare": "Compare",
    "accuracy": "Accuracy",
    "sessions": "Sessions",
    "try_it": "Try it",
}
"""Address and name in the navigation."""

SCRIPT_AIM, FIRST_LOAD_AIM, MEMORY_AIM = 1.0, 3.0, 350  # seconds, seconds, MB
N_VIEWERS, N_ROUNDS = 3, 2
TIMEOUT = 120_000  # ms
_QUIET = 0.4  # seconds without a running script after which a page is done

# Notes when the script was last seen to run, and when the page last changed: a script that ends within a frame or two
# is never seen to run.
_WATCH = """() => {
  const app = document.querySelector('[data-testid=stApp]');
  window.script = { begun: performance.now(), ended: 0, changed: 0, running: false };
  const look = () => {
    const running = app.dataset.testScriptState !== 'notRunning';
    if (window.script.running && !running) window.script.ended = performance.now();
    window.script.running = running;
  };
  new MutationObserver(look).observe(app, { attributes: true, attributeFilter: ['data-test-script-state'] });
  new MutationObserver(() => { window.script.changed = performance.now(); })
    .observe(document.querySelector('[data-testid=stMain]'), { childList: true, subtree: true });
  look();
}"""
_SECONDS = f"""() => {{
  const {{ begun, ended, changed, running }} = window.script;
  const last = Math.max(ended, changed);
  return !running && last && performance.now() - last > {1000 * _QUIET} ? ((ended || changed) - begun) / 1000 : 0;
}}"""


def measure(served: Callable[..., Any], chromium: str, workspace: Workspace) -> dict[str, Any]:
    """Opens all pages for all viewers and reads the server's memory."""
    from playwright.sync_api import sync_playwright

    (comparison,) = [one for one in workspace.comparisons() if workspace.dataset(one.dataset_id).name == "large log"]
    visits: dict[str, list[float]] = {address: [] for address in PAGES}
    first_loads = []
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        served(workspace, Path(folder)) as workbench,
        playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"]) as browser,
    ):
        process = psutil.Process(workbench.pid)
        memory = {"when started": _megabytes(process)}
        for viewer in range(1, N_VIEWERS + 1):
            page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
            page.set_default_timeout(TIMEOUT)
            first_loads.append(_load(page, f"{workbench.url}/?comparison={comparison.id}"))
            for _ in range(N_ROUNDS):
                for address in [*list(PAGES)[1:], "overview"]:
                    visits[address].append(_visit(page, address))
            memory[f"after viewer {viewer}"] = _megabytes(process)
    return _report(visits, first_loads, memory)


def _load(page: Any, url: str) -> float:
    """Seconds from an empty tab to the overview, its script done."""
    begun = time.perf_counter()
    page.goto(url)
    page.wait_for_selector(READY)
    page.get_by_role("heading", level=1).wait_for()
    return time.perf_counter() - begun


def _visit(page: Any, address: str) -> float:
    """Seconds from the click on a page's link to the end of its script."""
    page.evaluate(_WATCH)
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=PAGES[address]).click()
    return float(page.wait_for_function(_SECONDS, polling=50).json_value())


def _megabytes(process: psutil.Process) -> int:
    return round(process.memory_info().rss / 1e6)


def _report(visits: dict[str, list[float]], first_loads: list[float], memory: dict[str, int]) -> dict[str, Any]:
    pages = {
        address: {
            "cold": round(seconds[0], 2),
            "warm": round(statistics.median(seconds[1:] or seconds), 2),
            "aim": SCRIPT_AIM,
        }
        for address, seconds in visits.items()
    }
    reached = (
        all(page["warm"] <= SCRIPT_AIM for page in pages.values())
        and max(first_loads) <= FIRST_LOAD_AIM
        and max(memory.values()) <= MEMORY_AIM
    )
    return {
        "cores": os.cpu_count(),
        "pages": pages,
        "first_load_seconds": [round(seconds, 2) for seconds in first_loads],
        "first_load_aim": FIRST_LOAD_AIM,
        "memory_mb": memory,
        "memory_aim": MEMORY_AIM,
        "reached": reached,
    }


def _text(report: dict[str, Any]) -> str:
    lines = [f"{'page':12}{'cold':>8}{'warm':>8}{'aim':>6}  seconds"]
    lines += [
        f"{address:12}{page['cold']:8.2f}{page['warm']:8.2f}{page['aim']:6.1f}"
        for address, page in report["pages"].items()
    ]
    loads = ", ".join(f"{seconds:.1f}" for seconds in report["first_load_seconds"])
    lines.append(f"first load of each viewer: {loads} s, aim {report['first_load_aim']:.0f} s")
    lines += [f"memory {when}: {mb} MB, aim {report['memory_aim']} MB" for when, mb in report["memory_mb"].items()]
    return "\n".join([*lines, f"{report['cores']} cores"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--workspace", type=Path, help="where the workspace is, or shall be kept")
    arguments = parser.parse_args()
    chromium = _module(TESTS / "conftest.py").chromium()
    if chromium is None:
        sys.stderr.write("skipped: no Chromium on this machine (Debian: apt-get install chromium)\n")
        return
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(arguments.workspace or Path(folder))
        if not workspace.comparisons():
            build(workspace)
        report = measure(_module(TESTS / "browser" / "conftest.py").served, chromium, workspace)
    print(json.dumps(report) if arguments.json else _text(report))


if __name__ == "__main__":
    main()
