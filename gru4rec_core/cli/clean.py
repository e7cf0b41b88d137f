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
"""Several steps are taken in this order: what is left of one is judged by the next."""


def clean(
    dataset: Dataset,
    drop: Annotated[
        list[str] | None, typer.Option(help="Drop one of " + ", ".join(DROPS) + "; several with commas.")
    ] = None,
    cut_pauses: Annotated[
        float | None, typer.Option(help="Cut sessions wherever nothing happens for more than so many minutes.")
    ] = None,
    start: Annotated[
        str, typer.Option("--from", help="Keep the sessions that start at or after this moment (an ISO date, UTC).")
    ] = "",
    until: Annotated[str, typer.Option(help="Keep the sessions that start before this moment.")] = "",
    drop_days: Annotated[str, typer.Option(help="Drop the sessions that start on these days; with commas.")] = "",
    keep: Annotated[str, typer.Option(help="Set findings aside, by their code: they are to stay as they are.")] = "",
    undo_keep: Annotated[str, typer.Option(help="Report findings again that were set aside.")] = "",
    name: Annotated[str | None, typer.Option(help="Name of the new dataset.")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Only say what would be left.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a cleaned dataset out of another, which stays as it is; without options, say what there is to clean.

    Steps are taken in this order, however they are given: --from and --until, --drop-days, --drop far-away-dates,
    --drop duplicates, --cut-pauses, --drop robots, --drop single-items, --drop one-event-sessions.
    """
    steps = _choose_steps(drop or [], cut_pauses, (start, until), drop_days)
    workspace = Workspace.default()
    record = find_or_import(workspace, dataset)
    if keep or undo_keep:
        kept = _choose_kept(workspace, record, _names(keep, "--keep"), _names(undo_keep, "--undo-keep"))
        record = record if preview else workspace.set_aside(record.id, kept)
    if preview:
        outcomes = preview_cleaning(workspace, record.id, steps)
        result = {**describe_dataset(record), "preview": True, "steps": [outcome.to_json() for outcome in outcomes]}
        print_result(as_json, result, "\n".join([f"{record}: nothing was made", *_describe_steps(outcomes)]))
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


def _choose_kept(workspace: Workspace, record: DatasetRecord, keep: Collection[str], undo: Collection[str]) -> set[str]:
    codes = [check.code for check in diagnose_quality(workspace, record).checks]
    for code in (*keep, *undo):
        if code not in codes:
            raise ConfigError("A finding is named by its code: " + ", ".join(codes) + ".", found=repr(code))
    return {*record.set_aside, *keep} - set(undo)


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
