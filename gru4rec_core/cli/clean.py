"""How is a log checked and cleaned from the command line?"""

from collections.abc import Collection
from typing import Annotated

import typer

from gru4rec_core.cli.data import describe_dataset, find_or_import
from gru4rec_core.cli.options import AsJson, Dataset, split_names
from gru4rec_core.cli.output import format_quality, print_result, tell
from gru4rec_core.data.cleaning_types import DROPS, CleaningStep, StepOutcome
from gru4rec_core.errors import ConfigError
from gru4rec_core.evaluation.quality_types import QualityReport
from gru4rec_core.results.collected_warnings import diagnose_quality
from gru4rec_core.workspace.derived_datasets import derive_dataset, preview_cleaning
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.store import Workspace

_ORDER = ("period", "days", "far-away-dates", "duplicates", "pauses", "robots", "single-items", "one-event-sessions")
"""Several steps run in this order: each works on what the ones before it left."""


def clean(
    dataset: Dataset,
    drop: Annotated[
        list[str] | None, typer.Option(help="Drop one of " + ", ".join(DROPS) + "; separate several with commas.")
    ] = None,
    cut_pauses: Annotated[
        float | None, typer.Option(help="Cut sessions wherever nothing happens for more than this many minutes.")
    ] = None,
    start: Annotated[
        str, typer.Option("--from", help="Keep the sessions that start at or after this moment (an ISO date, UTC).")
    ] = "",
    until: Annotated[str, typer.Option(help="Keep the sessions that start before this moment.")] = "",
    drop_days: Annotated[
        str, typer.Option(help="Drop the sessions that start on these days; separate several with commas.")
    ] = "",
    ignore: Annotated[str, typer.Option(help="Ignore the warnings of these checks; separate codes with commas.")] = "",
    stop_ignoring: Annotated[str, typer.Option(help="Show the warnings of these checks again.")] = "",
    name: Annotated[str | None, typer.Option(help="Name of the new dataset.")] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show what would be left, without creating anything.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Create a cleaned copy of a dataset; the original does not change. Without options, list what could be cleaned.

    Steps always run in this order: --from and --until, --drop-days, --drop far-away-dates,
    --drop duplicates, --cut-pauses, --drop robots, --drop single-items, --drop one-event-sessions.
    """
    steps = _choose_steps(drop or [], cut_pauses, (start, until), drop_days)
    workspace = Workspace.default()
    record = find_or_import(workspace, dataset)
    if ignore or stop_ignoring:
        ignored = _choose_ignored(
            workspace, record, _names(ignore, "--ignore"), _names(stop_ignoring, "--stop-ignoring")
        )
        record = record if preview else workspace.set_aside(record.id, ignored)
    if preview:
        outcomes = preview_cleaning(workspace, record.id, steps)
        result = {**describe_dataset(record), "preview": True, "steps": [outcome.to_json() for outcome in outcomes]}
        print_result(
            as_json, result, "\n".join([f"{record}: preview only, nothing created", *_describe_steps(outcomes)])
        )
        return
    made, outcomes = derive_dataset(workspace, record.id, steps, name)
    if name and made.name != name.strip():
        tell(f"note: these are the events of {made.name}, which is there already and keeps its name.")
    report = diagnose_quality(workspace, made)
    result = {
        **describe_dataset(made),
        "preview": False,
        "steps": [outcome.to_json() for outcome in outcomes],
        "quality": report.to_json(),
    }
    lines = [_describe(made, report), *_describe_steps(outcomes), *format_quality(report)]
    print_result(as_json, result, "\n".join(lines))


def _choose_steps(drop: list[str], cut_pauses: float | None, period: tuple[str, str], days: str) -> list[CleaningStep]:
    steps = [CleaningStep(kind) for text in drop for kind in split_names(text, "--drop")]
    if cut_pauses is not None:
        steps.append(CleaningStep("pauses", cut_pauses))
    if any(period):
        steps.append(CleaningStep("period", period))
    if days:
        steps.append(CleaningStep("days", tuple(split_names(days, "--drop-days"))))
    return sorted(set(steps), key=lambda step: _ORDER.index(step.kind))


def _names(text: str, option: str) -> list[str]:
    return split_names(text, option) if text else []


def _choose_ignored(
    workspace: Workspace, record: DatasetRecord, ignore: Collection[str], stop: Collection[str]
) -> set[str]:
    codes = [check.code for check in diagnose_quality(workspace, record).checks]
    for code in (*ignore, *stop):
        if code not in codes:
            raise ConfigError("There is no check with this code.", found=repr(code), remedy=f"Use {', '.join(codes)}.")
    return {*record.set_aside, *ignore} - set(stop)


def _describe(record: DatasetRecord, report: QualityReport) -> str:
    rows = f"\n{report.rows.describe()}" if report.rows else ""
    sizes = f"{record.n_sessions:,} sessions, {record.n_items:,} items, {record.n_events:,} events"
    origin = f"\n{record.made_from}" if record.made_from else ""
    return f"{record}: {sizes}{origin}{rows}"


def _describe_steps(outcomes: Collection[StepOutcome]) -> list[str]:
    return [
        f"{outcome.step.label}: {outcome.describe()}" + (f" ({outcome.limits})" if outcome.limits else "")
        for outcome in outcomes
    ]
