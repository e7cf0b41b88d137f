"""Does training stay fast as logs and catalogues grow, and how much memory does it take?

    python -m benchmarks.growth --json

Events/s with 100,000 to 10 million events and with 10,000 to 1 million items (setting A, sampled negatives), and peak
memory above TensorFlow's own. Each case runs in a process of its own, so that its peak is its own.
"""

import argparse
import contextlib
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

CASES = {
    "100,000 events": (100_000, 10_000),
    "1,000,000 events": (1_000_000, 10_000),
    "10,000,000 events": (10_000_000, 10_000),
    "100,000 items": (1_000_000, 100_000),
    "1,000,000 items": (1_000_000, 1_000_000),
}
RUNS = 5


def run_case(n_events: int, n_items: int) -> dict[str, Any]:
    """Trains setting A until five stretches of at least 800 steps have been timed."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    from benchmarks.logs import generated_log
    from benchmarks.training import SETTINGS
    from gru4rec_core.errors import Cancelled
    from gru4rec_core.model.network import Gru4RecNetwork
    from gru4rec_core.model.reports import Hooks, TrainingProgress
    from gru4rec_core.model.training import Trainer

    tf.random.normal([8, 8]) @ tf.random.normal([8, 8])
    before = peak_mb()
    dataset = generated_log(n_events, n_items)
    config = SETTINGS["A"].replace(epochs=100)
    network = Gru4RecNetwork(n_items, config)
    stretches: list[float] = []
    mark = {"step": 0, "time": 0.0}

    def on_progress(now: TrainingProgress) -> None:
        if mark["time"] == 0.0:
            mark.update(step=now.step, time=time.perf_counter())
        elif now.step - mark["step"] >= 800:
            seconds = time.perf_counter() - mark["time"]
            stretches.append((now.step - mark["step"]) / seconds)
            mark.update(step=now.step, time=time.perf_counter())

    trainer = Trainer(
        network,
        config,
        dataset,
        hooks=Hooks(on_progress=on_progress, should_stop=lambda: len(stretches) >= RUNS),
    )
    with contextlib.suppress(Cancelled):
        trainer.run()
    state = sum(v.shape.num_elements() * 4 for v in trainer._variables().values()) / 2**20
    allowed = 2 * state + 16 * n_events / 2**20 + 300
    return {
        "minibatches_per_s": round(statistics.median(stretches), 1),
        "events_per_s": round(statistics.median(stretches) * config.batch_size),
        "weights_and_optimizer_mb": round(state),
        "peak_mb_above_tensorflow": round(peak_mb() - before),
        "allowed_mb": round(allowed),
    }


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    parser.add_argument("--case", choices=list(CASES), help="only this case, in this process")
    options = parser.parse_args()
    if options.case:
        print(json.dumps({"case": options.case, **run_case(*CASES[options.case])}))
        return
    results = []
    for case in CASES:
        command = [sys.executable, "-m", "benchmarks.growth", "--case", case]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        results.append(json.loads(done.stdout.strip().splitlines()[-1]))
        if not options.json:
            print(results[-1], flush=True)
    if options.json:
        print(json.dumps({"growth": results}))


if __name__ == "__main__":
    main()
