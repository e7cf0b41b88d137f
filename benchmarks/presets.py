"""Which settings should a preset have? Tries candidates on the validation parts of three logs; no test event is seen.

    python -m benchmarks.presets quick --log eshop_clothing.csv --out quick.jsonl
    python -m benchmarks.presets modern --log eshop_clothing.csv --out modern.jsonl

Candidate 0 is the preset as it is. Those of `quick` are proposed by TPE from the search space of the tuning
(experiments/search_spaces.json), then come a few neighbours of the preset; `modern` is chosen among neighbours of a
published setting (`NEIGHBOURS`).

Every candidate trains each of the losses on each of the logs: the e-shop log (its last 14 days are the test), and both
samples (a tenth of their sessions is). Its gain is the mean, over these, of the logarithm of its best validation
accuracy in relation to the preset's. A line of JSON for each candidate; one that was stopped goes on where it was.
"""

import argparse
import json
import math
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import optuna

from gru4rec_core.config import SplitConfig, TrainingConfig, default_deciding_k
from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.samples import make_sample
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import Split
from gru4rec_core.data.splits import split
from gru4rec_core.experiments.network_settings import change, flatten
from gru4rec_core.experiments.search_space import SearchSpace, Values, search_space

Settings = dict[str, Any]

LOSSES = {"quick": ("top1", "bpr"), "modern": ("cross-entropy",)}
"""That a preset is chosen by."""

LOGS = ("e-shop", "shop", "workouts")

MOST_UNITS = 96
"""That a preset may have that is called quick."""

EPOCHS = 10
"""That candidates train; the best counts, and how many that was is kept."""

PUBLISHED: dict[str, Any] = {
    "batch_size": 32,
    "sample_alpha": 0.75,
    "dropout_input": 0.1,
    "dropout_hidden": 0.0,
    "learning_rate": 0.1,
    "momentum": 0.0,
}
"""What the official code's authors publish for cross-entropy on a log of 17,000 items (100 units, 2,048 samples)."""

NEIGHBOURS: dict[str, tuple[dict[str, Any], ...]] = {
    "quick": (
        {"learning_rate": 0.002},
        {"learning_rate": 0.002, "dropout_input": 0.1},
        {"learning_rate": 0.003, "batch_size": 64},
        {"learning_rate": 0.003, "batch_size": 64, "dropout_input": 0.1},
        {"learning_rate": 0.002, "dropout_hidden": 0.1},
        {"learning_rate": 0.002, "dropout_input": 0.1, "dropout_hidden": 0.1},
        {"learning_rate": 0.003, "batch_size": 64, "dropout_input": 0.1, "dropout_hidden": 0.1},
    ),
    "modern": (
        PUBLISHED,
        PUBLISHED | {"sample_alpha": 0.5},
        PUBLISHED | {"dropout_hidden": 0.2},
        PUBLISHED | {"dropout_hidden": 0.4},
        PUBLISHED | {"dropout_input": 0.0},
        PUBLISHED | {"dropout_input": 0.2},
        PUBLISHED | {"learning_rate": 0.05},
        PUBLISHED | {"learning_rate": 0.07},
        PUBLISHED | {"learning_rate": 0.05, "dropout_hidden": 0.2},
        PUBLISHED | {"batch_size": 64},
        PUBLISHED | {"batch_size": 128},
        # The preset until it was chosen in this way.
        PUBLISHED | {"learning_rate": 0.05, "sample_alpha": 0.5, "dropout_input": 0.0, "dropout_hidden": 0.2},
    ),
}
"""Candidates by hand: of `quick` after the search, of `modern` instead of one."""

_SEED = 7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("preset", choices=sorted(LOSSES))
    parser.add_argument("--log", type=Path, required=True, help="the e-shop log, or another with 14 days or more")
    parser.add_argument("--trials", type=int, default=14, help="candidates of a search")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--first-seed", type=int, default=_SEED)
    parser.add_argument("--again", type=Path, help="an earlier --out, of which some are tried again")
    parser.add_argument("--only", type=int, nargs="+", default=[], help="the numbers of these")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    lines = _read(arguments.out)
    with ProcessPoolExecutor(arguments.processes, mp_context=get_context("spawn")) as pool:
        while (candidate := _next(arguments, lines)) is not None:
            values, settings = candidate
            tasks = [
                (str(arguments.log), log, TrainingConfig.preset(arguments.preset, loss=loss), settings, seed)
                for seed in range(arguments.first_seed, arguments.first_seed + arguments.seeds)
                for log in LOGS
                for loss in LOSSES[arguments.preset]
            ]
            cells = list(pool.map(_train, tasks))
            gained = gain(cells, lines[0]["cells"] if lines else cells)
            seconds = round(sum(sum(cell["seconds"]) for cell in cells), 1)
            line = {"number": len(lines), "values": values, "settings": settings}
            lines.append(line | {"gain": gained, "seconds": seconds, "cells": cells})
            with arguments.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(lines[-1]) + "\n")
            print(f"{line['number']}: {100 * math.expm1(gained):+.2f} %, {seconds:.0f} s", settings)


def _next(arguments: argparse.Namespace, lines: list[dict[str, Any]]) -> tuple[Values | None, Settings] | None:
    if not arguments.again:
        return next_candidate(arguments.preset, lines, arguments.trials)
    # The preset comes along: gains are in relation to it.
    chosen = [line for line in _read(arguments.again) if line["number"] in (0, *arguments.only)]
    return (None, chosen[len(lines)]["settings"]) if len(lines) < len(chosen) else None


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def next_candidate(preset: str, lines: list[dict[str, Any]], n_trials: int) -> tuple[Values | None, Settings] | None:
    """What is tried after the candidates in `lines`: its values in the search space, if it was proposed, and settings.

    None where there is no further one.
    """
    if preset == "quick" and len(lines) < n_trials:
        start = flatten(TrainingConfig.preset(preset, loss=LOSSES[preset][0]))
        space = _narrow(search_space(LOSSES[preset][0], 0, start | {"negatives": "all"}))
        if not lines:
            return space.locate(start), {}
        values = _propose(space, lines)
        return values, space.to_settings(values)
    by_hand = NEIGHBOURS[preset] if preset == "quick" else ({}, *NEIGHBOURS[preset])
    n_done = sum(line["values"] is None for line in lines)
    return (None, by_hand[n_done]) if n_done < len(by_hand) else None


def _narrow(space: SearchSpace) -> SearchSpace:
    settings = [replace(one, high=MOST_UNITS) if one.name == "n_hidden" else one for one in space.settings]
    return SearchSpace(tuple(settings))


def _propose(space: SearchSpace, lines: list[dict[str, Any]]) -> Values:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(n_startup_trials=6, seed=_SEED + len(lines))
    study = optuna.create_study(direction="maximize", sampler=sampler)
    for line in lines:
        values = line["values"]
        study.add_trial(
            optuna.trial.create_trial(value=line["gain"], params=values, distributions=space.distributions(values))
        )
    return space.suggest(study.ask())


def gain(cells: list[dict[str, Any]], usual: list[dict[str, Any]]) -> float:
    """Mean logarithm of the best accuracies in relation to the usual ones, cell by cell."""
    ratios = [math.log(max(one["accuracy"]) / max(other["accuracy"])) for one, other in zip(cells, usual, strict=True)]
    return sum(ratios) / len(ratios)


@cache
def _split(path: str, log: str) -> Split:
    if log == "e-shop":
        return split(read_log(Path(path)).dataset, SplitConfig(protocol="time", test_days=14))
    # All events of the sessions that are held out: the last ones alone would be 108 for the workouts.
    return split(SessionDataset(make_sample(log)), SplitConfig(protocol="session-holdout"))


def _train(task: tuple[str, str, TrainingConfig, dict[str, Any], int]) -> dict[str, Any]:
    """Trains one loss on one log; its validation accuracy and the processor seconds of each epoch."""
    from gru4rec_core.experiments.threads import limit_threads
    from gru4rec_core.model.gru4rec import Gru4Rec
    from gru4rec_core.model.reports import EpochReport

    path, log, preset, settings, seed = task
    limit_threads(1)
    parts = _split(path, log)
    metric = f"accuracy@{default_deciding_k(parts.train.n_items)}"
    config = change(preset.resolved(parts.train.n_items), settings).replace(epochs=EPOCHS, seed=seed)
    accuracy, seconds, last = [], [], time.process_time()

    def on_epoch(report: EpochReport) -> None:
        nonlocal last
        assert report.validation is not None
        now = time.process_time()
        accuracy.append(round(report.validation[metric], 5))
        seconds.append(round(now - last, 2))
        last = now

    model = Gru4Rec.from_config(parts.train.n_items, config, parts.train.vocabulary)
    model.fit(parts.train, validation=parts.validation, on_epoch=on_epoch)
    return {"log": log, "loss": config.loss, "seed": seed, "metric": metric, "accuracy": accuracy, "seconds": seconds}


if __name__ == "__main__":
    main()
