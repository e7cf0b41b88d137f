"""Facts about *Train more epochs*; the page tests start it."""

from streamlit.testing.v1 import AppTest

from dashboard.more_epochs_form import describe_start


def _show() -> None:
    import os

    from dashboard import more_epochs_form
    from gru4rec_core.workspace.store import Workspace

    more_epochs_form._ask(Workspace(os.environ["GRU4REC_HOME"]).comparisons()[0])


def test_a_model_that_stopped_early_is_left_out_and_it_says_why(workspace, dataset, monkeypatch):
    from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig

    configs = [TrainingConfig(loss="top1", early_stopping=True), TrainingConfig(loss="bpr")]
    runs = [workspace.create_run(dataset.id, config, SplitConfig()) for config in configs]
    workspace.create_comparison(dataset.id, SplitConfig(), ComparisonConfig(), [run.id for run in runs])
    monkeypatch.setenv("GRU4REC_HOME", str(workspace.root))
    app = AppTest.from_function(_show, default_timeout=20).run()
    assert not app.exception
    assert "Early stopping ended the training of TOP1" in app.get("html")[0].body
    assert "training of 1 run of BPR begins again at the first epoch" in app.get("html")[1].body
    assert app.button_group(key="more-epochs-models").options == ["BPR"]
    assert app.number_input(key="more-epochs-number").value == 10


def test_only_runs_with_a_checkpoint_are_said_to_continue():
    begins = "begins again at the first epoch"
    assert describe_start({"TOP1": 0, "BPR": 0}, 6).startswith("Training continues where it stopped; ")
    assert describe_start({"TOP1": 0, "BPR": 1}, 6) == (
        f"Without a checkpoint, training of 1 run of BPR {begins}; that of the others continues where it stopped."
    )
    assert describe_start({"TOP1": 3, "BPR": 3}, 6) == (
        f"Without a checkpoint, training of 3 runs of TOP1 and 3 runs of BPR {begins}."
    )
