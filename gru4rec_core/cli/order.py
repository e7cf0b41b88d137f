"""Does the order of events matter in a log?"""

from gru4rec_core.cli.data import find_or_import
from gru4rec_core.cli.options import AsJson, Dataset
from gru4rec_core.cli.output import clear_status, loading_tensorflow, print_result, progress_printer
from gru4rec_core.errors import RunError
from gru4rec_core.jobs.lost_jobs import reconcile_jobs
from gru4rec_core.jobs.planning import default_plan
from gru4rec_core.results import order_text
from gru4rec_core.results.order import find_result
from gru4rec_core.workspace.job_state import change_state, clear_cancel, read_state
from gru4rec_core.workspace.store import Workspace


def order(dataset: Dataset, as_json: AsJson = False) -> None:
    """Test how much of what can be predicted in a log is due to the order of its events, before anything is trained.

    A lookup table and a small GRU predict held-out sessions from histories in order and from shuffled ones. The result
    is kept with the dataset.
    """
    workspace = Workspace.default()
    record = find_or_import(workspace, dataset)
    result = find_result(workspace, record)
    if result is None:
        reconcile_jobs(workspace)
        folder = workspace.order_test_folder(record.id)
        if not read_state(folder).is_active and folder.exists():
            clear_cancel(folder)
            change_state(folder, scheduler="", cluster=None)  # no engine's any more
        with loading_tensorflow():
            from gru4rec_core.experiments.order_test import execute_order_test
        execute_order_test(
            workspace, record.id, default_plan(workspace, record).test_rule, on_change=progress_printer("order test")
        )
        clear_status()
        result = find_result(workspace, record)
        if result is None:
            raise RunError("The result of the order test cannot be read.", where=str(folder), remedy="Run it again.")
    lines = [
        order_text.headline(result),
        order_text.describe_figures(result),
        *order_text.advise(result),
        order_text.describe_basis(result),
    ]
    values = {"dataset": record.name, "headline": lines[0], "advice": order_text.advise(result), **result.to_json()}
    print_result(as_json, values, "\n".join(lines))
