"""What are the statistics and warnings of a comparison, computed once and kept?

They are kept beside the comparison under a hash of all they depend on, and computed anew when that changes.
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import asdict
from math import inf
from typing import Any

from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.comparability import ModelResults, find_obstacle
from gru4rec_core.evaluation.comparison import Comparison, MetricDifference, PairedComparison, compare_models
from gru4rec_core.evaluation.diagnostics import DiagnosticWarning
from gru4rec_core.results.diagnostics import comparison_checks
from gru4rec_core.storage import read_json, write_json
from gru4rec_core.workspace.records import ComparisonRecord, RunRecord
from gru4rec_core.workspace.store import Workspace

VERSION = 3
"""Raised when the same inputs give other statistics or warnings than before: what was kept is then computed anew."""

_logger = logging.getLogger(__name__)


def statistics(
    workspace: Workspace, record: ComparisonRecord, groups: dict[str, list[RunRecord]], models: Sequence[ModelResults]
) -> tuple[Comparison, list[DiagnosticWarning]]:
    """The paired statistics and the warnings of a comparison: as kept, or computed and kept."""
    path = workspace.comparison_folder(record.id) / "statistics.json"
    key = _inputs(record, models)
    if path.exists():
        try:
            kept = read_json(path, "a comparison")
            if kept["inputs"] == key:
                return _from_kept(kept, record, models), [DiagnosticWarning.from_json(one) for one in kept["checks"]]
        except (RunError, KeyError, TypeError) as error:
            _logger.warning("statistics of %s cannot be read and are computed anew: %r", record.id, error)
    if len(models) > 1:
        comparison = compare_models(models, record.config)
    else:
        comparison = Comparison(tuple(models), record.config, find_obstacle(models), ())
    checks = comparison_checks(workspace, record, groups, comparison)
    pairs = [_kept_pair(pair) for pair in comparison.pairs]
    write_json(path, {"inputs": key, "pairs": pairs, "checks": [one.to_json() for one in checks]})
    return comparison, checks


def _inputs(record: ComparisonRecord, models: Sequence[ModelResults]) -> str:
    """A hash of all that the statistics depend on."""
    digest = hashlib.sha256(f"{VERSION}/{record.config.to_json()}".encode())
    for model in models:
        digest.update(f"{model.name}/{model.test_key}/{model.leaked_events}".encode())
        for evaluation in model.evaluations:
            for array in (evaluation.session, evaluation.target, evaluation.greater, evaluation.equal):
                digest.update(array.tobytes())
    return digest.hexdigest()


def _kept_pair(pair: PairedComparison) -> dict[str, Any]:
    return {
        "a": pair.a.name,
        "b": pair.b.name,
        "metrics": [keep_difference(one) for one in (pair.deciding, *pair.exploratory)],
        "mcnemar_p": pair.mcnemar_p,
        "seed_differences": list(pair.seed_differences),
        "n_sessions": pair.n_sessions,
        "n_events": pair.n_events,
    }


def keep_difference(difference: MetricDifference) -> dict[str, Any]:
    # A ratio over nothing is infinite, which JSON has no number for.
    values = asdict(difference)
    return {name: str(value) if value in (inf, -inf) else value for name, value in values.items()}


def read_difference(kept: dict[str, Any]) -> MetricDifference:
    values: dict[str, Any] = {n: float(value) if value in ("inf", "-inf") else value for n, value in kept.items()}
    return MetricDifference(**values)


def _from_kept(kept: dict[str, Any], record: ComparisonRecord, models: Sequence[ModelResults]) -> Comparison:
    by_name = {model.name: model for model in models}
    pairs = tuple(
        PairedComparison(
            a=by_name[one["a"]],
            b=by_name[one["b"]],
            deciding=read_difference(one["metrics"][0]),
            exploratory=tuple(map(read_difference, one["metrics"][1:])),
            mcnemar_p=one["mcnemar_p"],
            seed_differences=tuple(one["seed_differences"]),
            n_sessions=one["n_sessions"],
            n_events=one["n_events"],
        )
        for one in kept["pairs"]
    )
    return Comparison(tuple(models), record.config, find_obstacle(models), pairs)
