"""How long does it take, in a real browser, to get from an empty workspace to a comparison on screen?

    python -m benchmarks.flow --json

Starts the dashboard and a Chromium as the browser tests do, presses the buttons a first visitor presses, and ends
when the verdict of TOP1 against BPR can be read. The engine and TensorFlow start cold, and that is counted. How long
jobs waited and worked comes from the workspace. Without a Chromium it says so and measures nothing.
"""

import argparse
import importlib.util
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from gru4rec_core.errors import RunError
from gru4rec_core.jobs.job_list import list_jobs
from gru4rec_core.jobs.jobs import stop_engine
from gru4rec_core.workspace.store import Workspace

TESTS = Path(__file__).resolve().parents[1] / "tests"
AIM = 60.0  # seconds for all stages together, on two cores
AIMS = {"overview on screen": 3.0, "sample loaded": 5.0, "both trained and tested": 48.0, "verdict on screen": 4.0}
TIMEOUT = 300_000  # ms
VERDICT = re.compile("better|Take either|Not decided")
READY = "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"


@dataclass
class Stages:
    """Seconds of each stage, one after the other."""

    seconds: dict[str, float] = field(default_factory=dict)
    _last: float = field(default_factory=time.perf_counter)

    def end(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name], self._last = round(now - self._last, 2), now


def measure(served: Callable[..., Any], chromium: str) -> dict[str, Any]:
    """Goes through all stages once and removes what that leaves behind."""
    from playwright import sync_api as playwright_errors
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        workspace = Workspace(Path(name) / "workspace")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        begun = time.perf_counter()
        try:
            with served(workspace, Path(name)) as workbench:
                start = round(time.perf_counter() - begun, 2)
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                page.set_default_timeout(TIMEOUT)
                stages = _visit(page, workbench.url)
        except playwright_errors.TimeoutError as error:
            states = [(job.title, job.state.state, job.state.phase, job.state.reason) for job in list_jobs(workspace)]
            raise RunError(
                "Every stage ends within five minutes.", found=str(error).splitlines()[0], where=f"jobs {states}"
            ) from error
        finally:
            stop_engine(workspace)
            browser.close()
        return _report(stages, workspace, start)


def _visit(page: Any, url: str) -> Stages:
    stages = Stages()
    page.goto(url)
    load = page.get_by_role("button", name="Load the sample workouts")
    load.wait_for()
    page.wait_for_selector(READY)
    stages.end("overview on screen")
    load.click()
    train = page.get_by_role("button", name="Train TOP1 and BPR")
    train.wait_for()
    stages.end("sample loaded")
    train.click()
    compare = page.get_by_role("button", name="Open comparison")
    compare.wait_for()
    stages.end("both trained and tested")
    compare.click()
    page.wait_for_url(re.compile("/compare"))
    page.get_by_text(VERDICT).first.wait_for()
    page.wait_for_selector(READY)
    stages.end("verdict on screen")
    return stages


def _report(stages: Stages, workspace: Workspace, start: float) -> dict[str, Any]:
    total = round(sum(stages.seconds.values()), 2)
    times = {}
    for run in sorted(workspace.runs(), key=lambda run: run.name):
        state = workspace.state(run.id)
        if state.started is not None and state.submitted is not None and state.ended is not None:
            waited, worked = state.started - state.submitted, state.ended - state.started
            times[run.name] = {"waited": round(waited, 2), "worked": round(worked, 2)}
    return {
        "cores": os.cpu_count(),
        "server_start_seconds": start,
        "stages": {name: {"seconds": value, "aim": AIMS[name]} for name, value in stages.seconds.items()},
        "runs": times,
        "total_seconds": total,
        "aim": AIM,
        "reached": total <= AIM,
    }


def _text(report: dict[str, Any]) -> str:
    lines = [f"{'stage':26}{'seconds':>9}{'aim':>7}"]
    lines += [f"{name:26}{stage['seconds']:9.1f}{stage['aim']:7.0f}" for name, stage in report["stages"].items()]
    lines.append(f"{'total':26}{report['total_seconds']:9.1f}{report['aim']:7.0f}")
    lines += [
        f"{name}: waited {run['waited']:.1f} s, worked {run['worked']:.1f} s" for name, run in report["runs"].items()
    ]
    return "\n".join(
        [*lines, f"{report['cores']} cores; the server had taken {report['server_start_seconds']:.1f} s to start"]
    )


def _module(path: Path) -> ModuleType:
    """Loads a helper of the tests from its file: the tests are not a package."""
    spec = importlib.util.spec_from_file_location(f"flow_{path.parent.name}_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look up their module there
    spec.loader.exec_module(module)
    return module


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    as_json = parser.parse_args().json
    chromium = _module(TESTS / "conftest.py").chromium()
    if chromium is None:
        sys.stderr.write("skipped: no Chromium on this machine (Debian: apt-get install chromium)\n")
        return
    report = measure(_module(TESTS / "browser" / "conftest.py").served, chromium)
    print(json.dumps(report) if as_json else _text(report))


if __name__ == "__main__":
    main()
