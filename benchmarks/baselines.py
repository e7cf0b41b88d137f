"""How long do the baselines take to fit and to rank? The limit: each within 2 minutes at the default size.

    python -m benchmarks.baselines --all --json

The log is the generated shop sample: its last sessions are the test, and every item in them but the first is predicted.
"""

import argparse
import json
import platform
import resource
import sys
import time
from typing import Any

import numpy as np

from gru4rec_core.baselines.registry import BASELINES
from gru4rec_core.data.samples import make_sample
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.evaluation.metrics import accuracy_at
from gru4rec_core.evaluation.scoring import evaluate

LIMIT_SECONDS = 120.0
"""To fit and to rank, for each baseline."""

SLOWEST = ("sequential-rules", "v-sknn", "stan", "vstan", "slist")


def generated(n_sessions: int, n_events: int, n_items: int, seed: int) -> tuple[SessionDataset, EvaluationSet]:
    """Training sessions, and at least `n_events` events to predict, from one generated log."""
    frame = make_sample("shop", n_sessions=n_sessions + n_events // 2, n_items=n_items, seed=seed)
    frame["session"] = frame["session"].str.extract(r"(\d+)", expand=False).astype(int)
    log = SessionDataset(frame)
    predicted = np.cumsum(log.lengths[n_sessions:] - 1)
    last = n_sessions + int(np.searchsorted(predicted, n_events)) + 1
    test = _part(log, n_sessions, min(last, log.n_sessions))
    return _part(log, 0, n_sessions), EvaluationSet(test, np.ones(test.n_sessions, np.int32))


def _part(log: SessionDataset, first: int, last: int) -> SessionDataset:
    begin, end = log.offsets[first], log.offsets[last]
    return SessionDataset.from_arrays(
        log.items[begin:end],
        log.timestamps[begin:end],
        log.offsets[first : last + 1] - begin,
        log.session_ids[first:last],
        log.vocabulary,
    )


def measure(name: str, train: SessionDataset, test: EvaluationSet) -> dict[str, Any]:
    """Seconds to fit and to rank, accuracy@20, and whether the limit holds."""
    start, start_cpu = time.perf_counter(), time.process_time()
    scorer = BASELINES[name]().fit(train)
    fitted = time.perf_counter()
    evaluation = evaluate(scorer, test)
    ranked = time.perf_counter()
    return {
        "name": name,
        "fit_s": round(fitted - start, 2),
        "rank_s": round(ranked - fitted, 2),
        "cpu_s": round(time.process_time() - start_cpu, 2),  # not affected by other work on the machine
        "events_per_s": round(evaluation.n_events / (ranked - fitted)),
        "accuracy@20": round(accuracy_at(evaluation, 20), 4),
        "limit_s": LIMIT_SECONDS,
        "within_limit": ranked - start <= LIMIT_SECONDS,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=100_000, help="training sessions (default: %(default)s)")
    parser.add_argument("--events", type=int, default=70_000, help="test events (default: %(default)s)")
    parser.add_argument("--items", type=int, default=10_000, help="items in the catalogue (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the generated log (default: %(default)s)")
    parser.add_argument("--all", action="store_true", help="every baseline, not only the slowest")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args()

    train, test = generated(options.sessions, options.events, options.items, options.seed)
    names = tuple(BASELINES) if options.all else SLOWEST
    results = []
    for name in names:
        results.append(measure(name, train, test))
        print(f"{name}: {results[-1]}", file=sys.stderr, flush=True)
    report = {
        "benchmark": "baselines",
        "machine": f"{platform.machine()}, Python {platform.python_version()}, NumPy {np.__version__}",
        "train_sessions": train.n_sessions,
        "train_events": train.n_events,
        "test_events": test.n_predicted,
        "n_items": train.n_items,
        "results": results,
    }
    if options.json:
        print(json.dumps(report))
    else:
        print(f"{train.n_sessions} sessions, {train.n_items} items, {test.n_predicted} test events")
        for row in results:
            seconds = f"fit {row['fit_s']:7.2f} s  rank {row['rank_s']:7.2f} s  CPU {row['cpu_s']:7.2f} s"
            print(f"{row['name']:20} {seconds} (limit {row['limit_s']:.0f} s)")
    return 0 if all(row["within_limit"] for row in results) else 1


if __name__ == "__main__":
    sys.exit(main())
