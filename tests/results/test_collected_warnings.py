"""Warnings are those of every run there is, each told once."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.config import ComparisonConfig
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.model_warnings import find_comparison_warnings
from gru4rec_core.results.collected_warnings import (
    diagnose_quality,
    diagnose_recheck,
    diagnose_run,
    diagnose_scores,
    diagnose_training,
)
from gru4rec_core.results.comparison import build_comparison_result
from gru4rec_core.results.recheck import RecheckPlan, recheck_run
from gru4rec_core.workspace import run_folder


def test_seeds_are_still_improving_together_by_the_list_length_that_decides(run, make_dataset) -> None:
    flat, rise = [0.3] * 6, [0.1, 0.14, 0.17, 0.19, 0.21, 0.22]
    curves = {run.id: (flat, flat), "second": (flat, rise), "third": (flat, rise)}

    def epochs(run_id: str) -> pd.DataFrame:
        of_3, of_7 = curves[run_id]
        return pd.DataFrame({"validation_accuracy@3": of_3, "validation_accuracy@7": of_7})

    home = SimpleNamespace(epochs=epochs)
    seeds = [run, *(run.model_copy(update={"id": name}) for name in ("second", "third"))]

    def codes(k: int, n_seeds: int = 3) -> list[str]:
        data = make_dataset("abc", "bca")
        return [check.code for check in diagnose_training(home, seeds[:n_seeds], data, k, "TOP1")]

    assert codes(7) == ["still-improving"]
    assert codes(3) == codes(7, n_seeds=1) == []


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


def test_a_comparison_says_once_whether_its_test_is_too_small_by_its_own_intervals(trained) -> None:
    home, comparison = trained
    assert "small-test" in {warning.code for warning in diagnose_run(home, home.run(comparison.run_ids[0]))}
    result = build_comparison_result(home, comparison.id)
    measured = [check for check in find_comparison_warnings(result.comparison) if check.code == "small-test"]
    assert [check for check in result.warnings if check.code == "small-test"] == measured
