"""How long does comparing two models take, and how much memory?

    python -m benchmarks.comparison --sessions 20000 --json

The limit: 20,000 sessions with 2,000 bootstrap and 2,000 permutation samples in 3 s and 500 MB.
"""

import argparse
import json
import resource
import time

import numpy as np

from gru4rec_core.config import ComparisonConfig
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.comparison import compare_models
from gru4rec_core.evaluation.scoring import Evaluation

LIMIT_SECONDS, LIMIT_MB = 3.0, 500.0


def model(name: str, n_sessions: int, events_each: int, rng: np.random.Generator) -> ModelResults:
    n = n_sessions * events_each
    session = np.repeat(np.arange(n_sessions, dtype=np.int32), events_each)
    evaluation = Evaluation(
        session=session,
        session_id=session,
        position=np.tile(np.arange(1, events_each + 1, dtype=np.int32), n_sessions),
        target=np.zeros(n, np.int32),
        greater=rng.geometric(0.05, n).astype(np.int32),
        equal=np.zeros(n, np.int32),
        top_items=np.zeros((n, 20), np.int32),
        top_scores=np.zeros((n, 20), np.float32),
        n_items=1000,
    )
    return ModelResults(name, name, "gru4rec", (evaluation,))


def measure(n_models: int, n_sessions: int, events_each: int) -> dict[str, float]:
    """Seconds (best of three) to compare all pairs on all metrics, and the process's peak memory in MB."""
    rng = np.random.default_rng(0)
    models = [model(f"model {i}", n_sessions, events_each, rng) for i in range(n_models)]
    config = ComparisonConfig(deciding_k=10, n_bootstrap=2000, n_permutations=2000)
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        compare_models(models, config)
        seconds.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "models": n_models,
        "sessions": n_sessions,
        "events": n_sessions * events_each,
        "seconds": round(min(seconds), 3),
        "limit_seconds": LIMIT_SECONDS,
        "peak_mb": round(peak, 1),
        "limit_mb": LIMIT_MB,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=2)
    parser.add_argument("--sessions", type=int, default=20_000)
    parser.add_argument("--events", type=int, default=1, help="predicted events per session")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    figures = measure(arguments.models, arguments.sessions, arguments.events)
    if arguments.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:>14} {value:,}")


if __name__ == "__main__":
    main()
