"""Where is a workspace's local job engine, how is it contacted, and how is it stopped?

The engine is a process of its own that outlives the page that started it (see launcher.py and engine_process.py). It
writes its address and its credentials into the workspace's folder engine/; whoever may not read them is refused.
"""

import logging
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

import psutil

from gru4rec_core.errors import RunError
from gru4rec_core.storage import is_copy, make_folder, write_text
from gru4rec_core.workspace.job_state import ProcessIdentity
from gru4rec_core.workspace.records import Record

if TYPE_CHECKING:
    from distributed.security import Security

STOP_TIMEOUT = 10.0
"""Seconds that the engine gets to end by itself."""

_ANSWER_TIMEOUT = 1.5  # seconds that an engine on another machine gets
_CERTIFICATE, _KEY = "certificate.pem", "key.pem"

_logger = logging.getLogger(__name__)


class EngineAddress(Record):
    """engine/address.json: where the engine listens, which process it is, and in which folder (`folder_number`)."""

    owner: ClassVar[str] = "the job engine"

    address: str
    process: ProcessIdentity
    n_workers: int
    started: float
    folder_number: int = 0


def engine_folder(root: Path) -> Path:
    return root / "engine"


def address_file(root: Path) -> Path:
    return engine_folder(root) / "address.json"


def find_engine(root: Path) -> EngineAddress | None:
    """The living engine of a workspace; None when there is none, or only its stale address."""
    path = address_file(root)
    if not path.exists():
        return None
    try:
        engine = EngineAddress.read(path)
    except RunError as error:
        _logger.warning("engine address unreadable, treated as none: %s", error)
        return None
    if is_copy(path.parent, engine.folder_number):
        return None  # the address came with a copy of another workspace, whose engine it is
    return engine if _is_alive(engine) else None


def end_engine(root: Path) -> bool:
    """Ends the engine and its workers; running jobs end with it.

    Returns:
        False when there was none; its stale address, if any, is removed.

    Raises:
        RunError: it runs on another machine.
    """
    engine = find_engine(root)
    if engine is None:
        address_file(root).unlink(missing_ok=True)
        return False
    if not engine.process.is_local():
        raise RunError(
            "An engine is stopped on its own machine.",
            found=f"it runs on {engine.process.host}",
            remedy="Run `engine stop` there.",
        )
    process = psutil.Process(engine.process.pid)
    family = [process, *process.children(recursive=True)]
    process.terminate()
    for straggler in wait_ended(family, STOP_TIMEOUT):
        straggler.kill()
    wait_ended(family, 5)
    address_file(root).unlink(missing_ok=True)
    return True


def wait_ended(processes: list[psutil.Process], timeout: float) -> list[psutil.Process]:
    """Waits up to `timeout` seconds for processes to end; returns those that still run.

    A process that ended but was never reaped counts as ended. Its parent may be a dashboard that lives for days and
    never asks for its exit status; psutil.wait_procs would wait for that.
    """
    end = time.monotonic() + timeout
    while True:
        running = [process for process in processes if _runs(process)]
        if not running or time.monotonic() > end:
            return running
        time.sleep(0.02)


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _is_alive(engine: EngineAddress) -> bool:
    if engine.process.is_local():
        return engine.process.is_alive()
    # Another machine's processes cannot be looked at. Its name may also be an old one of this machine, or of a
    # container that is gone. So the address is asked.
    address = urlsplit(engine.address)
    try:
        with socket.create_connection((address.hostname or "", address.port or 0), timeout=_ANSWER_TIMEOUT):
            return True
    except (OSError, ValueError):
        return False


def make_credentials(root: Path) -> "Security":
    """New credentials for an engine, written to files that only the workspace's owner (or group) can read.

    One self-signed certificate serves engine, workers and clients: each side shows it, and refuses whoever cannot.
    """
    from distributed.security import Security

    made = Security.temporary()
    make_folder(engine_folder(root))
    write_text(engine_folder(root) / _KEY, made.tls_client_key)
    write_text(engine_folder(root) / _CERTIFICATE, made.tls_client_cert)
    return load_credentials(root)


def load_credentials(root: Path) -> "Security":
    """What an engine of this workspace and its clients show each other.

    Raises:
        RunError: there are none, or another user's.
    """
    from distributed.security import Security

    certificate, key = (engine_folder(root) / name for name in (_CERTIFICATE, _KEY))
    try:
        for path in (certificate, key):
            path.read_bytes()
    except OSError as error:
        raise RunError(
            "Whoever uses the job engine can read its credentials.",
            found=str(error),
            remedy="Run `python -m gru4rec_core engine stop` and start again, as the owner of the workspace.",
        ) from None
    files = {f"tls_{role}_{kind}": str(path) for role in ("client", "scheduler", "worker")
             for kind, path in (("cert", certificate), ("key", key))}  # fmt: skip
    return Security(require_encryption=True, tls_ca_file=str(certificate), **files)
