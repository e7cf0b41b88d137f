"""How is it checked from the command line whether a comparison's test can be trusted?"""

from typing import Annotated

import typer

from gru4rec_core.cli.options import AsJson
from gru4rec_core.cli.output import clear_status, print_result, show_status
from gru4rec_core.results.comparison import build_comparison_result
from gru4rec_core.results.self_check import make_self_check
from gru4rec_core.workspace.store import Workspace


def self_check(
    comparison: Annotated[str, typer.Argument(metavar="COMPARISON", help="A comparison's id (compare --json has it).")],
    *,
    as_json: AsJson = False,
) -> None:
    """Check whether a comparison's test can be trusted: equal models must look equal, a worse one must be noticed.

    Exit status 1 where one of the two comes out wrong.
    """
    workspace = Workspace.default()
    result = build_comparison_result(workspace, comparison)
    found = make_self_check(workspace, result, lambda tested: show_status(f"models tested: {tested}"))
    clear_status()
    print_result(as_json, {"comparison": result.record.id, **found.to_json()}, "\n".join(found.sentences))
    raise typer.Exit(0 if found.works else 1)
