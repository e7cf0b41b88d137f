"""Results go to standard output, everything else to standard error."""

import json
import os
import sys

import pytest

from gru4rec_core.cli import output
from gru4rec_core.results.comparison import build_comparison_result
from gru4rec_core.workspace.job_state import JobState


def test_a_result_is_one_line_of_json_or_text(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_result(True, {"a": 1}, "one\ntwo")
    output.print_result(False, {"a": 1}, "one\ntwo")
    first, *rest = capsys.readouterr().out.splitlines()
    assert json.loads(first) == {"a": 1}
    assert rest == ["one", "two"]


def test_json_has_no_nan() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        output.print_result(True, {"a": float("nan")}, "")


def test_progress_is_one_line_per_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    tell = output.progress_printer("a run")
    for done in (1, 2, 3):
        tell(JobState(state="running", phase="training", epoch=0, epochs=2, done=done, total=9))
    tell(JobState(state="running", phase="training", epoch=1, epochs=2))
    tell(JobState(state="running", phase="testing", epoch=2, epochs=2))
    tell(JobState(state="done", phase="testing"))
    assert capsys.readouterr().err.splitlines() == [
        "a run training, epoch 1 of 2",
        "a run training, epoch 2 of 2",
        "a run testing",
    ]


def test_on_a_terminal_progress_is_one_line_that_changes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    output.progress_printer()(JobState(state="running", phase="training", done=1, total=4, seconds_left=7.0))
    output.clear_status()
    assert capsys.readouterr().err == "\r\x1b[Ktraining 25 %, 7 s left\r\x1b[K"


def test_several_jobs_are_told_by_name_one_line_per_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    tell = output.parts_printer(3)
    tell("bpr, seed 0", JobState())
    for _ in range(2):
        tell("bpr, seed 0", JobState(state="running", phase="training", epoch=0, epochs=2))
        tell("baselines", JobState(state="running", phase="markov"))
    tell("bpr, seed 0", JobState(state="done", phase="testing"))
    assert capsys.readouterr().err.splitlines() == ["bpr, seed 0: training, epoch 1 of 2", "baselines: markov"]


def test_on_a_terminal_several_jobs_share_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(output.shutil, "get_terminal_size", lambda **_: os.terminal_size((60, 24)))
    tell = output.parts_printer(7)
    tell("a", JobState(state="done"))
    tell("b", JobState(state="running", phase="training", epochs=2, done=1, total=4, seconds_left=7.0))
    tell("c", JobState(state="running", phase="testing", done=1, total=2))
    *_, last = capsys.readouterr().err.split("\r\x1b[K")
    assert last == "1 of 7 done · b: training, epoch 1 of 2 25 %, 7 s left · c:"  # cut: a line that breaks stays


def test_native_notes_are_kept_off_while_tensorflow_loads(capfd: pytest.CaptureFixture[str]) -> None:
    with output.loading_tensorflow():
        os.write(2, b"Could not find cuda drivers")
    os.write(2, b"heard again")
    assert capfd.readouterr().err == "heard again"
    with pytest.raises(ImportError), output.loading_tensorflow():
        raise ImportError("no TensorFlow")
    os.write(2, b"heard again")
    assert capfd.readouterr().err == "heard again"


def test_a_comparison_reads_verdict_first_then_the_best_model(trained) -> None:
    workspace, comparison = trained
    result = build_comparison_result(workspace, comparison.id)
    lines = output.format_comparison(result).splitlines()
    assert result.verdict is not None
    assert lines[0] == result.verdict.sentences[0]
    table = lines[-len(result.models) :]
    best = result.models.sort_values("accuracy@3", ascending=False)["label"].iloc[0]
    assert table[0].startswith(best)
    assert len(table) == len(result.models)


def test_accuracy_is_per_hundred() -> None:
    assert output.format_accuracy({"1": 0.125, "3": None}) == "top 1: 12.50 per 100, top 3: 0.00 per 100"


def test_counts_are_grouped_by_thousands() -> None:
    assert output.format_counts({"sessions": 1234, "items": 5}) == "1,234 sessions, 5 items"


def test_work_goes_on_when_nobody_reads_its_progress_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object, **options: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(output.typer, "echo", broken)
    output.progress_printer("a run")(JobState(state="running", phase="training", epochs=2))
