"""Facts about the estimate on the Train page."""

import pytest

from dashboard import train_view
from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.jobs.planning import ComparisonPlan


def a_plan(*losses: str) -> ComparisonPlan:
    configs = tuple(TrainingConfig(loss=loss) for loss in losses)
    return ComparisonPlan(configs, SplitConfig(), ComparisonConfig())


@pytest.mark.parametrize(
    ("losses", "sentence"),
    [
        (("top1", "bpr"), "2 runs of TOP1 and BPR, and the baselines: about 2 min on this machine."),
        (("bpr",), "1 run of BPR, and the baselines: about 2 min on this machine."),
    ],
)
def test_the_estimate_of_the_library_is_put_into_a_sentence(monkeypatch, workspace, dataset, losses, sentence):
    asked = []
    monkeypatch.setattr(train_view, "estimate_seconds", lambda *args: asked.append(args) or 100.0)
    plan = a_plan(*losses)
    assert train_view.estimate_text(workspace, dataset, plan) == sentence
    assert asked == [(workspace, dataset, plan.configs)]
