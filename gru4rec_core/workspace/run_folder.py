"""What does a run leave in its folder, and how is it read back?"""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.scoring import Evaluation
from gru4rec_core.storage import read_json, write_json, write_text


def append_epoch(folder: Path, report: dict[str, Any]) -> None:
    """Adds one line to epochs.jsonl; an epoch trained again after a retry replaces what follows from it."""
    path = folder / "epochs.jsonl"
    line = json.dumps(report) + "\n"
    if _last_epoch(path) < report["epoch"]:
        with path.open("a", encoding="utf-8") as file:
            file.write(line)
    else:
        kept = [one for one in _epoch_lines(path) if one["epoch"] < report["epoch"]]
        write_text(path, "".join(json.dumps(one) + "\n" for one in kept) + line)


def _last_epoch(path: Path) -> float:
    """The epoch of the last line; 0 without one, infinite when that line was never finished."""
    if not path.exists() or path.stat().st_size == 0:
        return 0
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4096))
        tail = file.read()
    return int(json.loads(tail.splitlines()[-1])["epoch"]) if tail.endswith(b"\n") else math.inf


def epochs(folder: Path) -> pd.DataFrame:
    """One row an epoch; empty before the first. Validation metrics become columns `validation_<metric>`."""
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


def metrics(folder: Path) -> dict[str, Any]:
    """Raises RunError when the run was not tested yet."""
    if not (folder / "metrics.json").exists():
        raise RunError(
            "A run has metrics once it is done.",
            found="no metrics.json",
            where=f"run {folder.name}",
            remedy="Wait until the run is done, or train it again.",
        )
    return dict(read_json(folder / "metrics.json", f"run {folder.name}"))


def save_evaluation(evaluation: Evaluation, metrics: dict[str, Any], folder: Path, stem: str = "predictions") -> None:
    """Writes the predictions table, then the metrics: who sees metrics.json can read both."""
    path = folder / f"{stem}.parquet"
    temporary = path.with_name(f".{path.name}")
    evaluation.to_frame().to_parquet(temporary, index=False)
    temporary.replace(path)
    write_json(folder / ("metrics.json" if stem == "predictions" else f"{stem}.json"), metrics)


def load_evaluation(folder: Path, n_items: int, stem: str = "predictions") -> Evaluation:
    """The predictions table as arrays; 20,000 events take some 15 ms.

    Raises:
        RunError: not tested yet, or the file is damaged.
    """
    path = folder / f"{stem}.parquet"
    try:
        return _evaluation(pq.read_table(path), n_items)
    except (OSError, ValueError, KeyError) as error:
        raise RunError(
            f"{path.name} is complete and readable.",
            found="no such file" if not path.exists() else str(error)[:200],
            where=str(path),
            remedy="Wait until the run is done, or train it again.",
        ) from None


def _evaluation(table: pa.Table, n_items: int) -> Evaluation:
    def lists(column: str, dtype: type) -> np.ndarray:
        # Straight from Arrow's flat values: a Python list an event would take a hundred times as long.
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


def load_final_states(folder: Path) -> np.ndarray:
    """Hidden state of each test session after its whole history, float32 [n_sessions, sum(n_hidden)]."""
    path = folder / "final_states.npy"
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise RunError("final_states.npy is readable.", found=str(error)[:200], where=str(path)) from None


def log(folder: Path, tail: int | None = None) -> str:
    """The text of log.txt, or its last `tail` lines."""
    path = folder / "log.txt"
    if not path.exists():
        return ""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines if tail is None else lines[-tail:])
