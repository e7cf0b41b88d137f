"""How is the report of a comparison written from the command line?"""

from pathlib import Path
from typing import Annotated

import typer

from gru4rec_core.cli.options import AsJson
from gru4rec_core.cli.output import print_damages, print_result
from gru4rec_core.errors import ConfigError, RunError
from gru4rec_core.results.backtest import build_backtest_result
from gru4rec_core.results.html_report import write_report
from gru4rec_core.words import bytes_text
from gru4rec_core.workspace.backtests import KIND
from gru4rec_core.workspace.store import Workspace


def report(
    comparison: Annotated[
        str,
        typer.Argument(
            metavar="COMPARISON",
            help="A comparison's id (compare --json has it); or a backtest's, for its last window with a result.",
        ),
    ],
    out: Annotated[Path, typer.Argument(metavar="OUT.html", help="The file to write; replaced if it is there.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Write a comparison as one HTML file: verdict, charts, sessions, settings; opens anywhere, prints on A4."""
    if out.is_dir() or not out.absolute().parent.is_dir():
        raise ConfigError(
            "A report is written into a file in a folder that exists.",
            found="a folder" if out.is_dir() else f"no folder {out.absolute().parent}",
            where=str(out),
            remedy="Make the folder first, or name another file.",
        )
    workspace = Workspace.default()
    result = write_report(workspace, _find(workspace, comparison), out)
    print_damages(result.damages)
    size = out.stat().st_size
    values = {"comparison": result.record.id, "path": str(out.absolute()), "size": size}
    print_result(as_json, values, f"{out} ({bytes_text(size)})")


def _find(workspace: Workspace, comparison_id: str) -> str:
    """The id of the comparison that is meant."""
    if comparison_id in workspace.list_folders("comparisons"):
        return workspace.comparison(comparison_id).id  # raises what is wrong with a damaged one
    if comparison_id in workspace.list_folders(KIND):
        windows = build_backtest_result(workspace, comparison_id).windows
        if windows:
            return list(windows.values())[-1].record.id
        raise RunError("A report of a backtest needs a window with a result.", found="none", where=comparison_id)
    known = [record.id for record in workspace.comparisons()]
    raise RunError(
        "A report is about a comparison of this workspace.",
        found=comparison_id,
        remedy=f"Its comparisons, newest first, are {', '.join(known)}." if known else "Make one with compare.",
    )
