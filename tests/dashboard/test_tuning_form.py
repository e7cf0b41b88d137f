"""What is tuned follows from the plan of the comparison; how long it takes at most is said."""

import pytest

from dashboard.tuning_form import describe_time
from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.jobs.tuning_plan import TuningBudget, TuningPlan


@pytest.mark.parametrize(
    ("n_workers", "said"),
    [
        (2, "Tunes 3 methods, 2 at a time: about 4 minutes at most"),
        (8, "Tunes 3 methods, 3 at a time: about 2 minutes at most"),
    ],
)
def test_the_longest_time_is_said(n_workers: int, said: str) -> None:
    losses = (TrainingConfig(), TrainingConfig(loss="bpr"))
    plan = TuningPlan(losses, SplitConfig(), ComparisonConfig(), TuningBudget(20, 120.0), ("popularity", "stan"))
    assert describe_time(plan, n_workers).startswith(said)
