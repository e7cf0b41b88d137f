"""How fast does training run, and how fast could it?

    python -m benchmarks.training --setting A --json

The limit is the output layer's forward matrix product and its two gradients at the same shapes, in one compiled loop
of 256 steps, best of five, interleaved with the measured runs in this process. It is measured in the layout that users
of TensorFlow write (hidden · tableᵀ) and in the one the training step uses (table · hiddenᵀ), which is faster here:
`ratio` compares with the first, `ratio_to_best_layout` with the faster one.

A and B run on two threads, because their layers are wide enough to gain from the second; C runs on one, because there a
second costs more than it gains (LOG.md); the two runs of D get one each, like the workers of the job engine.
`--threads` changes that.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf

from benchmarks.logs import generated_log
from gru4rec_core.config import TrainingConfig
from gru4rec_core.data.samples import make_sample
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.model.batch_builder import BatchBuilder, TrainingPosition, build_chunks
from gru4rec_core.model.network import Gru4RecNetwork
from gru4rec_core.model.reports import EpochReport, Hooks
from gru4rec_core.model.step import TrainingLoop
from gru4rec_core.model.training import Trainer

LIMIT_STEPS = 256
RUNS = 5

_A: dict[str, Any] = {
    "loss": "cross-entropy",
    "n_hidden": (100,),
    "item_input": "shared",
    "negatives": "sampled",
    "n_sample": 2048,
    "logq": 1.0,
    "optimizer": "adagrad",
    "learning_rate": 0.05,
    "batch_size": 32,
}
SETTINGS: dict[str, TrainingConfig] = {
    "A": TrainingConfig(**_A),
    "B": TrainingConfig(**{**_A, "loss": "bpr-max", "logq": 0.0, "n_hidden": (224,), "batch_size": 80}),
    "C": TrainingConfig.preset("notebook", steps_per_epoch=None),
}
TARGETS = {
    "A": "900 mini-batches/s on a quiet machine, or ratio 0.5",
    "B": "250 mini-batches/s, or ratio 0.65",
    "C": "200,000 events/s",
    "D": "speedup 1.6",
}


def limit(batch: int, columns: int, units: int, table_first: bool) -> Callable[[], float]:
    """Builds a function that runs the bare matrix products once and returns mini-batches/s."""
    generator = np.random.default_rng(0)
    hidden = tf.constant(generator.normal(size=(batch, units)).astype(np.float32))
    output = tf.constant(generator.normal(size=(columns, units)).astype(np.float32))

    def gradients(state: tf.Tensor, output: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        if table_first:
            scores = tf.matmul(output, state, transpose_b=True)
            return tf.matmul(scores, output, transpose_a=True), tf.matmul(scores, state)
        scores = tf.matmul(state, output, transpose_b=True)
        return tf.matmul(scores, output), tf.matmul(scores, state, transpose_a=True)

    @tf.function(jit_compile=True, autograph=False)
    def loop(hidden: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
        def body(t: tf.Tensor, state: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            of_state, of_output = gradients(state, output)
            # Each step needs both gradients of the previous one: XLA can leave nothing out of the loop.
            return t + 1, state + 1e-9 * (of_state + of_output[t % columns])

        return tf.while_loop(lambda t, *_: t < LIMIT_STEPS, body, (tf.constant(0), hidden))[1]

    def run() -> float:
        begun = time.perf_counter()
        loop(hidden, output).numpy()
        return LIMIT_STEPS / (time.perf_counter() - begun)

    run()
    return run


def dataset_of(setting: str, n_events: int) -> SessionDataset:
    if setting == "C":
        return SessionDataset(make_sample("workouts", seed=1))
    return generated_log(n_events, 10_000)


def measure(setting: str, n_events: int, runs: int = RUNS) -> dict[str, Any]:
    """Trains whole passes of a setting, and measures the limit after each."""
    dataset = dataset_of(setting, n_events)
    config = SETTINGS[setting].replace(epochs=runs)
    columns = dataset.n_items if config.negatives == "all" else config.batch_size + config.n_sample
    run_limits = [limit(config.batch_size, columns, config.n_hidden[-1], first) for first in (False, True)]
    limits: list[list[float]] = [[], []]

    def after_each(report: EpochReport) -> None:
        for _ in range(5):
            for measured, run_limit in zip(limits, run_limits, strict=True):
                measured.append(run_limit())

    network = Gru4RecNetwork(dataset.n_items, config)
    begun = time.perf_counter()
    trainer = Trainer(network, config, dataset, hooks=Hooks(on_epoch=after_each))
    reports = trainer.run()
    total = time.perf_counter() - begun
    rates = [report.steps * report.events_per_s / report.events for report in reports]
    result: dict[str, Any] = {
        "setting": setting,
        "minibatches_per_s": round(statistics.median(rates), 1),
        "events_per_s": round(statistics.median(report.events_per_s for report in reports)),
        "limit_minibatches_per_s": round(max(limits[0]), 1),
        "ratio": round(statistics.median(rates) / max(limits[0]), 3),
        "ratio_to_best_layout": round(statistics.median(rates) / max(max(limits[0]), max(limits[1])), 3),
        "runs": [round(rate, 1) for rate in rates],
        "n_items": dataset.n_items,
        "n_events": dataset.n_events,
        "start_seconds": round(total - sum(r.events / r.events_per_s for r in reports), 2),
        "target": TARGETS[setting],
    }
    if setting == "C":
        result["one_call_a_step_events_per_s"] = round(one_call_a_step(dataset, config))
    return result


def one_call_a_step(dataset: SessionDataset, config: TrainingConfig, n_steps: int = 2000) -> float:
    """Events/s of the same compiled step when Python calls it once per mini-batch."""
    config = config.resolved(dataset.n_items).replace(epochs=1)
    loop = TrainingLoop(Gru4RecNetwork(dataset.n_items, config), config)
    source = build_chunks(dataset, config, BatchBuilder(config, dataset.counts(), chunk_steps=1), TrainingPosition())
    feeds = [chunk for chunk, _ in zip(source, range(n_steps), strict=False)]
    loop.run(feeds[0].batches, 0, 0)
    begun = time.perf_counter()
    for chunk in feeds:
        loop.run(chunk.batches, chunk.n_steps, chunk.first_step)
    return sum(int(chunk.transitions.sum()) for chunk in feeds) / (time.perf_counter() - begun)


def worker(loss: str, n_events: int) -> None:
    """Trains on one thread, for as many seconds as each line on stdin says."""
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    dataset = generated_log(n_events, 10_000)
    config = SETTINGS["A"].replace(loss=loss, logq=0.0, epochs=1000).resolved(dataset.n_items)
    trainer = Trainer(Gru4RecNetwork(dataset.n_items, config), config, dataset)
    clock = {"until": 0.0, "begun": 0.0, "steps": 0}

    def next_command() -> bool:
        if time.perf_counter() < clock["until"]:
            return False
        if clock["begun"]:
            print(clock["steps"] / (time.perf_counter() - clock["begun"]), flush=True)
        line = sys.stdin.readline()
        if not line:
            return True
        clock.update(begun=time.perf_counter(), until=time.perf_counter() + float(line), steps=0)
        return False

    trainer.hooks = Hooks(
        should_stop=next_command,
        on_progress=lambda now: clock.update(steps=clock["steps"] + trainer.builder.chunk_steps),
    )
    print("ready", flush=True)
    trainer.run()


def side_by_side(n_events: int, seconds: float = 4.0, runs: int = RUNS) -> dict[str, Any]:
    """TOP1 and BPR in setting A, one thread each: first alone, then both at once."""
    command = [sys.executable, "-m", "benchmarks.training", "--events", str(n_events), "--worker"]
    workers = [
        subprocess.Popen([*command, loss], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for loss in ("top1", "bpr")
    ]

    def rates(chosen: list["subprocess.Popen[str]"], for_seconds: float) -> list[float]:
        for process in chosen:
            assert process.stdin is not None
            process.stdin.write(f"{for_seconds}\n")
            process.stdin.flush()
        return [float(_line(process)) for process in chosen]

    try:
        for process in workers:
            while _line(process).strip() != "ready":
                pass
        rates(workers, 1.0)  # compiles
        alone, together = [], []
        for _ in range(runs):
            alone.append([rates([process], seconds)[0] for process in workers])
            together.append(rates(workers, seconds))
    finally:
        for process in workers:
            process.stdin.close()  # type: ignore[union-attr]
            process.wait(60)
    alone_rate = statistics.median(np.mean(pair) for pair in alone)
    both = statistics.median(sum(pair) for pair in together)
    return {
        "setting": "D",
        "minibatches_per_s": round(both, 1),
        "events_per_s": round(both * SETTINGS["A"].batch_size),
        "one_alone_minibatches_per_s": round(float(alone_rate), 1),
        "limit_minibatches_per_s": round(2 * float(alone_rate), 1),
        "ratio": round(both / (2 * float(alone_rate)), 3),
        "speedup": round(both / float(alone_rate), 2),
        "target": TARGETS["D"],
    }


def _line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"a worker ended early: exit code {process.wait()}")
    return line


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--setting", choices=list(TARGETS), default="A")
    parser.add_argument("--events", type=int, default=300_000, help="size of the generated log (A, B, D)")
    parser.add_argument("--runs", type=int, default=RUNS, help="whole runs; the median is reported")
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    parser.add_argument("--threads", type=int, help="TensorFlow's threads (A, B: 2, C: 1)")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        worker(options.worker, options.events)
        return
    if options.setting == "D":
        result = side_by_side(options.events, runs=options.runs)
    else:
        threads = options.threads or (1 if options.setting == "C" else 2)
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        result = measure(options.setting, options.events, options.runs)
    if options.json:
        print(json.dumps(result))
        return
    for name, value in result.items():
        print(f"{name:32} {value}")


if __name__ == "__main__":
    main()
