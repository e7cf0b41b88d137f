"""Which files does a run leave in its folder, and how are they read back?"""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.scoring import Evaluation
from gru4rec_core.storage import append_text, damaged, load_table, read_json, save_table, write_json, write_text

TOP_K = 20
"""Items kept per prediction, unless a comparison needs more."""

_RETRAIN = "Wait until the run is done, or train it again."


def append_epoch(folder: Path, report: dict[str, Any]) -> None:
    """Adds one line to epochs.jsonl; an epoch trained again replaces its line and drops all later ones."""
    path = folder / "epochs.jsonl"
    line = json.dumps(report) + "\n"
    if _last_epoch(path) < report["epoch"]:
        append_text(path, line)
    else:
        earlier = [row for row in _epoch_lines(path) if row["epoch"] < report["epoch"]]
        write_text(path, "".join(json.dumps(row) + "\n" for row in earlier) + line)


def _last_epoch(path: Path) -> float:
    """The epoch of the last line; 0 without one, infinite when that line was never finished."""
    if not path.exists() or path.stat().st_size == 0:
        return 0
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4096))
        tail = file.read()
    return int(json.loads(tail.splitlines()[-1])["epoch"]) if tail.endswith(b"\n") else math.inf


def read_epochs(folder: Path) -> pd.DataFrame:
    """One row per epoch; empty before the first. Validation metrics become columns `validation_<metric>`."""
    rows = []
    for report in _epoch_lines(folder / "epochs.jsonl"):
        validation = report.pop("validation", None) or {}
        rows.append({**report, **{f"validation_{name}": value for name, value in validation.items()}})
    return pd.DataFrame(rows)


def _epoch_lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]  # the last may be half written


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
    """Writes the predictions table, then the metrics: whoever sees the metrics can read both.

    Args:
        evaluation: what the model predicted on the test events.
        metrics: JSON-able.
        folder: of the run, or of the baselines of a split.
        stem: a baseline's name; a run's predictions are in predictions.parquet and its metrics in metrics.json.
    """
    save_table(folder / f"{stem}.parquet", evaluation.to_frame())
    write_json(folder / ("metrics.json" if stem == "predictions" else f"{stem}.json"), metrics)


def load_evaluation(folder: Path, n_items: int, stem: str = "predictions") -> Evaluation:
    """The predictions table as arrays; 20,000 events take some 15 ms.

    Raises:
        RunError: the run was not tested yet, or the file is damaged.
    """
    path = folder / f"{stem}.parquet"
    table = load_table(path, remedy=_RETRAIN)
    try:
        return _as_evaluation(table, n_items)
    except (ValueError, KeyError) as error:
        raise damaged(path, error, _RETRAIN) from None


def _as_evaluation(table: pa.Table, n_items: int) -> Evaluation:
    def lists(column: str, dtype: type) -> np.ndarray:
        # Straight from Arrow's flat values: a Python list per event would take a hundred times as long.
        flat = table[column].combine_chunks().flatten().to_numpy(zero_copy_only=False).astype(dtype, copy=False)
        return flat.reshape(table.num_rows, -1) if table.num_rows else flat.reshape(0, 0)

    def numbers(column: str) -> np.ndarray:
        return table[column].to_numpy().astype(np.int32, copy=False)

    return Evaluation(
        session=numbers("session_index"),
        session_id=table["session"].to_numpy(),
        position=numbers("position"),
        target=numbers("target"),
        greater=numbers("greater"),
        equal=numbers("equal"),
        top_items=lists("top_items", np.int32),
        top_scores=lists("top_scores", np.float32),
        n_items=n_items,
    )


def read_log(folder: Path, tail: int | None = None) -> str:
    """The text of log.txt, or its last `tail` lines."""
    path = folder / "log.txt"
    if not path.exists():
        return ""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines if tail is None else lines[-tail:])
