"""Whether to promote a model is asked by a pipeline, and answered by the exit status: which command, which options?"""

from typing import Annotated, Any

import typer

from gru4rec_core.cli.data import find_or_import
from gru4rec_core.cli.options import (
    AsJson,
    choose_judging,
    choose_recheck_rule,
    settings_options,
    validate_judging,
)
from gru4rec_core.cli.output import clear_status, print_result, show_status, tell
from gru4rec_core.config import ComparisonConfig, SplitConfig
from gru4rec_core.evaluation.gate import GATE_MARGIN
from gru4rec_core.results.gate import EXIT_STATUS, GatePlan, run_gate, store_gate
from gru4rec_core.workspace.store import Workspace

Candidate = Annotated[str, typer.Argument(metavar="RUN", help="The candidate: a run's id.")]


@settings_options(SplitConfig, ComparisonConfig, without=("margin",), of_the_run=(SplitConfig,))
def gate(
    run: Candidate,
    *,
    against: Annotated[str, typer.Option(metavar="RUN", help="The model in use: a run's id.")],
    on: Annotated[
        str,
        typer.Option(metavar="DATASET", help="Test both on this log (name, id or file), which neither learnt from."),
    ],
    margin: Annotated[
        float, typer.Option(help="The largest relative loss of hits that would not matter: 0.02 is 2 %.")
    ] = GATE_MARGIN,
    by: Annotated[
        str | None, typer.Option(help="Who asks, for the record.", show_default="the system's name of the user")
    ] = None,
    as_json: AsJson = False,
    settings: dict[str, Any],
) -> None:
    """Say whether a candidate may replace the model in use.

    Exit status: 0 promote, 3 keep the model in use, 4 undecided, 1 failed, 2 wrong use. The answer and all it rests on
    is recorded in the workspace (gates/).
    """
    judging = {**settings, "margin": margin}
    validate_judging(judging)
    workspace = Workspace.default()
    candidate = workspace.run(run)
    current = workspace.run(against)
    dataset = find_or_import(workspace, on)
    test_rule, reason = choose_recheck_rule(workspace, dataset, candidate.split, settings)
    if reason:
        tell(reason)
    plan = GatePlan(candidate.id, current.id, dataset.id, test_rule, choose_judging(dataset, judging))
    show_status("testing both models")
    result = run_gate(workspace, plan)
    record = store_gate(workspace, result, by)
    clear_status()
    tell(result.unknown_sentence)
    for limit in result.answer.limits if not as_json else ():
        tell(limit)
    print_result(as_json, {**result.to_json(), "record": record.id}, result.answer.sentence)
    raise typer.Exit(EXIT_STATUS[result.answer.outcome])
