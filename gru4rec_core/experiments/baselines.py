"""How are the baselines of a split fitted and tested?

They are computed once per split and shared by all comparisons on it. TensorFlow is not needed.
"""

import time
from pathlib import Path
from typing import Any

from gru4rec_core.access.guard import check
from gru4rec_core.access.rights import Action
from gru4rec_core.baselines.names import DEFAULT_BASELINES
from gru4rec_core.config import SplitConfig
from gru4rec_core.data.split_types import Split
from gru4rec_core.errors import Refused
from gru4rec_core.evaluation import metrics
from gru4rec_core.evaluation.scoring import evaluate
from gru4rec_core.experiments.reporter import JobReporter, OnChange
from gru4rec_core.experiments.space import require_room_for
from gru4rec_core.experiments.timings import Timings
from gru4rec_core.storage import exclusive_lock
from gru4rec_core.workspace import refused_baselines, run_folder
from gru4rec_core.workspace.checksums import write_checksums
from gru4rec_core.workspace.job_state import change_state, read_state
from gru4rec_core.workspace.split_store import load_split, read_test_rule, store_test_rule
from gru4rec_core.workspace.store import Workspace

_PATIENCE = 3600.0  # seconds to wait for another process that computes them


def execute_baselines(
    workspace: Workspace,
    dataset_id: str,
    config: SplitConfig,
    names: tuple[str, ...] = DEFAULT_BASELINES,
    *,
    on_change: OnChange | None = None,
) -> None:
    """Computes the baselines of a split that are still missing; of one that refuses the log, writes down why.

    Of several processes that call this for one split, the first does the work and the others wait for it.

    Args:
        workspace: where the dataset is.
        dataset_id: its id.
        config: the test rule.
        names: of the baselines.
        on_change: called with the state of the work, a few times a second.

    Raises:
        WorkbenchError: why it failed, or Cancelled; recorded in the job's state too.
    """
    check(workspace.root, Action.TRAIN, "baselines", dataset_id)
    root = workspace.split_folder(dataset_id, config)
    store_test_rule(root, config)
    folder = root / "baselines"
    with exclusive_lock(folder / "lock", timeout=_PATIENCE):
        missing = workspace.missing_baselines(dataset_id, config, names)
        if not missing:
            if read_state(folder).is_active:  # queued, and another process was faster
                change_state(folder, state="done", ended=time.time())
            return
        with JobReporter(folder, on_change, root=workspace.root) as job:
            job.begin_phase("reading the log")
            split = load_split(workspace, dataset_id, config)
            require_room_for(workspace, dataset_id, config, [], missing)
            while missing:
                settings = workspace.baseline_settings(missing[0])
                _execute_baseline(missing[0], settings, split, folder, job)
                # Asked anew: a repair takes a damaged one away meanwhile, and queues nothing while this job is active.
                missing = workspace.missing_baselines(dataset_id, config, names)


def execute_baselines_job(workspace: Workspace, dataset_id: str, key: str) -> None:
    """`execute_baselines` for a split known by its key, and all that is wanted of it."""
    config = read_test_rule(workspace.dataset_folder(dataset_id) / "splits" / key)
    wanted: tuple[str, ...] = ()
    # Asked anew: a comparison that was planned meanwhile found this job at work, and queued none.
    while (now := workspace.wanted_baselines(dataset_id, key)) != wanted:
        wanted = now
        execute_baselines(workspace, dataset_id, config, wanted)


def _execute_baseline(name: str, settings: dict[str, Any], split: Split, folder: Path, job: JobReporter) -> None:
    from gru4rec_core.baselines.settings import make_baseline  # here, because it needs SciPy: see baselines/names.py

    job.begin_phase(name, split.test.n_predicted)
    timings = Timings()
    try:
        with timings.measure("fitting"):
            baseline = make_baseline(name, settings).fit(split.train)
    except Refused as refused:
        job.log(f"{name} is left out: {refused}")
        refused_baselines.write(folder, name, refused)
        return
    with timings.measure("testing"):
        evaluation = evaluate(baseline, split.test, run_folder.TOP_K, job.report_progress)
    values = {
        **metrics.summarise(evaluation, events=split.test, train_counts=split.train.counts()),
        "name": name,
        "settings": settings,
        "seconds": timings.seconds,
    }
    run_folder.save_evaluation(evaluation, values, folder, name)
    write_checksums(folder, [path.name for path in folder.glob(f"{name}.*")])
