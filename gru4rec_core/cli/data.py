"""How is a log added to the workspace, and what does the workspace hold?"""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from gru4rec_core.cli.column_options import ColumnOptions
from gru4rec_core.cli.options import AsJson
from gru4rec_core.cli.output import (
    clear_status,
    format_counts,
    format_quality,
    print_problems,
    print_result,
    show_status,
    tell,
)
from gru4rec_core.data.addresses import is_file_system
from gru4rec_core.data.columns import describe_columns
from gru4rec_core.data.find_location import find_location
from gru4rec_core.data.locations import Location
from gru4rec_core.data.passwords import find_password, has_password
from gru4rec_core.data.reading_options import Layout, ReadingOptions
from gru4rec_core.data.samples import SAMPLES, make_sample
from gru4rec_core.data.time_formats import find_format
from gru4rec_core.errors import DataError
from gru4rec_core.results.collected_warnings import diagnose_quality
from gru4rec_core.words import counted
from gru4rec_core.workspace.importing import ImportSource, import_file
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.store import Workspace


def sample(
    name: Annotated[str, typer.Argument(help="One of " + ", ".join(SAMPLES) + ".")],
    out: Annotated[Path, typer.Argument(metavar="OUT.csv", help="The file to write.")],
    sessions: Annotated[int | None, typer.Option(help="Number of sessions.", min=1)] = None,
    items: Annotated[int | None, typer.Option(help="Number of items.", min=1)] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same log.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Write an example log as CSV."""
    frame = make_sample(name, n_sessions=sessions, n_items=items, seed=seed)
    try:
        frame.to_csv(out, index=False)
    except OSError as error:
        raise DataError(
            "The file could not be written.",
            found=str(error),
            where=str(out),
            remedy="Check that the folder exists and that you may write to it.",
        ) from None
    counts = {"sessions": int(frame["session"].nunique()), "items": int(frame["item"].nunique()), "events": len(frame)}
    print_result(as_json, {"file": str(out), "sample": name, **counts}, f"{out}: {format_counts(counts)}, generated")


def import_log(
    log: Annotated[
        str,
        typer.Argument(
            metavar="LOG",
            help="A file: CSV, TSV, JSON lines, Parquet (also gzipped or zipped) or Excel. Or a folder or pattern of "
            "such files (logs/, 'logs/*.parquet', s3://bucket/logs/). Or a database, such as "
            "postgresql://user@host/database or shop.sqlite, with --table or --query.",
        ),
    ],
    table: Annotated[str | None, typer.Option(help="Table of a database to read.")] = None,
    query: Annotated[str | None, typer.Option(help="SELECT to read from a database, one row per event.")] = None,
    password_env: Annotated[
        str | None, typer.Option(help="Environment variable that holds the password for the database.")
    ] = None,
    password_keyring: Annotated[
        str | None, typer.Option(help="Name under which the system's keyring holds the password for the database.")
    ] = None,
    session: Annotated[
        list[str] | None,
        typer.Option(help="Column that names the session; repeat the option if several columns together name it."),
    ] = None,
    timestamp: Annotated[
        list[str] | None,
        typer.Option(help="Column of the time; repeat it if the time is spread over several columns, date first."),
    ] = None,
    item: Annotated[str | None, typer.Option(help="Column of the item.")] = None,
    user: Annotated[
        str | None,
        typer.Option(
            help="Column of the user. Events are divided into visits wherever the user pauses for longer than --gap."
        ),
    ] = None,
    gap: Annotated[
        float | None,
        typer.Option(
            help="Minutes without an event that end a visit, above 0; with --user. By default 30 if that suits the log."
        ),
    ] = None,
    event_column: Annotated[str | None, typer.Option(help="Column of the kind of event; with --event-kind.")] = None,
    event_kind: Annotated[
        list[str] | None,
        typer.Option(help="Kind of event to keep, such as view; repeat it for several. By default all."),
    ] = None,
    item_name: Annotated[str | None, typer.Option(help="Column of the item names to show.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the dataset.")] = None,
    encoding: Annotated[str, typer.Option(help="Encoding of a text file, such as windows-1252 or utf-16.")] = "utf-8",
    has_header: Annotated[
        bool | None,
        typer.Option(
            "--header/--no-header",
            help="Whether the first line names the columns; without names they are called column 1, column 2, … "
            "Recognised by default.",
        ),
    ] = None,
    time_format: Annotated[
        str | None,
        typer.Option(
            help="Notation of the times: s, ms, us or ns since 1970, number for plain numbers that are not dates, "
            "iso, or a pattern of %Y %y %m %b %d %H %I %M %S %f %p %z %a, such as %d/%m/%Y; for numbers next "
            "to the date, HHMM, HHMMSS, s or ms of the day. Recognised by default."
        ),
    ] = None,
    time_zone: Annotated[
        str, typer.Option(help="Time zone of times that do not name one, such as Europe/Berlin or +02:00.")
    ] = "UTC",
    keep_null_words: Annotated[
        bool,
        typer.Option(
            "--keep-null-words",
            help="Treat NULL, NaN and the like as real session and item names, not as missing values.",
        ),
    ] = False,
    sample: Annotated[
        float,
        typer.Option(help="Fraction of the sessions to keep, such as 0.1; each session is kept whole or left out."),
    ] = 1.0,
    seed: Annotated[int, typer.Option(help="Seed of --sample: the same seed keeps the same sessions.")] = 0,
    layout: Annotated[Layout | None, typer.Option(help="What a row holds. Recognised by default.")] = None,
    any_size: Annotated[bool, typer.Option("--any-size", help="Ignore the limits on rows and unpacked size.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check a log and register it in the workspace."""
    options = ReadingOptions(layout, time_format, time_zone, keep_null_words, sample, seed, any_size)
    named = ColumnOptions(
        tuple(session or ()),
        tuple(timestamp or ()),
        item,
        user,
        gap,
        event_column,
        tuple(event_kind or ()),
        item_name,
        has_header,
    )
    location = _locate(log, table, query, (password_env, password_keyring))
    mapping = named.complete(location, encoding, options)
    workspace = Workspace.default()
    notices: list[str] = []
    record = import_file(
        workspace,
        ImportSource(location, mapping, encoding, options=options),
        name=name,
        on_progress=_show_progress,
        on_known=notices.append,
    )
    clear_status()
    explained = () if mapping is None else named.explain(mapping)
    for notice in dict.fromkeys([*explained, *record.summary.get("notes", ()), *notices]):
        tell(notice)
    text = f"{record}: {format_counts(_count(record))}"
    if record.summary.get("columns"):
        text += f"\ncolumns: {describe_columns(record.summary['columns'])}"
    pause = record.summary.get("session_gap_minutes")
    if pause is not None:
        text += f"\nvisits: cut where {pause:g} minutes pass without an event"
    kept = record.summary.get("sample")
    if kept:
        owners = "sessions" if record.summary["session_gap_minutes"] is None else "users"
        text += f"\nsample: {kept['kept']:,} of {kept['of']:,} {owners} kept"
    time_format_read = record.summary.get("time_format", "")
    if "%" in time_format_read:
        text += f"\ntimes: read as {find_format(time_format_read).label} ({time_format_read})"
    rejected = record.summary.get("rejected_counts", {})
    if rejected:
        text += "\nleft out: " + ", ".join(f"{counted(count, 'row')} ({reason})" for reason, count in rejected.items())
    report = diagnose_quality(workspace, record)
    text += f"\n{report.rows.describe()}" if report.rows else ""
    if not as_json:
        tell("\n".join(format_quality(report)))
    warnings = [warning.to_json() for warning in report.warnings]
    result = {**describe_dataset(record), "import": record.summary, "warnings": warnings, "quality": report.to_json()}
    print_result(as_json, result, text)


def _locate(log: str, table: str | None, query: str | None, password_from: tuple[str | None, str | None]) -> Location:
    """What LOG names, with the password for it."""
    if "://" not in log:
        return find_location(log, table, query)
    if has_password(log):
        way = "the environment (AWS_SECRET_ACCESS_KEY and so on)" if is_file_system(log) else "--password-env NAME"
        tell(f"note: this password is now in your shell history; use {way} to avoid that.")
    return find_location(log, table, query, find_password(log, *password_from))


def datasets(as_json: AsJson = False) -> None:
    """List the datasets of the workspace, newest first."""
    workspace = Workspace.default()
    records = workspace.datasets()
    lines = [_describe_line(record) for record in records]
    print_problems(workspace)
    result = {"datasets": [describe_dataset(record) for record in records]}
    print_result(as_json, result, "\n".join(lines) or "no datasets yet")


def find_or_import(workspace: Workspace, dataset: str) -> DatasetRecord:
    """A registered dataset by name or id, or a file or folder, which is imported unless it is there already.

    Raises:
        DataError: it is neither, or the file cannot be read.
    """
    is_there = any(dataset in (record.id, record.name) for record in workspace.datasets())
    if is_there or dataset in workspace.list_folders("datasets"):
        return workspace.dataset(dataset)  # raises what is wrong with a damaged one
    if "://" not in dataset and not os.path.exists(dataset):  # noqa: PTH110  # Path.exists raises on a name too long
        raise DataError(
            "There is no dataset of this name or id, and no file or folder at this path.",
            found=repr(dataset),
            remedy="See `python -m gru4rec_core datasets`, or check the path.",
        )
    record = import_file(workspace, ImportSource(find_location(dataset)), on_progress=_show_progress)
    clear_status()
    return record


def _show_progress(done: int, total: int) -> None:
    show_status(f"importing: {100 * done // total} %" if total else f"importing: {done:,} rows")


def _describe_line(record: DatasetRecord) -> str:
    origin = f" ({record.made_from})" if record.made_from else ""
    return f"{record.id}  {record.name}: {format_counts(_count(record))}{origin}"


def describe_dataset(record: DatasetRecord) -> dict[str, Any]:
    """A dataset as JSON."""
    return {
        "dataset": record.name,
        "id": record.id,
        "file": record.file_name,
        "generated": record.generated,
        "made_from": record.made_from.model_dump() if record.made_from else None,
        **_count(record),
    }


def _count(record: DatasetRecord) -> dict[str, int]:
    return {"sessions": record.n_sessions, "items": record.n_items, "events": record.n_events}
