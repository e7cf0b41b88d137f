"""How do results, warnings and progress reach the terminal?

Results go to standard output, everything else to standard error.
"""

import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import typer

from gru4rec_core.data.cleaning_types import DROPS, CleaningStep
from gru4rec_core.evaluation.diagnostic_warning import DiagnosticWarning, worst_first
from gru4rec_core.evaluation.quality_types import QualityReport
from gru4rec_core.experiments.reporter import OnChange, OnPart
from gru4rec_core.results.backtest import BacktestResult
from gru4rec_core.results.comparison import ComparisonResult
from gru4rec_core.results.model_table import read_list_lengths
from gru4rec_core.results.recheck import Recheck
from gru4rec_core.workspace.damage import Damage, list_repairable
from gru4rec_core.workspace.job_state import JobState
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tuning_checks import find_tuning_problems


def print_result(as_json: bool, result: dict[str, Any], text: str) -> None:
    """Writes the result to standard output: one JSON object on one line, or the text."""
    sys.stdout.write((json.dumps(result, allow_nan=False) if as_json else text) + "\n")


def print_warnings(as_json: bool, warnings: Sequence[DiagnosticWarning]) -> list[dict[str, Any]]:
    """The warnings as JSON; without --json they are also told on standard error."""
    if not as_json:
        for warning in warnings:
            tell(f"{warning.severity}: {' '.join(filter(None, [warning.title, warning.figure]))}")
    return [warning.to_json() for warning in warnings]


def tell(text: str) -> None:
    """Writes a line to standard error; where nobody reads that any more, the work goes on all the same."""
    with suppress(OSError):
        typer.echo(text, err=True)


def print_problems(workspace: Workspace) -> None:
    """Tells what in the workspace could not be read and is therefore missing from a list."""
    for problem in (*workspace.problems(), *find_tuning_problems(workspace)):
        tell(f"could not be read: {problem}")


def print_damages(damages: Iterable[Damage]) -> None:
    """Tells what is damaged, file by file, and how it is repaired, where it can be."""
    for damage in damages:
        how = " (command: check --repair)" if list_repairable([damage]) else ""
        tell(f"{' '.join(damage.sentences)}{how}")


def progress_printer(title: str = "") -> OnChange:
    """Tells how far a job is: one line that changes on a terminal, else one line per epoch."""
    last = ""

    def tell_state(state: JobState) -> None:
        nonlocal last
        text = " ".join(filter(None, [title, _describe_phase(state)]))
        if sys.stderr.isatty():
            show_status(" ".join(filter(None, [title, _describe_progress(state)])))
        elif text != last and state.is_active:
            last = text
            tell(text)

    return tell_state


def parts_printer(n_parts: int) -> OnPart:
    """Tells how far several jobs are: one line for all on a terminal, else one line per job and epoch.

    Args:
        n_parts: how many jobs there are in all.
    """
    states: dict[str, JobState] = {}
    told: dict[str, str] = {}

    def tell_part(name: str, state: JobState) -> None:
        states[name] = state
        if sys.stderr.isatty():
            n_done = sum(state.state == "done" for state in states.values())
            active = [f"{name}: {_describe_progress(state)}" for name, state in states.items() if state.is_active]
            text = " · ".join([f"{n_done} of {n_parts} done", *active])
            show_status(text[: shutil.get_terminal_size().columns - 1])  # a line that breaks could not be replaced
        elif state.is_active and told.get(name) != _describe_phase(state):
            told[name] = _describe_phase(state)
            tell(f"{name}: {told[name]}")

    return tell_part


def _describe_phase(state: JobState) -> str:
    if state.epochs and state.phase == "training":
        return f"training, epoch {min(state.epoch + 1, state.epochs)} of {state.epochs}"
    return state.phase


def _describe_progress(state: JobState) -> str:
    share = f" {100 * state.done // state.total} %" if state.total else ""
    left = f", {state.seconds_left:.0f} s left" if state.seconds_left is not None else ""
    return _describe_phase(state) + share + left


def show_status(text: str) -> None:
    """Replaces the status line of a terminal; does nothing elsewhere."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()


def clear_status() -> None:
    show_status("")


@contextmanager
def loading_tensorflow() -> Iterator[None]:
    """Around an import of TensorFlow, which takes seconds: says so, and keeps TensorFlow's own notes off the terminal.

    Its C++ code writes notes such as "Could not find cuda drivers" straight to file descriptor 2, past Python and in
    spite of TF_CPP_MIN_LOG_LEVEL=3 (TensorFlow 2.21). So the descriptor itself points to nowhere meanwhile. An import
    that fails raises as ever.
    """
    show_status("loading TensorFlow")
    with suppress(OSError):  # nobody may read it any more
        sys.stderr.flush()
    standard_error = os.dup(2)
    try:
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
            yield
    finally:
        os.dup2(standard_error, 2)
        os.close(standard_error)


def format_comparison(result: ComparisonResult) -> str:
    """What the comparison says, then a table of all models, best first by the deciding metric."""
    lines = [*result.sentences, ""] if result.sentences else []
    ordered = result.models.sort_values(f"accuracy@{result.record.config.deciding_k}", ascending=False)
    return "\n".join(lines + _format_table(ordered.to_dict("records")))


def format_backtest(result: BacktestResult) -> str:
    """What a backtest says, then a table of its windows."""
    table = result.table
    return "\n".join([*result.sentences, *([] if table is None else ["", table.to_string(index=False)])])


def _format_table(rows: Sequence[Mapping[Any, Any]]) -> list[str]:
    ks = read_list_lengths(rows[0])
    lines = [f"{'hits per 100 in the top':28}" + "".join(f"{k:>8}" for k in ks) + f"{'MRR@20':>9}"]
    for row in rows:
        hits = "".join(f"{100 * row[f'accuracy@{k}']:8.2f}" for k in ks)
        lines.append(f"{row['label']:28}{hits}{row['mrr@20']:9.4f}")
    return lines


def format_recheck(result: Recheck) -> str:
    """How the old model did beside the others, overall and week by week."""
    since = f"{result.change.sentence}." if result.change else result.incomparable
    lines = [
        *filter(None, [since]),
        result.against_baselines.sentence,
        result.advice.sentence,
        *([f"{result.whole.sentence}."] if result.whole else []),
        result.unknown_sentence,
        "",
    ]
    deciding = f"accuracy@{result.comparison.config.deciding_k}"
    lines += _format_table(sorted(result.models, key=lambda row: -row[deciding]))
    if len(result.by_week):
        old = result.comparison.models[0]
        lines += ["", f"{'week of':12}{'events':>8}{'unknown':>9}  hits per 100: " + old.label]
        for row in result.by_week.to_dict("records"):
            unknown, hits = 100 * row["unknown"], 100 * row[old.name]
            lines.append(f"{row['week']:%Y-%m-%d}  {row['n_events']:>8,}{unknown:>8.1f}%  {hits:.2f}")
    return "\n".join(lines)


def format_accuracy(accuracy: Mapping[str, float | None]) -> str:
    """Hits per 100 for each list length, in one line."""
    return ", ".join(f"top {k}: {100 * (rate or 0.0):.2f} per 100" for k, rate in accuracy.items())


def format_quality(report: QualityReport) -> list[str]:
    """What was found in a log, worst first, each with the options of `clean` that do something about it."""
    found = {check.code: check for check in report.found}
    lines = []
    for warning in worst_first(check.warning for check in report.found if check.warning):
        options = " or ".join(map(format_step, found[warning.code].steps))
        hint = f" [clean {options}]" if options else ""
        lines.append(f"{warning.severity}: {warning.title} {warning.figure}{hint}")
    ignored = [check.label.lower() for check in report.ignored]
    lines += [f"ignored: {', '.join(ignored)}"] if ignored else []
    return [*lines, report.count_without_warning()]


def format_step(step: CleaningStep) -> str:
    """A cleaning step as options of `clean`."""
    if step.kind in DROPS:
        return f"--drop {step.kind}"
    if step.kind == "pauses":
        return f"--cut-pauses {step.value:g}"
    texts = step.value if isinstance(step.value, tuple) else ()
    if step.kind == "days":
        return f"--drop-days {','.join(texts)}"
    return " ".join(f"{name} {text}" for name, text in zip(("--from", "--until"), texts, strict=True) if text)


def format_counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items())
