"""How does the Sessions page list predictions beside what came next?"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import review_context, state, steps_view, widgets
from dashboard.review_context import Review
from dashboard.steps_view import View
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.hit_overlap import find_hit_overlap
from gru4rec_core.evaluation.seed_outcomes import by_majority, explain_counts
from gru4rec_core.report.frames import accuracy as accuracy_frames
from gru4rec_core.report.frames import sessions as sessions_frames
from gru4rec_core.report.frames.sessions import Filters
from gru4rec_core.report.labels import outcome_labels, rank_text

PAGE_SIZE = 25
_FILTERS = ("came", "had", "shortest", "longest", "kind")
_MISSED = "missed"
_POSITION = ("event", "page")  # URL parameters that say where in the list the reader is

Models = tuple[ModelResults, ...]


def choose_predictions(review: Review, models: Models, k: int) -> np.ndarray:
    """The chips with their counts; returns the row numbers of the chosen one's predictions.

    A link may name a method whose misses are asked for (`missed=bpr`): they get a chip of their own.
    """
    n_events = models[0].n_events
    overlap = find_hit_overlap(models[0], models[1], k) if len(models) == 2 else None
    counts: dict[str, int] = {"random": min(sessions_frames.N_RANDOM, n_events)}
    counts.update(overlap.counts.items() if overlap else ())
    labels = {**outcome_labels(models[0], models[-1]), "random": "Random"}
    missed = _missed(review, k)
    if missed is not None:
        model, predictions = missed
        counts[_MISSED], labels[_MISSED] = len(predictions), f"{model.label} missed"
    counted = [*models, *([missed[0]] if missed else [])]
    majority = by_majority(counted)
    requested = st.query_params.get("show", "random")
    chips = [chip for chip in (*sessions_frames.CHOICES, _MISSED) if chip in counts]
    chosen = st.pills(
        f"Which {review.unit},{majority}" if majority else f"Which {review.unit}",
        chips,
        default=requested if requested in chips else "random",
        required=True,
        format_func=lambda chip: f"{widgets.plain_label(labels[chip])} {counts[chip]:,}",
        key="chips",
        help=f"A hit means that the item that came was among the first {k} guesses. Random: always the same ones.",
        on_change=_select_chip,
    )
    if majority:
        st.caption(explain_counts(list(dict.fromkeys(counted)), k))
    if chosen == _MISSED and missed is not None:
        return missed[1]
    return sessions_frames.choose(chosen, n_events, overlap.labels if overlap else None)


def _missed(review: Review, k: int) -> tuple[ModelResults, np.ndarray] | None:
    """The method whose misses the link asks for, and their row numbers."""
    model = next((model for model in review.models if model.name == st.query_params.get(_MISSED)), None)
    return (model, sessions_frames.missed_by(model, k)) if model else None


def _select_chip() -> None:
    state.set_params(show=st.session_state["chips"], event=None, page=None)


def choose_filters(review: Review, models: Models, k: int) -> Filters:
    """More conditions, collapsed; kept in the URL."""
    with st.expander("More filters", expanded=any(name in st.query_params for name in _FILTERS)):
        left, right = st.columns(2)
        with left:
            came = _text_filter("came", "Came next (part of the item's name)")
            shortest = _number_filter("shortest", "Items seen before: at least")
        with right:
            had = _text_filter("had", "Seen before it (part of the item's name)")
            longest = _number_filter("longest", "Items seen before: at most")
        kind = _kind_filter(review, models[0], k)
    return Filters(
        sessions_frames.find_items(review.vocabulary, came),
        sessions_frames.find_items(review.vocabulary, had),
        shortest,
        longest,
        kind,
    )


def _kind_filter(review: Review, model: ModelResults, k: int) -> np.ndarray | None:
    """One slice of the Accuracy page, as bool [n_events]; None for all sessions."""
    table = review_context.slice_table(review, (model.name,), k)
    rows = zip(table["slice"], table["value"], strict=True)
    options = {f"{cut}:{value}": (cut, value) for cut, value in rows if cut in accuracy_frames.TITLES}
    requested = st.query_params.get("kind")
    chosen = st.selectbox(
        "Kind of session",
        list(options),
        index=list(options).index(requested) if requested in options else None,
        format_func=lambda kind: ": ".join((accuracy_frames.TITLES[options[kind][0]], options[kind][1])),
        placeholder="All kinds",
        key="filter-kind",
    )
    state.set_params(kind=chosen)
    if chosen is None:
        return None
    return review_context.select_kind(review, *options[chosen])


def _text_filter(name: str, label: str) -> str:
    text = st.text_input(label, value=st.query_params.get(name, ""), key=f"filter-{name}", max_chars=200)
    state.set_params(**{name: text.strip() or None})
    return text


def _number_filter(name: str, label: str) -> int | None:
    requested = st.query_params.get(name, "")
    number = st.number_input(
        label, min_value=0, step=1, value=int(requested) if requested.isdecimal() else None, key=f"filter-{name}"
    )
    state.set_params(**{name: number})
    return None if number is None else int(number)


def clear_filters() -> None:
    """Callback: back to all sessions of the chip."""
    state.set_params(**dict.fromkeys((*_FILTERS, *_POSITION)))
    for name in _FILTERS:
        st.session_state[f"filter-{name}"] = "" if name in {"came", "had"} else None


def show_no_match() -> None:
    """Nothing meets the conditions: says so and offers to clear them."""
    with st.container(border=True):
        st.text("No session matches.")
        st.button("Clear filters", type="primary", key="clear-filters", on_click=clear_filters)


def show_list(view: View, predictions: np.ndarray) -> None:
    """The predictions page by page, a table on a desktop and cards on a phone, and the chosen session's steps."""
    review, models, k = view.review, view.models, view.k
    n_pages = max(1, -(-len(predictions) // PAGE_SIZE))
    requested = st.query_params.get("page", "1")
    page = min(max(int(requested) if requested.isdecimal() else 1, 1), n_pages)
    shown = predictions[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    rows = sessions_frames.prediction_rows(shown, models, review.events, k, view.seed.index)
    widgets.show_wide_or_narrow("sessions-wide", "sessions-narrow")
    with st.container(key="sessions-wide"):
        _show_table(view, rows, key=f"{st.query_params.get('show', 'random')}-{page}")
    event = _requested_event(len(models[0].evaluations[0].session))
    with st.container(key="sessions-narrow"):
        _show_cards(view, rows, event)
    if n_pages > 1:
        turned_to = st.pagination(n_pages, default=page, key=f"pages-{n_pages}", max_visible_pages=5)
        if turned_to != page:
            state.set_params(page=turned_to, event=None)
            st.rerun()
    st.caption(
        f"{len(predictions):,} of {models[0].n_events:,} test {review.unit}."
        f" ● among the first {k} guesses, ○ not; ✓ the item that came."
    )
    if event is not None:
        with st.container(key="steps-wide"):
            if (rows["event"] == event).any():  # on a phone its card has the steps
                widgets.show_wide_or_narrow("steps-wide", "steps-narrow")
            steps_view.show_session(view, event, key="wide")


def _show_table(view: View, rows: pd.DataFrame, key: str) -> None:
    ranks: dict[Any, Any] = {f"{model.label}: rank": partial(rank_text, k=view.k) for model in view.models}
    chosen = st.dataframe(
        _with_names(view.review, view.models, rows).style.format(ranks),
        hide_index=True,
        key=f"predictions-{key}",
        on_select="rerun",
        selection_mode="single-row",
        height=min(36 * (len(rows) + 1), 470),
        alt="Last item seen, item that came, first guess and rank of each model. Select a row for its steps.",
    )
    selected_rows = chosen.selection.rows if chosen else []
    if selected_rows:
        state.set_params(event=rows["event"].iloc[selected_rows[0]])


def _with_names(review: Review, models: Models, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with item names, as people read them."""
    frame = pd.DataFrame(
        {
            "session": rows["session"],
            "seen": rows["seen"],
            "seen last": [review.item(item) for item in rows["last"]],
            "came next ✓": [review.item(item) for item in rows["target"]],
        }
    )
    for model in models:
        guesses = zip(rows[f"guess:{model.name}"], rows["target"], strict=True)
        frame[f"{model.label}: first guess"] = [_guess_text(review, guess, target) for guess, target in guesses]
        frame[f"{model.label}: rank"] = rows[f"rank:{model.name}"]
        if model.n_seeds > 1:
            frame[f"{model.label}: all seeds"] = [_seeds_text(model, n_hits) for n_hits in rows[f"seeds:{model.name}"]]
    return frame


def _seeds_text(model: ModelResults, n_hits: int) -> str:
    return f"hit in {n_hits} of {model.n_seeds} seeds"


def _guess_text(review: Review, guess: int, target: int) -> str:
    return review.item(guess) + (" ✓" if guess == target else "")


def _show_cards(view: View, rows: pd.DataFrame, event: int | None) -> None:
    """A card per prediction: what came, and each model's rank and first guess."""
    review = view.review
    for row in rows.to_dict("records"):
        with st.container(border=True, gap="xsmall"):
            st.text(f"{row['session']}: {review.item(row['last'])} → {review.item(row['target'])} ✓")
            for model in view.models:
                guess = _guess_text(review, row[f"guess:{model.name}"], row["target"])
                seeds = f" ({_seeds_text(model, row[f'seeds:{model.name}'])})" if model.n_seeds > 1 else ""
                st.text(f"{model.label} {rank_text(row[f'rank:{model.name}'], view.k)}, guessed {guess}{seeds}")
            if event is not None and row["event"] == event:
                with st.container(key="steps-narrow"):
                    steps_view.show_session(view, event, key="narrow")
            elif st.button("Step by step", key=f"open-{row['event']}", type="tertiary"):
                state.set_params(event=row["event"])
                st.rerun()


def _requested_event(n_events: int) -> int | None:
    requested = st.query_params.get("event", "")
    return int(requested) if requested.isdecimal() and int(requested) < n_events else None
