"""How does an interrupted run go on, here or in the job engine?"""

from typing import Annotated

import typer

from gru4rec_core.access.guard import check
from gru4rec_core.access.rights import Action
from gru4rec_core.cli.options import AsJson, RunId
from gru4rec_core.cli.output import print_result
from gru4rec_core.cli.train import execute, print_trained
from gru4rec_core.errors import RunError
from gru4rec_core.experiments.continuing import kept_epochs
from gru4rec_core.jobs import jobs
from gru4rec_core.jobs.lost_jobs import reconcile_jobs
from gru4rec_core.words import counted
from gru4rec_core.workspace.job_state import change_state, clear_cancel
from gru4rec_core.workspace.store import Workspace


def resume(
    run: RunId,
    threads: Annotated[
        int | None,
        typer.Option(
            help="Threads TensorFlow may use; a different number gives slightly different results.",
            min=1,
            show_default="as before",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Go on with an interrupted run from its last checkpoint, in this process.

    It ends with the results that it would have had without the interruption.
    """
    workspace = Workspace.default()
    reconcile_jobs(workspace)
    record = workspace.run(run)
    state = workspace.state(record.id)
    if state.is_active:
        raise RunError(
            "A run can be resumed only while it is neither queued nor running.",
            found=f"it is {state.state}",
            where=f"run {record.id}",
            remedy="Wait until it ends (the command `runs` lists states), or cancel it on Train.",
        )
    if state.state != "done":
        check(workspace.root, Action.TRAIN, "run", record.id, record.name)
        clear_cancel(workspace.run_folder(record.id))
        change_state(workspace.run_folder(record.id), scheduler="", cluster=None)  # no engine's any more
        execute(workspace, record, record.name, threads)
    print_trained(workspace, record, as_json)


def retry(run: RunId, as_json: AsJson = False) -> None:
    """Queue a failed, cancelled or lost run again, as *Retry* on Train does.

    The job engine goes on from its last checkpoint. The command does not wait for it.
    """
    workspace = Workspace.default()
    reconcile_jobs(workspace)
    record = workspace.run(run)
    epochs = kept_epochs(workspace, record.id)
    state = jobs.retry(workspace, "run", record.id)
    begins = f"goes on after {counted(epochs, 'epoch')}" if epochs else "starts from the beginning"
    text = f"{record.id}: {state.state}, attempt {state.attempt}, {begins}; the command `runs` shows how it is going"
    print_result(as_json, {"run": record.id, "state": state.state, "attempt": state.attempt, "epochs": epochs}, text)
