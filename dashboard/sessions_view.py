"""Which predictions does the Sessions page list, and which session is open?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard import cached, focus, session_filters, session_list, state, steps_view, widgets
from dashboard.review_context import Review
from dashboard.steps_view import View
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.event_filters import find_matches
from gru4rec_core.evaluation.event_orders import order_events
from gru4rec_core.evaluation.hit_overlap import find_hit_overlap
from gru4rec_core.evaluation.seed_outcomes import by_majority, explain_counts
from gru4rec_core.report.frames import sessions as sessions_frames
from gru4rec_core.report.frames.sessions import SessionList
from gru4rec_core.report.labels import outcome_labels

_MISSED = "missed"
_ORDERS = {
    "random": "Random",
    "disagreement": "Largest disagreement",
    "worst-miss": "Worst miss",
    "confident-miss": "Most confident miss",
}
_ORDER_HELP = (
    "Random: the same for everybody. Largest disagreement: the two models' ranks differ by the largest factor. Worst"
    " miss: what came stood furthest down a list. Most confident miss: a model's first guess led its second by more"
    " than in nearly all its other predictions, and what came was not in its list. In these last three, what came and"
    " training never saw follows the rest."
)

Models = tuple[ModelResults, ...]


@dataclass(frozen=True)
class _Missed:
    """The method whose misses a link asks for, and their row numbers."""

    model: ModelResults
    predictions: np.ndarray


def choose_predictions(review: Review, models: Models, k: int, missed: _Missed | None) -> np.ndarray:
    """The outcomes with their counts; returns the row numbers of the chosen one's predictions.

    A link may name a method whose misses are asked for (`missed=bpr`): they get a chip of their own.
    """
    n_events = models[0].n_events
    overlap = find_hit_overlap(models[0], models[1], k) if len(models) == 2 else None
    counts: dict[str, int] = {"all": n_events}
    counts.update(overlap.counts.items() if overlap else ())
    labels = {**outcome_labels(models[0], models[-1]), "all": "All"}
    if missed is not None:
        counts[_MISSED], labels[_MISSED] = len(missed.predictions), f"{missed.model.label} missed"
    majority = by_majority(_counted(models, missed))
    requested = st.query_params.get("show", "all")
    chips = _chips(models, missed)
    chosen = st.pills(
        f"Which {review.unit},{majority}" if majority else f"Which {review.unit}",
        chips,
        default=requested if requested in chips else "all",
        required=True,
        wrap=True,
        format_func=lambda chip: f"{widgets.plain_label(labels[chip])} {counts[chip]:,}",
        key="chips",
        help=f"A hit means that the item that came was among the first {k} guesses.",
        on_change=_keep,
        args=("show", "chips"),
    )
    if chosen == _MISSED and missed is not None:
        return missed.predictions
    return sessions_frames.choose(chosen, n_events, overlap.labels if overlap else None)


def _find_missed(review: Review, k: int) -> _Missed | None:
    model = next((model for model in review.models if model.name == st.query_params.get(_MISSED)), None)
    return _Missed(model, sessions_frames.missed_by(model, k)) if model else None


def _keep(param: str, key: str) -> None:
    state.set_params(**{param: st.session_state[key]}, event=None, step=None)


def choose_order(models: Models) -> str:
    """In which order the sessions are listed."""
    orders = _orders(models)
    return st.selectbox(
        "Order",
        orders,
        index=state.requested_place("order", orders) or 0,
        format_func=lambda order: _ORDERS[order],
        key="order",
        help=_ORDER_HELP,
        width=220,
        on_change=_keep,
        args=("order", "order"),
    )


def _chips(models: Models, missed: _Missed | None) -> list[str]:
    """The outcomes that can be asked for, by their names in links."""
    outcomes = sessions_frames.CHOICES if len(models) == 2 else ("all",)
    return [*outcomes, *([_MISSED] if missed else [])]


def _orders(models: Models) -> list[str]:
    return [order for order in _ORDERS if len(models) == 2 or order != "disagreement"]


def choose_sessions(view: View) -> tuple[np.ndarray, SessionList]:
    """Asks for outcome, order and conditions; returns the predictions in order, and the same by session."""
    review, models, k, seed = view.review, view.models, view.k, view.seed.index
    missed = _find_missed(review, k)
    state.read_choice("show", _chips(models, missed), "outcome")
    state.read_choice("order", _orders(models), "order")
    session_filters.leave_out_wrong(review, models)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        predictions = choose_predictions(review, models, k, missed)
        order = choose_order(models)
    session_filters.show_filters(review, models)
    filters = session_filters.read_filters(review, models)
    if said := session_filters.describe_filters(models):
        widgets.sentence(f"Only sessions where {said}", muted=True, size=".95rem")
    if by_majority(counted := _counted(models, missed)):
        st.caption(explain_counts(counted, k))
    matches = find_matches(models, review.events, k, filters, seed)
    listed = sessions_frames.arrange(predictions, matches, _event_order(view, order))
    return listed, sessions_frames.gather_sessions(listed, models[0].evaluations[0].session)


def _event_order(view: View, order: str) -> np.ndarray:
    """`order_events`, worked out once: each step through a session (the arrow keys) runs the page again."""
    results = view.review.record.id, view.review.files, tuple(model.name for model in view.models)
    return _order_events(results, order, view.k, view.seed.index, view.models)


@st.cache_resource(max_entries=8, show_spinner=False)
def _order_events(
    results: tuple[str, cached.Stamp, tuple[str, ...]], order: str, k: int, seed: int, _models: Models
) -> np.ndarray:
    return order_events(order, _models, k, seed)


def _counted(models: Models, missed: _Missed | None) -> list[ModelResults]:
    """Whose hits the chips count."""
    return list(dict.fromkeys([*models, *([missed.model] if missed else [])]))


def show_sessions(view: View, predictions: np.ndarray, listed: SessionList) -> None:
    """The list, and beside it the session that is open; on a phone below it."""
    event = state.read_number("event", view.models[0].n_events)
    if event is None:
        event = int(listed.first[0])
    left, right = st.columns([2, 3], gap="medium")
    with left:
        place = session_list.show_list(view, listed, event)
    with right:
        step = steps_view.show_session(view, event)
    opened = f"{place}, {step}"
    focus.tell_progress(opened, "session", mark=opened, only_changes=True)
    session_list.show_download(view, predictions)
