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
from tests.finished import store_tuning


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


def test_time_that_was_interrupted_and_missing_trials_are_told(workspace: Workspace, dataset) -> None:
    tuning = store_tuning(workspace, dataset.id)
    whole = load_tuning(workspace, tuning)
    assert whole.methods[0].sentence.endswith("(4 trials, 12 s, 2 s of them in trials that were interrupted).")
    assert (whole.methods[0].to_json()["interrupted_seconds"], whole.damages) == (1.5, ())
    path = method_folder(workspace, tuning, "stan") / "trials.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[1:]))
    part = load_tuning(workspace, tuning)
    assert part.methods[1].start is None  # the first trial, which had the method's own settings, is gone
    assert not part.complete
    path.unlink()
    assert [one.names() for one in load_tuning(workspace, tuning).damages] == [{"stan/trials.jsonl"}]
