"""What does a list of comparisons say of each: its best model, how far that is ahead of the baselines, the verdict?

The figures are those of the comparison's result. They are stored beside it, so that a list reads one small file each.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from gru4rec_core.evaluation.comparison import Comparison
from gru4rec_core.evaluation.verdict import BaselineVerdict, Verdict, compare_with_baselines
from gru4rec_core.evaluation.verdict_text import BaselineOutcome, method_name
from gru4rec_core.results import statistics_cache
from gru4rec_core.results.comparison import ComparisonResult, build_comparison_result, find_missing, list_read_files
from gru4rec_core.results.stored_json import read_if_current
from gru4rec_core.storage import cache_json
from gru4rec_core.workspace.records import ComparisonRecord
from gru4rec_core.workspace.store import Workspace

VERSION = 3
"""Raised when the same result gives another summary than before: stored ones are then made again."""


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
        verdict: what the kind of answer is called ("Clear"); "" with a single model.
        sentence: the answer in words.
        best: the best model; None where nothing can be compared.
        strongest: the strongest baseline; None where none was run.
        margin: how far the best model is ahead of it, as a fraction; None without one.
        margin_low, margin_high: the interval of this difference at the comparison's level.
        outcome: what the verdict says of the best model against the baselines; None where nothing can be compared.
    """

    k: int
    verdict: str
    sentence: str
    best: MethodRate | None
    strongest: MethodRate | None
    margin: float | None
    margin_low: float | None
    margin_high: float | None
    outcome: BaselineOutcome | None = None

    @property
    def against_strongest(self) -> str:
        """The best model beside the strongest baseline in words: "over the lookup table"; "" without one.

        Ahead is only said plainly where the verdict says so too.
        """
        if self.strongest is None or self.margin is None:
            return ""
        baseline = method_name(self.strongest.label)
        if self.outcome == "as-well":
            return f"about equal to {baseline}"
        side = f"{'over' if self.margin >= 0 else 'against'} {baseline}"
        return f"{side}, not decided" if self.outcome == "undecided" else side

    @property
    def is_margin_decided(self) -> bool:
        """Whether the verdict calls the best model or the strongest baseline better."""
        return self.outcome in ("beaten", "better")

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
    return summarise_verdict(result.comparison, result.verdict, result.sentences)


def summarise_verdict(comparison: Comparison, verdict: Verdict | None, sentences: Sequence[str]) -> ComparisonSummary:
    """The line of models that were compared, of a verdict on them where there is one, and of what it says."""
    baselines = _against_baselines(comparison, verdict)
    best = _rate(comparison, baselines.model, baselines.model_value) if baselines else None
    strongest = _rate(comparison, baselines.strongest, baselines.strongest_value) if baselines else None
    figures = comparison.pair(strongest.name, best.name).deciding if best and strongest else None
    return ComparisonSummary(
        k=comparison.config.deciding_k,
        verdict=verdict.label if verdict else "",
        sentence=next(iter(sentences), ""),
        best=best,
        strongest=strongest,
        margin=figures.difference if figures else None,
        margin_low=figures.low if figures else None,
        margin_high=figures.high if figures else None,
        outcome=baselines.outcome if baselines else None,
    )


def _against_baselines(comparison: Comparison, verdict: Verdict | None) -> BaselineVerdict | None:
    if verdict is not None:
        return verdict.baselines
    # A single model without baselines meets nobody.
    is_compared = comparison.obstacle is None and comparison.pairs
    return compare_with_baselines(comparison) if is_compared else None


def _rate(comparison: Comparison, name: str | None, value: float | None) -> MethodRate | None:
    if name is None or value is None:
        return None
    return MethodRate(name, next(model.label for model in comparison.models if model.name == name), value)


def load_summary(workspace: Workspace, record: ComparisonRecord) -> ComparisonSummary | None:
    """The summary of a comparison as stored, made and stored first where it is not; None until there is a result.

    Raises:
        RunError: a file of the result is damaged.
    """
    if not find_missing(workspace, record).has_result:
        return None
    # Before the result is made: a baseline that joins meanwhile changes them.
    inputs = list_inputs(workspace, record)
    known = read_if_current(_path(workspace, record), "a comparison", inputs, decode_summary)
    return known or _store(workspace, build_comparison_result(workspace, record.id), inputs)


def store_summary(workspace: Workspace, result: ComparisonResult) -> None:
    """Stores the summary of a complete comparison, whose result is at hand, for the lists that will ask for it."""
    _store(workspace, result, list_inputs(workspace, result.record))


def precompute_summaries(workspace: Workspace, dataset_id: str) -> None:
    """Makes the result and the summary of each complete comparison on a dataset, before a reader asks."""
    for record in workspace.comparisons(dataset_id):
        if find_missing(workspace, record).is_complete:
            load_summary(workspace, record)


def _store(workspace: Workspace, result: ComparisonResult, inputs: list[Any]) -> ComparisonSummary:
    summary = summarise(result)
    cache_json(_path(workspace, result.record), {"inputs": inputs, "summary": asdict(summary)})
    return summary


def _path(workspace: Workspace, record: ComparisonRecord) -> Path:
    return workspace.comparison_folder(record.id) / "summary.json"


def decode_summary(stored: Any) -> ComparisonSummary:
    """The summary in a file. Raises KeyError or TypeError where it holds something else."""
    return ComparisonSummary.from_json(stored["summary"])


def list_inputs(workspace: Workspace, record: ComparisonRecord) -> list[Any]:
    """All that a summary depends on: settings, what is ignored about the log, and the files of the results."""
    files = list_read_files(workspace, record)
    times = [file.stat().st_mtime_ns if file.exists() else 0 for file in files]
    set_aside = sorted(workspace.dataset(record.dataset_id).set_aside)
    return [VERSION, statistics_cache.VERSION, record.config.to_json(), set_aside, times]
