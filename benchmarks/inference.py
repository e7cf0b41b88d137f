"""How fast does NumPy alone recommend, and how long does importing take?

    python -m benchmarks.inference --json

The limit of a recommendation is the product of one state and an output table of the same size.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np

from gru4rec_core.config import TrainingConfig

HISTORY = 20
CALLS = 200


def recommendation(n_items: int = 10_000, units: int = 100) -> dict[str, Any]:
    """The top 10 after a history of 20 items, one call at a time."""
    from gru4rec_core.model.gru4rec import Gru4Rec
    from gru4rec_core.model.inference import NumpyGru4Rec

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        Gru4Rec.from_config(n_items, TrainingConfig(n_hidden=(units,), item_input="shared")).save(folder)
        begun = time.perf_counter()
        model = NumpyGru4Rec.load(folder)
        loading = time.perf_counter() - begun
    items = list(range(HISTORY))
    state = np.zeros((1, units), np.float32)
    call = _median(lambda: model.recommend(items, 10))
    limit = _median(lambda: state @ model.arrays["Wy"].T)
    return {
        "case": f"10 of {n_items:,} items after {HISTORY}, {units} units",
        "milliseconds": round(call * 1e3, 3),
        "limit_milliseconds": round(limit * 1e3, 3),
        "ratio": round(limit / call, 3),
        "load_milliseconds": round(loading * 1e3, 1),
    }


def imports() -> dict[str, Any]:
    """Seconds to import what a page needs, and the model, each in a process of its own."""

    def seconds(statement: str) -> float:
        program = f"import time; begun = time.perf_counter(); {statement}; print(time.perf_counter() - begun)"
        runs = [subprocess.run([sys.executable, "-c", program], capture_output=True, text=True) for _ in range(3)]
        return round(statistics.median(float(run.stdout.split()[-1]) for run in runs), 3)

    return {
        "case": "import",
        "limit_numpy_pandas_seconds": seconds("import numpy, pandas"),
        "numpy_model_seconds": seconds("from gru4rec_core import NumpyGru4Rec"),
        "limit_tensorflow_seconds": seconds("import tensorflow, keras"),
        "tensorflow_model_seconds": seconds("from gru4rec_core import Gru4Rec"),
    }


def _median(call: Callable[[], Any]) -> float:
    call()
    times = []
    for _ in range(CALLS):
        begun = time.perf_counter()
        call()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    options = parser.parse_args()
    results = [recommendation(), imports()]
    if options.json:
        print(json.dumps({"inference": results}))
        return
    for result in results:
        for name, value in result.items():
            print(f"{name:28} {value}")
        print()


if __name__ == "__main__":
    main()
