"""A run that was interrupted goes on by command, and the next training says how."""

from pathlib import Path

import numpy as np
import pytest

from gru4rec_core.access.rights import Action
from gru4rec_core.config import SplitConfig, TrainingConfig
from gru4rec_core.experiments import run as run_module
from gru4rec_core.workspace.job_state import JobState, change_state, request_cancel
from gru4rec_core.workspace.store import Workspace

SETTINGS = ["--n-hidden", "4", "--batch-size", "8", "--epochs", "3", "--protocol", "last-item", "--loss", "bpr"]


@pytest.fixture
def interrupted(run, log: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> str:
    """A run that Ctrl-C stopped after its first epoch; what was said then ends with how to go on."""
    told = run_module.run_folder.append_epoch

    def stop_after_one(folder: Path, report: dict[str, object]) -> None:
        told(folder, report)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(run_module.run_folder, "append_epoch", stop_after_one)
        stopped = run("train", log, *SETTINGS)
    run_id = workspace.runs()[0].id
    assert stopped.status != 0
    listed = run("runs")
    assert "To go on with a run that did not finish: python -m gru4rec_core resume RUN" in listed.err
    assert f"It stopped after epoch 1 of 3; to go on with it: python -m gru4rec_core resume {run_id}" in stopped.err
    return run_id


def test_a_resumed_run_has_the_weights_of_one_that_was_never_interrupted(
    run, log: Path, workspace: Workspace, interrupted: str
) -> None:
    resumed = run("resume", interrupted, "--json")
    assert resumed.status == 0, resumed.err
    assert resumed.json["run"] == interrupted
    straight = run("train", log, *SETTINGS, "--json").json["run"]
    assert straight != interrupted
    ours, theirs = (np.load(workspace.run_folder(one) / "weights.npz") for one in (interrupted, straight))
    assert all(np.array_equal(ours[name], theirs[name]) for name in theirs.files)
    assert run("resume", interrupted, "--json").json == resumed.json  # done already: its results again


def test_the_next_training_says_how_to_go_on_until_one_is_done(
    run, log: Path, workspace: Workspace, interrupted: str
) -> None:
    told = (
        "An earlier run with these settings did not finish. It stopped after epoch 1 of 3; to go on with it: "
        f"python -m gru4rec_core resume {interrupted}"
    )
    assert told in run("train", log, *SETTINGS).err.splitlines()
    assert "did not finish" not in run("train", log, *SETTINGS).err


def test_a_run_at_work_is_not_resumed(run, log: Path, workspace: Workspace) -> None:
    run("import", log)
    config = TrainingConfig(n_hidden=(4,), batch_size=8, epochs=1, seed=9)
    record = workspace.create_run(workspace.datasets()[0].id, config, SplitConfig()).id
    change_state(workspace.run_folder(record), state="running")
    refused = run("resume", record)
    assert refused.status == 1
    assert "A run can be resumed only while it is neither queued nor running. Found: it is running." in refused.err
    change_state(workspace.run_folder(record), state="cancelled")
    request_cancel(workspace.run_folder(record))
    assert run("resume", record).status == 0  # an old request to stop does not count


def test_retry_hands_the_run_to_the_engine(run, workspace: Workspace, interrupted: str, monkeypatch) -> None:
    sent = []

    def submit(*job: object, **options: object) -> JobState:
        sent.append((job, options))
        return JobState(state="queued", attempt=2)

    monkeypatch.setattr("gru4rec_core.jobs.jobs.submit", submit)
    told = run("retry", interrupted)
    assert told.out == (
        f"{interrupted}: queued, attempt 2, goes on after 1 epoch; the command `runs` shows how it is going\n"
    )
    ((_, kind, run_id), options) = sent[0]
    assert (kind, run_id, options) == ("run", interrupted, {"action": Action.RETRY})
    assert run("resume", interrupted).status == 0
    refused = run("retry", interrupted)
    assert refused.status == 1
    assert "only after it failed, was cancelled or got lost" in refused.err
