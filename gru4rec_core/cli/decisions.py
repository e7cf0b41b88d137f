"""Which decisions were recorded, by people and by the gate, and would a decision be the same on another log?"""

from typing import Annotated, Any

import typer

from gru4rec_core.cli.data import find_or_import
from gru4rec_core.cli.options import AsJson, choose_recheck_rule, settings_options
from gru4rec_core.cli.output import clear_status, print_problems, print_result, show_status, tell
from gru4rec_core.config import SplitConfig
from gru4rec_core.results.decision import recheck_decision
from gru4rec_core.workspace.decisions import (
    DecisionRecord,
    GateRecord,
    list_all_decisions,
    list_decisions,
    list_gates,
    read_decision,
)
from gru4rec_core.workspace.store import Workspace


def decisions(
    dataset: Annotated[str | None, typer.Option(help="Only decisions on this dataset (name or id).")] = None,
    as_json: AsJson = False,
) -> None:
    """List what was decided, by people and by the gate, newest first."""
    workspace = Workspace.default()
    dataset_id = workspace.dataset(dataset).id if dataset else None
    people, gates = list_decisions(workspace, dataset_id), list_gates(workspace, dataset_id)
    lines = [
        f"{record.id}  {record.dataset_name}: {_describe(record)}"
        for record in list_all_decisions(workspace, dataset_id)
    ]
    print_problems(workspace)
    as_values = {
        "decisions": [record.model_dump(mode="json", by_alias=True) for record in people],
        "gates": [record.model_dump(mode="json", by_alias=True) for record in gates],
    }
    print_result(as_json, as_values, "\n".join(map(_join_lines, lines)) or "no decisions yet")


def _join_lines(text: str) -> str:
    """One line: what people typed may have several."""
    return " ".join(text.splitlines())


def _describe(record: DecisionRecord | GateRecord) -> str:
    if isinstance(record, GateRecord):
        return f"{record.text} ({record.by}): {record.question}"
    return f"{record.text} ({record.by}): {record.why}"


@settings_options(SplitConfig, of_the_run=(SplitConfig,))
def recheck(
    decision: Annotated[str, typer.Argument(metavar="DECISION", help="A decision's id.")],
    *,
    on: Annotated[str, typer.Option(metavar="DATASET", help="Check it on this log (name, id or file).")],
    as_json: AsJson = False,
    settings: dict[str, Any],
) -> None:
    """Say whether a recorded decision would be the same on a log that its models have not learnt from."""
    workspace = Workspace.default()
    record = read_decision(workspace, decision)
    dataset = find_or_import(workspace, on)
    test_rule, reason = choose_recheck_rule(workspace, dataset, record.split, settings)
    if reason:
        tell(reason)
    show_status("testing both models")
    found = recheck_decision(workspace, record, dataset.id, test_rule)
    clear_status()
    text = f"{record.text}, decided by {record.by}. {found.sentence}"
    print_result(as_json, found.to_json(), " ".join(filter(None, [text, found.note])))
