"""How is one model trained, re-checked and used, and which runs are there?"""

from typing import Annotated, Any

import typer

from gru4rec_core.baselines.names import DEFAULT_BASELINES
from gru4rec_core.cli.data import find_or_import
from gru4rec_core.cli.options import (
    AsJson,
    Dataset,
    Preset,
    RunId,
    build_training_config,
    choose_judging,
    choose_plan,
    choose_recheck_rule,
    settings_options,
    split_names,
    validate_judging,
    validate_test_rule,
)
from gru4rec_core.cli.output import (
    clear_status,
    format_accuracy,
    format_recheck,
    loading_tensorflow,
    print_damages,
    print_problems,
    print_result,
    print_warnings,
    progress_printer,
    tell,
)
from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig, default_deciding_k
from gru4rec_core.errors import DataError, RunError
from gru4rec_core.experiments.baselines import execute_baselines
from gru4rec_core.experiments.continuing import kept_epochs
from gru4rec_core.jobs.lost_jobs import reconcile_jobs
from gru4rec_core.model.inference import NumpyGru4Rec
from gru4rec_core.results.collected_warnings import diagnose_recheck, diagnose_run
from gru4rec_core.results.recheck import RecheckPlan, recheck_run
from gru4rec_core.workspace.integrity import check_run
from gru4rec_core.workspace.records import DatasetRecord, RunRecord
from gru4rec_core.workspace.split_store import open_split
from gru4rec_core.workspace.store import Workspace


@settings_options(TrainingConfig, SplitConfig)
def train(
    dataset: Dataset,
    *,
    preset: Preset = None,
    threads: Annotated[int, typer.Option(help="Threads TensorFlow may use.", min=1)] = 1,
    as_json: AsJson = False,
    settings: dict[str, Any],
) -> None:
    """Train one model and test it."""
    config = build_training_config(settings, preset)
    validate_test_rule(settings)
    workspace = Workspace.default()
    record = find_or_import(workspace, dataset)
    choice = choose_plan(workspace, record, settings, n_seeds=1)
    if choice.reason:
        tell(choice.reason)
    open_split(workspace, record.id, choice.test_rule)  # a log that it cannot cut leaves no run behind
    config = config.watching(default_deciding_k(record.n_items))
    _tell_of_interrupted(workspace, record, config, choice.test_rule)
    run = workspace.create_run(record.id, config, choice.test_rule)
    execute(workspace, run, run.name, threads)
    print_trained(workspace, run, as_json)


def _tell_of_interrupted(
    workspace: Workspace, record: DatasetRecord, config: TrainingConfig, test_rule: SplitConfig
) -> None:
    """Says how to go on with the newest run of exactly these settings, where that was interrupted."""
    reconcile_jobs(workspace)
    run = workspace.find_run(record.id, config, test_rule, ("lost", "failed", "cancelled", "done"))
    if run is not None and workspace.state(run.id).state != "done":
        tell(f"An earlier run with these settings did not finish. {_how_to_go_on(workspace, run)}")


def _how_to_go_on(workspace: Workspace, run: RunRecord) -> str:
    """ "It stopped after epoch 3 of 10; to go on there: python -m gru4rec_core resume top1-ab12"."""
    epochs = kept_epochs(workspace, run.id)
    stopped = f"It stopped after epoch {epochs} of {run.config.epochs}" if epochs else "It stopped in its first epoch"
    return f"{stopped}; to go on with it: python -m gru4rec_core resume {run.id}"


def execute(workspace: Workspace, run: RunRecord, title: str, threads: int | None = None) -> None:
    """Carries out a run in this process; where it is interrupted, says how to go on with it."""
    with loading_tensorflow():
        from gru4rec_core.experiments.run import execute_run
    try:
        execute_run(workspace, run.id, threads=threads, on_change=progress_printer(title))
    except BaseException:
        clear_status()
        tell(_how_to_go_on(workspace, run))
        raise


def print_trained(workspace: Workspace, run: RunRecord, as_json: bool) -> None:
    """Prints the results of a finished run, and its warnings."""
    clear_status()
    metrics = workspace.metrics(run.id)
    result = {
        "run": run.id,
        "dataset": workspace.dataset(run.dataset_id).name,
        "protocol": run.split.protocol,
        "n_test": metrics["n_events"],
        "config": run.config.model_dump(mode="json"),
        **{name: metrics[name] for name in ("accuracy", "mrr", "ndcg")},
        "warnings": print_warnings(as_json, diagnose_run(workspace, run)),
    }
    text = f"{run.id}: {format_accuracy(metrics['accuracy'])} of {metrics['n_events']:,} predictions"
    print_result(as_json, result, text)


@settings_options(SplitConfig, ComparisonConfig, of_the_run=(SplitConfig,))
def evaluate(
    run: RunId,
    *,
    on: Annotated[str | None, typer.Option(metavar="DATASET", help="Test on this dataset (name, id or file).")] = None,
    retrain: Annotated[bool, typer.Option(help="Also train a new model with the same settings on it.")] = False,
    as_json: AsJson = False,
    settings: dict[str, Any],
) -> None:
    """Test an old model on new events, week by week, next to baselines trained on them."""
    validate_judging(settings)
    workspace = Workspace.default()
    old = workspace.run(run)
    workspace.metrics(old.id)  # raises when the run is not done
    record = find_or_import(workspace, on) if on else workspace.dataset(old.dataset_id)
    test_rule, reason = choose_recheck_rule(workspace, record, old.split, settings)
    if reason:
        tell(reason)
    judging = choose_judging(record, settings)
    retrained = _retrain(workspace, old, record, test_rule) if retrain else None
    if workspace.missing_baselines(record.id, test_rule, DEFAULT_BASELINES):
        execute_baselines(workspace, record.id, test_rule, on_change=progress_printer())
    result = recheck_run(workspace, RecheckPlan(old.id, record.id, test_rule, judging, retrained))
    clear_status()
    warnings = print_warnings(as_json, diagnose_recheck(workspace, result, retrained))
    print_result(as_json, {**result.to_json(), "warnings": warnings}, format_recheck(result))


def _retrain(workspace: Workspace, old: RunRecord, record: DatasetRecord, test_rule: SplitConfig) -> RunRecord:
    """A finished run with the old one's settings on this dataset: trained now unless it is there already."""
    known = workspace.find_run(record.id, old.config, test_rule)
    if known is not None:
        return known
    run = workspace.create_run(record.id, old.config, test_rule)
    execute(workspace, run, "retraining")
    return run


def recommend(
    run: RunId,
    items: Annotated[str, typer.Option(help="The session so far, oldest first; items separated by commas.")],
    k: Annotated[int, typer.Option(help="Number of items to list.", min=1)] = 10,
    as_json: AsJson = False,
) -> None:
    """List the next items for a session, with their scores."""
    workspace = Workspace.default()
    record = workspace.run(run)
    workspace.metrics(record.id)  # raises when the run is not done
    model = NumpyGru4Rec.load(workspace.run_folder(record.id))
    session = split_names(items, "--items")
    items_by_text = {str(item): item for item in model.vocabulary.items}  # a frame's items may be numbers
    known = [items_by_text[item] for item in session if item in items_by_text]
    if not known:
        raise DataError(
            "The run knows none of these items.",
            found=", ".join(session),
            where=f"run {record.id}",
            remedy=f"Use items of its log, for example {', '.join(map(str, model.vocabulary.items[:5]))}.",
        )
    recommended = [{"item": str(item), "score": float(score)} for item, score in model.recommend(known, k)]
    unknown = [item for item in session if item not in items_by_text]
    if unknown:
        tell(f"left out, because the run never saw them: {', '.join(unknown)}")
    text = "\n".join(f"{row['score']:10.4f}  {row['item']}" for row in recommended)
    result = {"run": record.id, "items": session, "unknown": unknown, "recommendations": recommended}
    print_result(as_json, result, text)


def runs(
    dataset: Annotated[str | None, typer.Option(help="Only runs on this dataset (name or id).")] = None,
    as_json: AsJson = False,
) -> None:
    """List the runs of the workspace, newest first."""
    workspace = Workspace.default()
    reconcile_jobs(workspace)
    dataset_id = workspace.dataset(dataset).id if dataset else None
    rows = [_to_json(workspace, run) for run in workspace.runs(dataset_id)]
    lines = [f"{row['id']}  {row['state']:9}  {row['dataset_id']}  {row['name']}" for row in rows]
    print_problems(workspace)
    unread = [row["id"] for row in rows if row["state"] == "done" and row["accuracy"] is None]
    print_damages(filter(None, (check_run(workspace, run_id) for run_id in unread)))
    if any(row["state"] in ("lost", "failed", "cancelled") for row in rows):
        tell("To go on with a run that did not finish: python -m gru4rec_core resume RUN")
    print_result(as_json, {"runs": rows}, "\n".join(lines) or "no runs yet")


def _to_json(workspace: Workspace, run: RunRecord) -> dict[str, Any]:
    state = workspace.state(run.id)
    return {
        "id": run.id,
        "name": run.name,
        "dataset_id": run.dataset_id,
        "created": run.created.isoformat(),
        "state": state.state,
        "reason": state.reason,
        "protocol": run.split.protocol,
        "continues": run.continues,
        "config": run.config.model_dump(mode="json"),
        "accuracy": _read_accuracy(workspace, run) if state.state == "done" else None,
    }


def _read_accuracy(workspace: Workspace, run: RunRecord) -> dict[str, float] | None:
    """A finished run's hits by list length; None where its metrics are damaged."""
    try:
        return dict(workspace.metrics(run.id)["accuracy"])
    except (RunError, KeyError, TypeError):
        return None
