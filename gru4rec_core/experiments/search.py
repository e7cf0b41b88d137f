"""How does a search spend the budget of one method: which trial comes next, and when does one stop?

Optuna proposes settings (TPE, Bergstra et al. 2011) and says which trials are hopeless (the median of the others at the
same epoch). What was tried is kept as data (`workspace.tunings.Trial`), from which Optuna's study is made, and each
trial has a sampler of its own, whose seed follows from the tuning's and the trial's number: a search that was killed
goes on as if it never had been.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from numpy.linalg import LinAlgError

from gru4rec_core.errors import Cancelled, DiskError, Refused, RunError, WorkbenchError
from gru4rec_core.experiments.reporter import is_of_memory
from gru4rec_core.experiments.search_space import SearchSpace
from gru4rec_core.workspace.tunings import MethodTrials, Outcome, Trial, TuningRecord

if TYPE_CHECKING:
    from optuna import Trial as Proposal
    from optuna.trial import FrozenTrial, TrialState

RANDOM_TRIALS = 6
"""Trials that are drawn at random before TPE learns from them."""

COMPARED_FROM = 4
"""A trial can be stopped for its values once so many others have ended, and one fewer of them came as far."""

TELLING_TRIALS = 50
"""Trials that tell which settings matter, at least: with 20 of them, and values that are pure chance, the first setting
gets a share of 60 % as a rule."""

FULL_EPOCHS = 2
"""Epochs that every trial may train, however it begins."""


class TrialStopped(Exception):
    """A trial ends early; `outcome` says why."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


class Watch:
    """What a trial tells of its progress, and what ends it early.

    Args:
        proposal: Optuna's trial.
        seconds_left: of the method's budget; None without a limit.
        clock: seconds that pass.
        stop_if_asked: raises Cancelled where the whole job is to stop.
    """

    def __init__(
        self,
        proposal: "Proposal",
        seconds_left: float | None,
        clock: Callable[[], float],
        stop_if_asked: Callable[[], object],
    ) -> None:
        self.curve: list[float] = []
        self._proposal = proposal
        self._clock = clock
        self._stop_if_asked = stop_if_asked
        self._deadline = None if seconds_left is None else clock() + seconds_left

    def report(self, value: float) -> None:
        """Takes the value after an epoch.

        Raises:
            TrialStopped: the best so far is below the median of the others' at this epoch, or the time is up.
        """
        self.curve.append(value)
        self._proposal.report(max(self.curve), len(self.curve))
        if self._proposal.should_prune():
            raise TrialStopped("pruned")
        self.check()

    def check(self) -> None:
        """Called often. Raises TrialStopped where the time is up, Cancelled where the job is to stop."""
        self._stop_if_asked()
        if self._deadline is not None and self._clock() >= self._deadline:
            raise TrialStopped("out of time")


@dataclass(frozen=True)
class Method:
    """What is tuned.

    Attributes:
        name: a loss or the name of a baseline.
        space: what is searched.
        start: the method's own settings, which trial 0 has.
        run: carries out a trial with the settings that differ from these; reports to the watch.
    """

    name: str
    space: SearchSpace
    start: Mapping[str, Any]
    run: Callable[[dict[str, Any], Watch], None]


def _nothing(*_: object) -> None:
    """What is called where nobody wants to know."""


@dataclass(frozen=True)
class Hooks:
    """What a search calls.

    Attributes:
        on_begin: with the number of each trial that begins.
        on_trial: after each trial, with all of them and with the one that ended.
        stop_if_asked: often; raises Cancelled where the search is to stop.
    """

    on_begin: Callable[[int], object] = _nothing
    on_trial: Callable[[MethodTrials, Trial], object] = _nothing
    stop_if_asked: Callable[[], object] = _nothing


def search(
    method: Method,
    tuning: TuningRecord,
    known: MethodTrials,
    hooks: Hooks,
    clock: Callable[[], float] = time.perf_counter,
) -> MethodTrials:
    """Tries settings of a method until its budget is used up; returns all its trials.

    Args:
        method: what is tuned.
        tuning: the budget and the seed.
        known: the trials that are there already.
        hooks: what is called meanwhile.
        clock: seconds that pass; a step that cannot be interrupted, such as compiling, may pass the end of the budget.

    Raises:
        Refused: the method does not take the log.
        Cancelled: it was asked to stop; the trial at work is lost, those before it are kept.
        RunError: known trials have settings that are not searched, so that no further one can be proposed.
    """
    _require_searched(method, known)
    study = _Study(method.space, tuning.seed)
    began = clock()
    while not known.is_complete(tuning):
        number = known.next_number
        hooks.on_begin(number)
        proposal = study.ask(known.trials[:number])
        values = method.space.locate(method.start) if number == 0 else method.space.suggest(proposal)
        settings = method.space.to_settings(values) if number and values is not None else {}
        seconds_left = None if tuning.seconds is None else tuning.seconds - known.seconds - (clock() - began)
        watch = Watch(proposal, seconds_left, clock, hooks.stop_if_asked)
        outcome, reason = _try(method, settings, watch)
        curve = tuple(watch.curve)
        best = max(curve, default=None)
        epochs = 0 if best is None else curve.index(best) + 1  # of equal ones the first, which is the cheaper one
        ended = clock()
        trial = Trial(number, values, settings, best, epochs, curve, ended - began, outcome, reason)
        began = ended  # what comes between two trials counts too: with thousands of quick ones it is most of the time
        study.tell(proposal, trial)
        known = known.with_trial(trial)
        hooks.on_trial(known, trial)
    return known


def find_importances(space: SearchSpace, known: MethodTrials) -> dict[str, float]:
    """How much each setting had to do with a trial being among the better ones: shares that add up to 1.

    PED-ANOVA (Watanabe et al. 2023) asks which settings of the best tenth of the trials differ most from those of all.

    Args:
        space: what was searched.
        known: the trials.

    Returns:
        By the setting of the method, the largest first; empty with fewer than `TELLING_TRIALS` trials with a value.
    """
    import optuna

    complete = [trial for trial in known.trials if trial.values is not None and trial.value is not None]
    if len(complete) < TELLING_TRIALS or len({trial.value for trial in complete}) == 1:
        return {}
    study = optuna.create_study(direction="maximize")
    # Trials that were stopped are worse, and say so with the value that they had.
    study.add_trials([_describe_trial(space, trial, optuna.trial.TrialState.COMPLETE) for trial in complete])
    found = optuna.importance.get_param_importances(study, evaluator=optuna.importance.PedAnovaImportanceEvaluator())
    names = {setting.name: setting.sets for setting in space.settings}
    shares: dict[str, float] = {}
    for name, share in found.items():
        shares[names[name]] = shares.get(names[name], 0.0) + float(share)
    return dict(sorted(shares.items(), key=lambda item: -item[1]))


def _require_searched(method: Method, known: MethodTrials) -> None:
    for trial in known.trials:
        if trial.values is not None and not method.space.holds(trial.values):
            raise RunError(
                "A tuning goes on only while the settings that are searched are those it began with.",
                found=", ".join(f"{name} {value}" for name, value in trial.values.items()),
                where=f"{method.name}, trial {trial.number}",
                remedy="Set this tuning aside, and begin it again.",
            )


def _try(method: Method, settings: dict[str, Any], watch: Watch) -> tuple[Outcome, str]:
    try:
        method.run(settings, watch)
    except TrialStopped as stopped:
        return stopped.outcome, ""
    except (Cancelled, DiskError, Refused):  # not of these settings
        raise
    except WorkbenchError as error:  # such as a loss that is no longer finite
        return "failed", str(error)
    except Exception as error:
        if not (is_of_memory(error) or isinstance(error, LinAlgError)):
            raise
        return "failed", "There was not enough memory, or a matrix could not be solved, with these settings."
    return "done", ""


class _Study:
    """Optuna's study of what was tried so far.

    It stays in memory from trial to trial, and proposes what one made anew from the same trials would: made anew for
    each of 1,000 trials, it took minutes. What that rests on: of a study's state, TPE and the pruner use its trials
    alone, and the random numbers are the sampler's.
    """

    def __init__(self, space: SearchSpace, seed: int) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._space = space
        self._seed = seed
        self._n_known = 0
        self._study = optuna.create_study(
            direction="maximize",
            pruner=optuna.pruners.MedianPruner(
                COMPARED_FROM, n_warmup_steps=FULL_EPOCHS, n_min_trials=COMPARED_FROM - 1
            ),
        )

    def ask(self, before: Sequence[Trial]) -> "Proposal":
        """Proposes the trial that follows these, which are all those before it."""
        from optuna.samplers import TPESampler

        for trial in before[self._n_known :]:
            if trial.values is not None:
                self._study.add_trial(_describe_trial(self._space, trial, _state_of(trial)))
        number = self._n_known = len(before)
        self._study.sampler = TPESampler(n_startup_trials=RANDOM_TRIALS, seed=1_000_003 * self._seed + number)
        return self._study.ask()

    def tell(self, proposal: "Proposal", trial: Trial) -> None:
        """Says how the trial ended that was proposed last."""
        from optuna.trial import TrialState

        if trial.number == 0:  # its settings were not Optuna's: it is added by the next `ask`
            self._study.tell(proposal, state=TrialState.FAIL)
            return
        state = _state_of(trial)
        self._study.tell(proposal, trial.value if state == TrialState.COMPLETE else None, state)
        self._n_known += 1


def _state_of(trial: Trial) -> "TrialState":
    """How a trial ended, for Optuna."""
    from optuna.trial import TrialState

    if trial.outcome == "pruned":
        return TrialState.PRUNED
    return TrialState.COMPLETE if trial.curve else TrialState.FAIL


def _describe_trial(space: SearchSpace, trial: Trial, state: "TrialState") -> "FrozenTrial":
    """A trial as Optuna has it."""
    from optuna.trial import TrialState, create_trial

    assert trial.values is not None
    return create_trial(
        state=state,
        value=trial.value if state == TrialState.COMPLETE else None,
        params=trial.values,
        distributions=space.distributions(trial.values),
        intermediate_values={i + 1: max(trial.curve[: i + 1]) for i in range(len(trial.curve))},
    )
