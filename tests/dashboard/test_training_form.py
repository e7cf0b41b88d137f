"""Facts about the form of the Train page."""

from dashboard import training_form
from gru4rec_core.config import TrainingConfig


def test_logq_is_given_to_cross_entropy_only():
    values = {"logq": 1.0}
    assert training_form._settings_for("cross-entropy", values)["logq"] == 1.0
    assert TrainingConfig(**training_form._settings_for("bpr", values)).logq == 0.0
