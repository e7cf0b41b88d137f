"""Facts about how a model is told in the list of models to compare."""

from datetime import UTC, datetime

from dashboard.model_picker import describe
from gru4rec_core.config import SplitConfig, TrainingConfig
from gru4rec_core.results.model_choice import TrainedModel


def test_a_model_is_told_by_what_sets_it_apart():
    rule, moment = SplitConfig(protocol="time", test_days=3), datetime(2026, 11, 27, tzinfo=UTC)
    model = TrainedModel("TOP1 epochs=20", TrainingConfig(epochs=20), rule, ("a", "b"), moment)
    assert describe(model) == "TOP1 epochs=20 · 2 seeds · later days · 2026-11-27"
