"""What do the review pages look at: one comparison's models, its test sessions, the item names?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import messages, state, widgets
from gru4rec_core.config import LIST_LENGTHS, MAX_LIST_LENGTH
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.errors import WorkbenchError
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.model.inference import NumpyGru4Rec
from gru4rec_core.report.frames import accuracy as accuracy_frames
from gru4rec_core.results.comparison import ComparisonResult
from gru4rec_core.workspace.records import ComparisonRecord, RunRecord
from gru4rec_core.workspace.split_store import StoredSplit


@dataclass(frozen=True)
class Review:
    """A finished comparison and what is needed to explain it.

    Attributes:
        record: what was compared, by which metric.
        result: the verdict and the models' predictions.
        runs: the compared runs, in order.
        files: the results' files with their times of change: the key of everything computed from them.
        item_names: names to show instead of items, where the log had some.
    """

    record: ComparisonRecord
    result: ComparisonResult
    runs: tuple[RunRecord, ...]
    files: state.Stamp
    item_names: dict[str, str]

    @property
    def models(self) -> tuple[ModelResults, ...]:
        """Trained models first, as given; then the baselines."""
        return self.result.comparison.models

    @property
    def contenders(self) -> tuple[ModelResults, ...]:
        return tuple(model for model in self.models if model.kind == "gru4rec")

    @property
    def split(self) -> StoredSplit:
        """The test part, and what training held of each item."""
        return self.result.split

    @property
    def events(self) -> EvaluationSet:
        return self.split.test

    @property
    def vocabulary(self) -> ItemVocabulary:
        return self.split.test.dataset.vocabulary

    @property
    def unit(self) -> str:
        """What one prediction is: a session where each has one, else an event."""
        first = self.models[0]
        return "sessions" if first.n_events == first.n_sessions else "events"

    def model(self, name: str) -> ModelResults:
        return next(model for model in self.models if model.name == name)

    def item(self, item_id: int) -> str:
        """Name of an item; unknown ones say so."""
        if item_id < 0:
            return "(unknown item)"
        item = str(self.vocabulary.items[item_id])
        return self.item_names.get(item, item)


def open_review(selection: state.Selection, purpose: str) -> Review | None:
    """The selected comparison; where there is none yet, the page says so and shows the way on.

    Args:
        selection: of the page.
        purpose: what the page would show, as the end of "Nothing to … yet".
    """
    if selection.comparison is None:
        _nothing_yet(selection, purpose)
        return None
    try:
        result = state.comparison_result(selection.comparison)
    except WorkbenchError as error:
        messages.problem(error)
        return None
    if result is None:
        widgets.empty_state(
            "This comparison is not finished: its runs still train, wait, or have stopped.",
            "Look at its runs",
            "train",
            selection,
            key="to-runs",
        )
        return None
    home = state.workspace()
    record = selection.comparison
    files = state.stamp(*(home.run_folder(run_id) / "metrics.json" for run_id in record.run_ids))
    runs = tuple(home.run(run_id) for run_id in record.run_ids)
    return Review(record, result, runs, files, home.item_names(record.dataset_id))


def remarks(view: Review) -> None:
    """Every warning about this comparison."""
    messages.remarks_apart(view.result.warnings, "data, training and test", "remarks")


def _nothing_yet(selection: state.Selection, purpose: str) -> None:
    if selection.dataset is None:
        text = f"Nothing to {purpose} yet: the workspace has no data."
        widgets.empty_state(text, "Load a sample or your own log", "overview", selection, key="to-overview")
    else:
        text = f"Nothing to {purpose} yet: no models were trained on {selection.dataset.name}."
        widgets.empty_state(text, "Train TOP1 and BPR", "train", selection, key="to-train")


def scorer(review: Review, name: str) -> NumpyGru4Rec | None:
    """The first finished run of a trained model, for NumPy inference; None for a baseline."""
    run_id = review.result.run_ids.get(name, (None,))[0]
    if run_id is None:
        return None
    folder = state.workspace().run_folder(run_id)
    return _loaded(str(folder), state.stamp(folder / "weights.npz"))


@st.cache_resource(max_entries=8, show_spinner=False)
def _loaded(folder: str, files: state.Stamp) -> NumpyGru4Rec:
    return NumpyGru4Rec.load(Path(folder))


def list_length(selection: state.Selection, review: Review) -> int:
    """The list length of the page's charts: a choice whose start is the one that decides."""
    deciding = review.record.config.deciding_k
    options = sorted({*LIST_LENGTHS, min(deciding, MAX_LIST_LENGTH), selection.k or deciding})
    chosen = st.segmented_control(
        "List length k: items shown",
        options,
        default=selection.k or deciding,
        required=True,
        key="k-choice",
        format_func=lambda k: f"{k} (decides)" if k == deciding else str(k),
        on_change=_choose_length,
    )
    return int(chosen)


def _choose_length() -> None:
    # A callback, so that the line under the title already shows the new length.
    state.select(k=st.session_state["k-choice"])


def pair(review: Review) -> tuple[ModelResults, ModelResults] | None:
    """The two trained models that the page sets side by side, base first.

    None where there is one only, or where they cannot be compared.
    """
    contenders = review.contenders
    if len(contenders) < 2 or review.result.comparison.obstacle:
        return None
    names = [model.name for model in contenders]
    base, other = st.query_params.get("a"), st.query_params.get("b")
    if base not in names or other not in names or base == other:
        base, other = _of_the_verdict(review, names)
    if len(names) > 2:
        base, other = _choose_pair(review, names, base, other)
    return review.model(base), review.model(other)


def _of_the_verdict(review: Review, names: list[str]) -> tuple[str, str]:
    """The two models the verdict speaks of, in the order they were given."""
    verdict = review.result.verdict
    spoken = {verdict.numbers.get("leader"), verdict.numbers.get("other")} if verdict else set()
    first, second = ([name for name in names if name in spoken] + [name for name in names if name not in spoken])[:2]
    return first, second


def _choose_pair(review: Review, names: list[str], base: str, other: str) -> tuple[str, str]:
    def label(name: str) -> str:
        return review.model(name).label

    with st.container(horizontal=True):
        base = st.selectbox("Base", names, index=names.index(base), format_func=label, key="pair-a", width=220)
        rest = [name for name in names if name != base]
        place = rest.index(other) if other in rest else 0
        other = st.selectbox("Against it", rest, index=place, format_func=label, key="pair-b", width=220)
    st.query_params["a"], st.query_params["b"] = base, other
    return base, other


@st.cache_data(max_entries=64, show_spinner=False)
def _slices(comparison: str, files: state.Stamp, names: tuple[str, ...], k: int, _review: Review) -> pd.DataFrame:
    models = [_review.model(name) for name in names]
    return accuracy_frames.by_slice(models, _review.events, np.asarray(_review.split.train_counts), k)


def slices(review: Review, names: tuple[str, ...], k: int) -> pd.DataFrame:
    """`accuracy_frames.by_slice` of some methods, computed once."""
    return _slices(review.record.id, review.files, names, k, review)


def settings_table(review: Review) -> pd.DataFrame:
    """Every training setting, a column a run: setting, then one a run by its name."""
    columns: dict[str, Any] = {}
    for run in review.runs:
        values = run.config.model_dump(mode="json")
        columns[run.name] = {name: _text(value) for name, value in values.items()}
    return pd.DataFrame(columns).rename_axis("setting").reset_index()


def differing(settings: pd.DataFrame) -> pd.DataFrame:
    """The rows of a settings table in which the runs do not all agree."""
    return settings[settings.drop(columns="setting").nunique(axis=1) > 1]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
