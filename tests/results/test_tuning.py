"""What a tuning found is told method by method, in words and as JSON."""

from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.errors import Refused
from gru4rec_core.results.tuning import load_tuning
from gru4rec_core.workspace import refused_baselines
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tunings import (
    Trial,
    TuningRecord,
    create_tuning,
    method_folder,
    store_trials,
)


def tried(number: int, value: float | None) -> Trial:
    settings = {"x": number} if number else {}
    return Trial(number, settings, settings, value, 2, (0.1, value or 0.0), 10.2, "done")


def test_each_method_has_its_sentence(workspace: Workspace, dataset) -> None:
    tuning = TuningRecord(
        id="tuning-a",
        dataset_id=dataset.id,
        split=SplitConfig(),
        judging=ComparisonConfig(deciding_k=3),
        configs=(TrainingConfig(), TrainingConfig(loss="bpr"), TrainingConfig(loss="bpr-max")),
        tuned_baselines=("slist", "stan"),
        n_trials=2,
    )
    create_tuning(workspace, tuning)
    found = {"top1": (tried(0, 0.5), tried(1, 0.55)), "bpr": (tried(0, 0.5), tried(1, 0.4)), "bpr-max": (), "stan": ()}
    for method in tuning.methods:
        method_folder(workspace, tuning, method).mkdir()
        store_trials(method_folder(workspace, tuning, method), found.get(method, ()))
    refused_baselines.write(method_folder(workspace, tuning, "slist"), "slist", Refused("SLIST takes at most 5 items."))
    result = load_tuning(workspace, tuning)
    assert result.sentence == "Hits per 100 in the top 3 on validation data, each method with 2 trials:"
    assert [method.sentence for method in result.methods] == [
        "TOP1: 50.0 → 55.0 of 100 with trial 1 (2 trials, 20 s).",
        "BPR: 50.0 of 100, and no trial was better than its own settings (2 trials, 20 s).",
        "BPR-max: no trial has a value yet.",
        "SLIST: not tuned. SLIST takes at most 5 items.",
        "STAN: no trial has a value yet.",
    ]
    assert not result.complete
    values = {method["method"]: method for method in result.to_json()["methods"]}
    assert (values["top1"]["start"], values["top1"]["best"], values["top1"]["settings"]) == (0.5, 0.55, {"x": 1})
    assert (values["top1"]["n_trials"], values["top1"]["seconds"], values["top1"]["epochs"]) == (2, 20.4, 2)
    assert (values["slist"]["complete"], values["stan"]["complete"], values["stan"]["best"]) == (True, False, None)
