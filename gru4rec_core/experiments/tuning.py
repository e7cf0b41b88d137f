"""How is a method tuned: which data do its trials see, and where is what they gave?

Trials see the training and the validation part of a split, never its test. TensorFlow is loaded for the losses only.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gru4rec_core.access.guard import check
from gru4rec_core.access.rights import Action
from gru4rec_core.config import LOSS_LABELS
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.errors import Refused
from gru4rec_core.evaluation.metrics import hits
from gru4rec_core.evaluation.scoring import evaluate
from gru4rec_core.experiments.reporter import JobReporter, OnChange, OnPart
from gru4rec_core.experiments.search import Hooks, Method, Watch, find_importances, search
from gru4rec_core.experiments.search_space import search_space
from gru4rec_core.experiments.side_by_side import work_side_by_side
from gru4rec_core.storage import exclusive_lock, make_folder
from gru4rec_core.workspace import refused_baselines
from gru4rec_core.workspace.checksums import remove_checksums, restore_text, write_checksums
from gru4rec_core.workspace.interrupted import INTERRUPTED, TrialClock
from gru4rec_core.workspace.job_state import clear_cancel
from gru4rec_core.workspace.split_store import load_split
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tunings import (
    TRIALS,
    MethodTrials,
    Trial,
    TuningRecord,
    append_trial,
    method_folder,
    method_label,
    read_trials,
    read_tuning,
    store_importances,
    store_trials,
)

if TYPE_CHECKING:
    from gru4rec_core.baselines.base import Baseline

_PATIENCE = 3600.0  # seconds to wait for another process that tunes the same method
_HISTORIES = 256  # that are scored between two looks at the clock: half a second of the slowest baseline


def execute_tuning(
    workspace: Workspace,
    tuning: TuningRecord,
    method: str,
    *,
    on_change: OnChange | None = None,
    at_end: Callable[[], object] | None = None,
) -> MethodTrials:
    """Tunes one method in this process, from the trials that are there; what they gave is in its folder.

    Args:
        workspace: where the tuning is.
        tuning: its record.
        method: one of its methods.
        on_change: called with the state of the work, a few times a second.
        at_end: the last part of the work, once the budget is used up.

    Raises:
        WorkbenchError: why it failed, or Cancelled; recorded in the job's state too.
    """
    check(workspace.root, Action.TRAIN, "tuning", tuning.id)
    folder = method_folder(workspace, tuning, method)
    make_folder(folder)
    with exclusive_lock(folder / "lock", timeout=_PATIENCE):
        known = _go_on(workspace, tuning, method)
        trial_clock = TrialClock(folder, known.interrupted_seconds)
        with JobReporter(folder, on_change, root=workspace.root, on_heartbeat=trial_clock.note) as job:
            job.begin_phase("reading the log")
            split = load_split(workspace, tuning.dataset_id, tuning.split)
            assert split.validation is not None, "a tuning is planned where there is a validation part only"
            prepared = prepare_method(tuning, method, split.train, split.validation)
            job.begin_phase("trying settings", tuning.n_trials or 0)
            _report(job, tuning, known)

            def on_trial(trials: MethodTrials, newest: Trial) -> None:
                append_trial(folder, newest)
                trial_clock.end()
                value = "no value" if newest.value is None else f"{tuning.metric} {newest.value:.4f}"
                told = f"trial {newest.number}: {value} in {newest.seconds:.1f} s, {newest.outcome} {newest.reason}"
                job.log(told.rstrip())
                _report(job, tuning, trials)

            try:
                search(prepared, tuning, known, Hooks(trial_clock.begin, on_trial, job.stop_if_asked))
            except Refused as refused:
                trial_clock.end()  # else it would go on noting beside the checksums
                job.log(f"{method} does not take this log: {refused}")
                refused_baselines.write(folder, method, refused)
            finally:
                trial_clock.note()
            trials = read_trials(workspace, tuning, method)
            store_importances(folder, find_importances(prepared.space, trials))
            write_checksums(folder)
            if at_end is not None:
                at_end()
            return trials


def _go_on(workspace: Workspace, tuning: TuningRecord, method: str) -> MethodTrials:
    """The trials that are there, in a file that more can be added to.

    Where the budget was used up once, and a file was damaged since, it is what it was again if its text was kept.
    """
    folder = method_folder(workspace, tuning, method)
    known = read_trials(workspace, tuning, method)
    if not known.is_complete(tuning):
        for name in (TRIALS, INTERRUPTED):
            restore_text(folder, name)
        known = read_trials(workspace, tuning, method)
    if not known.is_complete(tuning):
        remove_checksums(folder)  # of files that will change
        store_trials(folder, known.trials)  # without what was half written
    return known


@dataclass(frozen=True)
class TuningPart:
    """One method of a tuning, as a piece of work that any process can carry out.

    Attributes:
        name: for people.
        root: the workspace's folder.
        dataset_id, tuning_id, method: what is tuned.
        folder: where its state is.
    """

    name: str
    root: Path
    dataset_id: str
    tuning_id: str
    method: str
    folder: Path

    def execute(self, on_change: OnChange | None = None) -> None:
        """Carries it out in this process."""
        workspace = Workspace(self.root)
        tuning = read_tuning(workspace, self.dataset_id, self.tuning_id)
        execute_tuning(workspace, tuning, self.method, on_change=on_change)


def missing_methods(workspace: Workspace, tuning: TuningRecord) -> list[TuningPart]:
    """The methods whose budget is not used up."""
    return [
        TuningPart(
            method_label(method),
            workspace.root,
            tuning.dataset_id,
            tuning.id,
            method,
            method_folder(workspace, tuning, method),
        )
        for method in tuning.methods
        if not read_trials(workspace, tuning, method).is_complete(tuning)
    ]


def execute_methods(
    workspace: Workspace,
    tuning: TuningRecord,
    *,
    n_processes: int = 1,
    on_change: OnPart | None = None,
    while_waiting: Callable[[], object] | None = None,
) -> None:
    """Tunes the methods of a tuning that are not tuned yet; trials of each go on where they were.

    Args:
        workspace: where the tuning is.
        tuning: its record.
        n_processes: how many methods are tuned at a time, each in a process of its own; with 1 all in this one.
        on_change: called with each method's name and state.
        while_waiting: called once a second while another process works on a method.

    Raises:
        WorkbenchError: why a method failed, or Cancelled; what else was under way is stopped then.
    """
    check(workspace.root, Action.TRAIN, "tuning", tuning.id)
    parts = missing_methods(workspace, tuning)
    for part in parts:
        make_folder(part.folder)
    if min(n_processes, len(parts)) > 1:
        work_side_by_side(parts, n_processes, on_change, while_waiting)
        return
    for part in parts:
        clear_cancel(part.folder)
        part.execute(partial(on_change, part.name) if on_change else None)


def prepare_method(tuning: TuningRecord, method: str, train: SessionDataset, validation: EvaluationSet) -> Method:
    """What the trials of a method do, on these two parts of the log alone."""
    if method in LOSS_LABELS:
        from gru4rec_core.experiments.network_trials import prepare_loss  # here, because it loads TensorFlow

        return prepare_loss(tuning, method, train, validation)
    return _prepare_baseline(tuning, method, train, validation)


def _prepare_baseline(tuning: TuningRecord, name: str, train: SessionDataset, validation: EvaluationSet) -> Method:
    # Here, because they need SciPy: see baselines/names.py.
    from gru4rec_core.baselines.settings import make_baseline, read_settings

    k = tuning.judging.deciding_k
    space = search_space(name, train.n_events, {})
    start = read_settings(make_baseline(name), {setting.sets for setting in space.settings})

    def run(settings: dict[str, Any], watch: Watch) -> None:
        baseline = make_baseline(name, settings).fit(train)
        watch.check()
        found = evaluate(_Watched(baseline, watch), validation, 1)
        watch.report(float(hits(found.ranks(), k).mean()))

    return Method(name, space, start, run)


@dataclass(frozen=True)
class _Watched:
    """A baseline that asks its watch often whether to go on: with few items, one block holds thousands of histories.

    Attributes:
        baseline: fitted.
        watch: of its trial.
    """

    baseline: "Baseline"
    watch: Watch

    @property
    def name(self) -> str:
        return self.baseline.name

    @property
    def n_items(self) -> int:
        return self.baseline.n_items

    def scores(self, sessions: Sequence[np.ndarray]) -> np.ndarray:
        """As the baseline's, float32 [n, n_items]."""
        parts = []
        for start in range(0, max(len(sessions), 1), _HISTORIES):
            self.watch.check()
            parts.append(self.baseline.scores(sessions[start : start + _HISTORIES]))
        return np.concatenate(parts)


def _report(job: JobReporter, tuning: TuningRecord, trials: MethodTrials) -> None:
    """How far a method is: by its trials, or by its time where that alone limits it."""
    n, seconds = len(trials.trials), trials.seconds
    lefts = []
    if tuning.seconds is not None:
        lefts.append(max(tuning.seconds - seconds, 0.0))
    if tuning.n_trials is not None and n:
        lefts.append(seconds / n * (tuning.n_trials - n))
    left = min(lefts, default=None)
    if tuning.n_trials is not None:
        job.report_progress(n, tuning.n_trials, seconds_left=left)
    else:
        job.report_progress(round(seconds), round(tuning.seconds or 0), seconds_left=left)
