"""Is everything in the workspace as it was written, and what can be repaired?"""

from typing import Annotated

import typer

from gru4rec_core.cli.options import AsJson
from gru4rec_core.cli.output import clear_status, loading_tensorflow, print_result, progress_printer, show_status, tell
from gru4rec_core.errors import WorkbenchError
from gru4rec_core.experiments.comparison import load_tensorflow
from gru4rec_core.jobs.lost_jobs import reconcile_jobs
from gru4rec_core.jobs.repairs import repair_here
from gru4rec_core.words import counted
from gru4rec_core.workspace.damage import Damage, describe_check, list_repairable
from gru4rec_core.workspace.integrity import find_damage
from gru4rec_core.workspace.store import Workspace


def check(
    repair: Annotated[
        bool, typer.Option("--repair", help="Repair what can be repaired; nothing is removed or trained again.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check every file of the workspace against its checksum, or by reading it. Exit status 1 if any is damaged."""
    workspace = Workspace.default()
    found, n_checked = _find(workspace)
    if repair:
        reconcile_jobs(workspace)  # so that things whose job is lost are repaired, too
    repaired = _repair_all(workspace, found) if repair else []
    left, n_checked = _find(workspace) if repaired else (found, n_checked)
    values = {"damaged": [one.to_json() for one in left], "repaired": [one.to_json() for one in repaired]}
    lines = [f"Repaired: {one.name} ({one.kind})." for one in repaired]
    lines += ["\n  ".join(one.sentences) for one in left]
    lines.append(describe_check(left, n_checked))
    print_result(as_json, values, "\n".join(lines))
    raise typer.Exit(1 if left else 0)


def _find(workspace: Workspace) -> tuple[list[Damage], int]:
    """What is damaged, and how many things were checked."""
    n_checked = 0

    def tell_progress(done: int, total: int) -> None:
        nonlocal n_checked
        n_checked = total
        show_status(f"checked {done} of {counted(total, 'thing')}")

    found = find_damage(workspace, tell_progress)
    clear_status()
    return found, n_checked


def _repair_all(workspace: Workspace, found: list[Damage]) -> list[Damage]:
    """Repairs what can be repaired; says why if that fails."""
    repaired = []
    for damage in list_repairable(found):
        try:
            if damage.cure == "job" and damage.kind == "run":
                with loading_tensorflow():
                    load_tensorflow()
            repair_here(workspace, damage, progress_printer(damage.name))
            repaired.append(damage)
        except WorkbenchError as error:
            tell(f"not repaired: {error}")
    return repaired
