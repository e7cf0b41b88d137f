"""Facts about the estimate on the Train page."""

import pytest

from dashboard import train_view
from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.jobs.planning import ComparisonPlan
from gru4rec_core.jobs.time_left import PlanEstimate


def a_plan(*losses: str) -> ComparisonPlan:
    configs = tuple(TrainingConfig(loss=loss) for loss in losses)
    return ComparisonPlan(configs, SplitConfig(), ComparisonConfig())


BOTH = "2 runs of TOP1 and BPR, and the baselines"


@pytest.mark.parametrize(
    ("losses", "estimate", "sentence"),
    [
        (("top1", "bpr"), PlanEstimate(100.0, 0), f"{BOTH}: about 2 min on this machine."),
        (("bpr",), PlanEstimate(100.0, 0), "1 run of BPR, and the baselines: about 2 min on this machine."),
        (
            ("top1", "bpr"),
            PlanEstimate(40.0, 1),
            f"{BOTH}: about 40 s on this machine. 1 run of these is there already.",
        ),
        (
            ("top1", "bpr"),
            PlanEstimate(40.0, 0, 2),
            f"{BOTH}: about 40 s on this machine. 2 runs of these are at work already.",
        ),
        (("top1", "bpr"), PlanEstimate(0.0, 2), f"{BOTH}: all finished already; there is nothing left to train."),
    ],
)
def test_the_estimate_of_the_library_is_put_into_a_sentence(
    monkeypatch, workspace, dataset, losses, estimate, sentence
):
    asked = []
    monkeypatch.setattr(train_view, "estimate_plans", lambda *args: asked.append(args) or estimate)
    plan = a_plan(*losses)
    assert train_view.estimate_text(workspace, dataset, [plan]) == sentence
    assert asked == [(workspace, dataset, [plan])]


def test_the_estimate_of_several_windows_is_that_of_all(monkeypatch, workspace, dataset):
    monkeypatch.setattr(train_view, "estimate_plans", lambda *args: PlanEstimate(100.0, 0))
    said = train_view.estimate_text(workspace, dataset, [a_plan("top1", "bpr")] * 4)
    assert said == "8 runs of TOP1 and BPR, and the baselines of 4 windows: about 2 min on this machine."
