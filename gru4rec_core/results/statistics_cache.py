"""How are a comparison's statistics and warnings computed once and then read from disk?

They are stored beside the comparison under a hash of all they depend on, and recomputed when that changes.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import inf
from typing import Any

from gru4rec_core.config import ComparisonConfig
from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.comparability import ModelResults, find_obstacle
from gru4rec_core.evaluation.comparison import Comparison, MetricDifference, PairedComparison, compare_models
from gru4rec_core.evaluation.diagnostic_warning import DiagnosticWarning
from gru4rec_core.evaluation.quality_types import QualityReport
from gru4rec_core.results.collected_warnings import diagnose_comparison, diagnose_quality, list_left_out
from gru4rec_core.results.stored_json import read_if_current
from gru4rec_core.storage import cache_json
from gru4rec_core.workspace.damage import Damage
from gru4rec_core.workspace.integrity import check_dataset
from gru4rec_core.workspace.records import ComparisonRecord, RunRecord
from gru4rec_core.workspace.store import Workspace

VERSION = 6
"""Raised when the same inputs give other statistics or warnings than before: stored ones are then recomputed."""


@dataclass(frozen=True)
class Statistics:
    """What is computed of a comparison.

    Attributes:
        comparison: its models and their paired statistics.
        warnings: worst first; without those about the log where that is damaged.
        log_damage: what is damaged of the log, where the warnings needed it; else None.
    """

    comparison: Comparison
    warnings: list[DiagnosticWarning]
    log_damage: Damage | None = None


def load_statistics(
    workspace: Workspace, record: ComparisonRecord, groups: dict[str, list[RunRecord]], models: Sequence[ModelResults]
) -> Statistics:
    """The paired statistics and the warnings of a comparison, as stored; computed and stored first where they are not.

    Args:
        workspace: where the comparison is.
        record: the comparison.
        groups: the runs of each trained model by its name.
        models: results of all models, trained ones first.

    Raises:
        RunError: the log and its stored split are damaged, and statistics are not stored yet.
    """
    path = workspace.comparison_folder(record.id) / "statistics.json"
    left_out = [warning.to_json() for warning in list_left_out(workspace, record)]
    set_aside = workspace.dataset(record.dataset_id).set_aside
    inputs = hash_inputs(record.config, models, [*set_aside, *map(str, left_out)])

    def decode(stored: Any) -> Statistics:
        warnings = [DiagnosticWarning.from_json(values) for values in stored["warnings"]]
        return Statistics(comparison_from_json(stored["pairs"], record.config, models), warnings)

    known = read_if_current(path, "a comparison", inputs, decode)
    if known is not None:
        return known
    if len(models) > 1:
        comparison = compare_models(models, record.config)
    else:
        comparison = Comparison(tuple(models), record.config, find_obstacle(models), ())
    quality, log_damage = _check_log(workspace, record.dataset_id)
    warnings = diagnose_comparison(workspace, record, groups, comparison, quality)
    if log_damage is None:  # else they are incomplete
        pairs = [pair_to_json(pair) for pair in comparison.pairs]
        cache_json(path, {"inputs": inputs, "pairs": pairs, "warnings": [warning.to_json() for warning in warnings]})
    return Statistics(comparison, warnings, log_damage)


def _check_log(workspace: Workspace, dataset_id: str) -> tuple[QualityReport, Damage | None]:
    """What a log was checked for; of a damaged one no check, and what is damaged."""
    try:
        return diagnose_quality(workspace, workspace.dataset(dataset_id)), None
    except (RunError, ValueError, IndexError, KeyError):
        damage = check_dataset(workspace, dataset_id)
        if damage is None:
            raise
        return QualityReport(rows=None, checks=()), damage


def hash_inputs(config: ComparisonConfig, models: Sequence[ModelResults], more: Sequence[str] = ()) -> str:
    """A hash of everything that the statistics and the warnings depend on; `more` is what else these are."""
    digest = hashlib.sha256(f"{VERSION}/{config.to_json()}/{','.join(sorted(more))}".encode())
    for model in models:
        digest.update(f"{model.name}/{model.test_key}/{model.leaked_events}".encode())
        for evaluation in model.evaluations:
            for array in (evaluation.session, evaluation.target, evaluation.greater, evaluation.equal):
                digest.update(array.tobytes())
    return digest.hexdigest()


def pair_to_json(pair: PairedComparison) -> dict[str, Any]:
    """The pair in JSON's own types; its models by name."""
    return {
        "a": pair.a.name,
        "b": pair.b.name,
        "metrics": [difference_to_json(difference) for difference in (pair.deciding, *pair.exploratory)],
        "mcnemar_p": pair.mcnemar_p,
        "seed_differences": list(pair.seed_differences),
        "n_sessions": pair.n_sessions,
        "n_events": pair.n_events,
    }


def difference_to_json(difference: MetricDifference) -> dict[str, Any]:
    """The difference in JSON's own types."""
    # A ratio over nothing is infinite, which JSON has no number for.
    values = asdict(difference)
    return {name: str(value) if value in (inf, -inf) else value for name, value in values.items()}


def difference_from_json(values: dict[str, Any]) -> MetricDifference:
    """What `difference_to_json` wrote."""
    numbers: dict[str, Any] = {
        name: float(value) if value in ("inf", "-inf") else value for name, value in values.items()
    }
    return MetricDifference(**numbers)


def comparison_from_json(
    pairs: list[dict[str, Any]], config: ComparisonConfig, models: Sequence[ModelResults]
) -> Comparison:
    """The comparison of these models, from what `pair_to_json` wrote of each pair."""
    by_name = {model.name: model for model in models}
    read_pairs = tuple(
        PairedComparison(
            a=by_name[pair["a"]],
            b=by_name[pair["b"]],
            deciding=difference_from_json(pair["metrics"][0]),
            exploratory=tuple(map(difference_from_json, pair["metrics"][1:])),
            mcnemar_p=pair["mcnemar_p"],
            seed_differences=tuple(pair["seed_differences"]),
            n_sessions=pair["n_sessions"],
            n_events=pair["n_events"],
        )
        for pair in pairs
    )
    return Comparison(tuple(models), config, find_obstacle(models), read_pairs)
