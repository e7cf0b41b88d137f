"""Each action is refused or allowed to each role where it writes, and everything is on record."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from gru4rec_core.access.actors import READ_ONLY, Actor, acting_as, install_provider
from gru4rec_core.access.audit import begin_audit, read_audit
from gru4rec_core.access.guard import check, is_allowed, require
from gru4rec_core.access.rights import LOWEST_ROLE, ROLES, Action, Role, may
from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig, WindowConfig
from gru4rec_core.data.cleaning_types import CleaningStep
from gru4rec_core.errors import AccessError, RunError
from gru4rec_core.jobs import jobs
from gru4rec_core.jobs.follow_up import set_aside
from gru4rec_core.jobs.repairs import repair, train_again
from gru4rec_core.results.gate import GatePlan, run_gate
from gru4rec_core.results.recheck import RecheckPlan, recheck_run
from gru4rec_core.workspace.backtests import BacktestRecord, store_backtest
from gru4rec_core.workspace.damage import Damage
from gru4rec_core.workspace.decisions import DecisionRecord, delete_decision, store_decision
from gru4rec_core.workspace.derived_datasets import derive_dataset
from gru4rec_core.workspace.importing import import_sample
from gru4rec_core.workspace.integrity import check_run
from gru4rec_core.workspace.job_state import JobState, read_state, write_state
from gru4rec_core.workspace.records import DatasetRecord, RunRecord
from gru4rec_core.workspace.removal import remove_damaged
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tunings import TuningRecord, create_tuning

JUDGING, RULE = ComparisonConfig(deciding_k=1), SplitConfig()


@pytest.fixture
def world(workspace: Workspace, dataset: DatasetRecord, run: RunRecord, make_dataset, monkeypatch: pytest.MonkeyPatch):
    """A workspace with one of everything, an audit log, and an engine that takes jobs and does nothing."""
    monkeypatch.setattr(jobs.launcher, "start_engine", lambda root: SimpleNamespace(address="tls://engine"))
    monkeypatch.setattr(jobs.client, "send", lambda *arguments: None)
    monkeypatch.setattr(jobs.client, "forget", lambda *arguments: None)
    monkeypatch.setattr(jobs, "engine_status", lambda workspace: None)
    comparison = workspace.create_comparison(dataset.id, RULE, JUDGING, [run.id])
    store_decision(workspace, decision_on(dataset))
    store_backtest(workspace, backtest_on(SimpleNamespace(dataset=dataset, comparison=comparison)))
    messy = workspace.add_dataset(make_dataset("ab", "ba", "abc", "c"), "messy")
    create_tuning(workspace, tuning_on(dataset))
    begin_audit(workspace.root)
    return SimpleNamespace(workspace=workspace, dataset=dataset, messy=messy, run=run, comparison=comparison)


def decision_on(dataset: DatasetRecord, decision_id: str = "decided") -> DecisionRecord:
    return DecisionRecord(
        id=decision_id, by="Ada", versions={}, dataset_id=dataset.id, dataset_name="", dataset_hash="", split=RULE,
        config=JUDGING, runs=(), choice="more-data", model="", why="so", comparison_id="c-1", comparison_name="",
        models=(), verdict={},
    )  # fmt: skip


def backtest_on(world, backtest_id: str = "tested") -> BacktestRecord:
    return BacktestRecord(
        id=backtest_id, name="", dataset_id=world.dataset.id, dataset_hash="", windows=WindowConfig(), periods=("",),
        comparison_ids=(world.comparison.id,),
    )  # fmt: skip


def tuning_on(dataset: DatasetRecord, tuning_id: str = "tuned") -> TuningRecord:
    return TuningRecord(
        id=tuning_id, dataset_id=dataset.id, split=RULE, judging=JUDGING, configs=(TrainingConfig(),), by_job=True
    )  # fmt: skip


def with_state(world, **state) -> None:
    """Gives the run a state."""
    write_state(world.workspace.run_folder(world.run.id), JobState(**state))


def own_rules(call: Callable[[], object]) -> None:
    """Calls what a run that never trained does not get far in; the role is not what stops it."""
    with pytest.raises(RunError) as refusal:
        call()
    if isinstance(refusal.value, AccessError):
        raise refusal.value


def damage_of(world) -> Damage:
    """The run's settings are damaged."""
    path = world.workspace.run_folder(world.run.id) / "config.json"
    path.write_text("", encoding="utf-8")
    damage = check_run(world.workspace, world.run.id)
    assert damage is not None
    return damage


def items_of(world) -> pd.DataFrame:
    return pd.DataFrame({"item": ["a"], "name": ["apple"], "category": [""]})


def retry_it(world) -> None:
    with_state(world, state="lost")
    jobs.retry(world.workspace, "run", world.run.id)
    assert read_state(world.workspace.run_folder(world.run.id)).state == "queued"


def cancel_it(world) -> None:
    with_state(world, state="running")
    jobs.cancel(world.workspace, "run", world.run.id)
    assert (world.workspace.run_folder(world.run.id) / "cancel").exists()


CALLS: dict[str, tuple[Action, Callable]] = {
    "add_dataset": (Action.IMPORT, lambda w: w.workspace.add_dataset(w.workspace.open_dataset(w.dataset.id), "again")),
    "import_sample": (Action.IMPORT, lambda w: import_sample(w.workspace, "workouts")),
    "derive_dataset": (
        Action.CLEAN,
        lambda w: derive_dataset(w.workspace, w.messy.id, [CleaningStep("one-event-sessions")]),
    ),
    "set_item_table": (Action.DESCRIBE_ITEMS, lambda w: w.workspace.set_item_table(w.dataset.id, items_of(w))),
    "forget_item_table": (Action.DESCRIBE_ITEMS, lambda w: w.workspace.set_item_table(w.dataset.id, None)),
    "rename_dataset": (Action.RENAME, lambda w: w.workspace.rename_dataset(w.dataset.id, "new")),
    "set_aside": (Action.SET_ASIDE, lambda w: w.workspace.set_aside(w.dataset.id, ["robots"])),
    "create_run": (Action.TRAIN, lambda w: w.workspace.create_run(w.dataset.id, TrainingConfig(), RULE)),
    "submit": (Action.TRAIN, lambda w: jobs.submit(w.workspace, "run", w.run.id)),
    "submit_order_test": (Action.TRAIN, lambda w: jobs.submit(w.workspace, "order-test", w.dataset.id)),
    "submit_self_check": (
        Action.RECHECK,
        lambda w: jobs.submit(w.workspace, "self-check", w.comparison.id, action=Action.RECHECK),
    ),
    "create_tuning": (Action.TRAIN, lambda w: create_tuning(w.workspace, tuning_on(w.dataset, "second"))),
    "submit_tuning": (Action.TRAIN, lambda w: jobs.submit_tuning(w.workspace, tuning_on(w.dataset))),
    "cancel_tuning": (Action.CANCEL, lambda w: jobs.cancel_tuning(w.workspace, tuning_on(w.dataset))),
    "set_tuning_aside": (Action.CANCEL, lambda w: set_aside(w.workspace, tuning_on(w.dataset))),
    "start_engine": (Action.TRAIN, lambda w: jobs.start_engine(w.workspace)),
    "retry": (Action.RETRY, retry_it),
    "cancel": (Action.CANCEL, cancel_it),
    "create_comparison": (
        Action.COMPARE,
        lambda w: w.workspace.create_comparison(w.dataset.id, RULE, JUDGING, [w.run.id]),
    ),
    "narrow_comparison": (Action.COMPARE, lambda w: w.workspace.narrow_comparison(w.comparison.id, [w.run.id])),
    "succeed_comparison": (
        Action.COMPARE,
        lambda w: w.workspace.succeed_comparison(w.comparison.id, [w.run.id], "next"),
    ),
    "store_decision": (Action.DECIDE, lambda w: store_decision(w.workspace, decision_on(w.dataset, "second"))),
    "run_gate": (
        Action.GATE,
        lambda w: own_rules(lambda: run_gate(w.workspace, GatePlan(w.run.id, "other", w.dataset.id, RULE, JUDGING))),
    ),
    "recheck_run": (
        Action.RECHECK,
        lambda w: own_rules(lambda: recheck_run(w.workspace, RecheckPlan(w.run.id, w.dataset.id, RULE, JUDGING))),
    ),
    "repair": (Action.REPAIR, lambda w: repair(w.workspace, damage_of(w))),
    "remove_damaged": (Action.DELETE, lambda w: remove_damaged(w.workspace, damage_of(w))),
    "train_again": (Action.TRAIN, lambda w: train_again(w.workspace, replace(damage_of(w), cure="train"))),
    "delete_dataset": (Action.DELETE, lambda w: w.workspace.delete_dataset(w.dataset.id, with_runs=True)),
    "delete_run": (Action.DELETE, lambda w: w.workspace.delete_run(w.run.id, with_comparisons=True)),
    "delete_comparison": (Action.DELETE, lambda w: w.workspace.delete_comparison(w.comparison.id)),
    "store_backtest": (Action.COMPARE, lambda w: store_backtest(w.workspace, backtest_on(w, "second"))),
    "delete_backtest": (Action.DELETE, lambda w: w.workspace.delete_backtest("tested")),
    "delete_decision": (Action.DELETE, lambda w: delete_decision(w.workspace, "decided")),
    "stop_engine": (Action.STOP_ENGINE, lambda w: jobs.stop_engine(w.workspace)),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", CALLS)
def test_each_action_is_for_its_roles_alone(world, name: str, role: Role) -> None:
    action, call = CALLS[name]
    before = files_of(world.workspace.root)
    with acting_as(Actor("grace@example.com", role)):
        if may(role, action):
            call(world)
        else:
            with pytest.raises(AccessError, match=r"grace@example\.com is a"):
                call(world)
            # What the test itself sets up (a state) is no trace of the action.
            assert files_of(world.workspace.root) - before <= {"audit.jsonl", f"runs/{world.run.id}/state.json",
                                                               f"runs/{world.run.id}/reserve",
                                                               f"runs/{world.run.id}/submit.lock"}  # fmt: skip
    said = [(entry.who, entry.role, entry.allowed) for entry in read_audit(world.workspace.root)
            if entry.action == action.value]  # fmt: skip
    is_logged_where_it_ends = name == "run_gate" and may(role, action)
    assert said or is_logged_where_it_ends
    assert set(said) <= {("grace@example.com", role, may(role, action))}


def files_of(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_every_action_of_the_table_is_called_above() -> None:
    assert {action for action, _ in CALLS.values()} == set(LOWEST_ROLE) == set(Action)


def test_whoever_is_not_known_may_do_nothing_where_a_login_is_required(world) -> None:
    install_provider(lambda: None)
    try:
        assert not is_allowed(Action.RENAME)
        with pytest.raises(AccessError, match="nobody is logged in"):
            world.workspace.rename_dataset(world.dataset.id, "mine")
    finally:
        install_provider(None)
    (entry,) = read_audit(world.workspace.root)
    assert (entry.who, entry.role, entry.allowed) == ("nobody", "none", False)


def test_the_system_s_user_may_do_everything_unless_the_workbench_is_read_only(
    world, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert require(world.workspace.root, Action.DELETE, "run").role == "admin"
    monkeypatch.setenv(READ_ONLY, "1")
    with pytest.raises(AccessError, match="GRU4REC_READ_ONLY is set"):
        world.workspace.rename_dataset(world.dataset.id, "mine")
    monkeypatch.setenv(READ_ONLY, "0")
    assert is_allowed(Action.RENAME)


def test_a_check_before_long_work_logs_a_refusal_alone(world) -> None:
    check(world.workspace.root, Action.IMPORT, "dataset")
    assert not list(read_audit(world.workspace.root))
