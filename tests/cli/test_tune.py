"""Methods are tuned from the command line, and their winners compared."""

from pathlib import Path

from gru4rec_core.results.reproduction import reproduce_command
from gru4rec_core.workspace.store import Workspace

RULE = ["--protocol", "last-item", "--validation-fraction", "0.4"]
TUNE = ["--losses", "bpr", "--baselines", "popularity,sequential-rules", "--trials", "2", "--seeds", "1", *RULE]


def test_tuned_winners_are_compared(run, log: Path, workspace: Workspace) -> None:
    first = run("tune", log, *TUNE, "--processes", "1", "--n-hidden", "8", "--json")
    assert first.status == 0, first.err
    assert [(one["method"], one["n_trials"]) for one in first.json["methods"]] == [("bpr", 2), ("sequential-rules", 2)]
    assert first.json["complete"]
    again = run("tune", "letters", *TUNE, "--n-hidden", "8")
    assert f"compare letters --tuned {first.json['tuning']}" in again.err  # it was there already
    assert "each method with 2 trials" in again.out
    compared = run("compare", "letters", "--tuned", first.json["tuning"], "--json")
    assert compared.status == 0, compared.err
    assert compared.json["tuned"]["tuning_id"] == first.json["tuning"]
    assert [model["label"] for model in compared.json["models"]] == ["BPR", "Best-sellers", "Sequential rules (tuned)"]
    (comparison,) = workspace.comparisons()
    assert comparison.split.validation_fraction == 0
    command = reproduce_command(comparison, [workspace.run(run_id).config for run_id in comparison.run_ids])
    words = command.removeprefix("python -m gru4rec_core ").split()
    assert words[:4] == ["compare", comparison.dataset_id, "--tuned", first.json["tuning"]]
    assert run(*words, "--json").json["comparison"] == comparison.id
    assert (
        run("compare", "letters", "--tuned", first.json["tuning"], "--k", "1", "--json").json["comparison"]
        != comparison.id
    )


def test_what_does_not_go_together_is_refused(run, log: Path) -> None:
    wrong = run("compare", log, "--tuned", "tuning-x", "--epochs", "2")
    assert (wrong.status, "the tuning says what is trained" in wrong.err) == (2, True)
    other = run("compare", log, "--tuned", "tuning-x", "--losses", "bpr")
    assert (other.status, "the tuning says what is trained" in other.err) == (2, True)
    none = run("tune", log, *TUNE[:-1], "0", "--json")
    assert (none.status, "needs a validation part" in none.err) == (1, True)
