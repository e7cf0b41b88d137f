"""What should a reader be warned of? All checks in one place.

Data and test rule: data_checks.py. Training, scores and comparison: model_checks.py.
"""

from gru4rec_core.evaluation.data_checks import (
    best_seller_rate,
    check_dataset,
    check_split,
    expected_hit_rate,
    visible_difference,
)
from gru4rec_core.evaluation.model_checks import (
    RunFacts,
    check_comparison,
    check_evaluation,
    check_runs,
    check_training,
    still_improving,
    validation_curve,
)
from gru4rec_core.evaluation.remarks import Check
from gru4rec_core.evaluation.sensitivity import smallest_visible_difference

__all__ = [
    "Check",
    "RunFacts",
    "best_seller_rate",
    "check_comparison",
    "check_dataset",
    "check_evaluation",
    "check_runs",
    "check_split",
    "check_training",
    "expected_hit_rate",
    "smallest_visible_difference",
    "still_improving",
    "validation_curve",
    "visible_difference",
]
