"""How long does `tune` take, how many trials is that an hour, and are equal seconds equal? The limit: 6 minutes.

    python -m benchmarks.tuning --log eshop_clothing.csv

The log is imported into a workspace of its own, which is removed afterwards. TOP1 and BPR get 20 trials each, side by
side in two processes; then methods of very different cost get the same seconds, one after another.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.data.samples import make_sample
from gru4rec_core.experiments.tuning import execute_methods
from gru4rec_core.jobs.tuning_plan import TuningBudget, TuningPlan, plan_tuning
from gru4rec_core.results.tuning import TuningResult, load_tuning
from gru4rec_core.workspace.importing import ImportSource, import_file
from gru4rec_core.workspace.store import Workspace

LIMIT_SECONDS = 360.0
"""For 20 trials of TOP1 and of BPR each on the e-shop log, on two cores."""

MOST_DEVIATION = 0.10
"""Of the seconds of a method from those that it was given."""

COSTS = ("item-knn", "stan", "vstan", "slist")
"""Baselines that get as many seconds as TOP1: the quickest, the slowest, and one that cannot be stopped in its fit."""


def tune(workspace: Workspace, dataset_id: str, plan: TuningPlan, n_processes: int) -> tuple[TuningResult, float]:
    """What a tuning found, and the seconds that it took in all."""
    began = time.perf_counter()
    tuning = plan_tuning(workspace, dataset_id, plan)
    execute_methods(workspace, tuning, n_processes=n_processes)
    return load_tuning(workspace, tuning), time.perf_counter() - began


def describe(result: TuningResult) -> list[dict[str, Any]]:
    """Trials, seconds and trials an hour of each method."""
    return [
        {
            "method": method.method,
            "trials": len(method.trials.trials),
            "seconds": round(method.trials.seconds, 1),
            "trials_an_hour": round(3600 * len(method.trials.trials) / method.trials.seconds),
            "start": method.start,
            "best": method.best,
        }
        for method in result.methods
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--log", type=Path, help="a log as session,timestamp,item; by default the generated shop sample"
    )
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30.0, help="that each method gets in the second part")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gru4rec-tuning-") as folder:
        path = arguments.log
        if path is None:
            path = Path(folder) / "shop.csv"
            make_sample("shop").to_csv(path, index=False)
        workspace = Workspace(Path(folder) / "workspace")
        record = import_file(workspace, ImportSource(path))
        losses = tuple(TrainingConfig.preset("quick", loss=loss) for loss in ("top1", "bpr"))
        rule = SplitConfig(protocol="time", test_days=14)
        judging = ComparisonConfig(deciding_k=10)
        by_trials = TuningPlan(losses, rule, judging, TuningBudget(arguments.trials), baselines=())
        result, wall = tune(workspace, record.id, by_trials, n_processes=2)
        found: dict[str, Any] = {
            "wall_seconds": round(wall, 1),
            "limit_seconds": LIMIT_SECONDS,
            "within": wall <= LIMIT_SECONDS,
            "methods": describe(result),
        }
        budget = TuningBudget(None, arguments.seconds)
        equal, _ = tune(workspace, record.id, TuningPlan(losses[:1], rule, judging, budget, COSTS), n_processes=1)
        off = max(abs(one.trials.seconds / arguments.seconds - 1) for one in equal.methods)
        found["equal_seconds"] = describe(equal)
        found["largest_deviation"] = round(off, 3)
        found["equal_within"] = off <= MOST_DEVIATION
        print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
