"""Can a cluster carry out this workspace's jobs, with the same results as this machine?

Asked once per submission, before its jobs are sent. What cannot work is said at once, with the worker that it concerns;
otherwise a job would wait for ever, or fail for a reason that is only in a worker's log.
"""

import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from gru4rec_core.errors import RunError
from gru4rec_core.jobs.client import connect, is_encrypted
from gru4rec_core.jobs.engine import engine_folder
from gru4rec_core.storage import make_folder, write_text
from gru4rec_core.version import __version__
from gru4rec_core.workspace.job_state import ClusterTicket

if TYPE_CHECKING:
    from distributed import Client

_ANSWER_TIMEOUT = 30.0  # seconds that workers have; one that is training answers more slowly
_SAME_BITS = ("tensorflow", "numpy")
"""Packages that decide the last bits of a result."""

NOT_ENCRYPTED = (
    "The connection to the cluster is not encrypted: anyone in its network can run programs on it, and read and"
    " change the workspace. docs/cluster.md says how to encrypt it."
)


@dataclass(frozen=True)
class ClusterCheck:
    """A cluster that can carry out jobs.

    Attributes:
        ticket: what its jobs will know of it.
        warnings: sentences for the log of each job.
    """

    ticket: ClusterTicket
    warnings: tuple[str, ...]


def check_cluster(root: Path, address: str) -> ClusterCheck:
    """Checks that a cluster has workers, and that each can carry out jobs of the workspace in `root`.

    Raises:
        OSError, TimeoutError: its scheduler does not answer, or refuses.
        RunError: it has no worker, or one of its workers cannot carry out jobs; says which, why, and the remedy.
    """
    with connect(root, address) as client:
        known = client.scheduler_info(n_workers=-1)
        if not known["workers"]:
            raise RunError(
                "A cluster needs a worker before jobs are submitted to it.",
                found="its scheduler has none",
                where=address,
                remedy="Start one, as docs/cluster.md shows, and try again.",
            )
        _require_one_thread(known["workers"])
        _require_python(client)
        with _token(root) as token:
            answers = _ask_workers(client, root, token)
    differences = tuple(_describe_differences(answers))
    warnings = differences if is_encrypted(address) else (NOT_ENCRYPTED, *differences)
    return ClusterCheck(ClusterTicket(scheduler_id=known["id"]), warnings)


def _require_one_thread(workers: dict[str, dict[str, Any]]) -> None:
    """Two jobs in one process would share TensorFlow's settings, and the memory meant for one."""
    for address, known in workers.items():
        if known["nthreads"] != 1:
            raise RunError(
                "Every worker of a cluster must carry out one job at a time.",
                found=f"{known['nthreads']} threads",
                where=f"worker {address}",
                remedy="Start it with --nthreads 1. For several jobs at a time, start several workers.",
            )


def _require_python(client: "Client") -> None:
    """What a worker is to do is sent as byte code, which another Python may not be able to read."""
    wanted = ".".join(platform.python_version_tuple()[:2])
    workers = _within_time(client, client._get_versions)["workers"]
    for address, known in workers.items():
        found = str(known["host"]["python"]) if known else ""
        if ".".join(found.split(".")[:2]) != wanted:
            raise RunError(
                f"Every worker of a cluster must run the same Python as this machine ({wanted}).",
                found=f"Python {found}" if found else "no answer",
                where=f"worker {address}",
                remedy="Build its environment from the same requirements.txt, with the same Python version.",
            )


@contextmanager
def _token(root: Path) -> Iterator[Path]:
    """A file of the workspace that a worker finds only where it sees the same folder."""
    # Its name is that of a leftover: the engine removes it, should this process be killed.
    path = engine_folder(root).absolute() / f".new-token-{uuid4().hex}"
    make_folder(path.parent)
    write_text(path, path.name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _ask_workers(client: "Client", root: Path, token: Path) -> dict[str, dict[str, Any]]:
    """What every worker answers, by its address."""
    answers = _within_time(client, client._run, _probe(), str(token), _SAME_BITS, on_error="return")
    for worker, answer in answers.items():
        _require(root, worker, answer)
    return answers


def _within_time(client: "Client", ask: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """What a client's coroutine function returns; without a limit it waits for ever for a worker that hangs."""
    try:
        return client.sync(ask, *arguments, **options, callback_timeout=_ANSWER_TIMEOUT)
    except TimeoutError:
        raise RunError(
            f"Every worker of a cluster must answer within {_ANSWER_TIMEOUT:g} seconds.",
            found="one did not",
            where=_name_silent(client),
            remedy="Look at its log, and end it if it hangs.",
        ) from None


def _name_silent(client: "Client") -> str:
    """The worker that the scheduler has heard nothing from for longest."""
    workers = client.scheduler_info(n_workers=-1)["workers"]
    return "worker " + min(workers, key=lambda address: workers[address]["last_seen"], default="unknown")


def _probe() -> Callable[[str, tuple[str, ...]], dict[str, Any]]:
    """What a worker is asked, as a function that is sent by its content (see `client.send`)."""

    def probe(token: str, packages: tuple[str, ...]) -> dict[str, Any]:
        import os
        from importlib import import_module, metadata
        from pathlib import Path

        try:
            ours = import_module("gru4rec_core.version").__version__
        except ImportError as error:
            return {"missing": str(error)}
        found = {name: metadata.version(name) for name in packages}
        try:
            sees = Path(token).read_text(encoding="utf-8") == Path(token).name
        except OSError:
            sees = False
        may_write = os.access(Path(token).parents[1], os.R_OK | os.W_OK | os.X_OK)
        return {"version": ours, "packages": found, "sees": sees, "may_write": may_write}

    return probe


def _require(root: Path, worker: str, answer: Any) -> None:
    """Raises RunError if a worker's answer says that it cannot carry out jobs."""
    where = f"worker {worker}"
    if isinstance(answer, BaseException):
        raise RunError(
            "Every worker of a cluster must be able to carry out a small test.",
            found=f"{type(answer).__name__}: {answer}",
            where=where,
            remedy="Look at its log, and build its environment from the same requirements.txt.",
        )
    if "missing" in answer:
        raise RunError(
            "Every worker of a cluster must be able to import gru4rec_core.",
            found=answer["missing"],
            where=where,
            remedy="Install the workbench there (pip install .) or name its folder with PYTHONPATH, and restart it.",
        )
    if answer["version"] != __version__:
        raise RunError(
            f"Every worker of a cluster must have the same version of the workbench as this machine ({__version__}).",
            found=f"version {answer['version']}",
            where=where,
            remedy="Install this version there, and start the worker again.",
        )
    if not answer["sees"]:
        raise RunError(
            "Every worker of a cluster must see the workspace under the same path as this machine.",
            found=f"a file just written below {root.absolute()} is not there",
            where=where,
            remedy="Mount the workspace's folder there under this path, readable for the worker's user, or name a"
            " shared folder with GRU4REC_HOME.",
        )
    if not answer["may_write"]:
        raise RunError(
            "Every worker of a cluster must be able to write into the workspace.",
            found=f"{root.absolute()} is read-only for it",
            where=where,
            remedy="Run the worker as the owner of the workspace, or mount the folder so that it can be written.",
        )


def _describe_differences(answers: dict[str, dict[str, Any]]) -> Iterator[str]:
    for name in _SAME_BITS:
        here = version(name)
        others = sorted({answer["packages"][name] for answer in answers.values()} - {here})
        if others:
            yield (
                f"Workers of the cluster have {name} {' and '.join(others)}, this machine has {here}: results may"
                " differ in their last bits."
            )
