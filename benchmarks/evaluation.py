"""How fast is exact evaluation over the whole catalogue, and how fast could it be?

    python -m benchmarks.evaluation --json

Two cases: 24,000 events against 10,000 items (100 units), next to the matrix product of the same shapes; and the
last item of each session of the workouts sample, with its whole history. Compile time is not counted.
"""

import argparse
import json
import os
import statistics
import time
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf

from benchmarks.logs import generated_log
from gru4rec_core.config import TrainingConfig
from gru4rec_core.data.samples import make_sample
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.model.gru4rec import Gru4Rec

RUNS = 5
TOP_K = 20


def catalogue(n_events: int = 24_000, n_items: int = 10_000, units: int = 100) -> dict[str, Any]:
    """Ranks every next item of a generated log among the whole catalogue."""
    log = generated_log(int(n_events * 1.3), n_items)
    n_sessions = int(np.searchsorted(np.cumsum(log.lengths - 1), n_events))
    items = log.items[: log.offsets[n_sessions]]
    log = SessionDataset.from_arrays(
        items, np.arange(len(items)), log.offsets[: n_sessions + 1], np.arange(n_sessions), log.vocabulary
    )
    events = EvaluationSet(log, np.ones(n_sessions))
    model = Gru4Rec.from_config(n_items, TrainingConfig(n_hidden=(units,), item_input="shared"))
    n = events.n_predicted
    hidden = tf.random.normal([n, units])
    weights = tf.random.normal([n_items, units])
    block = 512

    @tf.function(jit_compile=True, autograph=False)
    def product(hidden: tf.Tensor) -> tf.Tensor:
        return tf.matmul(hidden, weights, transpose_b=True)

    def run_limit() -> float:
        begun = time.perf_counter()
        for start in range(0, n - block, block):
            product(hidden[start : start + block])
        return time.perf_counter() - begun

    model.rank_counts(events, TOP_K)
    run_limit()
    seconds, limits = [], []
    for _ in range(RUNS):
        seconds.append(_timed(lambda: model.rank_counts(events, TOP_K)))
        limits.extend(run_limit() for _ in range(3))
    return _result(f"{n:,} events, {n_items:,} items, {units} units", n, seconds, min(limits))


def workouts() -> dict[str, Any]:
    """Ranks the last item of every session of the workouts sample, after its whole history."""
    log = SessionDataset(make_sample("workouts", seed=1))
    events = EvaluationSet(log, np.maximum(log.lengths - 1, 1))
    model = Gru4Rec(log.n_items)
    model.rank_counts(events, TOP_K)
    seconds = [_timed(lambda: model.rank_counts(events, TOP_K)) for _ in range(RUNS)]
    result = _result(f"workouts, {events.n_predicted:,} sessions", events.n_predicted, seconds, None)
    return result | {"history_events": int((log.lengths - 1).sum()), "target": "1 s (notebook: 405 s)"}


def _result(name: str, n: int, seconds: list[float], limit: float | None) -> dict[str, Any]:
    middle = statistics.median(seconds)
    result: dict[str, Any] = {"case": name, "seconds": round(middle, 3), "events_per_s": round(n / middle)}
    if limit is not None:
        result |= {"limit_seconds": round(limit, 3), "ratio": round(limit / middle, 3), "target": "ratio 0.5"}
    return result


def _timed(call: Any) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    options = parser.parse_args()
    results = [catalogue(), workouts()]
    if options.json:
        print(json.dumps({"evaluation": results}))
        return
    for result in results:
        for name, value in result.items():
            print(f"{name:20} {value}")
        print()


if __name__ == "__main__":
    main()
