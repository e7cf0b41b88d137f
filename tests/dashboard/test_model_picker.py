"""Facts about how models are told apart in the list of models to compare."""

from datetime import UTC, datetime

from dashboard.model_picker import describe_models
from gru4rec_core.config import SplitConfig, TrainingConfig
from gru4rec_core.results.model_choice import TrainedModel


def a_model(key: str, label: str, rule: SplitConfig) -> TrainedModel:
    moment = datetime(2026, 11, 27, 18, 1, tzinfo=UTC)
    return TrainedModel(label, TrainingConfig(), rule, (key, f"{key}-second"), moment)


def test_models_are_told_by_what_sets_them_apart_and_no_two_alike():
    later = SplitConfig(protocol="time", test_days=3)
    stricter = SplitConfig(min_item_support=5)
    models = [a_model("x", "TOP1 epochs=20", later), a_model("y", "BPR", SplitConfig()), a_model("z", "BPR", stricter)]
    assert describe_models(models) == {
        "x": "TOP1 epochs=20 · 2 seeds · later days · 2026-11-27 18:01",
        "y": "BPR · 2 seeds · last item · 2026-11-27 18:01 · y",
        "z": "BPR · 2 seeds · last item · 2026-11-27 18:01 · z",
    }
