"""What does a list of comparisons say of each: its best model, how far that is ahead of the baselines, the verdict?

The figures are those of the comparison's result. They are stored beside it, so that a list reads one small file each.
"""

import logging
from dataclasses import asdict, dataclass
from typing import Any, Self

from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.verdict import BaselineVerdict, compare_with_baselines
from gru4rec_core.results import statistics_cache
from gru4rec_core.results.comparison import ComparisonResult, build_comparison_result, find_missing
from gru4rec_core.storage import read_json, write_json
from gru4rec_core.workspace.records import ComparisonRecord
from gru4rec_core.workspace.store import Workspace

VERSION = 1
"""Raised when the same result gives another summary than before: stored ones are then made again."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class MethodRate:
    """A method's name, what people call it, and its hits in the deciding top k, a fraction."""

    name: str
    label: str
    value: float


@dataclass(frozen=True)
class ComparisonSummary:
    """A finished comparison in a line.

    Attributes:
        k: the list length that decides.
        unit: what hits are counted in, "sessions" or "events".
        verdict: what the kind of answer is called ("Clear"); "" with a single model.
        sentence: the answer in words.
        best: the best model; None where nothing can be compared.
        strongest: the strongest baseline; None where none was run.
        margin: how far the best model is ahead of it, as a fraction; None without one.
        margin_low, margin_high: the interval of this difference at the comparison's level.
        n_warnings: problems and warnings, without what is only good to know.
    """

    k: int
    unit: str
    verdict: str
    sentence: str
    best: MethodRate | None
    strongest: MethodRate | None
    margin: float | None
    margin_low: float | None
    margin_high: float | None
    n_warnings: int

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """What `asdict` made of a summary.

        Raises:
            KeyError, TypeError: it is something else.
        """
        rates = {name: MethodRate(**values[name]) if values[name] else None for name in ("best", "strongest")}
        return cls(**{**values, **rates})


def summarise(result: ComparisonResult) -> ComparisonSummary:
    """The line of a comparison: the figures of its verdict, where there is one."""
    comparison = result.comparison
    baselines = _against_baselines(result)
    best = _rate(result, baselines.model, baselines.model_value) if baselines else None
    strongest = _rate(result, baselines.strongest, baselines.strongest_value) if baselines else None
    figures = comparison.pair(strongest.name, best.name).deciding if best and strongest else None
    return ComparisonSummary(
        k=comparison.config.deciding_k,
        unit=comparison.models[0].unit,
        verdict=result.verdict.label if result.verdict else "",
        sentence=next(iter(result.sentences), ""),
        best=best,
        strongest=strongest,
        margin=figures.difference if figures else None,
        margin_low=figures.low if figures else None,
        margin_high=figures.high if figures else None,
        n_warnings=sum(warning.severity != "note" for warning in result.warnings),
    )


def _against_baselines(result: ComparisonResult) -> BaselineVerdict | None:
    if result.verdict is not None:
        return result.verdict.baselines
    # A single model without baselines meets nobody.
    is_compared = result.comparison.obstacle is None and result.comparison.pairs
    return compare_with_baselines(result.comparison) if is_compared else None


def _rate(result: ComparisonResult, name: str | None, value: float | None) -> MethodRate | None:
    if name is None or value is None:
        return None
    return MethodRate(name, next(model.label for model in result.comparison.models if model.name == name), value)


def load_summary(workspace: Workspace, record: ComparisonRecord) -> ComparisonSummary | None:
    """The summary of a comparison as stored, made and stored first where it is not; None until there is a result.

    Raises:
        RunError: a file of the result is damaged.
    """
    if not find_missing(workspace, record).has_result:
        return None
    path, inputs = workspace.comparison_folder(record.id) / "summary.json", _list_inputs(workspace, record)
    if path.exists():
        try:
            stored = read_json(path, "a comparison")
            if stored["inputs"] == inputs:
                return ComparisonSummary.from_json(stored["summary"])
        except (RunError, KeyError, TypeError) as error:
            _logger.warning("the summary of %s cannot be read and is made again: %r", record.id, error)
    summary = summarise(build_comparison_result(workspace, record.id))
    write_json(path, {"inputs": inputs, "summary": asdict(summary)})
    return summary


def precompute_summaries(workspace: Workspace, dataset_id: str) -> None:
    """Makes the result and the summary of each complete comparison on a dataset, before a reader asks."""
    for record in workspace.comparisons(dataset_id):
        if find_missing(workspace, record).is_complete:
            load_summary(workspace, record)


def _list_inputs(workspace: Workspace, record: ComparisonRecord) -> list[Any]:
    """All that a summary depends on: settings, what is ignored about the log, and the files of the results."""
    baselines = workspace.split_folder(record.dataset_id, record.split) / "baselines"
    files = [workspace.run_folder(run_id) / "metrics.json" for run_id in record.run_ids]
    files += [baselines / f"{name}.json" for name in record.baselines]
    times = [file.stat().st_mtime_ns if file.exists() else 0 for file in files]
    set_aside = sorted(workspace.dataset(record.dataset_id).set_aside)
    return [VERSION, statistics_cache.VERSION, record.config.to_json(), set_aside, times]
