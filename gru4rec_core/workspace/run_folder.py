"""Which files does a run leave in its folder, and how are they read back?"""

import json
import math
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.scoring import Evaluation
from gru4rec_core.storage import (
    append_text,
    damaged,
    load_array,
    load_table,
    read_json,
    save_array,
    save_blocks,
    write_json,
    write_text,
)

TOP_K = 20
"""Items kept per prediction, unless a comparison needs more."""

_FIELDS = {
    "session": "session_index",
    "position": "position",
    "target": "target",
    "greater": "greater",
    "equal": "equal",
}
"""Fields of an evaluation that hold a number per event, and their columns."""

_BLOCK_EVENTS = 500_000  # events of a predictions table that are written at once

_NUMBERS = [*_FIELDS.values(), "session"]
_LISTS = {"top_items": np.int32, "top_scores": np.float32}

_RETRAIN = "Wait until the run is done, or train it again."


def append_epoch(folder: Path, report: dict[str, Any]) -> None:
    """Adds one line to epochs.jsonl; an epoch trained again replaces its line and drops all later ones."""
    path = folder / "epochs.jsonl"
    line = json.dumps(report) + "\n"
    if _last_epoch(path) < report["epoch"]:
        append_text(path, line)
    else:
        earlier = [row for row in read_epoch_lines(folder) if row["epoch"] < report["epoch"]]
        write_text(path, "".join(json.dumps(row) + "\n" for row in earlier) + line)


def _last_epoch(path: Path) -> float:
    """The epoch of the last line; 0 without one, infinite when that line was never finished."""
    if not path.exists() or path.stat().st_size == 0:
        return 0
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4096))
        tail = file.read()
    try:
        return int(json.loads(tail.splitlines()[-1])["epoch"]) if tail.endswith(b"\n") else math.inf
    except (ValueError, KeyError, TypeError):  # damaged
        return math.inf


def read_epochs(folder: Path) -> pd.DataFrame:
    """One row per epoch that can be read; empty before the first.

    Validation metrics become columns `validation_<metric>`.
    """
    rows = []
    for report in read_epoch_lines(folder):
        validation = report.pop("validation", None) or {}
        rows.append({**report, **{f"validation_{name}": value for name, value in validation.items()}})
    return pd.DataFrame(rows)


def read_epoch_lines(folder: Path) -> list[dict[str, Any]]:
    """The lines of epochs.jsonl that can be read: the last may be half written, and any of them damaged."""
    path = folder / "epochs.jsonl"
    if not path.exists():
        return []
    rows = []
    for line in path.read_bytes().splitlines(keepends=True):
        with suppress(ValueError):
            row = json.loads(line.decode("utf-8")) if line.endswith(b"\n") else None
            if isinstance(row, dict) and isinstance(row.get("epoch"), int):
                rows.append(row)
    return rows


def read_training_seconds(folder: Path) -> float | None:
    """For how long the run in a folder was trained; None where that was not written down, or is damaged."""
    try:
        return float(read_json(folder / "environment.json", "a run")["seconds"]["training"])
    except (RunError, KeyError, TypeError, ValueError):
        return None


def read_metrics(folder: Path) -> dict[str, Any]:
    """Test metrics by name.

    Raises:
        RunError: the run was not tested yet.
    """
    if not (folder / "metrics.json").exists():
        raise RunError(
            "A run has no metrics until it is done.",
            found="no metrics.json",
            where=f"run {folder.name}",
            remedy=_RETRAIN,
        )
    return dict(read_json(folder / "metrics.json", f"run {folder.name}"))


def save_evaluation(evaluation: Evaluation, metrics: dict[str, Any], folder: Path, stem: str = "predictions") -> None:
    """Writes the predictions table, then the metrics: whoever sees the metrics can read both, even after a power cut.

    Args:
        evaluation: what the model predicted on the test events.
        metrics: JSON-able.
        folder: of the run, or of the baselines of a split.
        stem: a baseline's name; a run's predictions are in predictions.parquet and its metrics in metrics.json.
    """
    path = folder / f"{stem}.parquet"
    save_blocks(path, _predictions_table(evaluation))
    for column in _LISTS:
        save_array(_list_file(path, column), getattr(evaluation, column), durable=True)
    write_json(folder / ("metrics.json" if stem == "predictions" else f"{stem}.json"), metrics)


def _predictions_table(evaluation: Evaluation) -> Iterator[pa.Table]:
    """The predictions table in blocks: `Evaluation.to_frame`, without a Python object for each list."""
    for start in range(0, max(evaluation.n_events, 1), _BLOCK_EVENTS):
        part = slice(start, start + _BLOCK_EVENTS)
        columns = {"session_index": evaluation.session[part], "session": evaluation.session_id[part]}
        columns |= {name: getattr(evaluation, field)[part] for field, name in _FIELDS.items() if name not in columns}
        yield pa.table(columns | {name: _to_lists(getattr(evaluation, name)[part]) for name in _LISTS})


def _to_lists(values: np.ndarray) -> pa.ListArray:
    n, width = values.shape
    return pa.ListArray.from_arrays(np.arange(0, n * width + 1, width, dtype=np.int32), pa.array(values.ravel()))


def load_evaluation(
    folder: Path, n_items: int, stem: str = "predictions", *, like: Evaluation | None = None
) -> Evaluation:
    """The predictions table as arrays; 20,000 events take some 10 ms. The lists are memory-mapped.

    Args:
        folder: of the run, or of the baselines of a split.
        n_items: size of the catalogue that was ranked.
        stem: a baseline's name.
        like: an evaluation of the same events, perhaps, whose arrays are then used again: they need memory once.

    Raises:
        RunError: the run was not tested yet, or the file is damaged.
    """
    path = folder / f"{stem}.parquet"
    table = load_table(path, columns=_NUMBERS, remedy=_RETRAIN)
    try:
        numbers = {name: table[name].to_numpy() for name in _NUMBERS}
        own = {field: _as_int32(numbers[name]) for field, name in _FIELDS.items()} | {"session_id": numbers["session"]}
        shared = {
            field: getattr(like, field)
            for field in ("session", "session_id", "position", "target")
            if like is not None and np.array_equal(getattr(like, field), own[field])
        }
        lists = {column: _open_lists(path, column, table.num_rows) for column in _LISTS}
        return Evaluation(**(own | shared), **lists, n_items=n_items)
    except (ValueError, KeyError) as error:
        raise damaged(path, error, _RETRAIN) from None


def _as_int32(numbers: np.ndarray) -> np.ndarray:
    return numbers.astype(np.int32, copy=False)


def list_files(path: Path) -> list[Path]:
    """The memory-mapped files that belong to a predictions table."""
    return [_list_file(path, column) for column in _LISTS]


def _list_file(path: Path, column: str) -> Path:
    """Where a list column of a predictions table is stored a second time, so that it can be memory-mapped."""
    return path.with_suffix(f".{column}.npy")


def _open_lists(path: Path, column: str, n_rows: int) -> np.ndarray:
    """A list column [n_rows, length], memory-mapped: pages look at a few rows of tables that would take 100 MB.

    Written here where it is not there yet, or older than the table: early versions stored the table alone.
    """
    file = _list_file(path, column)
    if n_rows and file.exists() and file.stat().st_mtime_ns >= path.stat().st_mtime_ns:
        with suppress(RunError):  # damaged: read again from the table
            lists = load_array(file)
            if len(lists) == n_rows:
                return lists
    # Straight from Arrow's flat values: a Python list per event would take a hundred times as long.
    table = load_table(path, columns=[column], remedy=_RETRAIN)
    flat = table[column].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    lists = flat.astype(_LISTS[column], copy=False).reshape(n_rows, -1 if n_rows else 0)
    if n_rows == 0:
        return lists
    try:
        save_array(file, lists)
        return load_array(file)
    except RunError:  # a workspace that may only be read
        return lists


def read_log(folder: Path, tail: int | None = None) -> str:
    """The text of log.txt, or its last `tail` lines."""
    path = folder / "log.txt"
    if not path.exists():
        return ""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines if tail is None else lines[-tail:])
