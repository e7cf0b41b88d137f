"""Losses are compared, with a verdict, from the command line."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gru4rec_core.cli import compare
from gru4rec_core.errors import RunError
from gru4rec_core.results.comparison import build_comparison_result, find_missing
from gru4rec_core.storage import load_arrays, load_table
from gru4rec_core.workspace.job_state import read_state
from gru4rec_core.workspace.records import ComparisonRecord
from gru4rec_core.workspace.store import PROJECT_ROOT, Workspace

FAST = ["--n-hidden", "4", "--batch-size", "8", "--epochs", "1", "--n-bootstrap", "200", "--n-permutations", "200"]
LAST_ITEM = ["--protocol", "last-item"]
COMPARE = [*FAST, *LAST_ITEM, "--seeds", "1"]


def test_compare_takes_the_runs_that_are_there(run, log: Path, workspace: Workspace) -> None:
    first = run("compare", log, "--losses", "top1,bpr", *COMPARE, "--json")
    assert first.status == 0, first.err
    assert [model["name"] for model in first.json["models"]][:3] == ["top1", "bpr", "popularity"]
    assert {"dataset", "protocol", "n_test", "models", "verdict", "warnings"} <= set(first.json)
    assert first.json["right_category"] is None  # nobody has told the items' categories
    complete = [one for one in workspace.comparisons() if find_missing(workspace, one).is_complete]
    assert complete
    assert all((workspace.comparison_folder(one.id) / "summary.json").exists() for one in complete)
    before = len(workspace.runs())
    again = run("compare", "letters", "--losses", "top1,bpr", *COMPARE, "--json")
    assert len(workspace.runs()) == before
    assert again.json["verdict"] == first.json["verdict"]
    assert again.err == ""
    model = first.json["models"][0]
    assert model["accuracy_conservative"]["3"] <= model["accuracy"]["3"] <= model["accuracy_optimistic"]["3"]
    assert model["mean_popularity"]["3"] > 0
    assert 0 <= model["repeat_share"]["3"] <= 1
    text = run("compare", "letters", "--losses", "top1,bpr", *COMPARE).out
    assert "Lookup table (Markov)" in text
    assert text.startswith(first.json["verdict"]["sentences"][0])


def test_several_weeks_are_compared_and_nothing_is_trained_twice(
    run, backtested: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GRU4REC_HOME", str(backtested.root))
    judging = ["--k", 3, "--n-bootstrap", 200, "--n-permutations", 200, "--baselines", "popularity,markov"]
    models = ["--n-hidden", 6, "--batch-size", 8, "--epochs", 3, "--seeds", 1, "--window-sessions", 10]
    result = run("compare", "letters", "--windows", 2, "--window-days", 7, *models, *judging, "--json")
    assert result.status == 0, result.err
    assert len(result.json["windows"]) == len(result.json["comparisons"]) == 2
    assert result.json["verdict"]["numbers"]["n_sessions"] == sum(one["n_sessions"] for one in result.json["windows"])
    assert (len(backtested.runs()), len(backtested.comparisons())) == (4, 2)
    assert result.err.startswith("2 windows of 7 days, 2023-11-29 to 2023-12-12; training on ")
    text = run("compare", "letters", "--windows", 2, *models, *judging).out
    assert text.startswith(result.json["verdict"]["sentences"][0])
    assert text.splitlines()[-1].split()[:2] == ["all", "windows"]
    page = tmp_path / "report.html"
    assert run("report", result.json["backtest"], page).status == 0
    html = page.read_text(encoding="utf-8")
    assert "Does it hold over several windows?" in html
    assert all(f'<th scope="row">{one["period"]}</th>' in html for one in result.json["windows"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--windows", 2, "--test-days", 3], "--test-days"),
        (["--windows", 1], "windows"),
        (["--window-days", 0], "window_days"),
    ],
)
def test_windows_that_cannot_be_are_wrong_use(run, log: Path, options: list, said: str) -> None:
    result = run("compare", log, *options)
    assert result.status == 2
    assert said in result.err


def test_windows_that_are_too_small_are_refused_with_a_remedy(run, log: Path) -> None:
    result = run("compare", log, "--windows", 2, *FAST)
    assert result.status == 1
    assert "sessions to train on before it" in result.err
    assert "Take fewer windows, or shorter ones" in result.err


def test_the_deciding_list_length_is_in_the_rows(run, log: Path) -> None:
    arguments = ["compare", log, "--losses", "top1,bpr", *COMPARE, "--k", 4]
    result = run(*arguments, "--json").json
    assert {"1", "3", "4", "5", "10", "20"} == set(result["models"][0]["accuracy"])
    assert result["verdict"]["numbers"]["leader_value"] == max(entry["accuracy"]["4"] for entry in result["models"][:2])
    (header,) = [line for line in run(*arguments).out.splitlines() if line.startswith("hits per 100")]
    assert header.split()[-7:] == ["1", "3", "4", "5", "10", "20", "MRR@20"]


def test_several_seeds_are_one_model(run, log: Path) -> None:
    result = run(
        "compare", log, "--losses", "bpr", "--seeds", 2, *FAST, *LAST_ITEM, "--baselines", "popularity", "--json"
    )
    assert [(entry["name"], entry["seeds"]) for entry in result.json["models"]] == [("bpr", 2), ("popularity", 1)]
    assert result.json["verdict"] is None


def test_the_test_rule_is_an_option(run, log: Path) -> None:
    rule = ["--protocol", "time", "--test-from", "2023-12-05", "--unseen", "drop"]
    result = run("compare", log, "--losses", "bpr", *rule, *FAST, "--seeds", 1, "--baselines", "none", "--json")
    assert result.json["protocol"] == "time"
    assert 0 < result.json["n_test"] < 60


def test_compare_says_in_one_line_what_it_chose_and_why(run, log: Path) -> None:
    result = run("compare", log, "--losses", "bpr", *FAST, "--baselines", "none", "--json")
    assert result.json["protocol"] == "time"
    assert result.json["models"][0]["seeds"] == 3
    (reason,) = [line for line in result.err.splitlines() if "because" in line]
    assert "tested on the last 3 days, because this log spans 27 days" in reason
    assert "3 runs per loss" in reason


@pytest.mark.parametrize(("cores", "option", "expected"), [(4, [], 2), (1, [], 1), (4, ["--processes", 1], 1)])
def test_as_many_runs_go_side_by_side_as_there_are_cores_or_as_asked(
    run, log: Path, monkeypatch: pytest.MonkeyPatch, cores: int, option: list, expected: int
) -> None:
    asked = []

    def note(*arguments: object, n_processes: int, **named: object) -> None:
        asked.append(n_processes)
        raise RunError("Seen enough.")

    monkeypatch.setattr(compare, "worker_count", lambda: cores)
    monkeypatch.setattr(compare, "execute_comparison", note)
    never_trained = ["--losses", "bpr", "--seeds", 2, "--n-hidden", 5, "--baselines", "none", *LAST_ITEM]
    assert run("compare", log, *never_trained, *option).status == 1
    assert asked == [expected]


def test_parts_carried_out_by_processes_of_their_own_are_the_same_bit_for_bit(
    trained: tuple[Workspace, ComparisonRecord], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_by_one, comparison = trained
    side_by_side = Workspace(tmp_path / "home")
    shutil.copytree(
        one_by_one.dataset_folder(comparison.dataset_id), side_by_side.dataset_folder(comparison.dataset_id)
    )
    shutil.rmtree(side_by_side.split_folder(comparison.dataset_id, comparison.split) / "baselines")
    run = one_by_one.run(comparison.run_ids[1])  # with the baselines two parts; one process has to load TensorFlow
    settings = ["--n-hidden", "6", "--batch-size", "8", "--epochs", "2", "--k", "3", "--n-bootstrap", "200"]
    methods = ["--losses", "bpr", "--seeds", "1", "--baselines", ",".join(comparison.baselines)]
    arguments = ["compare", comparison.dataset_id, *methods, *settings, *LAST_ITEM, "--processes", "2"]
    monkeypatch.setenv("GRU4REC_HOME", str(side_by_side.root))
    with subprocess.Popen(
        [sys.executable, "-m", "gru4rec_core", *arguments],
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as command:
        out, err = command.communicate()
    assert command.returncode == 0, err
    assert "Best-sellers" in out
    assert {line.split(": ")[0] for line in err.splitlines()} >= {"bpr, seed 0", "baselines"}
    (record,) = side_by_side.comparisons()
    (other,) = (side_by_side.run(run_id) for run_id in record.run_ids)
    assert (other.config, other.split) == (run.config, run.split)
    ours, theirs = one_by_one.run_folder(run.id), side_by_side.run_folder(other.id)
    assert load_table(ours / "predictions.parquet").equals(load_table(theirs / "predictions.parquet"))
    weights = load_arrays(theirs / "weights.npz")
    for name, value in load_arrays(ours / "weights.npz").items():
        np.testing.assert_array_equal(weights[name], value, err_msg=name)
    folders = [
        workspace.split_folder(comparison.dataset_id, comparison.split) / "baselines"
        for workspace in (one_by_one, side_by_side)
    ]
    for name in comparison.baselines:
        here, there = (load_table(folder / f"{name}.parquet") for folder in folders)
        assert here.equals(there), name
    states = [side_by_side.state(other.id), read_state(folders[1])]
    assert [state.state for state in states] == ["done", "done"]
    assert len({command.pid, *(state.worker.pid for state in states if state.worker)}) == 3
    assert build_comparison_result(side_by_side, record.id).sentences
