"""How long does `import` take, and how much memory, beside DuckDB reading and sorting the same file?

    python -m benchmarks.importing --json
    python -m benchmarks.importing --rows 50 --times iso

The logs are generated: 17 % as many sessions as rows, 50,000 items, rows in the order of their times, so that sessions
overlap. Each measurement is a process of its own; the command and DuckDB take turns.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

SESSIONS_PER_ROW = 0.17
N_ITEMS = 50_000
START = 1_700_000_000_000
DAYS = 90
CHUNK = 1_000_000

SORT_IN_DUCKDB = """
import sys, time, duckdb
connection = duckdb.connect(config={"memory_limit": "4GB"})
start = time.perf_counter()
query = "CREATE TABLE log AS FROM read_csv(?) ORDER BY session, timestamp"
connection.execute(query, [sys.argv[1]])
print(time.perf_counter() - start)
"""


def write_log(path: Path, n_rows: int, times: str, seed: int = 0) -> None:
    """Writes session,timestamp,item; `times` is "ms" (since 1970) or "iso"."""
    generator = np.random.default_rng(seed)
    session = generator.integers(0, int(n_rows * SESSIONS_PER_ROW), n_rows, np.int32)
    start = generator.integers(0, DAYS * 86_400_000, session.max() + 1)
    timestamp = START + start[session] + generator.integers(0, 600_000, n_rows)
    order = np.argsort(timestamp, kind="stable")
    curve = np.cumsum(1.0 / (np.arange(N_ITEMS) + 20.0) ** 0.8)
    with path.open("wb") as file:
        file.write(b"session,timestamp,item\n")
        for begin in range(0, n_rows, CHUNK):
            rows = order[begin : begin + CHUNK]
            item = np.searchsorted(curve, generator.random(len(rows)) * curve[-1]).clip(0, N_ITEMS - 1)
            moment = pa.array(timestamp[rows])
            if times == "iso":
                moment = pc.strftime(pc.cast(pc.divide(moment, 1_000), pa.timestamp("s")), "%Y-%m-%dT%H:%M:%SZ")
            columns = {"session": session[rows] + np.int64(10_000_000_000), "timestamp": moment, "item": item + 100_000}
            options = pa_csv.WriteOptions(include_header=False, quoting_style="none")
            pa_csv.write_csv(pa.table(columns), file, options)


def run_import(path: Path) -> dict[str, float]:
    """Seconds and MB of the whole command, from the start of Python to its end."""
    with tempfile.TemporaryDirectory() as workspace:
        command = [sys.executable, "-m", "gru4rec_core", "import", str(path), "--json"]
        start = time.perf_counter()
        with subprocess.Popen(
            command, env={**os.environ, "GRU4REC_HOME": workspace}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"import failed with {process.returncode}")
        seconds = time.perf_counter() - start
    return {"seconds": seconds, "processor_seconds": _processor_seconds(usage), "peak_mb": usage.ru_maxrss / 1024}


def run_duckdb(path: Path) -> float:
    """Seconds that DuckDB takes to read and sort the file into a table."""
    command = [sys.executable, "-c", SORT_IN_DUCKDB, str(path)]
    return float(
        subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1]
    )  # below its progress bar


def measure(n_rows: int, times: str, turns: int) -> dict[str, Any]:
    """Medians of the import and of DuckDB, in turns."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.csv"
        write_log(path, n_rows, times)
        runs = [(run_import(path), run_duckdb(path)) for _ in range(turns)]
        size = path.stat().st_size
    seconds = statistics.median(run["seconds"] for run, _ in runs)
    duckdb = statistics.median(sort for _, sort in runs)
    return {
        "rows": n_rows,
        "times": times,
        "file_mb": round(size / 1e6),
        "seconds": round(seconds, 1),
        "processor_seconds": round(statistics.median(run["processor_seconds"] for run, _ in runs), 1),
        "duckdb_seconds": round(duckdb, 1),
        "ratio": round(seconds / duckdb, 2),
        "peak_mb": round(max(run["peak_mb"] for run, _ in runs)),
    }


def _processor_seconds(usage: resource.struct_rusage) -> float:
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    parser.add_argument("--rows", type=int, nargs="+", default=[1, 10], help="millions of rows (1 and 10)")
    parser.add_argument("--times", choices=["ms", "iso"], default="ms", help="how the times are written")
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    results = []
    for millions in options.rows:
        results.append(measure(millions * 1_000_000, options.times, options.turns))
        if not options.json:
            print(results[-1], flush=True)
    if options.json:
        print(json.dumps({"importing": results}))


if __name__ == "__main__":
    main()
