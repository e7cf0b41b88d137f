"""A running dashboard with an empty workspace, and a Chromium in front of it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from gru4rec_core.jobs.jobs import stop_engine
from gru4rec_core.workspace.store import Workspace

ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 60

expect.set_options(timeout=30_000)  # as long as for everything else: a machine that does much else is slow


@dataclass(frozen=True)
class Workbench:
    """The dashboard under test: its address, its workspace, its process."""

    url: str
    workspace: Workspace
    pid: int

    def loads_tensorflow(self) -> bool:
        """Whether the web process (not the job engine) has TensorFlow in its memory."""
        return any("tensorflow" in part.path for part in psutil.Process(self.pid).memory_maps())


@pytest.fixture(scope="session")
def workbench(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Workbench]:
    """A dashboard with a workspace of its own, for all tests of the session."""
    del chromium_path  # without a browser there is nothing to start for
    with served(Workspace(tmp_path_factory.mktemp("workspace")), tmp_path_factory.mktemp("elsewhere")) as started:
        yield started
        stop_engine(started.workspace)


@pytest.fixture
def fresh_workbench(workbench: Workbench, tmp_path: Path) -> Iterator[Workbench]:
    """A second server on the same workspace, that nobody has looked at yet."""
    with served(workbench.workspace, tmp_path) as started:
        yield started


@contextmanager
def served(workspace: Workspace, folder: Path) -> Iterator[Workbench]:
    """The dashboard as the README starts it, but from another folder."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), f"--server.port={port}"]
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--server.headless=true"],
            cwd=folder,
            env={**os.environ, "GRU4REC_HOME": str(workspace.root)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_for(url, process, folder / "log.txt")
            yield Workbench(url, workspace, process.pid)
        finally:
            process.terminate()
            process.wait(timeout=20)


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, workbench: Workbench) -> Iterator[Page]:
    """A fresh visitor; at the end the test fails if the page asked any other machine for anything."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    strangers: list[str] = []
    opened.on("request", lambda request: _note_stranger(request.url, strangers))
    yield opened
    context.close()
    assert not strangers, f"the page asked other machines: {strangers}"


def _note_stranger(url: str, strangers: list[str]) -> None:
    if not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
        strangers.append(url)


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
                return
        except (URLError, TimeoutError, ConnectionError):
            time.sleep(0.2)
    pytest.fail(f"the dashboard did not start:\n{log.read_text(errors='replace')}")
