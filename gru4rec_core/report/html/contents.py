"""What does a report of a comparison need to know? Everything it shows, gathered by whoever can read the workspace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from gru4rec_core.config import TrainingConfig
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.comparison import Comparison
from gru4rec_core.evaluation.diagnostic_warning import DiagnosticWarning
from gru4rec_core.evaluation.slices import choose_methods, slice_rates, whole_rates
from gru4rec_core.evaluation.verdict import Verdict
from gru4rec_core.report.labels import item_label


@dataclass(frozen=True, eq=False)
class ReportContents:
    """A comparison and all that explains it.

    Attributes:
        title: what is compared, e.g. "TOP1 against BPR".
        context: the line below it: data, test rule, list length.
        comparison, verdict, warnings: what came out; `verdict` is None with fewer than two trained models.
        pair: the two models set side by side, base first; None where there is no such pair.
        seed_names: what each seed of the pair, or of the one trained model, is called.
        events: the test sessions, and which of their events are predicted.
        train_counts: training events of each item, [n_items].
        item_names: names to show instead of items, where the log had some.
        trust: what the verdict rests on, each as a name and a short text.
        configs: the training settings by name of the run.
        provenance: where everything comes from, heading by heading, each a name and a text.
        categories: the category of each item that has one, by the item.
        command: what to type to get the same comparison; one or several lines.
        left_out: which of its runs are damaged and left out, as a sentence; "" for none.
        windows: the table of the backtest that it is a window of, all cells text (`frames.backtest.window_table`); None
            where it is of none.
        over_windows: what that backtest says, sentence by sentence.
    """

    title: str
    context: str
    comparison: Comparison
    verdict: Verdict | None
    warnings: tuple[DiagnosticWarning, ...]
    pair: tuple[ModelResults, ModelResults] | None
    seed_names: Sequence[str]
    events: EvaluationSet
    train_counts: np.ndarray
    item_names: Mapping[str, str]
    trust: Mapping[str, str]
    configs: Mapping[str, TrainingConfig]
    provenance: Mapping[str, Mapping[str, str]]
    command: str
    categories: Mapping[str, str] = field(default_factory=dict)
    left_out: str = ""
    windows: pd.DataFrame | None = None
    over_windows: tuple[str, ...] = ()

    @property
    def models(self) -> tuple[ModelResults, ...]:
        """The trained models, then the baselines."""
        return self.comparison.models

    @property
    def contenders(self) -> tuple[ModelResults, ...]:
        """The trained models."""
        return tuple(model for model in self.models if model.kind == "gru4rec")

    @property
    def k(self) -> int:
        """The list length that decides."""
        return self.comparison.config.deciding_k

    @property
    def unit(self) -> str:
        """What one prediction is: "sessions" or "events"."""
        return self.models[0].unit

    @property
    def confidence(self) -> float:
        """The level of all intervals."""
        return self.comparison.config.confidence

    @cached_property
    def in_slices(self) -> tuple[ModelResults, ...]:
        """Whose hits are drawn slice by slice: the trained models and the strongest baseline."""
        return choose_methods(self.models, self.k)

    @cached_property
    def whole_rates(self) -> pd.DataFrame:
        """`evaluation.slices.whole_rates` of all models."""
        return whole_rates(self.models, self.k, self.confidence)

    @cached_property
    def slice_rates(self) -> pd.DataFrame:
        """`evaluation.slices.slice_rates` of `in_slices`."""
        return slice_rates(self.in_slices, self.events, self.train_counts, self.k, self.confidence)

    def item(self, item_id: int) -> str:
        """Name of an item as it is shown; not escaped."""
        return item_label(item_id, self.events.dataset.vocabulary, self.item_names)
