"""Fixtures that several test folders share."""

import atexit
import gc
import os
import shutil
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings

from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.jobs.planning import ComparisonPlan, plan_comparison
from gru4rec_core.storage import exclusive_lock
from gru4rec_core.workspace.records import ComparisonRecord, DatasetRecord, RunRecord
from gru4rec_core.workspace.store import Workspace
from tests.finished import build_backtest, build_finished
from tests.postgres import Postgres, find_programs, running_postgres

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

# Loading TensorFlow, Streamlit and thousands of tests makes hundreds of thousands of objects, none of them garbage: to
# look for some among them again and again takes a third of that time. See pytest_collection_finish.
gc.disable()

# How long one example takes says more about the machine than about the code.
settings.register_profile("workbench", deadline=None, max_examples=40)
settings.register_profile("fuzz", deadline=None, max_examples=500)
settings.load_profile("workbench")

ROOT = Path(__file__).resolve().parents[1]
TOGETHER = ("tests/browser/", "tests/cli/", "tests/jobs/", "tests/model/", "tests/report/html/")
"""Folders whose tests run in one process: a job engine and its workers are started once, a step is compiled once, and
one browser at a time drives one dashboard, in which the sample is trained once; a report's pictures are drawn once."""

MAIN = sys.modules["__main__"]

FIRST = "tests/browser/test_flow.py"
"""Begins in an empty workspace; and the browser tests, few and long, would keep one process busy at the end."""


def chromium() -> str | None:
    """Path of a Chromium-like browser on this machine, if any."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if path := shutil.which(name):
            return path
    return None


def _is_fuzzing(config: pytest.Config) -> bool:
    expression = config.getoption("-m") or ""
    return "fuzz" in expression and "not fuzz" not in expression


def pytest_configure(config: pytest.Config) -> None:
    if _is_fuzzing(config):
        settings.load_profile("fuzz")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))
    if _is_fuzzing(config):  # laws are tried on more examples
        for item in items:
            if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
                item.add_marker(pytest.mark.fuzz)
    reasons = {}
    if not (chromium() or os.environ.get("GRU4REC_REQUIRE_BROWSER")):
        reasons["browser"] = "no Chromium on this machine (Debian: apt-get install chromium)"
    if not (find_programs() or os.environ.get("GRU4REC_REQUIRE_POSTGRES")):
        reasons["postgres"] = "no PostgreSQL on this machine (Debian: apt-get install postgresql)"
    for item in items:
        for kind, reason in reasons.items():
            if item.get_closest_marker(kind):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """As --dist loadfile, but folders whose modules share something dear go to one process as a whole."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class ByFileOrFolder(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return next((folder for folder in TOGETHER if file.startswith(folder)), file)

    return ByFileOrFolder(config, log)


def pytest_collection_finish(session: pytest.Session) -> None:
    """From here on garbage is collected, but what has been loaded is left out of it."""
    gc.freeze()
    gc.enable()
    atexit.register(gc.unfreeze)  # else packages that count their objects call them leaked


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    expression = config.getoption("-m")
    left_out = [kind for kind in ("faults", "scale", "fuzz") if f"not {kind}" in (expression or "")]
    if left_out:
        terminalreporter.write_line(
            "Left out by default: " + ", ".join(left_out) + " (run one with: pytest -m " + left_out[0] + ")"
        )
    if not chromium():
        terminalreporter.write_line("Browser tests were skipped: no Chromium found.")
    if not find_programs():
        terminalreporter.write_line("Tests of databases were skipped in part: no PostgreSQL found.")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    path = chromium()
    assert path, "browser tests are required here, and no Chromium is installed"
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL, one for the whole session."""
    programs = find_programs()
    assert programs, "tests of PostgreSQL are required here, and it is not installed"
    with running_postgres(programs) as server:
        yield server


@pytest.fixture(scope="session")
def real_log() -> Path:
    """The e-shop log (UCI 553), where the machine has it."""
    folder = Path(os.environ.get("GRU4REC_REAL_DATA", ROOT.parent / "shared" / "data"))
    path = folder / "eshop_clothing.csv"
    if not path.exists():
        pytest.skip("the real log eshop_clothing.csv is not here; name its folder with GRU4REC_REAL_DATA")
    return path


@pytest.fixture(scope="session")
def quick_app_tests() -> Iterator[None]:
    """AppTest reads about every installed package, for Streamlit components, at each run of a script: here once.

    It took a third of the time of the tests of pages. And it looks every millisecond whether the script has ended, for
    which the script has to stop; here it sleeps until then.
    """
    from streamlit.components.v2 import manifest_scanner
    from streamlit.testing.v1 import local_script_runner

    def wait(runner: local_script_runner.LocalScriptRunner, timeout: float) -> None:
        runner._script_thread.join(timeout)
        if not runner.script_stopped():
            runner.request_stop()
            runner.join()
            raise RuntimeError(f"the script ran for more than {timeout:g} s")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        patch.setattr(local_script_runner, "require_widgets_deltas", wait)
        yield


@pytest.fixture(scope="module")
def collections_are_short() -> None:
    """Streamlit collects garbage after each run of a script: 0.3 s where another test has loaded TensorFlow.

    What is there by now is left out of it.
    """
    gc.freeze()


@pytest.fixture(autouse=True)
def main_module() -> None:
    """AppTest leaves a page's script as the main module, which each new process would carry out again."""
    sys.modules["__main__"] = MAIN


@pytest.fixture
def make_dataset():
    """Builds a dataset from sessions written as strings: make_dataset("abc", "ba")."""

    def build(*sessions: str) -> SessionDataset:
        rows = [(i, t, item) for i, session in enumerate(sessions) for t, item in enumerate(session)]
        return SessionDataset(pd.DataFrame(rows, columns=["session", "timestamp", "item"]))

    return build


@pytest.fixture
def generator() -> np.random.Generator:
    return np.random.default_rng(20261124)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "home")


@pytest.fixture
def dataset(workspace: Workspace, make_dataset) -> DatasetRecord:
    """Three letters that follow each other, in a registered dataset."""
    return workspace.add_dataset(make_dataset("abcabc", "bca", "cabca", "ab"), "letters")


@pytest.fixture
def run(workspace: Workspace, dataset: DatasetRecord) -> RunRecord:
    return workspace.create_run(dataset.id, TrainingConfig(n_hidden=(4,), batch_size=2, epochs=2), SplitConfig())


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a workspace with a finished comparison that was not trained; tests must not change it."""
    return build_finished(tmp_path_factory.mktemp("whole") / "workspace", seeds=(0,))


@pytest.fixture
def home(whole: Path, tmp_path: Path) -> Workspace:
    """A copy of it for one test."""
    return Workspace(shutil.copytree(whole, tmp_path / "home"))


@pytest.fixture(scope="session")
def two_weeks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a workspace with a finished backtest that was not trained; tests must not change it."""
    return build_backtest(tmp_path_factory.mktemp("two-weeks") / "workspace", weeks_of_letters())


@pytest.fixture
def backtested(two_weeks: Path, tmp_path: Path) -> Workspace:
    """A copy of it for one test."""
    return Workspace(shutil.copytree(two_weeks, tmp_path / "backtested"))


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> tuple[Workspace, ComparisonRecord]:
    """A small comparison of TOP1 and BPR, carried out in one process of this session; tests must not change it."""
    home = tmp_path_factory.mktemp("trained") / "workspace"
    if worker_id == "master":
        _train_letters(home)
    else:
        shared = tmp_path_factory.getbasetemp().parent / "trained"
        with exclusive_lock(shared.parent / "trained.lock", timeout=600):
            if not shared.exists():
                _train_letters(shared.with_suffix(".new"))
                shared.with_suffix(".new").rename(shared)
        shutil.copytree(shared, home)  # of its own: a test that breaks the rule breaks no other process's
    return Workspace(home), Workspace(home).comparisons()[0]


@pytest.fixture(scope="session")
def trained_report(
    trained: tuple[Workspace, ComparisonRecord], tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Path:
    """Its report, drawn in one process of this session: the charts take 2 s; tests must not change it."""
    from gru4rec_core.results.html_report import write_report

    if worker_id == "master":
        path = tmp_path_factory.mktemp("report") / "report.html"
        write_report(trained[0], trained[1].id, path)
        return path
    path = tmp_path_factory.getbasetemp().parent / "report.html"
    with exclusive_lock(path.with_suffix(".lock"), timeout=600):
        if not path.exists():
            write_report(trained[0], trained[1].id, path.with_suffix(".new"))
            path.with_suffix(".new").rename(path)
    return path


def _train_letters(root: Path) -> None:
    from gru4rec_core.experiments.comparison import execute_comparison

    home = Workspace(root)
    record = home.add_dataset(SessionDataset(weeks_of_letters()), "letters", time_unit="s")
    configs = [TrainingConfig(loss=loss, n_hidden=(6,), batch_size=8, epochs=2) for loss in ("top1", "bpr")]
    plan = ComparisonPlan(tuple(configs), SplitConfig(), ComparisonConfig(deciding_k=3, n_bootstrap=200))
    comparison = plan_comparison(home, record.id, plan)
    execute_comparison(home, comparison.id)


def weeks_of_letters(first: int = 0, letters: str = "abcdefgh") -> pd.DataFrame:
    """120 sessions over four weeks in which a letter is mostly followed by the next."""
    generator = np.random.default_rng(first)
    rows = []
    for session in range(120):
        letter, start = int(generator.integers(len(letters))), 1_700_000_000 + 20_000 * (session + 200 * first)
        for step in range(int(generator.integers(3, 8))):
            rows.append((f"s{first}-{session}", start + step, letters[letter]))
            letter = (letter + 1 + int(generator.random() < 0.2)) % len(letters)
    return pd.DataFrame(rows, columns=["session", "timestamp", "item"])


@pytest.fixture
def letters_log():
    return weeks_of_letters
