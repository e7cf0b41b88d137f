"""How is the self-check of a comparison carried out as a job? TensorFlow is not needed."""

from gru4rec_core.experiments.reporter import JobReporter
from gru4rec_core.results.comparison import build_comparison_result
from gru4rec_core.results.self_check import make_self_check, self_check_folder
from gru4rec_core.workspace.store import Workspace


def execute_self_check_job(workspace: Workspace, comparison_id: str) -> None:
    """Checks whether a comparison's test can be trusted; the answer is stored beside the comparison.

    Raises:
        WorkbenchError: why it failed, or Cancelled; recorded in the job's state too.
    """
    record = workspace.comparison(comparison_id)
    with JobReporter(self_check_folder(workspace, record.id), root=workspace.root) as job:
        job.begin_phase("reading the results")
        result = build_comparison_result(workspace, record.id)
        make_self_check(
            workspace, result, lambda tested: job.begin_phase(f"testing models that were made worse: {tested}")
        )
