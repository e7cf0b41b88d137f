"""Does the dashboard stand many comparisons, many readers, a full workspace and a long day?

    python -m benchmarks.load queue      20 comparisons wait for the workers while 5 browsers watch
    python -m benchmarks.load listing    200 runs and 50 datasets on Overview
    python -m benchmarks.load day        a day's readers, one after another, with trainings in between

Each prints its figures beside their limits, with `--json` one JSON object. All drive the dashboard as the browser tests
do, in a real Chromium; without one they say so and measure nothing.
"""

import argparse
import json
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from benchmarks.flow import TESTS, _module
from benchmarks.page_workspace import build_many
from benchmarks.pages import PAGES, TIMEOUT, _load, _visit
from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.jobs import jobs
from gru4rec_core.jobs.job_list import list_jobs
from gru4rec_core.jobs.planning import ComparisonPlan, plan_comparison
from gru4rec_core.workspace.importing import import_sample
from gru4rec_core.workspace.records import ComparisonRecord
from gru4rec_core.workspace.store import Workspace

N_COMPARISONS, N_WATCHERS = 20, 5
CORE_SHARE_AIM = 0.25
"""Of one core, that the web process may use while five browsers watch."""

GROWTH_AIM = 10.0
"""MB that the web process may gain from the middle of a measurement to its end, and still counts as flat."""

N_RUNS, N_DATASETS, SCRIPT_AIM = 200, 50, 1.0
N_READERS, READERS_PER_TRAINING = 40, 10
_EVERY = 2.0  # seconds between two looks at the web process


@dataclass
class Watched:
    """The web process, looked at again and again.

    Attributes:
        process: it.
        shares: of a core, from look to look.
        megabytes, files: resident memory, and open files and connections, at each look.
    """

    process: psutil.Process
    shares: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    _last: tuple[float, float] = (0.0, 0.0)

    def look(self) -> None:
        now, used = time.perf_counter(), sum(self.process.cpu_times()[:2])
        if self._last[0]:
            self.shares.append((used - self._last[1]) / (now - self._last[0]))
        self._last = now, used
        self.megabytes.append(self.process.memory_info().rss / 1e6)
        self.files.append(self.process.num_fds())

    def growth(self) -> float:
        """MB from the middle to the end, each the median of a tenth of the looks."""
        tenth = max(len(self.megabytes) // 10, 1)
        middle = self.megabytes[len(self.megabytes) // 2 :][:tenth]
        return statistics.median(self.megabytes[-tenth:]) - statistics.median(middle)


@dataclass(frozen=True)
class Stage:
    """A dashboard on a workspace, and a browser to look at it."""

    workspace: Workspace
    url: str
    browser: Any
    watched: Watched

    def open(self, path: str) -> Any:
        """A new reader, who opens an address."""
        page = self.browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
        page.set_default_timeout(TIMEOUT)
        _load(page, f"{self.url}/{path}")
        return page


@contextmanager
def on_stage(workspace: Workspace) -> Iterator[Stage]:
    from playwright.sync_api import sync_playwright

    chromium = _module(TESTS / "conftest.py").chromium()
    served: Callable[..., Any] = _module(TESTS / "browser" / "conftest.py").served
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        served(workspace, Path(folder)) as workbench,
        playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"]) as browser,
    ):
        try:
            yield Stage(workspace, workbench.url, browser, Watched(psutil.Process(workbench.pid)))
        finally:
            jobs.stop_engine(workspace)


def measure_queue(workspace: Workspace) -> dict[str, Any]:
    """Queues all comparisons at once and watches them from Train and Overview until the last has ended.

    Memory is looked at after a first result was shown: what showing it takes for good is a figure of its own.
    """
    dataset = import_sample(workspace, "workouts")
    first = plan(workspace, dataset.id, N_COMPARISONS)
    with on_stage(workspace) as stage:
        first_result = _show_first_result(stage, first)
        idle = [stage.open(_watch_path(number, None)) for number in range(N_WATCHERS)]
        comparisons = [plan(workspace, dataset.id, number) for number in range(N_COMPARISONS)]
        begun = time.perf_counter()
        for comparison in comparisons:
            jobs.submit_comparison(workspace, comparison.id)
        for number, page in enumerate(idle):
            page.goto(f"{stage.url}/{_watch_path(number, comparisons[-1 - number])}")
        while any(workspace.state(run_id).is_active for one in comparisons for run_id in one.run_ids):
            stage.watched.look()
            time.sleep(_EVERY)
        seconds = time.perf_counter() - begun
    run_ids = [run_id for comparison in comparisons for run_id in comparison.run_ids]
    watched = stage.watched
    report = {
        "comparisons": len(comparisons),
        "runs": len(run_ids),
        "seconds": round(seconds, 1),
        "states": sorted({workspace.state(run_id).state for run_id in run_ids}),
        "begun": sorted({len(re.findall("attempt 1 begins", workspace.log(run_id))) for run_id in run_ids}),
        "core_share": round(statistics.mean(watched.shares), 3),
        "core_share_aim": CORE_SHARE_AIM,
        "megabytes": [round(watched.megabytes[place]) for place in (0, len(watched.megabytes) // 2, -1)],
        "first_result_mb": first_result,
        "growth_mb": round(watched.growth(), 1),
        "growth_aim": GROWTH_AIM,
    }
    reached = report["states"] == ["done"] and report["begun"] == [1]
    flat = report["core_share"] <= CORE_SHARE_AIM and report["growth_mb"] <= GROWTH_AIM
    return {**report, "reached": reached and flat}


def _show_first_result(stage: Stage, comparison: ComparisonRecord) -> float:
    """MB that the web process gains once, when it draws its first result: libraries are imported then."""
    reader = stage.open("data")
    before = stage.watched.process.memory_info().rss
    _train(stage.workspace, comparison)
    for number in range(N_WATCHERS):
        _load(reader, f"{stage.url}/{_watch_path(number, comparison)}")
    reader.context.close()
    return round((stage.watched.process.memory_info().rss - before) / 1e6, 1)


def _watch_path(number: int, comparison: ComparisonRecord | None) -> str:
    """Three of five look at a comparison on Train, the others at Overview."""
    page = "train" if number % 5 < 3 else ""
    return f"{page}?comparison={comparison.id}" if comparison else page


def plan(workspace: Workspace, dataset_id: str, seed: int) -> ComparisonRecord:
    """TOP1 against BPR with this seed."""
    configs = tuple(TrainingConfig.preset("quick", loss=loss).replace(seed=seed, epochs=3) for loss in ("top1", "bpr"))
    return plan_comparison(
        workspace,
        dataset_id,
        ComparisonPlan(configs, SplitConfig(), ComparisonConfig(deciding_k=3), name=f"seed {seed}"),
    )


def measure_listing(workspace: Workspace) -> dict[str, Any]:
    """Opens Overview again and again, from another page each time."""
    build_many(workspace, N_DATASETS, N_RUNS // N_DATASETS)
    with on_stage(workspace) as stage:
        page = stage.open("")
        _visit(page, "data")
        seconds = []
        for _ in range(7):
            seconds.append(_visit(page, "overview"))
            _visit(page, "try_it")
    warm = statistics.median(seconds[1:])
    return {
        "runs": len(workspace.run_ids()),
        "datasets": len(workspace.datasets()),
        "cold_seconds": round(seconds[0], 2),
        "warm_seconds": round(warm, 2),
        "aim": SCRIPT_AIM,
        "reached": warm <= SCRIPT_AIM,
    }


def measure_day(workspace: Workspace) -> dict[str, Any]:
    """Readers who open every page and leave, and a new comparison after every tenth."""
    dataset = import_sample(workspace, "workouts")
    first = plan(workspace, dataset.id, 0)
    with on_stage(workspace) as stage:
        _train(workspace, first)
        for reader in range(N_READERS):
            page = stage.open(f"?comparison={first.id}")
            for address in [*list(PAGES)[1:], "overview"]:
                _visit(page, address)
            page.context.close()
            if reader % READERS_PER_TRAINING == READERS_PER_TRAINING - 1:
                _train(workspace, plan(workspace, dataset.id, 1 + reader))
            stage.watched.look()
    watched = stage.watched
    report = {
        "readers": N_READERS,
        "views": N_READERS * (len(PAGES) + 1),
        "trainings": 1 + N_READERS // READERS_PER_TRAINING,
        "megabytes": [round(watched.megabytes[place]) for place in (0, N_READERS // 2, -1)],
        "files": [watched.files[place] for place in (0, N_READERS // 2, -1)],
        "growth_mb": round(watched.growth(), 1),
        "growth_aim": GROWTH_AIM,
    }
    flat = watched.files[-1] <= watched.files[N_READERS // 2] + 5
    return {**report, "reached": report["growth_mb"] <= GROWTH_AIM and flat}


def _train(workspace: Workspace, comparison: ComparisonRecord) -> None:
    jobs.submit_comparison(workspace, comparison.id)
    while list_jobs(workspace, active_only=True):
        time.sleep(0.5)


MEASURES = {"queue": measure_queue, "listing": measure_listing, "day": measure_day}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=MEASURES)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    parser.add_argument("--workspace", type=Path, help="where the workspace is, or shall be kept")
    arguments = parser.parse_args()
    if _module(TESTS / "conftest.py").chromium() is None:
        sys.stderr.write("skipped: no Chromium on this machine (Debian: apt-get install chromium)\n")
        return
    with tempfile.TemporaryDirectory() as folder:
        report = MEASURES[arguments.what](Workspace(arguments.workspace or Path(folder)))
    print(json.dumps(report) if arguments.json else "\n".join(f"{name}: {value}" for name, value in report.items()))


if __name__ == "__main__":
    main()
