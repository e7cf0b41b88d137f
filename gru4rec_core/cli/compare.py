"""How are losses compared from the command line?"""

from dataclasses import replace
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
    choose_windows,
    pick_fields,
    resolve_preset,
    settings_options,
    split_names,
    validate_judging,
    validate_test_rule,
)
from gru4rec_core.cli.output import (
    clear_status,
    format_backtest,
    format_comparison,
    loading_tensorflow,
    parts_printer,
    print_damages,
    print_result,
    print_warnings,
    show_status,
    tell,
)
from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig, WindowConfig
from gru4rec_core.data.windows import describe_windows
from gru4rec_core.errors import ConfigError, RunError
from gru4rec_core.evaluation.diagnostic_warning import worst_first
from gru4rec_core.evaluation.trained_again import TrainedAgain
from gru4rec_core.experiments.comparison import execute_comparison, load_tensorflow, missing_parts
from gru4rec_core.jobs.backtest_planning import find_windows, plan_backtest
from gru4rec_core.jobs.capacity import worker_count
from gru4rec_core.jobs.lost_jobs import reconcile_jobs
from gru4rec_core.jobs.more_seeds import more_seeds_command
from gru4rec_core.jobs.planning import ComparisonPlan, plan_comparison, with_seeds
from gru4rec_core.jobs.winners import winners_plan
from gru4rec_core.results.backtest import build_backtest_result
from gru4rec_core.results.comparison import build_comparison_result, find_missing
from gru4rec_core.results.right_category import right_category
from gru4rec_core.results.summary import store_summary
from gru4rec_core.words import counted
from gru4rec_core.workspace.backtests import BacktestRecord
from gru4rec_core.workspace.records import ComparisonRecord
from gru4rec_core.workspace.request_validation import validate_baselines, validate_distinct
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tunings import read_tuning

_LOSSES, _BASELINES = "top1,bpr", ",".join(DEFAULT_BASELINES)


@settings_options(TrainingConfig, SplitConfig, ComparisonConfig, WindowConfig, without=("loss",))
def compare(
    dataset: Dataset,
    *,
    losses: Annotated[str, typer.Option(help="Losses, separated by commas.")] = _LOSSES,
    seeds: Annotated[
        int | None,
        typer.Option(help="Runs per loss, each with its own random start.", min=1, show_default=USUAL_SEEDS),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(
            help="Same as for train; or paper, which trains each loss with the settings of its paper.",
            show_default="quick",
        ),
    ] = None,
    baselines: Annotated[str, typer.Option(help="Baselines, separated by commas; or none.")] = _BASELINES,
    processes: Annotated[
        int | None,
        typer.Option(
            help="How many runs to carry out at the same time, each in its own process.",
            min=1,
            show_default="one per core, if memory allows",
        ),
    ] = None,
    tuned: Annotated[
        str | None,
        typer.Option(
            help="Train and test the winners of this tuning (its id, as tune prints it), under its test rule.",
            metavar="TUNING",
        ),
    ] = None,
    as_json: AsJson = False,
    settings: dict[str, Any],
) -> None:
    """Train (or reuse) the runs of each loss, test them beside the baselines, and give the verdict.

    With --windows on several periods, one after another, each by models trained on what came before it.
    """
    if tuned is not None:
        judging = pick_fields(ComparisonConfig, settings)
        is_usual = (losses, baselines) == (_LOSSES, _BASELINES)
        if not is_usual or preset is not None or len(settings) > len(judging):
            raise ConfigError(
                "With --tuned, the tuning says what is trained and how it is tested.",
                found="other settings of training or testing beside it",
                where="--tuned",
                remedy="Leave them out; to change them, tune again with them.",
            )
        workspace = Workspace.default()
        _finish(workspace, _plan_tuned(workspace, dataset, tuned, seeds, judging), processes, as_json)
        return
    # What the options say is checked before the log is read, which may take minutes.
    loss_names = split_names(losses, "--losses")
    validate_distinct(loss_names, "--losses")
    configs = [build_training_config(settings, resolve_preset(preset, loss), loss=loss) for loss in loss_names]
    windows = choose_windows(settings)
    validate_test_rule(settings)
    validate_judging(settings)
    baseline_names = () if baselines == "none" else tuple(split_names(baselines, "--baselines"))
    validate_baselines(baseline_names)
    workspace = Workspace.default()
    record = find_or_import(workspace, dataset)
    choice = choose_plan(workspace, record, settings, seeds, is_cut_chosen=windows is not None)
    if choice.reason:
        tell(choice.reason)
    seeded = tuple(run for config in configs for run in with_seeds(config, choice.n_seeds))
    plan = ComparisonPlan(seeded, choice.test_rule, choose_judging(record, settings), baseline_names)
    if windows is not None:
        tell(describe_windows(find_windows(workspace, record.id, choice.test_rule, windows), windows))
        _compare_on_windows(workspace, plan_backtest(workspace, record.id, plan, windows), processes, as_json)
        return
    _finish(workspace, plan_comparison(workspace, record.id, plan), processes, as_json)


def _plan_tuned(
    workspace: Workspace, dataset: str, tuning_id: str, n_seeds: int | None, judging: dict[str, Any]
) -> ComparisonRecord:
    """The comparison of a tuning's winners, with other seeds and judged otherwise where the options say so."""
    tuning = read_tuning(workspace, workspace.dataset(dataset).id, tuning_id)
    plan = winners_plan(workspace, tuning, n_seeds)
    if plan is None:
        raise RunError(
            "The winners of a tuning are compared once every method is tuned.",
            found="some methods have budget left",
            where=f"tuning {tuning_id}",
            remedy="Let it end, or call tune again with the same options: it goes on where it was.",
        )
    return plan_comparison(workspace, tuning.dataset_id, replace(plan, judging=plan.judging.replace(**judging)))


def _finish(workspace: Workspace, comparison: ComparisonRecord, processes: int | None, as_json: bool) -> None:
    """Carries out what a comparison lacks, and prints its result."""
    _carry_out(workspace, comparison, processes)
    clear_status()
    result = build_comparison_result(workspace, comparison.id)
    print_warnings(as_json, result.warnings)
    print_damages(result.damages)
    printed = {**result.to_json(), "right_category": right_category(workspace, result)}
    print_result(as_json, printed, format_comparison(result))
    if result.verdict and result.verdict.trained_again and not as_json:
        _tell_how_to_train_more(workspace, comparison, result.verdict.trained_again)
    store_summary(workspace, result)  # for the lists of the dashboard, whose readers would wait for it


def _compare_on_windows(workspace: Workspace, backtest: BacktestRecord, processes: int | None, as_json: bool) -> None:
    comparisons = [workspace.comparison(comparison_id) for comparison_id in backtest.comparison_ids]
    for number, (period, comparison) in enumerate(zip(backtest.periods, comparisons, strict=True), 1):
        if not find_missing(workspace, comparison).is_complete:
            tell(f"window {number} of {len(comparisons)}, {period}")
        _carry_out(workspace, comparison, processes)
    result = build_backtest_result(workspace, backtest.id)
    warnings = {warning.title: warning for window in result.windows.values() for warning in window.warnings}
    print_warnings(as_json, worst_first(warnings.values()))
    print_damages(damage for window in result.windows.values() for damage in window.damages)
    print_result(as_json, result.to_json(), format_backtest(result))
    for window in result.windows.values():
        store_summary(workspace, window)


def _tell_how_to_train_more(workspace: Workspace, comparison: ComparisonRecord, found: TrainedAgain) -> None:
    """Where training again might give another winner: the command that trains more seeds."""
    if found.further_seeds:
        runs = workspace.readable_runs(comparison.run_ids)
        count = max(model.count for model in found.further_seeds)
        command = more_seeds_command(comparison, runs, count)
        tell(f"To add {counted(count, 'more seed')} to every model: {command}")


def _carry_out(workspace: Workspace, comparison: ComparisonRecord, processes: int | None) -> None:
    """Trains and tests what a comparison lacks."""
    if find_missing(workspace, comparison).is_complete:
        return
    n_parts = len(missing_parts(workspace, comparison))
    n_processes = min(n_parts, processes or worker_count())
    show_status("starting")
    if n_processes == 1:
        with loading_tensorflow():
            load_tensorflow()
    execute_comparison(
        workspace,
        comparison.id,
        n_processes=n_processes,
        on_change=parts_printer(n_parts),
        while_waiting=lambda: reconcile_jobs(workspace),
    )
    clear_status()
