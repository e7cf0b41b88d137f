"""A search spends its budget as told, stops what is hopeless, and goes on as if it never had been interrupted."""

import json
from hashlib import sha256

import pytest

from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.errors import Cancelled, DataError, Refused, RunError
from gru4rec_core.experiments.network_settings import flatten
from gru4rec_core.experiments.search import Hooks, Method, Watch, find_importances, search
from gru4rec_core.experiments.search_space import SearchSpace, Setting, search_space
from gru4rec_core.workspace.tunings import MethodTrials, Trial, TuningRecord

SPACE = SearchSpace((Setting("x", "float", "a slope", "x", low=0.0, high=1.0),))


class Clock:
    """Seconds that pass only when somebody says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def tuning(n_trials: int | None = None, seconds: float | None = None) -> TuningRecord:
    return TuningRecord(
        id="t-1",
        dataset_id="d-1",
        split=SplitConfig(),
        judging=ComparisonConfig(),
        configs=(TrainingConfig(),),
        n_trials=n_trials,
        seconds=seconds,
    )


def method(clock: Clock, cost: float = 1.0, epochs: int = 1) -> Method:
    """Its value is 1 - (x - 0.8)², more of it with each epoch; an epoch takes `cost` seconds, in steps of a tenth."""

    def run(settings: dict, watch: Watch) -> None:
        for epoch in range(1, epochs + 1):
            for _ in range(10):
                clock.now += cost / 10
                watch.check()
            watch.report((1 - (settings.get("x", 0.1) - 0.8) ** 2) * epoch / epochs)

    return Method("top1", SPACE, {"x": 0.1}, run)


def carry_out(budget: TuningRecord, tried: Method, clock: Clock, known: MethodTrials | None = None) -> MethodTrials:
    return search(tried, budget, known or MethodTrials("top1"), Hooks(), clock)


def test_the_first_trial_has_the_methods_own_settings_and_better_ones_are_found() -> None:
    clock = Clock()
    found = carry_out(tuning(n_trials=25), method(clock), clock)
    assert [trial.number for trial in found.trials] == list(range(25))
    assert (found.trials[0].settings, found.trials[0].values) == ({}, {"x": 0.1})
    assert found.trials[0].value == pytest.approx(1 - 0.7**2)
    assert found.best.value > 0.99
    assert found.seconds == pytest.approx(25)


@pytest.mark.parametrize("cost", [0.7, 13.0, 70.0, 1000.0])
def test_methods_of_any_cost_get_the_same_seconds(cost: float) -> None:
    clock = Clock()
    found = carry_out(tuning(seconds=360.0), method(clock, cost), clock)
    # What cannot be interrupted here takes a tenth of a trial; that much at most is spent beyond the budget.
    assert 360.0 <= found.seconds <= 360.0 + cost / 10
    assert found.trials[-1].outcome in ("done", "out of time")
    assert found.is_complete(tuning(seconds=360.0))


def test_what_ends_first_ends_the_search() -> None:
    clock = Clock()
    assert len(carry_out(tuning(5, 1000.0), method(clock), clock).trials) == 5
    assert carry_out(tuning(1000, 5.5), method(clock), clock).seconds == pytest.approx(5.5, abs=0.11)


def test_a_trial_that_the_time_ends_counts_with_what_it_had() -> None:
    clock = Clock()
    found = carry_out(tuning(seconds=2.55), method(clock, epochs=10), clock)
    (trial,) = found.trials
    assert (trial.outcome, trial.epochs, len(trial.curve)) == ("out of time", 2, 2)
    assert trial.value == pytest.approx((1 - 0.7**2) * 0.2)


def test_interrupted_anywhere_it_ends_the_same() -> None:
    clock = Clock()
    whole = carry_out(tuning(n_trials=16), method(clock, epochs=4), clock)
    assert {trial.outcome for trial in whole.trials} == {"done", "pruned"}
    kept = MethodTrials("top1")

    def keep(trials: MethodTrials, newest: Trial) -> None:
        nonlocal kept
        kept = trials

    asked = 0

    def ask() -> None:
        nonlocal asked
        asked += 1
        if asked % 230 == 0:
            raise Cancelled("Cancelled.")

    clock, interruptions = Clock(), 0
    while len(kept.trials) < 16:
        try:
            search(method(clock, epochs=4), tuning(n_trials=16), kept, Hooks(on_trial=keep, stop_if_asked=ask), clock)
        except Cancelled:
            interruptions += 1
    assert interruptions >= 2
    assert values_of(kept) == values_of(whole)


def mixed_method() -> Method:
    """Whole numbers, choices and logarithmic scales; some settings fail, some are stopped early."""

    def run(settings: dict, watch: Watch) -> None:
        digits = int(sha256(json.dumps(settings).encode()).hexdigest(), 16)
        for epoch in range(1, 5):
            if digits % 7 == epoch:
                raise DataError("It diverged.")
            watch.report(digits % 1000 / 1000 * epoch)

    return Method("bpr", search_space("bpr", 1000, flatten(TrainingConfig(loss="bpr"))), flatten(TrainingConfig()), run)


def values_of(trials: MethodTrials) -> list[tuple]:
    return [(trial.values, trial.curve, trial.outcome) for trial in trials.trials]


def test_a_study_kept_in_memory_proposes_what_one_made_anew_would() -> None:
    whole = carry_out(tuning(n_trials=24), mixed_method(), Clock())
    assert {trial.outcome for trial in whole.trials} == {"done", "pruned", "failed"}
    anew = MethodTrials("bpr")
    for n_trials in range(1, 25):
        anew = carry_out(tuning(n_trials=n_trials), mixed_method(), Clock(), anew)
    assert values_of(anew) == values_of(whole)


def test_a_gap_is_filled_with_the_trial_that_was_there() -> None:
    whole = carry_out(tuning(n_trials=12), mixed_method(), Clock())
    left = MethodTrials("bpr", tuple(trial for trial in whole.trials if trial.number not in (0, 5, 6, 11)))
    told: list[int] = []
    hooks = Hooks(on_trial=lambda trials, newest: told.append(newest.number))
    found = search(mixed_method(), tuning(n_trials=12), left, hooks, Clock())
    assert told == [0, 5, 6, 11]
    assert values_of(found) == values_of(whole)


def test_what_comes_between_two_trials_is_part_of_the_budget() -> None:
    clock = Clock()

    def store(trials: MethodTrials, newest: Trial) -> None:
        clock.now += 2.0  # a slow disk, or many trials to learn from

    found = search(method(clock), tuning(seconds=30.0), MethodTrials("top1"), Hooks(on_trial=store), clock)
    assert 30.0 <= found.seconds <= 30.1
    assert clock.now - 100.0 == pytest.approx(found.seconds + 2.0)
    assert len(found.trials) == 11


def test_interrupted_trials_leave_less_time() -> None:
    clock = Clock()
    found = carry_out(tuning(seconds=10.0), method(clock), clock, MethodTrials("top1", interrupted_seconds=7.5))
    assert found.seconds == pytest.approx(10.0, abs=0.11)
    assert clock.now == pytest.approx(102.5, abs=0.11)


def test_trials_outside_of_what_is_searched_are_told_and_not_left_out() -> None:
    clock = Clock()
    known = carry_out(tuning(n_trials=4), method(clock), clock)
    narrower = SearchSpace((Setting("x", "float", "a slope", "x", low=0.0, high=0.01),))
    tried = Method("top1", narrower, {"x": 0.0}, method(clock).run)
    with pytest.raises(RunError, match=r"those it began with\. Found: x 0\.1\. Where: top1, trial 0"):
        carry_out(tuning(n_trials=9), tried, clock, known)


def test_what_matters_is_found() -> None:
    unused = Setting("y", "float", "no slope", "y", low=0.0, high=1.0)
    space, clock = SearchSpace((unused, *SPACE.settings)), Clock()
    tried = method(clock)
    found = carry_out(tuning(n_trials=60), Method("top1", space, {"x": 0.1, "y": 0.5}, tried.run), clock)
    shares = find_importances(space, found)
    assert list(shares) == ["x", "y"]
    assert shares["x"] > 0.7
    assert sum(shares.values()) == pytest.approx(1.0)
    assert find_importances(space, MethodTrials("top1", found.trials[:49])) == {}  # too few to tell it from chance


def test_settings_that_fail_cost_their_trial_and_a_refusal_ends_all() -> None:
    clock = Clock()

    def fail(settings: dict, watch: Watch) -> None:
        clock.now += 1
        if settings.get("x", 0.0) > 0.75:
            raise MemoryError
        if settings.get("x", 0.0) > 0.5:
            raise DataError("It diverged.")
        watch.report(0.5)

    found = carry_out(tuning(n_trials=12), Method("top1", SPACE, {"x": 0.1}, fail), clock)
    failed = [trial for trial in found.trials if trial.outcome == "failed"]
    assert failed
    assert all((trial.value, trial.epochs) == (None, 0) for trial in failed)
    reasons = {trial.reason.partition(",")[0] for trial in failed}
    assert reasons == {"It diverged.", "There was not enough memory"}
    assert found.best.value == 0.5

    def refuse(settings: dict, watch: Watch) -> None:
        raise Refused("Too many items.")

    with pytest.raises(Refused):
        carry_out(tuning(n_trials=3), Method("slist", SPACE, {"x": 0.1}, refuse), clock)
