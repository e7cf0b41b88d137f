"""What did a tuning find for each method, on validation data, and what did it spend?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gru4rec_core.words import counted, per_100
from gru4rec_core.workspace.damage import Damage
from gru4rec_core.workspace.job_state import read_state
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tuning_checks import check_tuning
from gru4rec_core.workspace.tunings import (
    MethodTrials,
    TuningRecord,
    method_folder,
    method_label,
    read_importances,
    read_trials,
)


@dataclass(frozen=True)
class MethodResult:
    """What was found for one method.

    Attributes:
        method: a loss or the name of a baseline.
        trials: all of them.
        complete: whether its budget is used up, or it refused the log.
        importances: how much each setting mattered, shares of 1, the largest first (`search.find_importances`).
    """

    method: str
    trials: MethodTrials
    complete: bool
    importances: Mapping[str, float] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return method_label(self.method)

    @property
    def start(self) -> float | None:
        """The value that the method's own settings gave (trial 0)."""
        return next((trial.value for trial in self.trials.trials if trial.number == 0), None)

    @property
    def best(self) -> float | None:
        """The highest value."""
        return self.trials.best.value if self.trials.best else None

    @property
    def sentence(self) -> str:
        """ "TOP1: 52.4 → 54.1 of 100 with trial 7 (20 trials, 312 s)."."""
        if self.trials.refused:
            return f"{self.label}: not tuned. {self.trials.refused}"
        if self.trials.best is None or self.best is None:
            return f"{self.label}: no trial has a value yet."
        before = "no value" if self.start is None else per_100(self.start)
        spent = f"{counted(len(self.trials.trials), 'trial')}, {self.trials.seconds:.0f} s"
        if self.trials.interrupted_seconds >= 1:
            spent += f", {self.trials.interrupted_seconds:.0f} s of them in trials that were interrupted"
        if self.trials.best.number == 0:
            return f"{self.label}: {before} of 100, and no trial was better than its own settings ({spent})."
        return f"{self.label}: {before} → {per_100(self.best)} of 100 with trial {self.trials.best.number} ({spent})."

    def to_json(self) -> dict[str, Any]:
        best = self.trials.best
        return {
            "method": self.method,
            "label": self.label,
            "complete": self.complete,
            "n_trials": len(self.trials.trials),
            "seconds": round(self.trials.seconds, 3),
            "interrupted_seconds": round(self.trials.interrupted_seconds, 3),
            "start": self.start,
            "best": self.best,
            "best_trial": best.number if best else None,
            "epochs": best.epochs if best else None,
            "settings": best.settings if best else None,
            "importances": {name: round(share, 4) for name, share in self.importances.items()},
            "refused": self.trials.refused or None,
        }


@dataclass(frozen=True)
class TuningResult:
    """What a tuning found so far.

    Attributes:
        tuning: what was tuned.
        methods: in the order in which they were named.
        damages: of the tuning, where trials are missing.
    """

    tuning: TuningRecord
    methods: tuple[MethodResult, ...]
    damages: tuple[Damage, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every method has used its budget."""
        return all(method.complete for method in self.methods)

    @property
    def sentence(self) -> str:
        """What the figures are."""
        return (
            f"Hits per 100 in the top {self.tuning.judging.deciding_k} on validation data,"
            f" each method with {self.tuning.budget}:"
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "tuning": self.tuning.id,
            "dataset_id": self.tuning.dataset_id,
            "metric": self.tuning.metric,
            "n_trials": self.tuning.n_trials,
            "seconds": self.tuning.seconds,
            "complete": self.complete,
            "methods": [method.to_json() for method in self.methods],
        }


def load_tuning(workspace: Workspace, tuning: TuningRecord) -> TuningResult:
    """What a tuning found so far; it is looked at for damage only where trials are missing."""
    methods, is_whole = [], True
    for method in tuning.methods:
        trials = read_trials(workspace, tuning, method)
        shares = read_importances(workspace, tuning, method)
        complete = trials.is_complete(tuning)
        methods.append(MethodResult(method, trials, complete, shares))
        has_ended = read_state(method_folder(workspace, tuning, method)).state == "done"
        is_whole = is_whole and not trials.n_unreadable and (complete or not has_ended)
    damage = None if is_whole else check_tuning(workspace, f"{tuning.dataset_id}/{tuning.id}")
    return TuningResult(tuning, tuple(methods), (damage,) if damage else ())
