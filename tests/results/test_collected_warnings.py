"""Warnings are those of every run there is, each told once."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.config import ComparisonConfig
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.results.collected_warnings import (
    diagnose_quality,
    diagnose_recheck,
    diagnose_run,
    diagnose_scores,
    diagnose_training,
)
from gru4rec_core.results.recheck import RecheckPlan, recheck_run
from gru4rec_core.workspace import run_folder


def test_a_later_seed_that_was_still_improving_is_told(workspace, run, make_dataset) -> None:
    curves = {run.id: [0.5, 0.5], "second": [0.1, 0.2], "third": [0.1, 0.3]}
    column = f"validation_{run.config.early_stopping_metric}"
    home = SimpleNamespace(epochs=lambda run_id: pd.DataFrame({column: curves[run_id]}))
    seeds = [run, *(run.model_copy(update={"id": name}) for name in ("second", "third"))]
    codes = [check.code for check in diagnose_training(home, seeds, make_dataset("abc", "bca"), "TOP1")]
    assert codes == ["still-improving"]
    assert diagnose_training(home, seeds[:1], make_dataset("abc", "bca"), "TOP1") == []


def test_a_later_seed_with_broken_scores_is_told(trained) -> None:
    home, comparison = trained
    good = run_folder.load_evaluation(home.run_folder(comparison.run_ids[0]), 8)
    bad = replace(good, top_scores=np.full_like(good.top_scores, np.nan))
    model = ModelResults("top1", "TOP1", "gru4rec", (good, bad, bad))
    assert [check.code for check in diagnose_scores(model, 3)].count("scores-not-finite") == 1


def test_a_single_run_and_a_dataset_have_their_warnings(trained) -> None:
    home, comparison = trained
    codes = {check.code for check in diagnose_run(home, home.run(comparison.run_ids[0]))}
    assert "time-overlap" in codes
    report = diagnose_quality(home, home.dataset(comparison.dataset_id))
    assert {warning.code for warning in report.warnings} <= codes


@pytest.mark.parametrize("data", [None, "another"])
def test_a_model_retrained_on_another_log_is_told(trained, data: str | None) -> None:
    home, comparison = trained
    old, new = (home.run(run_id) for run_id in comparison.run_ids)
    judging = ComparisonConfig(deciding_k=3, n_bootstrap=200, n_permutations=200)
    found = recheck_run(home, RecheckPlan(old.id, old.dataset_id, old.split, judging, new))
    new = new.model_copy(update={"dataset_hash": data or old.dataset_hash})
    codes = {check.code for check in diagnose_recheck(home, found, new)}
    assert ("different-data" in codes) == (data is not None)
    assert "different-split" not in codes
