"""A comparison's time is that of its jobs, laid out over the workers."""

import time
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru4rec_core.baselines.names import DEFAULT_BASELINES
from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.jobs import estimates, time_left
from gru4rec_core.jobs.job_list import baselines_id, job_folder
from gru4rec_core.jobs.planning import ComparisonPlan
from gru4rec_core.jobs.time_left import ORDER_TEST_SECONDS, START_SECONDS, estimate_plans, lay_out, seconds_until_done
from gru4rec_core.workspace.job_state import JobState, write_state
from gru4rec_core.workspace.tunings import TuningRecord, create_tuning

CONFIGS = tuple(TrainingConfig(loss=loss, seed=seed) for loss in ("top1", "bpr") for seed in (0, 1))
PLAN = ComparisonPlan(CONFIGS, SplitConfig(), ComparisonConfig(), baselines=("markov",))


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """An engine of two workers where each run takes ten seconds and the baselines four."""
    status = SimpleNamespace(alive=True, n_workers=2)
    monkeypatch.setattr(time_left, "engine_status", lambda workspace: status)
    monkeypatch.setattr(time_left, "worker_count", lambda: 1)
    monkeypatch.setattr(estimates, "run_seconds", lambda *args: 10.0)
    monkeypatch.setattr(estimates, "baselines_seconds", lambda *args: 4.0)
    monkeypatch.setattr(estimates, "testing_seconds", lambda *args: 1.0)
    return status


def add(workspace, dataset, config: TrainingConfig, state: JobState):
    run = workspace.create_run(dataset.id, config, SplitConfig())
    write_state(workspace.run_folder(run.id), state)
    return run


@given(st.lists(st.floats(0, 1e4), min_size=1, max_size=20), st.integers(1, 8))
def test_work_ends_no_earlier_than_the_workers_allow_and_no_later_than_on_one(work, n_workers) -> None:
    ends = lay_out(work, n_workers)
    assert max(ends) >= max(max(work), sum(work) / n_workers) * (1 - 1e-9)
    assert max(ends) <= sum(work) * (1 + 1e-9)
    assert all(end >= seconds for end, seconds in zip(ends, work, strict=True))


def test_runs_and_baselines_share_the_workers(workspace, dataset) -> None:
    assert estimate_plans(workspace, dataset, [PLAN]) == time_left.PlanEstimate(24.0, 0)


def test_an_engine_that_does_not_run_has_to_start(workspace, dataset, engine) -> None:
    engine.alive = False
    assert estimate_plans(workspace, dataset, [PLAN]).seconds == START_SECONDS + 44.0  # one worker then


def test_runs_that_are_done_cost_nothing_and_those_at_work_what_they_still_need(workspace, dataset) -> None:
    add(workspace, dataset, CONFIGS[0], JobState(state="done"))
    add(workspace, dataset, CONFIGS[1], JobState(state="running", phase="training", seconds_left=5.0))
    add(workspace, dataset, CONFIGS[2], JobState(state="failed"))
    # One worker is busy for 6 seconds more, then 10; the other takes 10, then the baselines.
    assert estimate_plans(workspace, dataset, [PLAN]) == time_left.PlanEstimate(16.0, 1, 1)


def test_while_everything_is_at_work_there_is_time_left(workspace, dataset) -> None:
    for config in CONFIGS:
        add(workspace, dataset, config, JobState(state="queued"))
    baselines = job_folder(workspace, "baselines", baselines_id(dataset.id, SplitConfig()))
    write_state(baselines, JobState(state="queued"))
    assert estimate_plans(workspace, dataset, [PLAN]) == time_left.PlanEstimate(24.0, 0, 4)
    assert max(seconds_until_done(workspace).values()) == 24.0


def test_several_plans_share_the_workers_too(workspace, dataset) -> None:
    one = ComparisonPlan(CONFIGS[:1], SplitConfig(), ComparisonConfig(), baselines=())
    others = [ComparisonPlan(CONFIGS[:1], SplitConfig(seed=n), ComparisonConfig(), baselines=()) for n in (1, 2)]
    assert estimate_plans(workspace, dataset, [one, *others]) == time_left.PlanEstimate(20.0, 0)
    add(workspace, dataset, CONFIGS[0], JobState(state="done"))
    assert estimate_plans(workspace, dataset, [one, *others]) == time_left.PlanEstimate(10.0, 1)


def test_a_plan_waits_for_the_jobs_of_others_and_not_for_those_after_it(workspace, dataset) -> None:
    for seed in (7, 8, 9):
        add(workspace, dataset, TrainingConfig(seed=seed), JobState(state="queued"))
    one = ComparisonPlan(CONFIGS[:1], SplitConfig(), ComparisonConfig(), baselines=())
    assert estimate_plans(workspace, dataset, [one]) == time_left.PlanEstimate(20.0, 0)
    add(workspace, dataset, CONFIGS[0], JobState(state="running", phase="training", seconds_left=5.0))
    assert estimate_plans(workspace, dataset, [one]) == time_left.PlanEstimate(6.0, 0, 1)


def test_where_all_is_there_nothing_is_left(workspace, dataset, engine) -> None:
    engine.alive = False
    for config in CONFIGS:
        add(workspace, dataset, config, JobState(state="done"))
    nothing = ComparisonPlan(CONFIGS, SplitConfig(), ComparisonConfig(), baselines=())
    assert estimate_plans(workspace, dataset, [nothing]) == time_left.PlanEstimate(0.0, 4)


def test_what_waits_is_added_to_what_runs(workspace, dataset) -> None:
    trained = JobState(state="running", phase="training", seconds_left=5.0, submitted=1.0)
    begun = JobState(state="running", phase="reading", started=time.time() - 8, submitted=2.0)
    first, second = (add(workspace, dataset, CONFIGS[i], state) for i, state in enumerate((trained, begun)))
    last = add(workspace, dataset, CONFIGS[3], JobState(state="queued", submitted=9.0))
    before = add(workspace, dataset, CONFIGS[2], JobState(state="queued", submitted=8.0))
    ends = seconds_until_done(workspace)
    assert ends[first.id] == pytest.approx(6.0)  # training and testing
    assert ends[second.id] == pytest.approx(2.0, abs=0.5)
    assert ends[before.id] == pytest.approx(12.0, abs=0.5)
    assert ends[last.id] == pytest.approx(16.0)


def test_a_worker_that_still_loads_tensorflow_takes_longer(workspace, dataset) -> None:
    run = add(workspace, dataset, CONFIGS[0], JobState(state="queued", phase="starting: loading TensorFlow"))
    assert seconds_until_done(workspace) == {run.id: 10.0 + START_SECONDS}


def test_a_run_that_goes_on_from_a_checkpoint_takes_the_rest_alone(workspace, dataset, monkeypatch) -> None:
    monkeypatch.setattr(estimates, "run_seconds", lambda *args: 10.0 - args[4])
    run = add(workspace, dataset, CONFIGS[0], JobState(state="queued"))
    (workspace.run_folder(run.id) / "checkpoint" / "epoch-00004").mkdir(parents=True)
    assert seconds_until_done(workspace) == {run.id: 6.0}


def test_baselines_that_are_there_take_no_time_and_the_next_one_began_after_them(
    workspace, dataset, monkeypatch
) -> None:
    monkeypatch.setattr(estimates, "baselines_seconds", lambda workspace, record, names: 10.0 * len(names))
    job_id = baselines_id(dataset.id, SplitConfig())
    folder = job_folder(workspace, "baselines", job_id)
    write_state(folder, JobState(state="running", started=time.time() - 1000))
    for name in DEFAULT_BASELINES[:-1]:
        (folder / f"{name}.json").touch()
    assert seconds_until_done(workspace)[job_id] == pytest.approx(10.0, abs=1.0)


def test_a_job_that_takes_longer_than_expected_is_not_about_to_end(workspace, dataset) -> None:
    run = add(workspace, dataset, CONFIGS[0], JobState(state="running", started=time.time() - 100))
    assert seconds_until_done(workspace) == {run.id: pytest.approx(20.0, abs=0.5)}


def test_what_waits_goes_at_the_pace_of_what_trains(workspace, dataset) -> None:
    # The last third of a training of nine seconds takes nine, whatever its worker took to load.
    slow = JobState(state="running", phase="training", started=1.0, done=2, total=3, seconds_left=9.0, submitted=1.0)
    first = add(workspace, dataset, CONFIGS[0], slow)
    waiting = [add(workspace, dataset, CONFIGS[i], JobState(state="queued", submitted=float(i))).id for i in (1, 2)]
    ends = seconds_until_done(workspace)
    assert ends[first.id] == pytest.approx(10.0)
    assert [ends[run_id] for run_id in waiting] == pytest.approx([30.0, 40.0])


def test_the_last_steps_of_a_training_tell_no_pace(workspace, dataset) -> None:
    last = JobState(state="running", phase="training", done=99, total=100, seconds_left=9.0, submitted=1.0)
    add(workspace, dataset, CONFIGS[0], last)
    waiting = add(workspace, dataset, CONFIGS[1], JobState(state="queued", submitted=2.0))
    assert seconds_until_done(workspace)[waiting.id] == pytest.approx(10.0)


def test_an_order_test_counts_with_what_it_takes_at_most(workspace, dataset) -> None:
    folder = job_folder(workspace, "order-test", dataset.id)
    write_state(folder, JobState(state="queued"))
    assert seconds_until_done(workspace) == {dataset.id: ORDER_TEST_SECONDS}
    write_state(folder, JobState(state="running", started=time.time() - 5))
    assert seconds_until_done(workspace)[dataset.id] == pytest.approx(ORDER_TEST_SECONDS - 5, abs=1)


def test_a_tuning_takes_its_budget_until_it_says_how_long(workspace, dataset) -> None:
    judging = ComparisonConfig(deciding_k=3)
    record = TuningRecord(
        id="tuning-a", dataset_id=dataset.id, split=SplitConfig(), judging=judging, configs=CONFIGS[::2], n_trials=3
    )
    create_tuning(workspace, record)
    job_id = f"{dataset.id}/tuning-a/top1"
    folder = job_folder(workspace, "tuning", job_id)
    write_state(folder, JobState(state="queued"))
    assert seconds_until_done(workspace) == {job_id: 30.0}
    write_state(folder, JobState(state="running", started=1.0, seconds_left=12.0))
    assert seconds_until_done(workspace) == {job_id: 12.0}
    (folder.parent / "tuning.json").write_text("{")
    write_state(folder, JobState(state="queued"))
    assert seconds_until_done(workspace) == {job_id: 0.0}
