"""The job of a self-check leaves its answer and how it ended."""

import shutil

import pytest

from gru4rec_core.errors import RunError
from gru4rec_core.experiments.self_check import execute_self_check_job
from gru4rec_core.results.comparison import build_comparison_result
from gru4rec_core.results.self_check import read_self_check, self_check_folder
from gru4rec_core.workspace.job_state import read_state


def test_the_answer_is_stored_and_the_job_is_done(trained):
    home, comparison = trained
    shutil.rmtree(self_check_folder(home, comparison.id), ignore_errors=True)
    execute_self_check_job(home, comparison.id)
    assert read_state(self_check_folder(home, comparison.id)).state == "done"
    found = read_self_check(home, build_comparison_result(home, comparison.id))
    assert found is not None
    assert found.works


def test_an_unknown_comparison_is_an_error(trained):
    with pytest.raises(RunError):
        execute_self_check_job(trained[0], "nope")
