"""What do the review pages work with: a comparison's models, its test sessions and the item names?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import cached, damage_card, messages, progress_view, sign_in, state, unfinished_view, widgets
from gru4rec_core.config import LIST_LENGTHS
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.errors import WorkbenchError
from gru4rec_core.evaluation.categories import category_codes, category_rates
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.event_filters import find_sessions
from gru4rec_core.evaluation.seed_outcomes import seed_index
from gru4rec_core.evaluation.slices import event_kinds, select_slice, slice_rates, slice_values, whole_rates
from gru4rec_core.model.inference import NumpyGru4Rec
from gru4rec_core.report.export import TableSource
from gru4rec_core.report.glossary import explain
from gru4rec_core.report.labels import item_label
from gru4rec_core.report.visit_names import session_titles
from gru4rec_core.results.comparison import ComparisonResult, Pair
from gru4rec_core.results.whole_models import find_comparison_damage
from gru4rec_core.words import counted
from gru4rec_core.workspace.damage import Damage
from gru4rec_core.workspace.integrity import check_dataset, check_run
from gru4rec_core.workspace.records import ComparisonRecord, RunRecord
from gru4rec_core.workspace.split_store import StoredSplit
from gru4rec_core.workspace.store import Workspace

HITS_HELP = f"Hits in the top k: {explain('Hits in the top k')}"


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
    files: cached.Stamp
    item_names: dict[str, str]

    @property
    def models(self) -> tuple[ModelResults, ...]:
        """The contenders in the order they were given, then the baselines."""
        return self.result.comparison.models

    @property
    def contenders(self) -> tuple[ModelResults, ...]:
        """The trained models."""
        return self.result.contenders

    @property
    def split(self) -> StoredSplit:
        """The test part, and the training events of each item."""
        return self.result.split

    @property
    def events(self) -> EvaluationSet:
        """The test sessions, and which of their events are predicted."""
        return self.split.test

    @property
    def vocabulary(self) -> ItemVocabulary:
        """The items and their ids."""
        return self.split.test.dataset.vocabulary

    @property
    def unit(self) -> str:
        """What hits are counted in: "sessions" or "events" (see `ModelResults.unit`)."""
        return self.models[0].unit

    def model(self, name: str) -> ModelResults:
        """The contender or baseline of this name."""
        return next(model for model in self.models if model.name == name)

    def item(self, item_id: int) -> str:
        """Name of an item as it is shown."""
        return item_label(item_id, self.vocabulary, self.item_names)

    def session_titles(self, keys: Iterable[object]) -> list[str]:
        """What sessions are called, by their keys in the log: "Session 17", "ann, 2026-03-31, visit 2"."""
        return session_titles(keys, self.events.dataset.session_ids)

    def find_sessions(self, text: str) -> np.ndarray | None:
        """The test sessions that are called so, in the log or in lists: bool [n_sessions]; None for a blank text."""
        keys = self.events.dataset.session_ids
        return (
            find_sessions(keys, text, _all_session_titles(self.record.id, self.files, self)) if text.strip() else None
        )


def table_source(review: Review, k: int | None) -> TableSource:
    """Where the figures of a comparison's tables come from, for their downloads."""
    return TableSource(
        dataset=review.result.dataset.name,
        comparison=review.record.name,
        split=review.record.split,
        k=k,
        n_events=review.models[0].n_events,
        confidence=review.record.config.confidence,
    )


def open_review(selection: state.Selection, purpose: str) -> Review | None:
    """The selected comparison; where there is none yet, the page says so and offers the next step.

    Args:
        selection: of the page.
        purpose: what the page would show, as the end of "Nothing to … yet".
    """
    workspace, record = state.workspace(), selection.comparison
    if record is None:
        _show_nothing_yet(selection, purpose)
        return None
    try:
        files = cached.stamp_comparison(record)
        result = cached.comparison_result(record)
    except WorkbenchError as error:
        damage_card.show_instead(workspace, lambda: find_result_damage(workspace, record), error)
        return None
    if result is None:
        widgets.empty_state(
            "This comparison is not finished: its runs are waiting, in training, or stopped.",
            "Look at its runs",
            "train",
            selection,
            key="to-runs",
        )
        if progress_view.is_active(workspace, record):
            sign_in.draw_again(progress_view.POLL_SECONDS, _show_when_finished, record)
        else:
            unfinished_view.offer_what_is_done(selection, record)
        return None
    damage_card.show_cards(workspace, result.damages)
    used = {run_id for run_ids in result.run_ids.values() for run_id in run_ids}
    runs = tuple(workspace.readable_runs(run_id for run_id in record.run_ids if run_id in used))
    return Review(record, result, runs, files, _read_item_names(workspace, record.dataset_id))


def _show_when_finished(record: ComparisonRecord) -> None:
    """Draws the page anew once no job of the comparison waits or runs."""
    if not progress_view.is_active(state.workspace(), record):
        st.rerun()


def find_result_damage(workspace: Workspace, record: ComparisonRecord) -> list[Damage]:
    """What is damaged of all that the result of a comparison is computed from; of the log also its warnings are."""
    dataset = check_dataset(workspace, record.dataset_id)
    return [*([dataset] if dataset else []), *find_comparison_damage(workspace, record)]


def _read_item_names(workspace: Workspace, dataset_id: str) -> dict[str, str]:
    """The names of items; none, and the dataset's card, where a file of them is damaged."""
    with damage_card.in_place_of(workspace, lambda: filter(None, [check_dataset(workspace, dataset_id)])):
        return cached.item_names(dataset_id)
    return {}


def show_warnings(review: Review) -> None:
    """Every warning about this comparison."""
    messages.show_warnings_below_results(review.result.warnings, "data, training and test", "warnings")


def _show_nothing_yet(selection: state.Selection, purpose: str) -> None:
    if selection.damages:  # whose cards say why
        return
    if selection.dataset is None:
        text = f"Nothing to {purpose} yet: the workspace has no data."
        widgets.empty_state(text, "Load a sample or your own log", "overview", selection, key="to-overview")
    else:
        name, runs = selection.dataset.name, state.workspace().runs(selection.dataset.id)
        found = f"{counted(len(runs), 'run')} on {name}, but no comparison to show"  # it was deleted
        text = f"Nothing to {purpose} yet: {found if runs else f'no models have been trained on {name}'}."
        widgets.empty_state(text, "Train TOP1 and BPR", "train", selection, key="to-train")


def load_scorer(review: Review, name: str, seed: int) -> NumpyGru4Rec | None:
    """A contender's run with the seed of this index, for inference in NumPy.

    None for a baseline, and for a run whose model is damaged, whose card is drawn.
    """
    run_ids = review.result.run_ids.get(name)
    if not run_ids:
        return None
    workspace, run_id = state.workspace(), run_ids[seed_index(review.model(name), seed)]
    with damage_card.in_place_of(workspace, lambda: filter(None, [check_run(workspace, run_id)])):
        return cached.load_model(run_id)
    return None


def choose_list_length(
    selection: state.Selection, review: Review, *, label_visibility: Literal["visible", "collapsed"] = "visible"
) -> int:
    """The list length of the page's charts; at first the one that decides."""
    deciding = review.record.config.deciding_k
    options = sorted({*LIST_LENGTHS, review.record.config.shown_k, selection.k or deciding})
    chosen = st.segmented_control(
        "List length k: items shown",
        options,
        default=selection.k or deciding,
        required=True,
        key="k-choice",
        format_func=lambda k: f"{k} (decides)" if k == deciding else str(k),
        on_change=_select_list_length,
        help=HITS_HELP,
        label_visibility=label_visibility,
    )
    return int(chosen)


def _select_list_length() -> None:
    # A callback, so that the line under the title already shows the new length.
    state.select(k=st.session_state["k-choice"])


def nearest_list_length(k: int) -> int:
    """The list length nearest to k for which tables have a column."""
    return min(LIST_LENGTHS, key=lambda length: abs(length - k))


def choose_pair(review: Review) -> Pair | None:
    """The two contenders that the page sets side by side; None where there are fewer, or they cannot be compared."""
    pair = review.result.pair
    if pair is None:
        return None
    names = [model.name for model in review.contenders]
    base, other = st.query_params.get("a"), st.query_params.get("b")
    if base not in names or other not in names or base == other:
        base, other = pair[0].name, pair[1].name
    if len(names) > 2:
        base, other = _ask_for_pair(review, names, base, other)
    return review.model(base), review.model(other)


def choose_models(review: Review) -> tuple[ModelResults, ...]:
    """The pair set side by side, or the one contender there is."""
    return choose_pair(review) or review.contenders[:1]


def _ask_for_pair(review: Review, names: list[str], base: str, other: str) -> tuple[str, str]:
    def label(name: str) -> str:
        return review.model(name).label

    with st.container(horizontal=True):
        base = st.selectbox(
            "Reference model", names, index=names.index(base), format_func=label, key="pair-a", width=220
        )
        rest = [name for name in names if name != base]
        index = rest.index(other) if other in rest else 0
        other = st.selectbox("Compared model", rest, index=index, format_func=label, key="pair-b", width=220)
    state.set_params(a=base, b=other)
    return base, other


@st.cache_resource(max_entries=4, show_spinner=False)
def _all_session_titles(comparison: str, files: cached.Stamp, _review: Review) -> list[str]:
    return _review.session_titles(_review.events.dataset.session_ids)


@st.cache_data(max_entries=64, show_spinner=False)
def _slice_table(
    comparison: str, files: cached.Stamp, names: tuple[str, ...], k: int, confidence: float, _review: Review
) -> pd.DataFrame:
    models = [_review.model(name) for name in names]
    return slice_rates(models, _review.events, np.asarray(_review.split.train_counts), k, confidence)


@st.cache_data(max_entries=64, show_spinner=False)
def _whole_row(
    comparison: str, files: cached.Stamp, name: str, k: int, confidence: float, _review: Review
) -> pd.DataFrame:
    return whole_rates([_review.model(name)], k, confidence)


@st.cache_resource(max_entries=4, show_spinner=False)
def _event_kinds(comparison: str, files: cached.Stamp, _review: Review) -> dict[str, np.ndarray]:
    train_counts = np.asarray(_review.split.train_counts)
    return event_kinds(_review.models[0].evaluations[0], _review.events, train_counts)


def list_kinds(review: Review) -> list[tuple[str, str]]:
    """The slices and values that occur in the test, in the order of `slice_table`."""
    return slice_values(_event_kinds(review.record.id, review.files, review))


def select_kind(review: Review, cut: str, value: str) -> np.ndarray:
    """The test events that one row of `slice_table` counts: bool [n_events]."""
    return select_slice(_event_kinds(review.record.id, review.files, review), cut, value)


def slice_table(review: Review, names: tuple[str, ...], k: int) -> pd.DataFrame:
    """`evaluation.slices.slice_rates` of some methods at the level shown, computed once per level."""
    return _slice_table(review.record.id, review.files, names, k, review.record.config.confidence, review)


def whole_table(review: Review, names: Iterable[str], k: int) -> pd.DataFrame:
    """`evaluation.slices.whole_rates` of some methods at the level shown, computed once per method and level."""
    confidence = review.record.config.confidence
    rows = [_whole_row(review.record.id, review.files, name, k, confidence, review) for name in names]
    return pd.concat(rows, ignore_index=True)


@st.cache_resource(max_entries=8, show_spinner=False)
def _category_codes(comparison: str, files: cached.Stamp, _review: Review) -> np.ndarray | None:
    categories = cached.item_categories(_review.record.dataset_id)
    return category_codes(_review.vocabulary, categories) if categories else None


def find_category_codes(review: Review) -> np.ndarray | None:
    """The categories of the items (`evaluation.categories.category_codes`); None where none are known."""
    files = review.files + cached.item_stamp(review.record.dataset_id)
    return _category_codes(review.record.id, files, review)


@st.cache_data(max_entries=32, show_spinner=False)
def _category_table(comparison: str, files: cached.Stamp, k: int, confidence: float, _review: Review) -> pd.DataFrame:
    categories = cached.item_categories(_review.record.dataset_id)
    return category_rates(_review.models, category_codes(_review.vocabulary, categories), k, confidence)


def category_table(review: Review, k: int) -> pd.DataFrame:
    """`evaluation.categories.category_rates` of all methods at the level shown, computed once per item table."""
    files = review.files + cached.item_stamp(review.record.dataset_id)
    return _category_table(review.record.id, files, k, review.record.config.confidence, review)
