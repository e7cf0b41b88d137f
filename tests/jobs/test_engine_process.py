"""The engine's process looks after its jobs while no page is open, and leaves nothing behind."""

import os

import psutil
import pytest

from gru4rec_core.config import SplitConfig, TrainingConfig
from gru4rec_core.jobs import jobs
from gru4rec_core.jobs.engine import address_file, engine_folder, wait_ended
from gru4rec_core.jobs.launcher import start_engine
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.store import Workspace

SMALL = TrainingConfig(n_hidden=(4,), batch_size=4, epochs=2)
LONG = SMALL.replace(epochs=10_000)


@pytest.mark.faults
@pytest.mark.skipif(os.name == "nt", reason="processes cannot be stopped there")
def test_a_job_that_does_not_heed_its_cancellation_is_ended(
    shared: Workspace, letters: DatasetRecord, wait_for
) -> None:
    run = shared.create_run(letters.id, LONG.replace(seed=6), SplitConfig())
    jobs.submit(shared, "run", run.id)
    state = wait_for(lambda: shared.state(run.id), lambda s: s.epoch >= 1)
    assert state.worker is not None
    psutil.Process(state.worker.pid).suspend()
    jobs.cancel(shared, "run", run.id)
    ended = wait_for(lambda: shared.state(run.id), lambda s: not s.is_active)  # the engine does it, no page is open
    assert (ended.state, ended.reason) == ("cancelled", "Cancelled; it did not stop by itself.")
    after = shared.create_run(letters.id, SMALL.replace(seed=7), SplitConfig())
    jobs.submit(shared, "run", after.id)
    assert wait_for(lambda: shared.state(after.id), lambda s: not s.is_active).state == "done"


def test_an_engine_that_its_workspace_forgot_ends_with_its_workers(workspace: Workspace) -> None:
    address = start_engine(workspace.root)
    process = psutil.Process(address.process.pid)
    family = [process, *process.children(recursive=True)]
    address_file(workspace.root).unlink()
    assert wait_ended(family, 30) == []
    assert not (engine_folder(workspace.root) / "scratch").exists()
