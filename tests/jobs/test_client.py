"""Only who has the engine's credentials can talk to it; a cluster is talked to as Dask's configuration says."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from gru4rec_core.errors import RunError
from gru4rec_core.jobs import client, jobs
from gru4rec_core.jobs.client import job_key
from gru4rec_core.jobs.engine import engine_folder
from gru4rec_core.jobs.job_list import Job
from gru4rec_core.jobs.launcher import start_engine
from gru4rec_core.workspace.job_state import ClusterTicket, JobState, write_state
from gru4rec_core.workspace.store import PROJECT_ROOT, Workspace

ANOTHER_USER = """
import json, os, pwd, socket, ssl, sys
from distributed import Client
from distributed.security import Security

root, scheduler, ports = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
text = {name: open(f"{root}/engine/{name}.pem").read() for name in ("certificate", "key")}
keys = {f"tls_{role}_{kind}": text[name] for role in ("client", "scheduler", "worker")
        for kind, name in (("cert", "certificate"), ("key", "key"))}
owners = Security(require_encryption=True, tls_ca_file=text["certificate"], **keys)
paths = [os.path.join(folder, name) for folder, _, names in os.walk(root) for name in names]


def run_function(address, security, timeout=20):
    try:
        with Client(address, timeout=timeout, security=security, set_as_default=False) as client:
            workers = list(client.scheduler_info(n_workers=-1)["workers"])
            return [client.run_on_scheduler(os.getuid), *client.run(os.getuid).values()], workers
    except (OSError, TimeoutError, RuntimeError) as error:
        return type(error).__name__, []


def answer(port, path, encrypted):
    # Whatever the port sends to someone without a certificate.
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=3) as connection:
            connection = context.wrap_socket(connection) if encrypted else connection
            connection.sendall(f"GET {path} HTTP/1.0\\r\\n\\r\\n".encode())
            return connection.recv(100).decode(errors="replace")
    except OSError:
        return ""


def can_read(path):
    try:
        open(path).close()
    except PermissionError:
        return False
    return True


run_function(scheduler, owners)  # loads what Dask loads late, which another user may not be able to read
nobody = pwd.getpwnam("nobody")
os.setgroups([])
os.setgid(nobody.pw_gid)
os.setuid(nobody.pw_uid)
control, workers = run_function(scheduler, owners)
attempts = {
    f"{kind} at {address}": run_function(address.replace("tls://", scheme), security, timeout=2)[0]
    for address in (scheduler, workers[0])
    for kind, scheme, security in (
        ("no credentials", "tcp://", Security(require_encryption=False)),
        ("credentials of its own", "tls://", Security.temporary()),
    )
}
pages = ("/", "/health", "/metrics", "/info/main/workers.html", "/json/identity.json", "/proxy/22/127.0.0.1/")
answers = [answer(port, page, False) for port in ports for page in pages] + [answer(port, "/", True) for port in ports]
try:
    listed = os.listdir(root)
except PermissionError:
    listed = []
print(json.dumps({"control": control, "attempts": attempts, "answers": answers,
                  "listed": listed, "read": [path for path in paths if can_read(path)], "n_paths": len(paths)}))
"""


@pytest.fixture
def reachable() -> Iterator[Workspace]:
    """A workspace with an engine, in a folder that every user may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    workspace = Workspace(folder / "workspace")
    yield workspace
    jobs.stop_engine(workspace)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can act as another user (nobody)"
)
def test_another_user_runs_nothing_and_reads_nothing(reachable: Workspace, make_dataset) -> None:
    reachable.add_dataset(make_dataset("abc", "bca"), "letters")
    engine = start_engine(reachable.root)
    process = psutil.Process(engine.process.pid)
    family = [process, *process.children(recursive=True)]
    ports = sorted(
        {link.laddr.port for member in family for link in member.net_connections("inet") if link.status == "LISTEN"}
    )
    arguments = [str(reachable.root), engine.address, json.dumps(ports)]
    done = subprocess.run(
        [sys.executable, "-c", ANOTHER_USER, *arguments], capture_output=True, text=True, cwd=PROJECT_ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    # With the owner's credentials the same code runs as the owner: what follows is refused for lack of them.
    assert seen["control"] == [os.getuid()] * (1 + engine.n_workers)
    assert len(seen["attempts"]) == 4  # the scheduler and a worker
    assert {outcome for outcome in seen["attempts"].values() if not isinstance(outcome, str)} == set()
    assert len(ports) > engine.n_workers
    assert {answer for answer in seen["answers"] if answer and not answer.startswith("HTTP/1.1 404")} == set()
    assert (seen["listed"], seen["read"]) == ([], [])
    assert seen["n_paths"] > 5


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_what_the_engine_writes_is_closed_to_others(shared: Workspace) -> None:
    start_engine(shared.root)
    paths = [engine_folder(shared.root), *engine_folder(shared.root).rglob("*")]
    assert {path.name for path in paths} >= {"address.json", "key.pem", "certificate.pem", "log.txt", "scratch"}
    assert [path for path in paths if path.exists() and not path.is_socket() and path.stat().st_mode & 0o077] == []


def test_without_its_credentials_a_living_engine_is_not_talked_to(workspace: Workspace, moved) -> None:
    path, listener = moved
    address = f"tls://127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(RunError, match="credentials"), client.connect(workspace.root, address):
        pass
    assert path.exists()


def test_a_cluster_is_talked_to_as_dasks_configuration_says(workspace: Workspace) -> None:
    import dask

    with dask.config.set({"distributed.comm.tls.ca-file": "ca.pem", "distributed.comm.tls.client.cert": "cert.pem"}):
        security = client._security(workspace.root, "tls://cluster:8786")
    assert (security.tls_ca_file, security.tls_client_cert) == ("ca.pem", "cert.pem")


def test_a_job_is_taken_off_a_scheduler_that_is_gone_without_an_error(
    workspace: Workspace, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "_CONNECT_TIMEOUT", 0.5)
    client.forget(workspace, Job("run", run.id, run.name, JobState(state="queued", scheduler="tcp://127.0.0.1:9")))


def test_each_attempt_has_a_name_of_its_own() -> None:
    jobs = [Job("run", "a-run", "a run", JobState(attempt=attempt)) for attempt in (1, 2)]
    assert [client.job_key(job) for job in jobs] == ["run-a-run-1", "run-a-run-2"]


@pytest.mark.parametrize(("address", "message"), [("tls://127.0.0.1:9", "TLS"), ("", "scheduler")])
def test_an_address_that_dask_cannot_use_is_an_os_error(workspace: Workspace, address: str, message: str) -> None:
    with pytest.raises(OSError, match=message), client.connect(workspace.root, address):
        pass


def test_a_worker_that_nothing_would_start_again_is_not_ended_and_said_so(
    workspace: Workspace, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = JobState(state="running", scheduler="tcp://scheduler:8786", cluster=ClusterTicket(scheduler_id="x"))
    write_state(workspace.run_folder(run.id), state)
    job = Job("run", run.id, run.name, workspace.state(run.id))

    def refuse(*_: object, **__: object) -> None:
        raise ValueError("Restarting workers requires a nanny to be used.")

    scheduler = SimpleNamespace(processing=lambda: {"tcp://worker:1": [job_key(job)]}, restart_workers=refuse)
    monkeypatch.setattr(client, "connect", lambda *_: nullcontext(scheduler))
    monkeypatch.setattr(client, "forget", lambda *_: None)
    with pytest.raises(RunError, match=r"nanny.*End the worker"):
        client.end_worker(workspace, job)
