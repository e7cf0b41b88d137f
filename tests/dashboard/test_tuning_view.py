"""What won is told in one row per method."""

from dashboard.tuning_view import winners_table
from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.results.tuning import MethodResult, TuningResult
from gru4rec_core.workspace.tunings import MethodTrials, Trial, TuningRecord


def tried(number: int, value: float, settings: dict, epochs: int = 1) -> Trial:
    return Trial(number, settings, settings, value, epochs, (value,) * epochs, 2.0, "done")


def test_the_winning_settings_stand_beside_what_they_gave() -> None:
    tuning = TuningRecord(
        id="t-1",
        dataset_id="d-1",
        split=SplitConfig(),
        judging=ComparisonConfig(),
        configs=(TrainingConfig(), TrainingConfig(loss="bpr")),
        tuned_baselines=("stan", "slist", "item-knn"),
    )
    units = {"n_hidden": 96, "learning_rate": 0.00687}
    found = [
        MethodTrials("top1", (tried(0, 0.5, {}), tried(1, 0.6, units, epochs=7))),
        MethodTrials("bpr", (tried(0, 0.5, {}), tried(1, 0.4, units))),
        MethodTrials("stan", (tried(0, 0.3, {}), tried(1, 0.35, {"age": 12.5}))),
        MethodTrials("slist", refused="Too many items."),
        MethodTrials("item-knn"),
    ]
    shares = {"stan": {"age": 0.611, "place": 0.389, "distance": 0.0}}
    results = (MethodResult(one.method, one, True, shares.get(one.method, {})) for one in found)
    result = TuningResult(tuning, tuple(results))
    table = winners_table(result)
    assert table["method"].tolist() == ["TOP1", "BPR", "STAN", "SLIST", "Item kNN"]
    assert table["winning settings"].tolist() == [
        "units per layer 96, learning rate 0.00687, epochs 7",
        "the ones it began with",
        "age 12.5",
        "Too many items.",
        "",
    ]
    assert table["what mattered most"].tolist() == ["", "", "age 61 %, place 39 %", "", ""]
    only = TuningResult(tuning, (MethodResult("top1", found[0], True, {}),))
    assert "what mattered most" not in winners_table(only)
    assert table["before"].tolist()[:3] == [50.0, 50.0, 30.0]
    assert table["tuned"].tolist()[:3] == [60.0, 50.0, 35.0]
    assert table["trials"].tolist() == [2, 2, 2, 0, 0]
