"""How are predictions shown beside what came: as a list, and one session step by step?"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import review_context, state, steps_view, widgets
from dashboard.compare_view import outcome_labels
from dashboard.review_context import Review
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.hit_overlap import find_hit_overlap
from gru4rec_core.report.frames import accuracy as accuracy_frames
from gru4rec_core.report.frames import sessions as sessions_frames
from gru4rec_core.report.frames.sessions import Filters

PAGE = 25
_FILTERS = ("came", "had", "shortest", "longest", "kind")
_MISSED = "missed"
_VIEW = ("event", "page")


def shown_models(view: Review) -> tuple[ModelResults, ...]:
    """The pair set side by side, or the one trained model there is."""
    return review_context.pair(view) or view.contenders[:1]


def choose(view: Review, models: tuple[ModelResults, ...], k: int) -> np.ndarray:
    """The chips with their counts; returns the places of the chosen one's predictions.

    A link may name a method whose misses are asked for (`missed=bpr`): they are a chip of their own then.
    """
    n_events = models[0].n_events
    found = find_hit_overlap(*models, k) if len(models) == 2 else None
    counts: dict[str, int] = {"random": min(sessions_frames.N_RANDOM, n_events)}
    counts.update(found.counts.items() if found else ())
    labels = outcome_labels((models[0], models[-1])) | {"random": "Random"}
    missed = _missed(view, k)
    if missed is not None:
        model, places = missed
        counts[_MISSED], labels[_MISSED] = len(places), f"{model.label} missed"
    wanted = st.query_params.get("show", "random")
    chips = [one for one in (*sessions_frames.CHOICES, _MISSED) if one in counts]
    chosen = st.pills(
        "Which sessions",
        chips,
        default=wanted if wanted in chips else "random",
        required=True,
        format_func=lambda one: f"{widgets.plain_label(labels[one])} {counts[one]:,}",
        key="chips",
        help=f"A hit is an item that came and was among the first {k} guesses. Random: always the same ones.",
        on_change=_chip_chosen,
    )
    if chosen == _MISSED and missed is not None:
        return missed[1]
    return sessions_frames.choose(chosen, n_events, found.labels if found else None)


def _missed(view: Review, k: int) -> tuple[ModelResults, np.ndarray] | None:
    """The method whose misses the link asks for, and their places."""
    named = [model for model in view.models if model.name == st.query_params.get(_MISSED)]
    return (named[0], sessions_frames.missed_by(named[0], k)) if named else None


def _chip_chosen() -> None:
    _set_params(show=st.session_state["chips"], event=None, page=None)


def filters(view: Review, models: tuple[ModelResults, ...], k: int) -> Filters:
    """More conditions, collapsed; kept in the URL."""
    with st.expander("More filters", expanded=any(name in st.query_params for name in _FILTERS)):
        first, second = st.columns(2)
        with first:
            came = _text_filter("came", "Came next (part of the item's name)")
            shortest = _number_filter("shortest", "Seen before: at least, items")
        with second:
            had = _text_filter("had", "Seen before it (part of the item's name)")
            longest = _number_filter("longest", "Seen before: at most, items")
        kind = _kind_filter(view, models[0], k)
    return Filters(
        sessions_frames.find_items(view.vocabulary, came),
        sessions_frames.find_items(view.vocabulary, had),
        shortest,
        longest,
        kind,
    )


def _kind_filter(view: Review, model: ModelResults, k: int) -> np.ndarray | None:
    """One slice of the page Accuracy; None for all sessions."""
    table = review_context.slices(view, (model.name,), k)
    rows = zip(table["slice"], table["value"], strict=True)
    options = {f"{cut}:{value}": (cut, value) for cut, value in rows if cut in accuracy_frames.TITLES}
    given = st.query_params.get("kind")
    chosen = st.selectbox(
        "Kind of session",
        list(options),
        index=list(options).index(given) if given in options else None,
        format_func=lambda one: ": ".join((accuracy_frames.TITLES[options[one][0]], options[one][1])),
        placeholder="All kinds",
        key="filter-kind",
    )
    _set_params(kind=chosen)
    if chosen is None:
        return None
    one = model.evaluations[0]
    return accuracy_frames.select_slice(one, view.events, np.asarray(view.split.train_counts), *options[chosen])


def _text_filter(name: str, label: str) -> str:
    text = st.text_input(label, value=st.query_params.get(name, ""), key=f"filter-{name}", max_chars=200)
    _set_params(**{name: text.strip() or None})
    return text


def _number_filter(name: str, label: str) -> int | None:
    given = st.query_params.get(name, "")
    number = st.number_input(
        label, min_value=0, step=1, value=int(given) if given.isdecimal() else None, key=f"filter-{name}"
    )
    _set_params(**{name: None if number is None else str(number)})
    return None if number is None else int(number)


def clear_filters() -> None:
    """Callback: back to all sessions of the chip."""
    _set_params(**dict.fromkeys((*_FILTERS, *_VIEW)))
    for name in _FILTERS:
        st.session_state[f"filter-{name}"] = "" if name in {"came", "had"} else None


def no_match() -> None:
    """Nothing meets the conditions: say so, offer to clear them."""
    with st.container(border=True):
        st.text("No session matches.")
        st.button("Clear filters", type="primary", key="clear-filters", on_click=clear_filters)


def listing(
    view: Review, models: tuple[ModelResults, ...], places: np.ndarray, k: int, selection: state.Selection
) -> None:
    """The predictions page by page, a table on a desktop and cards on a phone, and the chosen session's steps."""
    pages = max(1, -(-len(places) // PAGE))
    given = st.query_params.get("page", "1")
    page = min(max(int(given) if given.isdecimal() else 1, 1), pages)
    shown = places[(page - 1) * PAGE : page * PAGE]
    rows = sessions_frames.prediction_rows(shown, models, view.events)
    widgets.wide_or_narrow("sessions-wide", "sessions-narrow")
    with st.container(key="sessions-wide"):
        _table(view, models, rows, k, f"{st.query_params.get('show', 'random')}-{page}")
    event = _chosen_event(len(models[0].evaluations[0].session))
    with st.container(key="sessions-narrow"):
        _cards(view, models, rows, k, selection, event)
    if pages > 1:
        turned = st.pagination(pages, default=page, key=f"pages-{pages}", max_visible_pages=5)
        if turned != page:
            _set_params(page=turned, event=None)
            st.rerun()
    st.caption(
        f"{len(places):,} of {models[0].n_events:,} test {view.unit}."
        f" ● among the first {k} guesses, ○ not; ✓ the item that came."
    )
    if event is not None:
        with st.container(key="steps-wide"):
            if (rows["event"] == event).any():  # a phone has the steps in the card
                widgets.wide_or_narrow("steps-wide", "steps-narrow")
            steps_view.session(view, models, event, k, selection, key="wide")


def _table(view: Review, models: tuple[ModelResults, ...], rows: pd.DataFrame, k: int, key: str) -> None:
    named = _named(view, models, rows)
    ranks: dict[Any, Any] = {f"{model.label}: rank": partial(widgets.rank_text, k=k) for model in models}
    chosen = st.dataframe(
        named.style.format(ranks),
        hide_index=True,
        key=f"predictions-{key}",
        on_select="rerun",
        selection_mode="single-row",
        height=min(36 * (len(rows) + 1), 470),
        alt="Last item seen, item that came, first guess and rank of each model. Select a row for its steps.",
    )
    picked = chosen.selection.rows if chosen else []
    if picked:
        _set_params(event=str(rows["event"].iloc[picked[0]]))


def _named(view: Review, models: tuple[ModelResults, ...], rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with item names, as people read them."""
    frame = pd.DataFrame(
        {
            "session": rows["session"],
            "seen": rows["seen"],
            "seen last": [view.item(one) for one in rows["last"]],
            "came next ✓": [view.item(one) for one in rows["target"]],
        }
    )
    for model in models:
        guesses = zip(rows[f"guess:{model.name}"], rows["target"], strict=True)
        frame[f"{model.label}: first guess"] = [view.item(one) + (" ✓" if one == true else "") for one, true in guesses]
        frame[f"{model.label}: rank"] = rows[f"rank:{model.name}"]
    return frame


def _cards(
    view: Review,
    models: tuple[ModelResults, ...],
    rows: pd.DataFrame,
    k: int,
    selection: state.Selection,
    event: int | None,
) -> None:
    """A card a prediction with three fields: what came, and each model's rank and first guess."""
    for row in rows.to_dict("records"):
        with st.container(border=True, gap="xsmall"):
            st.text(f"{row['session']}: {view.item(row['last'])} → {view.item(row['target'])} ✓")
            for model in models:
                right = row[f"guess:{model.name}"] == row["target"]
                guess = view.item(row[f"guess:{model.name}"]) + (" ✓" if right else "")
                st.text(f"{model.label} {widgets.rank_text(row[f'rank:{model.name}'], k)}, guessed {guess}")
            if event is not None and row["event"] == event:
                with st.container(key="steps-narrow"):
                    steps_view.session(view, models, event, k, selection, key="narrow")
            elif st.button("Step by step", key=f"open-{row['event']}", type="tertiary"):
                _set_params(event=str(row["event"]))
                st.rerun()


def _chosen_event(n_events: int) -> int | None:
    given = st.query_params.get("event", "")
    return int(given) if given.isdecimal() and int(given) < n_events else None


def _set_params(**values: object) -> None:
    for name, value in values.items():
        if value is None:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != str(value):
            st.query_params[name] = str(value)
