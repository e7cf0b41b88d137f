"""How is the local job engine started, stopped and inspected?"""

from dataclasses import asdict
from typing import Any

import typer

from gru4rec_core.cli.options import AsJson
from gru4rec_core.cli.output import print_result
from gru4rec_core.jobs import jobs
from gru4rec_core.jobs.cluster_check import NOT_ENCRYPTED
from gru4rec_core.jobs.job_list import Job, list_jobs
from gru4rec_core.jobs.jobs import EngineStatus
from gru4rec_core.jobs.lost_jobs import find_notice, reconcile_jobs
from gru4rec_core.words import counted
from gru4rec_core.workspace.store import Workspace

app = typer.Typer(
    help="The local job engine, which trains for the dashboard.", no_args_is_help=True, rich_markup_mode=None
)


@app.command("start")
def start_engine(as_json: AsJson = False) -> None:
    """Start the job engine, unless it is running. The first job of the dashboard would start it too."""
    status = jobs.start_engine(Workspace.default())
    print_result(as_json, asdict(status), _describe(status))


@app.command("status")
def show_status(as_json: AsJson = False) -> None:
    """Show whether the job engine is running, and what it works on."""
    workspace = Workspace.default()
    reconcile_jobs(workspace)
    status = jobs.engine_status(workspace)
    active = [_describe_job(workspace, job) for job in list_jobs(workspace, active_only=True)]
    result: dict[str, Any] = {**asdict(status), "jobs": active}
    text = _describe(status) + (f", {counted(len(active), 'job')}" if status.alive else "")
    lines = [text, *([NOT_ENCRYPTED] if status.alive and not status.encrypted else [])]
    lines += [f"  {job['state']}: {job['title']} ({job['id']}) {job['notice'] or job['phase']}" for job in active]
    print_result(as_json, result, "\n".join(lines))


@app.command("stop")
def stop_engine(as_json: AsJson = False) -> None:
    """Stop the job engine and its workers. Running jobs are lost and can be started again."""
    stopped = jobs.stop_engine(Workspace.default())
    print_result(as_json, {"stopped": stopped}, "stopped" if stopped else "was not running")


def _describe_job(workspace: Workspace, job: Job) -> dict[str, str]:
    return {
        "kind": job.kind,
        "id": job.id,
        "title": job.title,
        "state": job.state.state,
        "phase": job.state.phase,
        "scheduler": job.state.scheduler,
        "notice": find_notice(workspace, job),
    }


def _describe(status: EngineStatus) -> str:
    if not status.alive and status.kind == "cluster":
        return f"the cluster does not answer: {status.address}"
    if not status.alive:
        return "not running; the next job of the dashboard starts it"
    process = "" if status.pid is None else f", process {status.pid}"
    return f"running: {status.address}{process}, {counted(status.n_workers, 'worker')}"
