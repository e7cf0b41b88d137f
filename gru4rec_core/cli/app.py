"""How is the workbench used without a browser?

Results go to standard output (with --json one JSON object and nothing else), progress and errors to standard
error. Exit status: 0 done, 1 failed, 2 wrong use.
"""

import importlib
import json
import os
import sys
import time
import traceback
import uuid
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import typer

from gru4rec_core.baselines.registry import DEFAULT_BASELINES
from gru4rec_core.cli.options import (
    check_test_rule,
    given,
    names_test_rule,
    preset_for,
    separated,
    settings_options,
    training_config,
)
from gru4rec_core.cli.output import comparison_text, rates, recheck_text
from gru4rec_core.config import PRESETS, ComparisonConfig, SplitConfig, TrainingConfig, default_deciding_k
from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.ingest import inspect_log
from gru4rec_core.data.samples import SAMPLES, make_sample
from gru4rec_core.errors import ConfigError, DataError, WorkbenchError
from gru4rec_core.evaluation.diagnostics import DiagnosticWarning
from gru4rec_core.experiments.baselines import execute_baselines
from gru4rec_core.experiments.reporter import OnChange, describe_unexpected
from gru4rec_core.jobs import jobs
from gru4rec_core.jobs.job_list import list_jobs
from gru4rec_core.jobs.planning import ComparisonPlan, default_plan, plan_comparison, with_seeds
from gru4rec_core.jobs.reconcile import reconcile_jobs
from gru4rec_core.model.inference import NumpyGru4Rec
from gru4rec_core.results.comparison import comparison_result, unfinished
from gru4rec_core.results.diagnostics import dataset_checks, recheck_checks, run_checks
from gru4rec_core.results.recheck import recheck
from gru4rec_core.workspace.importing import LogFile, import_file
from gru4rec_core.workspace.job_state import JobState
from gru4rec_core.workspace.records import DatasetRecord, RunRecord
from gru4rec_core.workspace.request_validation import validate_baselines, validate_distinct
from gru4rec_core.workspace.split_store import open_split
from gru4rec_core.workspace.store import Workspace

app = typer.Typer(
    help="Train session-based recommenders on a log, and see which is better, by how much, how surely.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # its tables cut long option names on narrow terminals
    context_settings={"help_option_names": ["-h", "--help"]},
)
engine_app = typer.Typer(
    help="The local job engine that trains for the dashboard.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(engine_app, name="engine")

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on standard output, nothing else.")]
Log = Annotated[str, typer.Argument(metavar="DATASET", help="A registered dataset's name or id, or a file.")]
Preset = Annotated[str | None, typer.Option(help="Starting point: " + ", ".join(PRESETS) + ".", show_default="quick")]
Run = Annotated[str, typer.Argument(metavar="RUN", help="A run's id.")]


def main(arguments: list[str] | None = None) -> None:
    """Runs a command (sys.argv's by default); errors made for people become one message and an exit status."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # its notes are for people who build it
    try:
        app(arguments, standalone_mode=True)
    except ConfigError as error:
        _fail(error, 2)
    except WorkbenchError as error:
        _fail(error, 1)
    except Exception as error:  # a mistake of ours
        _fail(f"{describe_unexpected(error)}\n{_write_down(error)}", 1)


def _write_down(error: Exception) -> str:
    """Keeps the traceback for whoever mends it; says where."""
    trace = "".join(traceback.format_exception(error))
    try:
        folder = Workspace.default().root / "errors"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{time.strftime('%Y%m%d-%H%M%S')}-{uuid.uuid4().hex[:6]}.txt"
        path.write_text(f"{sys.argv}\n\n{trace}", encoding="utf-8")
    except OSError:
        return trace
    return f"This is a mistake of the program. What is needed to mend it: {path}"


def _fail(error: WorkbenchError | str, status: int) -> None:
    typer.echo(f"gru4rec: {error}", err=True)
    sys.exit(status)


@app.command()
def sample(
    name: Annotated[str, typer.Argument(help="One of " + ", ".join(SAMPLES) + ".")],
    out: Annotated[Path, typer.Argument(metavar="OUT.csv", help="The file to write.")],
    sessions: Annotated[int | None, typer.Option(help="How many sessions.", min=1)] = None,
    items: Annotated[int | None, typer.Option(help="How many items.", min=1)] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same log.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Write an example log as CSV."""
    frame = make_sample(name, n_sessions=sessions, n_items=items, seed=seed)
    try:
        frame.to_csv(out, index=False)
    except OSError as error:
        raise DataError("The file can be written.", found=str(error), where=str(out)) from None
    counts = {"sessions": int(frame["session"].nunique()), "items": int(frame["item"].nunique()), "events": len(frame)}
    _say(as_json, {"file": str(out), "sample": name, **counts}, f"{out}: {_counts(counts)}, generated")


@app.command("import")
def import_log(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, JSON lines or Parquet; also gzipped.")],
    session: Annotated[str | None, typer.Option(help="Column of the session.")] = None,
    timestamp: Annotated[str | None, typer.Option(help="Column of the time.")] = None,
    item: Annotated[str | None, typer.Option(help="Column of the item.")] = None,
    user: Annotated[str | None, typer.Option(help="Column of the user, to cut visits out of; needs --gap.")] = None,
    gap: Annotated[float | None, typer.Option(help="Minutes of pause that end a user's visit.", min=0)] = None,
    item_name: Annotated[str | None, typer.Option(help="Column of the item's name to show.")] = None,
    name: Annotated[str | None, typer.Option(help="What to call the dataset.")] = None,
    encoding: Annotated[str, typer.Option(help="Of a text file, such as windows-1252 or utf-16.")] = "utf-8",
    as_json: AsJson = False,
) -> None:
    """Check a log and register it in the workspace."""
    columns = {"session": session, "timestamp": timestamp, "item": item, "user": user, "item_name": item_name}
    mapping = _mapping(file, columns, gap, encoding)
    workspace = Workspace.default()
    told: list[str] = []
    record = import_file(
        workspace, LogFile(file, mapping, encoding), name=name, on_progress=_file_progress, on_known=told.append
    )
    _clear()
    for sentence in told:
        typer.echo(sentence, err=True)
    text = f"{record}: {_counts(_dataset_counts(record))}"
    dropped = record.summary.get("rejected_counts", {})
    if dropped:
        text += "\nleft out: " + ", ".join(f"{count:,} rows ({reason})" for reason, count in dropped.items())
    warnings = _warn(as_json, dataset_checks(workspace, record))
    _say(as_json, {**_dataset_json(record), "import": record.summary, "warnings": warnings}, text)


@app.command()
@settings_options(TrainingConfig, SplitConfig)
def train(
    dataset: Log,
    *,
    preset: Preset = None,
    threads: Annotated[int, typer.Option(help="Threads TensorFlow may use.", min=1)] = 1,
    as_json: AsJson = False,
    settings: dict[str, Any],
) -> None:
    """Train one model and test it."""
    config = training_config(settings, preset)
    check_test_rule(settings)
    workspace = Workspace.default()
    record = _dataset(workspace, dataset)
    split, _ = _rule_and_seeds(workspace, record, settings, seeds=1)
    open_split(workspace, record.id, split)  # a test rule that does not hold leaves no run behind
    run = workspace.create_run(record.id, config, split)
    _experiments().execute_run(workspace, run.id, threads=threads, on_change=_progress(run.name))
    _clear()
    metrics = workspace.metrics(run.id)
    result = {
        "run": run.id,
        "dataset": record.name,
        "protocol": split.protocol,
        "n_test": metrics["n_events"],
        "config": config.model_dump(mode="json"),
        **{name: metrics[name] for name in ("accuracy", "mrr", "ndcg")},
        "warnings": _warn(as_json, run_checks(workspace, run)),
    }
    _say(as_json, result, f"{run.id}: {rates(metrics['accuracy'])} of {metrics['n_events']:,} predictions")


@app.command()
@settings_options(TrainingConfig, SplitConfig, ComparisonConfig, without=("loss",))
def compare(
    dataset: Log,
    *,
    losses: Annotated[str, typer.Option(help="Losses with commas between them.")] = "top1,bpr",
    seeds: Annotated[
        int | None,
        typer.Option(
            help="Runs per loss, each with its own random start.", min=1, show_default="3; 1 for a generated sample"
        ),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(help="As for train; or paper: each loss as its paper trained it.", show_default="quick"),
    ] = None,
    baselines: Annotated[str, typer.Option(help="Baselines, or none.")] = ",".join(DEFAULT_BASELINES),
    as_json: AsJson = False,
    settings: dict[str, Any],
) -> None:
    """Train or reuse a run a loss, test them beside the baselines, and give the verdict."""
    wanted = separated(losses, "--losses")
    validate_distinct(wanted, "--losses")
    configs = [training_config(settings, preset_for(preset, loss), loss=loss) for loss in wanted]
    check_test_rule(settings)
    names = () if baselines == "none" else tuple(separated(baselines, "--baselines"))
    validate_baselines(names)
    workspace = Workspace.default()
    record = _dataset(workspace, dataset)
    test_rule, n_seeds = _rule_and_seeds(workspace, record, settings, seeds)
    seeded = [run for config in configs for run in with_seeds(config, n_seeds)]
    plan = ComparisonPlan(tuple(seeded), test_rule, _judging(settings, record), names)
    comparison = plan_comparison(workspace, record.id, plan)
    if unfinished(workspace, comparison):
        _experiments("comparison").execute_comparison(
            workspace, comparison.id, on_change=_progress(), while_waiting=lambda: reconcile_jobs(workspace)
        )
    _clear()
    result = comparison_result(workspace, comparison.id)
    _warn(as_json, result.checks)
    _say(as_json, result.to_json(), comparison_text(result))


@app.command("evaluate")
@settings_options(SplitConfig, ComparisonConfig)
def evaluate_run(
    run: Run,
    *,
    on: Annotated[str | None, typer.Option(metavar="DATASET", help="Test on this dataset (name, id or file).")] = None,
    retrain: Annotated[bool, typer.Option(help="Also train its settings anew on that dataset.")] = False,
    as_json: AsJson = False,
    settings: dict[str, Any],
) -> None:
    """Test an old model on new events, beside today's baselines, week by week."""
    workspace = Workspace.default()
    old = workspace.run(run)
    workspace.metrics(old.id)  # says so when the run is not done
    record = _dataset(workspace, on) if on else workspace.dataset(old.dataset_id)
    told = given(SplitConfig, settings)
    split = _changed(old.split, told)
    judging = _judging(settings, record)
    retrained = _retrained(workspace, old, record, split) if retrain else None
    if workspace.missing_baselines(record.id, split, DEFAULT_BASELINES):
        execute_baselines(workspace, record.id, split, on_change=_progress())
    found = recheck(workspace, old.id, record.id, split, judging, retrained=retrained)
    _clear()
    warnings = _warn(as_json, recheck_checks(workspace, found, retrained))
    _say(as_json, {**found.to_json(), "warnings": warnings}, recheck_text(found))


def _changed(own: SplitConfig, told: dict[str, Any]) -> SplitConfig:
    """A run's own test rule with what was told in its place; another cut takes the place of its own."""
    cut = {"test_days", "test_from"}
    other_cut = cut & set(told) or told.get("protocol", own.protocol) != own.protocol
    return own.replace(**{**dict.fromkeys(cut if other_cut else ()), **told})


def _retrained(workspace: Workspace, old: RunRecord, record: DatasetRecord, split: SplitConfig) -> RunRecord:
    found = workspace.find_run(record.id, old.config, split)
    if found is None:
        found = workspace.create_run(record.id, old.config, split)
        _experiments().execute_run(workspace, found.id, on_change=_progress("retraining"))
    return found


def _rule_and_seeds(
    workspace: Workspace, record: DatasetRecord, settings: dict[str, Any], seeds: int | None = None
) -> tuple[SplitConfig, int]:
    """The test rule and the runs per loss; what no option gives is the dataset's default, with its reason told."""
    plan = default_plan(workspace, record)
    values = given(SplitConfig, settings)
    reasons = [] if names_test_rule(settings) else [plan.test_rule_reason]
    test_rule = SplitConfig(**values) if names_test_rule(settings) else plan.test_rule.replace(**values)
    if seeds is None:
        reasons.append(plan.n_seeds_reason)
    if reasons:
        typer.echo("; ".join(reasons), err=True)
    return test_rule, seeds or plan.n_seeds


def _judging(settings: dict[str, Any], record: DatasetRecord) -> ComparisonConfig:
    return ComparisonConfig(**{"deciding_k": default_deciding_k(record.n_items), **given(ComparisonConfig, settings)})


def _experiments(name: str = "run") -> ModuleType:
    """Loads TensorFlow, which takes seconds: only once everything else holds. Its notes are for its builders."""
    _status("loading TensorFlow")
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with Path(os.devnull).open("w") as nothing:
            os.dup2(nothing.fileno(), 2)
            return importlib.import_module(f"gru4rec_core.experiments.{name}")
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@app.command()
def recommend(
    run: Run,
    items: Annotated[str, typer.Option(help="The session so far, oldest first, with commas between the items.")],
    k: Annotated[int, typer.Option(help="How many items to list.", min=1)] = 10,
    as_json: AsJson = False,
) -> None:
    """List the next items for a session, with their scores."""
    workspace = Workspace.default()
    record = workspace.run(run)
    workspace.metrics(record.id)  # says so when the run is not done
    model = NumpyGru4Rec.load(workspace.run_folder(record.id))
    session = separated(items, "--items")
    items_by_text = {str(item): item for item in model.vocabulary.items}  # a frame's items may be numbers
    known = [items_by_text[item] for item in session if item in items_by_text]
    if not known:
        raise DataError(
            "At least one item of the session is known to the run.",
            found=", ".join(session),
            where=f"run {record.id}",
            remedy=f"Use items of its log, for example {', '.join(map(str, model.vocabulary.items[:5]))}.",
        )
    listed = [{"item": str(item), "score": float(score)} for item, score in model.recommend(known, k)]
    unknown = [item for item in session if item not in items_by_text]
    text = "\n".join(f"{one['score']:10.4f}  {one['item']}" for one in listed)
    if unknown:
        typer.echo(f"passed over, not in the run's log: {', '.join(unknown)}", err=True)
    _say(as_json, {"run": record.id, "items": session, "unknown": unknown, "recommendations": listed}, text)


@app.command()
def runs(
    dataset: Annotated[str | None, typer.Option(help="Only those on this dataset (name or id).")] = None,
    as_json: AsJson = False,
) -> None:
    """List the runs of the workspace, newest first."""
    workspace = Workspace.default()
    reconcile_jobs(workspace)
    wanted = workspace.dataset(dataset).id if dataset else None
    listed = [_run_json(workspace, run) for run in workspace.runs(wanted)]
    lines = [f"{one['id']}  {one['state']:9}  {one['dataset_id']}  {one['name']}" for one in listed]
    _report_problems(workspace)
    _say(as_json, {"runs": listed}, "\n".join(lines) or "no runs yet")


@app.command()
def datasets(as_json: AsJson = False) -> None:
    """List the datasets of the workspace, newest first."""
    workspace = Workspace.default()
    listed = workspace.datasets()
    lines = [f"{one.id}  {one.name}: {_counts(_dataset_counts(one))}" for one in listed]
    _report_problems(workspace)
    _say(as_json, {"datasets": [_dataset_json(one) for one in listed]}, "\n".join(lines) or "no datasets yet")


@engine_app.command("status")
def engine_status(as_json: AsJson = False) -> None:
    """Say whether the job engine runs, and what it works on."""
    workspace = Workspace.default()
    reconcile_jobs(workspace)
    status = jobs.engine_status(workspace)
    active = [
        {"kind": job.kind, "id": job.id, "title": job.title, "state": job.state.state, "phase": job.state.phase}
        for job in list_jobs(workspace, active_only=True)
    ]
    if status.alive:
        pid = "" if status.pid is None else f", process {status.pid}"
        text = f"running: {status.address}{pid}, {status.n_workers} workers, {len(active)} jobs"
    else:
        text = "not running; the next job of the dashboard starts it"
    lines = [text, *(f"  {job['state']}: {job['title']} ({job['id']}) {job['phase']}" for job in active)]
    _say(as_json, {**asdict(status), "jobs": active}, "\n".join(lines))


@engine_app.command("stop")
def engine_stop(as_json: AsJson = False) -> None:
    """End the job engine and its workers; jobs at work are lost and can be tried again."""
    stopped = jobs.stop_engine(Workspace.default())
    _say(as_json, {"stopped": stopped}, "stopped" if stopped else "was not running")


def _dataset(workspace: Workspace, text: str) -> DatasetRecord:
    """A registered dataset by name or id, or a file, which is imported unless it is there already."""
    if any(text in (one.id, one.name) for one in workspace.datasets()):
        return workspace.dataset(text)
    if not Path(text).exists():
        raise DataError(
            "DATASET is a registered name or id, or a file.",
            found=f"{text!r}, which is neither",
            remedy="See `python -m gru4rec_core datasets`, or check the path.",
        )
    record = import_file(workspace, LogFile(Path(text)), on_progress=_file_progress)
    _clear()
    return record


def _mapping(file: Path, columns: dict[str, str | None], gap: float | None, encoding: str) -> ColumnMapping | None:
    """The columns given by hand, completed by the usual names; None when none was given."""
    told = {role: column for role, column in columns.items() if column is not None}
    if gap is not None:
        told["session_gap_minutes"] = gap  # type: ignore[assignment]
    if not told:
        return None
    candidates = inspect_log(file, encoding=encoding).candidates
    usual = {role: candidates[role][0] for role in ("session", "timestamp", "item") if candidates[role]}
    if "user" in told:
        usual.pop("session", None)
    values = {"session": None, **usual, **told}
    missing = [role for role in ("timestamp", "item") if role not in values]
    if missing:
        raise DataError(
            "A log has a column each for session, timestamp and item.",
            found=f"no column recognised as {', '.join(missing)}",
            where=str(file),
            remedy=f"Name it with --{missing[0]}.",
        )
    return ColumnMapping(**values)  # type: ignore[arg-type]


def _file_progress(done: int, total: int) -> None:
    _status(f"reading: {100 * done // max(total, 1)} %")


def _progress(name: str = "") -> OnChange:
    """Tells on standard error how far a job is: one line that changes on a terminal, else a line an epoch."""
    last: list[str] = []

    def tell(state: JobState) -> None:
        text = " ".join(filter(None, [name, state.phase]))
        if state.epochs and state.phase == "training":
            text += f", epoch {min(state.epoch + 1, state.epochs)} of {state.epochs}"
        if sys.stderr.isatty():
            share = f" {100 * state.done // state.total} %" if state.total else ""
            left = f", {state.seconds_left:.0f} s left" if state.seconds_left is not None else ""
            _status(text + share + left)
        elif text not in last[-1:] and state.is_active:
            last.append(text)
            typer.echo(text, err=True)

    return tell


def _status(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()


def _clear() -> None:
    _status("")


def _report_problems(workspace: Workspace) -> None:
    for problem in workspace.problems():
        typer.echo(f"left out: {problem}", err=True)


def _run_json(workspace: Workspace, run: RunRecord) -> dict[str, Any]:
    state = workspace.state(run.id)
    return {
        "id": run.id,
        "name": run.name,
        "dataset_id": run.dataset_id,
        "created": run.created.isoformat(),
        "state": state.state,
        "reason": state.reason,
        "protocol": run.split.protocol,
        "config": run.config.model_dump(mode="json"),
        "accuracy": workspace.metrics(run.id)["accuracy"] if state.state == "done" else None,
    }


def _dataset_json(record: DatasetRecord) -> dict[str, Any]:
    return {
        "dataset": record.name,
        "id": record.id,
        "file": record.file_name,
        "generated": record.generated,
        **_dataset_counts(record),
    }


def _dataset_counts(record: DatasetRecord) -> dict[str, int]:
    return {"sessions": record.n_sessions, "items": record.n_items, "events": record.n_events}


def _say(as_json: bool, value: dict[str, Any], text: str) -> None:
    sys.stdout.write((json.dumps(value, allow_nan=False) if as_json else text) + "\n")


def _warn(as_json: bool, checks: list[DiagnosticWarning]) -> list[dict[str, Any]]:
    """The warnings as JSON; without --json they are told on standard error, beside the result."""
    if not as_json:
        for check in checks:
            typer.echo(f"{check.severity}: {' '.join(filter(None, [check.title, check.figure]))}", err=True)
    return [check.to_json() for check in checks]


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items())
