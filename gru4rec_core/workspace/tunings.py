"""What does the workspace know of a tuning: what is searched, within which budget, and what each trial gave?

datasets/<id>/tunings/<tuning>/tuning.json       what is tuned, and how its winners are compared
datasets/<id>/tunings/<tuning>/comparison.json   the id of that comparison, once it is planned
datasets/<id>/tunings/<tuning>/queued.json       the same, once its jobs are queued; of none where it was set aside
datasets/<id>/tunings/<tuning>/<method>/         state.json and log.txt of the method's job
    trials.jsonl                                 one line per trial, added when it ends
    interrupted.json                             the time of trials that were killed or cancelled (interrupted.py)
    importances.json                             how much each setting mattered, once the budget is used up
    METHOD.refused.json                          why the method did not take the log
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field

from gru4rec_core.access.guard import require
from gru4rec_core.access.rights import Action
from gru4rec_core.baselines.names import label_of
from gru4rec_core.config import DEFAULT_SEEDS, LOSS_LABELS, ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.disk import plain_errors
from gru4rec_core.errors import RunError
from gru4rec_core.storage import append_line, new_folder, read_json, safe_child, write_json, write_text
from gru4rec_core.words import counted
from gru4rec_core.workspace import refused_baselines
from gru4rec_core.workspace.checksums import remove_checksums, write_checksums
from gru4rec_core.workspace.interrupted import read_interrupted
from gru4rec_core.workspace.records import ComparisonRecord, Record, TunedWith, now
from gru4rec_core.workspace.store import Workspace

RECORD, COMPARISON, QUEUED = "tuning.json", "comparison.json", "queued.json"
"""Files of a tuning."""

TRIALS, IMPORTANCES = "trials.jsonl", "importances.json"
"""Files of a method."""

Outcome = Literal["done", "pruned", "out of time", "failed"]


class TuningRecord(Record):
    """What is tuned, by what, within which budget, and what is compared afterwards; written before anything is tried.

    Attributes:
        split: the test rule; trials see its training and validation parts only.
        judging: how the winners are compared; its deciding accuracy@k on the validation part chooses them.
        configs: the settings that each loss begins with (trial 0), one per loss.
        tuned_baselines: the baselines that are tuned.
        baselines: those that the winners are compared with, by their plain names.
        n_trials: how many each method gets; None for as many as its time allows.
        seconds: how long each method may try; None for as long as its trials take.
        n_seeds: runs of each winner.
        by_job: whether jobs carry it out, which queue the comparison of the winners as well.
    """

    owner: ClassVar[str] = "a tuning"

    id: str
    dataset_id: str
    split: SplitConfig
    judging: ComparisonConfig
    configs: tuple[TrainingConfig, ...]
    tuned_baselines: tuple[str, ...] = ()
    baselines: tuple[str, ...] = ()
    n_trials: int | None = None
    seconds: float | None = None
    seed: int = 0
    n_seeds: int = DEFAULT_SEEDS
    by_job: bool = False
    created: datetime = Field(default_factory=now)

    @property
    def methods(self) -> tuple[str, ...]:
        """All that is tuned: losses, then baselines."""
        return (*(config.loss for config in self.configs), *self.tuned_baselines)

    @property
    def metric(self) -> str:
        """What chooses, on the validation part."""
        return f"accuracy@{self.judging.deciding_k}"

    @property
    def budget(self) -> str:
        """ "20 trials", "6 minutes", or "20 trials or 6 minutes, whichever ends first"."""
        return describe_budget(self.n_trials, self.seconds)

    def config_of(self, loss: str) -> TrainingConfig:
        """The settings that a loss begins with."""
        return next(config for config in self.configs if config.loss == loss)


def describe_budget(n_trials: int | None, seconds: float | None) -> str:
    """What each method may use, in words.

    >>> describe_budget(20, 360.0), describe_budget(None, 90.0), describe_budget(1, None)
    ('20 trials or 6 minutes, whichever ends first', '1.5 minutes', '1 trial')
    """
    parts = [] if n_trials is None else [counted(n_trials, "trial")]
    if seconds is not None:
        parts.append("1 minute" if seconds == 60 else f"{seconds / 60:.3g} minutes")
    return " or ".join(parts) + (", whichever ends first" if len(parts) > 1 else "")


def method_label(method: str) -> str:
    """What people call a method that is tuned: "TOP1", "STAN"."""
    return LOSS_LABELS.get(method) or label_of(method)


@dataclass(frozen=True)
class Trial:
    """What one trial tried and gave.

    Attributes:
        number: from 0, which has the settings that the method begins with.
        values: of the searched settings (see `search_space.Values`); None where trial 0 is outside the search space.
        settings: what was changed of the method's own settings; {} in trial 0.
        value: its best accuracy@k on the validation part, in [0, 1]; None where it failed before one was known.
        epochs: after which it had that value; 1 for a baseline.
        curve: the value after each epoch.
        seconds: that it took from the end of the one before it, proposing its settings included.
        outcome: how it ended; "pruned": stopped because others were better at this point, "out of time": by the
            budget.
        reason: why it failed.
    """

    number: int
    values: dict[str, Any] | None
    settings: dict[str, Any]
    value: float | None
    epochs: int
    curve: tuple[float, ...]
    seconds: float
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True)
class MethodTrials:
    """All that is known of one method's tuning.

    Attributes:
        method: a loss or the name of a baseline.
        trials: in order.
        refused: why the method does not take the log; "" as a rule.
        interrupted_seconds: that trials had taken when they were killed or cancelled; they were tried again.
        n_unreadable: damaged lines of trials; what they held is tried again.
    """

    method: str
    trials: tuple[Trial, ...] = field(default=())
    refused: str = ""
    interrupted_seconds: float = 0.0
    n_unreadable: int = 0

    @property
    def seconds(self) -> float:
        """That all trials took together, with what was interrupted."""
        return sum(trial.seconds for trial in self.trials) + self.interrupted_seconds

    @property
    def next_number(self) -> int:
        """The number of the next trial: as a rule how many there are; where a damaged line left a gap, that one's."""
        return next((place for place, trial in enumerate(self.trials) if trial.number != place), len(self.trials))

    def with_trial(self, trial: Trial) -> "MethodTrials":
        """The same with the trial of the next number."""
        number = self.next_number
        return replace(self, trials=(*self.trials[:number], trial, *self.trials[number:]))

    @property
    def best(self) -> Trial | None:
        """The trial with the highest value, of equal ones the first; None where there is none yet."""
        known = [trial for trial in self.trials if trial.value is not None]
        return max(known, key=lambda trial: (trial.value, -trial.number), default=None)

    def is_complete(self, tuning: TuningRecord) -> bool:
        """Whether the budget is used up, or the method refused the log."""
        out_of_trials = tuning.n_trials is not None and len(self.trials) >= tuning.n_trials
        out_of_time = tuning.seconds is not None and self.seconds >= tuning.seconds
        return bool(self.refused) or out_of_trials or out_of_time


def tunings_folder(workspace: Workspace, dataset_id: str) -> Path:
    return workspace.dataset_folder(dataset_id) / "tunings"


def tuning_folder(workspace: Workspace, dataset_id: str, tuning_id: str) -> Path:
    """Where a tuning is. Raises RunError for a malformed id."""
    return safe_child(tunings_folder(workspace, dataset_id), tuning_id)


def method_folder(workspace: Workspace, tuning: TuningRecord, method: str) -> Path:
    """Where the job of one of its methods is."""
    return safe_child(tuning_folder(workspace, tuning.dataset_id, tuning.id), method)


def create_tuning(workspace: Workspace, tuning: TuningRecord) -> None:
    """Stores what is to be tuned; tries nothing."""
    require(workspace.root, Action.TRAIN, "tuning", tuning.id)
    with new_folder(tuning_folder(workspace, tuning.dataset_id, tuning.id)) as folder:
        tuning.write(folder / RECORD)
        write_checksums(folder)


def read_tuning(workspace: Workspace, dataset_id: str, tuning_id: str) -> TuningRecord:
    """A tuning's record. Raises RunError when there is none, or it is damaged."""
    return TuningRecord.read(tuning_folder(workspace, dataset_id, tuning_id) / RECORD)


def list_tunings(workspace: Workspace, dataset_id: str) -> list[TuningRecord]:
    """The tunings of a log that can be read, newest first."""
    found = []
    for path in tunings_folder(workspace, dataset_id).glob(f"[!.]*/{RECORD}"):
        with suppress(RunError):
            found.append(TuningRecord.read(path))
    return sorted(found, key=lambda tuning: tuning.created, reverse=True)


def find_tuning(workspace: Workspace, wanted: TuningRecord) -> TuningRecord | None:
    """The newest tuning of exactly this, whether or not it is finished; None where there is none."""

    def tell_apart(tuning: TuningRecord) -> dict[str, Any]:
        return tuning.model_dump(exclude={"id", "created", "by_job"})

    known = list_tunings(workspace, wanted.dataset_id)
    return next((tuning for tuning in known if tell_apart(tuning) == tell_apart(wanted)), None)


def read_trials(workspace: Workspace, tuning: TuningRecord, method: str) -> MethodTrials:
    """What the trials of a method gave so far."""
    folder = method_folder(workspace, tuning, method)
    trials, n_unreadable = read_trial_lines(folder / TRIALS)
    refused = refused_baselines.read(folder, [method]).get(method)
    return MethodTrials(
        method,
        trials,
        str(refused) if refused else "",
        interrupted_seconds=read_interrupted(folder, [trial.number for trial in trials]),
        n_unreadable=n_unreadable,
    )


def read_trial_lines(path: Path) -> tuple[tuple[Trial, ...], int]:
    """The trials in a file, by their numbers, and how many lines cannot be read.

    A last line that was never finished does not count: a process was killed while it wrote.
    """
    trials: dict[int, Trial] = {}
    n_unreadable = 0
    for line in path.read_bytes().splitlines(keepends=True) if path.exists() else ():
        if not line.endswith(b"\n"):
            continue
        try:
            trial = _read_trial(json.loads(line))
            trials.setdefault(trial.number, trial)
        except (ValueError, TypeError, KeyError):
            n_unreadable += 1
    return tuple(trials[number] for number in sorted(trials)), n_unreadable


def _read_trial(values: dict[str, Any]) -> Trial:
    """A trial from its line. Raises ValueError, TypeError or KeyError where a value has a wrong type."""
    numbers = (values["number"], values["seconds"], values["epochs"], *values["curve"])
    if not all(isinstance(number, int | float) for number in numbers):
        raise TypeError("a number is no number")
    if not isinstance(values["settings"], dict) or not isinstance(values["value"], int | float | None):
        raise TypeError("settings or value have a wrong type")
    return Trial(**{**values, "curve": tuple(values["curve"])})


def store_trials(folder: Path, trials: Sequence[Trial]) -> None:
    """Writes the trials of a method, all of them, in place of what is there; of none, no file."""
    if trials:
        write_text(folder / TRIALS, "".join(_to_line(trial) + "\n" for trial in trials))
    else:
        (folder / TRIALS).unlink(missing_ok=True)


def append_trial(folder: Path, trial: Trial) -> None:
    """Adds a trial to those of a method, and waits until the disk has it. Raises DiskError where it does not."""
    path = folder / TRIALS
    if not path.exists():
        store_trials(folder, [trial])
        return
    with plain_errors(path):
        append_line(path, _to_line(trial), durable=True)


def _to_line(trial: Trial) -> str:
    return json.dumps(asdict(trial))


def store_importances(folder: Path, shares: dict[str, float]) -> None:
    """Writes down how much each setting of a method mattered."""
    write_json(folder / IMPORTANCES, shares)


def read_importances(workspace: Workspace, tuning: TuningRecord, method: str) -> dict[str, float]:
    """How much each setting of a method mattered, the most important first; {} where that is not known."""
    path = method_folder(workspace, tuning, method) / IMPORTANCES
    if not path.exists():
        return {}
    try:
        return {str(name): float(share) for name, share in read_json(path, "a tuning").items()}
    except (RunError, ValueError, TypeError, AttributeError):  # damaged: nothing rests on it
        return {}


def take_up(workspace: Workspace, tuning: TuningRecord, *, by_job: bool) -> TuningRecord:
    """Goes on with a tuning that is there: here, or by jobs, where its winners are still to be compared.

    One that was set aside, or whose comparison was deleted, leads to a comparison again.
    """
    require(workspace.root, Action.TRAIN, "tuning", tuning.id)
    folder = tuning_folder(workspace, tuning.dataset_id, tuning.id)
    if planned_comparison(workspace, tuning) is None:
        for name in (COMPARISON, QUEUED):
            (folder / name).unlink(missing_ok=True)
    if not by_job or tuning.by_job:
        return tuning
    taken = tuning.model_copy(update={"by_job": True})
    remove_checksums(folder)
    taken.write(folder / RECORD)
    write_checksums(folder, [RECORD])
    return taken


def planned_comparison(workspace: Workspace, tuning: TuningRecord) -> ComparisonRecord | None:
    """The comparison of a tuning's winners; None where it is not planned yet, or was deleted."""
    path = tuning_folder(workspace, tuning.dataset_id, tuning.id) / COMPARISON
    if not path.exists():
        return None
    try:
        return workspace.comparison(read_json(path, "a tuning")["comparison"])
    except (RunError, KeyError, TypeError):
        return None


def describe_tuned(workspace: Workspace, tuning: TuningRecord, baseline_settings: dict[str, Any]) -> TunedWith:
    """What a comparison of the winners says of their tuning."""
    spent = {}
    for method in tuning.methods:
        trials = read_trials(workspace, tuning, method)
        spent[method] = (len(trials.trials), round(trials.seconds, 1))
    return TunedWith(
        tuning_id=tuning.id,
        n_trials=tuning.n_trials,
        seconds=tuning.seconds,
        spent=spent,
        baseline_settings=baseline_settings,
    )
