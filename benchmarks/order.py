"""How long does the order test of a log take on one thread? The limit: 20 seconds for 150,000 events.

    python -m benchmarks.order --json

The log is the generated shop sample, or the one of --real FILE (session, timestamp, item). TensorFlow is loaded before
the clock starts, as in a worker; compiling is part of the time.
"""

import argparse
import json
import platform
import resource
import sys
import time

import pandas as pd

from gru4rec_core.config import default_deciding_k
from gru4rec_core.data.samples import make_sample
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.experiments.order_test import run_order_test
from gru4rec_core.experiments.threads import limit_threads

LIMIT_SECONDS = 20.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=27_000, help="sessions of the sample (default: %(default)s)")
    parser.add_argument("--items", type=int, default=10_000, help="items in its catalogue (default: %(default)s)")
    parser.add_argument("--real", metavar="FILE", help="a CSV file instead of the sample")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args()
    frame = pd.read_csv(options.real) if options.real else make_sample("shop", options.sessions, options.items)
    log = SessionDataset(frame)
    limit_threads(1)
    started, started_cpu = time.perf_counter(), time.process_time()
    result = run_order_test(log, default_deciding_k(log.n_items))
    share = result.share.share
    measured = {
        "machine": platform.processor() or platform.machine(),
        "n_events": log.n_events,
        "n_items": log.n_items,
        "n_learned": result.n_learned,
        "n_predictions": result.n_predictions,
        "seconds": round(time.perf_counter() - started, 1),
        "cpu_s": round(time.process_time() - started_cpu, 1),  # not affected by other work on the machine
        "limit_s": LIMIT_SECONDS,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "share": None if share is None else [round(value, 3) for value in (share.value, share.low, share.high)],
    }
    measured["within_limit"] = measured["seconds"] <= LIMIT_SECONDS
    print(json.dumps(measured) if options.json else "\n".join(f"{name}: {value}" for name, value in measured.items()))
    return 0 if measured["within_limit"] else 1


if __name__ == "__main__":
    sys.exit(main())
