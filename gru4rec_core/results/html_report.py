"""What is in the report of a comparison, read from its workspace, and where is the file written?"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gru4rec_core.config import PROTOCOL_LABELS
from gru4rec_core.data.times import describe_time
from gru4rec_core.errors import RunError
from gru4rec_core.report.html.contents import ReportContents
from gru4rec_core.report.html.page import render_report
from gru4rec_core.results.backtest import find_backtest_result
from gru4rec_core.results.comparison import ComparisonResult, build_comparison_result, seed_names
from gru4rec_core.results.reproduction import reproduce_command
from gru4rec_core.results.trust_facts import trust_facts
from gru4rec_core.storage import read_json
from gru4rec_core.workspace.records import DatasetRecord, RunRecord
from gru4rec_core.workspace.run_folder import read_training_seconds
from gru4rec_core.workspace.store import Workspace


def write_report(workspace: Workspace, comparison_id: str, path: Path) -> ComparisonResult:
    """Writes the report of a finished comparison into a file, replacing what is there; returns what it shows.

    Raises:
        RunError: there is no such comparison, or its runs are not done.
    """
    result = build_comparison_result(workspace, comparison_id)
    # Not as the workspace's files, which only their owner may read: this one is meant for others.
    path.write_text(render_report(gather_contents(workspace, result)), encoding="utf-8", newline="\n")
    return result


def gather_contents(workspace: Workspace, result: ComparisonResult) -> ReportContents:
    """Everything that the report of a comparison shows."""
    record = result.record
    backtest = find_backtest_result(workspace, record.id)
    used = {run_id for run_ids in result.run_ids.values() for run_id in run_ids}
    runs = [workspace.run(run_id) for run_id in record.run_ids if run_id in used]
    return ReportContents(
        title=" against ".join(model.label for model in result.contenders),
        context=" · ".join(
            [
                f"Data: {result.dataset.name}",
                f"test rule: {PROTOCOL_LABELS[record.split.protocol].lower()}",
                f"list length {record.config.deciding_k}",
                f"compared {record.created:%Y-%m-%d}",
            ]
        ),
        comparison=result.comparison,
        verdict=result.verdict,
        warnings=tuple(result.warnings),
        pair=result.pair,
        seed_names=seed_names(result, runs, result.pair or result.contenders[:1]),
        events=result.split.test,
        train_counts=np.asarray(result.split.train_counts),
        item_names=workspace.item_names(result.dataset.id),
        trust=trust_facts(result, runs),
        configs={run.name: run.config for run in runs},
        provenance={
            "Data": describe_data(result.dataset),
            "Test rule and judging": _describe_judging(result),
            "Runs": _describe_runs(workspace, runs),
            "Versions": describe_run_versions(workspace, runs),
        },
        command=reproduce_command(record, [run.config for run in runs]),
        categories=workspace.item_categories(result.dataset.id),
        left_out=result.left_out,
        windows=backtest.table if backtest else None,
        over_windows=backtest.sentences if backtest else (),
    )


def describe_data(dataset: DatasetRecord) -> dict[str, str]:
    """Which log it was: its name, size, times, and the hashes of its events and of its file."""
    period = [describe_time(moment, dataset.time_unit or None) for moment in (dataset.first_time, dataset.last_time)]
    facts = {
        "dataset": f"{dataset.name} ({dataset.id})",
        "sessions, items, events": f"{dataset.n_sessions:,}, {dataset.n_items:,}, {dataset.n_events:,}",
        "first and last event": " to ".join(period),
        "content hash": dataset.content_hash,
        "file": dataset.file_name,
        "SHA-256 of the file": dataset.file_sha256,
        "made from": str(dataset.made_from) if dataset.made_from else "",
        **{f"read with {name}": str(value) for name, value in dataset.mapping.items()},
    }
    if dataset.generated:
        facts["origin"] = "made by a generator, not recorded"
    return {name: text for name, text in facts.items() if text}


def _describe_judging(result: ComparisonResult) -> dict[str, str]:
    record = result.record
    settings = {**record.split.model_dump(), **{f"judging: {k}": v for k, v in record.config.model_dump().items()}}
    return {
        "comparison": f"{record.name} ({record.id})",
        "baselines": ", ".join(record.baselines) or "none",
        **{name: str(value) for name, value in settings.items() if value is not None},
    }


def _describe_runs(workspace: Workspace, runs: Sequence[RunRecord]) -> dict[str, str]:
    def duration(run: RunRecord) -> str:
        seconds = read_training_seconds(workspace.run_folder(run.id))
        return "" if seconds is None else f", trained in {seconds:,.0f} s"

    return {run.name: f"{run.id}, seed {run.config.seed}{duration(run)}" for run in runs}


def describe_run_versions(workspace: Workspace, runs: Sequence[RunRecord]) -> dict[str, str]:
    """Python, packages and machine of the runs; of several that differ, all are named, "unknown" where it is lost."""
    rows = [_read_versions(workspace.run_folder(run.id)) for run in runs]
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: " / ".join(dict.fromkeys(row.get(name, "unknown") for row in rows)) for name in names}


def _read_versions(folder: Path) -> dict[str, str]:
    try:
        found = read_json(folder / "environment.json", "a run")
        packages = {"Python": found["python"], **found["packages"]}
        return {**packages, "system": found["system"], "threads": str(found["threads"])}
    except (RunError, KeyError, TypeError):
        return {}
