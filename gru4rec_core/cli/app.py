"""Which commands are there, and with which exit status do they end?

Results go to standard output (with --json one JSON object and nothing else), progress and errors to standard
error. Exit status: 0 done, 1 failed, 2 usage error; a gate also has 3 and 4.
"""

import logging
import os
import sys
import time
import traceback
import uuid

import typer

from gru4rec_core.cli import (
    audit,
    check,
    clean,
    compare,
    data,
    decisions,
    engine,
    gate,
    items,
    order,
    report,
    self_check,
    train,
    tune,
    unfinished,
)
from gru4rec_core.cli.output import tell
from gru4rec_core.data.addresses import hide_secrets
from gru4rec_core.disk import describe
from gru4rec_core.errors import ConfigError, DiskFull, WorkbenchError
from gru4rec_core.experiments.reporter import describe_unexpected
from gru4rec_core.storage import make_folder, write_text
from gru4rec_core.workspace.room import advise
from gru4rec_core.workspace.store import Workspace

app = typer.Typer(
    help="Train session-based recommenders on a log, and see which is better, by how much, and how certain that is.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # its tables cut long option names on narrow terminals
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("sample")(data.sample)
app.command("import")(data.import_log)
app.command("datasets")(data.datasets)
app.command("items")(items.items)
app.command("clean")(clean.clean)
app.command("order")(order.order)
app.command("train")(train.train)
app.command("compare")(compare.compare)
app.command("tune")(tune.tune)
app.command("report")(report.report)
app.command("self-check")(self_check.self_check)
app.command("evaluate")(train.evaluate)
app.command("gate")(gate.gate)
app.command("decisions")(decisions.decisions)
app.command("recheck")(decisions.recheck)
app.command("recommend")(train.recommend)
app.command("runs")(train.runs)
app.command("resume")(unfinished.resume)
app.command("retry")(unfinished.retry)
app.command("check")(check.check)
app.command("audit")(audit.audit)
app.add_typer(engine.app, name="engine")


def main(arguments: list[str] | None = None) -> None:
    """Runs a command (sys.argv's by default); an error becomes one message and an exit status."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's notes are for people who build it
    # What it logs of a refusal is for whoever runs a server; here the message says it.
    logging.getLogger("gru4rec_core.access").addHandler(logging.NullHandler())
    try:
        app(arguments, standalone_mode=True)
    except ConfigError as error:
        _fail(str(error), 2)
    except WorkbenchError as error:
        _fail(str(advise(error, Workspace.default_root())), 1)
    except Exception as error:
        root = Workspace.default_root()
        problem = describe(error, root)
        if isinstance(problem, DiskFull):
            _fail(str(advise(problem, root)), 1)
        # a bug
        _fail(f"{hide_secrets(describe_unexpected(error))}\n{_keep_traceback(error)}", 1)


def _fail(message: str, status: int) -> None:
    tell(f"gru4rec: {message}")
    sys.exit(status)


def _keep_traceback(error: Exception) -> str:
    """Writes the traceback into the workspace; returns a sentence that says where, or the traceback itself."""
    trace = hide_secrets("".join(traceback.format_exception(error)))
    try:
        path = Workspace.default().root / "errors" / f"{time.strftime('%Y%m%d-%H%M%S')}-{uuid.uuid4().hex[:6]}.txt"
        make_folder(path.parent)
        write_text(path, f"{hide_secrets(str(sys.argv))}\n\n{trace}")
    except (OSError, WorkbenchError):
        return trace
    return f"This is a bug in the workbench. Please attach this file when you report it: {path}"
