"""The command line does the same work without a browser."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from gru4rec_core.cli import app as cli
from gru4rec_core.cli.app import main
from gru4rec_core.config import SplitConfig, TrainingConfig
from gru4rec_core.workspace.store import Workspace

FAST = ["--n-hidden", "4", "--batch-size", "8", "--epochs", "1", "--n-bootstrap", "200", "--n-permutations", "200"]
LAST_ITEM = ["--protocol", "last-item"]
TRAIN = [*FAST[:6], *LAST_ITEM]
COMPARE = [*FAST, *LAST_ITEM, "--seeds", "1"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cli")


@pytest.fixture(autouse=True)
def home(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """One workspace for the module: a run that is there already is not trained again."""
    monkeypatch.setenv("GRU4REC_HOME", str(folder / "home"))
    return Workspace.default()


@pytest.fixture(scope="module")
def log(folder: Path) -> Path:
    rows = [(s, 1_700_000_000 + 40_000 * s + t, f"item {(s + t) % 7}") for s in range(60) for t in range(3 + s % 4)]
    path = folder / "letters.csv"
    pd.DataFrame(rows, columns=["SessionId", "Time", "ItemId"]).to_csv(path, index=False)
    return path


class Result:
    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    def call(*arguments: object) -> Result:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(one) for one in arguments])
        captured = capsys.readouterr()
        return Result(ended.value.code if isinstance(ended.value.code, int) else 0, captured.out, captured.err)

    return call


def test_a_sample_is_written(run, folder: Path) -> None:
    result = run("sample", "shop", folder / "shop.csv", "--sessions", 50, "--items", 30, "--seed", 1, "--json")
    assert result.status == 0
    assert result.json["sessions"] == 50
    frame = pd.read_csv(folder / "shop.csv")
    assert len(frame) == result.json["events"]
    assert list(frame.columns) == ["session", "timestamp", "item"]


def test_a_log_is_imported_once(run, log: Path) -> None:
    first, again = (run("import", log, "--json") for _ in range(2))
    assert first.json["id"] == again.json["id"]
    assert (first.json["sessions"], first.json["items"]) == (60, 7)
    assert first.json["warnings"] == []
    listed = run("datasets", "--json").json["datasets"]
    assert [one["id"] for one in listed] == [first.json["id"]]


def test_warnings_of_a_log_are_printed_beside_the_result(run, folder: Path) -> None:
    path = folder / "tied.csv"
    pd.DataFrame({"session": [1, 1, 1, 1], "timestamp": [5, 5, 5, 5], "item": list("abab")}).to_csv(path, index=False)
    found = run("import", path, "--json").json["warnings"]
    assert [one["code"] for one in found] == ["tied-timestamps"]
    text = run("import", path)
    assert "warning: Some events of a session have the same time." in text.err
    assert "warning" not in text.out


def test_columns_are_mapped_by_hand(run, folder: Path) -> None:
    path = folder / "odd.csv"
    path.write_text("wer,wann,was\n1,5,a\n1,6,b\n2,7,a\n")
    failed = run("import", path)
    assert (failed.status, failed.out) == (1, "")
    assert "What to do" in failed.err
    assert "Traceback" not in failed.err
    result = run("import", path, "--session", "wer", "--timestamp", "wann", "--item", "was", "--name", "odd", "--json")
    assert (result.status, result.json["dataset"], result.json["events"]) == (0, "odd", 3)


def test_users_are_cut_into_visits(run, folder: Path) -> None:
    path = folder / "users.csv"
    rows = [(1, 1_700_000_000, "a"), (1, 1_700_000_060, "b"), (1, 1_700_090_000, "a"), (2, 1_700_000_000, "b")]
    pd.DataFrame(rows, columns=["user_id", "timestamp", "item"]).to_csv(path, index=False)
    assert "A user is not a session" in run("import", path).err
    assert run("import", path, "--user", "user_id", "--gap", 30, "--json").json["sessions"] == 3


def test_train_prints_one_json_object(run, log: Path) -> None:
    result = run("train", log, *TRAIN, "--loss", "bpr", "--json")
    assert result.status == 0, result.err
    assert result.json["n_test"] == 60
    assert result.json["config"]["n_hidden"] == [4]
    assert "training" in result.err
    assert "time-overlap" in {one["code"] for one in result.json["warnings"]}
    state = run("runs", "--json").json["runs"][0]
    assert (state["id"], state["state"]) == (result.json["run"], "done")


def test_compare_takes_the_runs_that_are_there(run, log: Path, home: Workspace) -> None:
    first = run("compare", log, "--losses", "top1,bpr", *COMPARE, "--json")
    assert first.status == 0, first.err
    assert [model["name"] for model in first.json["models"]][:3] == ["top1", "bpr", "popularity"]
    assert {"dataset", "protocol", "n_test", "models", "verdict", "warnings"} <= set(first.json)
    before = len(home.runs())
    again = run("compare", "letters", "--losses", "top1,bpr", *COMPARE, "--json")
    assert len(home.runs()) == before
    assert again.json["verdict"] == first.json["verdict"]
    assert again.err == ""
    model = first.json["models"][0]
    assert model["accuracy_conservative"]["3"] <= model["accuracy"]["3"] <= model["accuracy_optimistic"]["3"]
    assert model["mean_popularity"]["3"] > 0
    assert 0 <= model["repeat_share"]["3"] <= 1
    text = run("compare", "letters", "--losses", "top1,bpr", *COMPARE).out
    assert "Lookup table (Markov)" in text
    assert text.startswith(first.json["verdict"]["sentences"][0])


def test_the_deciding_list_length_is_in_the_rows(run, log: Path) -> None:
    wanted = ["compare", log, "--losses", "top1,bpr", *COMPARE, "--k", 4]
    result = run(*wanted, "--json").json
    assert {"1", "3", "4", "5", "10", "20"} == set(result["models"][0]["accuracy"])
    assert result["verdict"]["numbers"]["leader_value"] == max(one["accuracy"]["4"] for one in result["models"][:2])
    (header,) = [line for line in run(*wanted).out.splitlines() if line.startswith("hits per 100")]
    assert header.split()[-7:] == ["1", "3", "4", "5", "10", "20", "MRR@20"]


def test_several_seeds_are_one_model(run, log: Path) -> None:
    result = run(
        "compare", log, "--losses", "bpr", "--seeds", 2, *FAST, *LAST_ITEM, "--baselines", "popularity", "--json"
    )
    assert [(one["name"], one["seeds"]) for one in result.json["models"]] == [("bpr", 2), ("popularity", 1)]
    assert result.json["verdict"] is None


def test_the_test_rule_is_an_option(run, log: Path) -> None:
    rule = ["--protocol", "time", "--test-from", "2023-12-05", "--unseen", "drop"]
    result = run("compare", log, "--losses", "bpr", *rule, *FAST, "--seeds", 1, "--baselines", "none", "--json")
    assert result.json["protocol"] == "time"
    assert 0 < result.json["n_test"] < 60


@pytest.mark.parametrize(
    ("own", "told", "wanted"),
    [
        ({}, {}, {}),
        ({"min_item_support": 2}, {"unseen": "drop"}, {"min_item_support": 2, "unseen": "drop"}),
        ({"protocol": "time", "test_days": 3}, {"unseen": "drop"}, None),
        ({"protocol": "time", "test_days": 3}, {"test_from": "2024-01-01"}, {"test_days": None}),
        ({"protocol": "time", "test_days": 3}, {"protocol": "last-item"}, {"test_days": None}),
    ],
)
def test_what_is_told_changes_the_runs_own_test_rule(own: dict, told: dict, wanted: dict | None) -> None:
    changed = cli._changed(SplitConfig(**own), told)
    assert changed == SplitConfig(**{**own, **told, **(wanted or {})})


def test_evaluate_and_recommend_use_a_run(run, log: Path, home: Workspace) -> None:
    run_id = home.find_run(home.dataset("letters").id, *_settings()).id  # type: ignore[union-attr]
    found = run("evaluate", run_id, "--json")
    assert found.json["models"][0]["name"] == "old"
    assert "time-overlap" in {one["code"] for one in found.json["warnings"]}
    text = run("evaluate", run_id)
    assert "per 100" in text.out
    assert "warning: Training and test overlap in time." in text.err
    listed = run("recommend", run_id, "--items", "item 1,item 2,nothing", "--k", 3, "--json")
    assert len(listed.json["recommendations"]) == 3
    assert listed.json["unknown"] == ["nothing"]
    assert "nothing" in listed.err
    assert len(run("recommend", run_id, "--items", "item 1", "--k", 2).out.splitlines()) == 2
    unknown = run("recommend", run_id, "--items", "nothing")
    assert (unknown.status, unknown.out) == (1, "")


def _settings():
    return TrainingConfig(loss="bpr", n_hidden=(4,), batch_size=8, epochs=1), SplitConfig()


def test_the_engine_is_asked_without_starting_it(run, home: Workspace) -> None:
    assert run("engine", "status", "--json").json["alive"] is False
    assert "not running" in run("engine", "stop").out
    assert not (home.root / "engine").exists()


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["train"], 2),
        (["nonsense"], 2),
        (["train", "LOG", "--loss", "hinge"], 2),
        (["train", "LOG", "--epochs", "many"], 2),
        (["train", "LOG", "--epochs", "0"], 2),
        (["train", "LOG", "--n-hidden", "4;5"], 2),
        (["train", "LOG", "--preset", "fast"], 2),
        (["compare", "LOG", "--losses", ","], 2),
        (["compare", "LOG", "--losses", "hinge"], 2),
        (["train", "LOG", "--test-days", "3"], 2),
        (["compare", "LOG", "--baselines", "foo"], 2),
        (["compare", "LOG", "--baselines", "popularity,popularity"], 2),
        (["compare", "LOG", "--losses", "bpr,bpr"], 2),
        (["compare", "LOG", "--protocol", "time", "--test-from", "2024-99-99"], 1),
        (["train", "LOG", "--protocol", "time", "--test-from", "2024-99-99"], 1),
        (["sample", "music", "out.csv"], 2),
        (["train", "no-such-file.csv"], 1),
        (["recommend", "no-such-run", "--items", "a"], 1),
        (["evaluate", "../../etc"], 1),
    ],
)
def test_wrong_use_and_failure_have_their_status_and_leave_nothing(
    run, log: Path, home: Workspace, arguments: list[str], status: int
) -> None:
    before = (home.runs(), home.comparisons())
    result = run(*[log if one == "LOG" else one for one in arguments])
    assert (result.status, result.out) == (status, "")
    assert result.err.strip()
    assert "Traceback" not in result.err
    assert (home.runs(), home.comparisons()) == before


def test_a_baseline_that_is_none_is_told_those_there_are(run, log: Path) -> None:
    assert "markov" in run("compare", log, "--baselines", "foo").err


def test_what_nobody_foresaw_is_said_in_a_line_and_kept_in_a_file(
    run, home: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Workspace, "datasets", lambda self: 1 / 0)
    result = run("datasets", "--json")
    assert (result.status, result.out) == (1, "")
    assert "unexpected: ZeroDivisionError: division by zero" in result.err
    assert "Traceback" not in result.err
    (kept,) = (home.root / "errors").iterdir()
    assert str(kept) in result.err
    assert "Traceback" in kept.read_text()


@pytest.mark.parametrize(
    "command", ["sample", "import", "train", "compare", "evaluate", "recommend", "runs", "datasets"]
)
def test_every_command_explains_itself(run, command: str) -> None:
    result = run(command, "--help")
    assert result.status == 0
    assert "--json" in result.out


def test_every_setting_is_an_option(run) -> None:
    shown = run("train", "--help").out
    for field in TrainingConfig.model_fields:
        assert f"--{field.replace('_', '-')}" in shown
    for option in ("--protocol", "--test-days", "--test-from", "--unseen", "--split-seed"):
        assert option in shown
