"""How are methods tuned from the command line, each with the same budget?"""

from typing import Annotated, Any

import typer

from gru4rec_core.baselines.names import DEFAULT_BASELINES
from gru4rec_core.cli.data import find_or_import
from gru4rec_core.cli.options import (
    USUAL_SEEDS,
    AsJson,
    Dataset,
    build_training_config,
    choose_judging,
    choose_plan,
    resolve_preset,
    settings_options,
    split_names,
    validate_judging,
    validate_test_rule,
)
from gru4rec_core.cli.output import (
    clear_status,
    loading_tensorflow,
    parts_printer,
    print_damages,
    print_result,
    show_status,
    tell,
)
from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.experiments.comparison import load_tensorflow
from gru4rec_core.experiments.tuning import execute_methods, missing_methods
from gru4rec_core.jobs.capacity import worker_count
from gru4rec_core.jobs.lost_jobs import reconcile_jobs
from gru4rec_core.jobs.tuning_plan import TuningBudget, TuningPlan, plan_tuning
from gru4rec_core.results.tuning import TuningResult, load_tuning
from gru4rec_core.workspace.request_validation import validate_baselines, validate_distinct
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tuning_checks import find_unreadable_tunings

_FOUND_OUT = ("loss", "epochs", "early_stopping", "early_stopping_metric", "patience")
"""Settings of training that each trial chooses, or finds out."""


@settings_options(TrainingConfig, SplitConfig, ComparisonConfig, without=_FOUND_OUT)
def tune(
    dataset: Dataset,
    *,
    losses: Annotated[str, typer.Option(help="Losses, separated by commas.")] = "top1,bpr",
    trials: Annotated[
        int | None,
        typer.Option(
            help="How many combinations of settings to try per method; with --minutes alone, as many as fit.",
            min=1,
            show_default="20, unless --minutes is given",
        ),
    ] = None,
    minutes: Annotated[
        float | None,
        typer.Option(help="Minutes per method; with --trials too, whichever ends first.", min=0.01),
    ] = None,
    baselines: Annotated[
        str,
        typer.Option(
            help="Baselines to compare the winners with, comma-separated, or none; those with settings are tuned."
        ),
    ] = ",".join(DEFAULT_BASELINES),
    seeds: Annotated[
        int | None,
        typer.Option(help="Runs of each winner in the comparison.", min=1, show_default=USUAL_SEEDS),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(help="Preset whose settings each loss tries first; or paper.", show_default="quick"),
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option(
            help="How many methods to tune at the same time, each in its own process.",
            min=1,
            show_default="one per core, if memory allows",
        ),
    ] = None,
    as_json: AsJson = False,
    settings: dict[str, Any],
) -> None:
    """Search the settings of each method with the same budget, on training and validation data alone.

    Called again with the same options, it goes on where it was. `compare --tuned` trains and tests the winners.
    """
    loss_names = split_names(losses, "--losses")
    validate_distinct(loss_names, "--losses")
    configs = [build_training_config(settings, resolve_preset(preset, loss), loss=loss) for loss in loss_names]
    validate_test_rule(settings)
    validate_judging(settings)
    names = () if baselines == "none" else tuple(split_names(baselines, "--baselines"))
    validate_baselines(names)
    workspace = Workspace.default()
    record = find_or_import(workspace, dataset)
    choice = choose_plan(workspace, record, settings, seeds)
    if choice.reason:
        tell(choice.reason)
    plan = TuningPlan(
        configs=tuple(configs),
        test_rule=choice.test_rule,
        judging=choose_judging(record, settings),
        budget=TuningBudget.of(trials, minutes),
        baselines=names,
        n_seeds=choice.n_seeds,
    )
    print_damages(find_unreadable_tunings(workspace, record.id))  # one of them may be this, which begins anew
    tuning = plan_tuning(workspace, record.id, plan)
    if parts := missing_methods(workspace, tuning):
        n_processes = min(len(parts), processes or worker_count())
        show_status("starting")
        if n_processes == 1:
            with loading_tensorflow():
                load_tensorflow()
        execute_methods(
            workspace,
            tuning,
            n_processes=n_processes,
            on_change=parts_printer(len(parts)),
            while_waiting=lambda: reconcile_jobs(workspace),
        )
    clear_status()
    result = load_tuning(workspace, tuning)
    print_result(as_json, result.to_json(), _format(result))
    tell(f"To train and test the winners: python -m gru4rec_core compare {record.name} --tuned {tuning.id}")


def _format(result: TuningResult) -> str:
    lines = [result.sentence]
    for method in result.methods:
        lines.append(f"  {method.sentence}")
        if method.trials.best and method.trials.best.settings:
            pairs = (f"{name} {_text(value)}" for name, value in method.trials.best.settings.items())
            lines.append(f"    {', '.join(pairs)}")
    return "\n".join(lines)


def _text(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
