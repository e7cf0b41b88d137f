"""How does Try it show two models' recommendations for a session that the user edits?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import streamlit as st

from dashboard import dialogs, list_html, review_context, state, theme, widgets
from dashboard.list_html import GuessList
from dashboard.review_context import Review
from dashboard.seed_choice import SeedChoice
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.event_filters import find_items
from gru4rec_core.evaluation.event_orders import order_events
from gru4rec_core.model.inference import NumpyGru4Rec
from gru4rec_core.report.frames import guesses as guesses_frames
from gru4rec_core.report.style import style
from gru4rec_core.whole_numbers import whole_number
from gru4rec_core.words import counted

N_GUESSES = 10
MAX_STRIP = 50  # items
MAX_EXAMPLE = 8  # items that the page begins with
MAX_CHIPS = 12  # items that are drawn at first, the latest ones
MAX_OPTIONS = 2_000  # items that a select box takes at once; beyond it a search goes first
MAX_MATCHES = 50  # of such a search
MAX_LEFT_OUT = 15  # items, from the end of the strip, that are left out in turn
N_FIRST_GUESSES = 5  # compared when an item is left out
_STRIP = "items"
_CHOSEN = "strip-position"
_ALL_CHIPS = "strip-all-shown"

Contender = tuple[ModelResults, NumpyGru4Rec]
"""A contender's results, and one of its runs for inference."""


def read_strip(review: Review) -> list[int]:
    """The items to continue from, as ids: from the URL, else from the first of the random sessions."""
    requested = st.query_params.get(_STRIP)
    if requested is None:
        ids = _example(review)
        st.query_params[_STRIP] = _join(ids)
        return ids
    state.read_number("event", review.models[0].n_events)  # says so where there is none
    named = [(part, whole_number(part)) for part in requested.split(",") if part]
    ids = [number for _, number in named if number is not None and number < len(review.vocabulary)]
    wrong = [part for part, number in named if number is None or number >= len(review.vocabulary)]
    if wrong:
        which = f"{'item' if len(wrong) == 1 else 'items'} {', '.join(wrong)}"
        state.say_wrong(which, "which this comparison does not have", "The others are below." if ids else "")
        st.query_params[_STRIP] = _join(ids)
    return ids[-MAX_STRIP:]


def _example(review: Review) -> list[int]:
    """The history of the first random prediction that is neither too short nor too long to read, without what came."""
    for event in order_events("random", review.models, 1).tolist():
        if 2 <= len(ids := _history(review, event)) <= MAX_EXAMPLE:
            st.query_params["event"] = str(event)
            return ids
    return [0]


def _join(ids: Sequence[int]) -> str:
    return ",".join(map(str, ids))


def edit_strip(review: Review, ids: list[int]) -> None:
    """The strip as chips: tap one to move or remove it; a search adds one at the end."""
    widgets.section("This session so far")
    if ids:
        _show_chips(review, ids)
    else:
        st.text("The strip is empty: the lists below are what each model guesses before it has seen anything.")
    _add_item(review, ids)


def _show_chips(review: Review, ids: list[int]) -> None:
    # Chips are drawn anew when the strip changes; the chosen position travels in the session.
    position = st.session_state.get(_CHOSEN)
    first = 0 if st.session_state.get(_ALL_CHIPS) else max(0, len(ids) - MAX_CHIPS)
    if first:
        st.button(f"Show the {counted(first, 'earlier item')}", key="strip-all", on_click=_show_all, type="tertiary")
    chosen = st.pills(
        "Items, oldest first. Choose one to move or remove it.",
        range(first, len(ids)),
        default=position if position is not None and first <= position < len(ids) else None,
        format_func=lambda i: f"{i + 1}\\. {widgets.plain_label(review.item(ids[i]), 28)}",
        key=f"strip-{first}-{_join(ids)}",
    )
    st.session_state[_CHOSEN] = chosen
    none = chosen is None
    with st.container(horizontal=True, gap="small"):
        _button("Move earlier", "E", none or chosen == 0, _move, ids, chosen, -1)
        _button("Move later", "L", none or chosen == len(ids) - 1, _move, ids, chosen, 1)
        _button("Remove", "Delete", none, _remove, ids, chosen)
        draw = partial(_ask_to_remove_all, len(ids))
        dialogs.show_button("Remove all", draw, key="strip-clear", icon=":material/delete_sweep:")


def _ask_to_remove_all(n_items: int) -> None:
    removed = counted(n_items, "item")
    st.text("The lists then show what each model guesses before it has seen anything.")
    if st.button(f"Remove {removed}", key="strip-clear-all", type="primary"):
        dialogs.attempt(lambda: _write([]), f"Removed {removed}.")


def _show_all() -> None:
    st.session_state[_ALL_CHIPS] = True


def _button(label: str, shortcut: str, disabled: bool, action: Callable[..., None], *args: object) -> None:
    st.button(label, shortcut=shortcut, key=f"strip-{label.lower()}", disabled=disabled, on_click=action, args=args)


def _add_item(review: Review, ids: list[int]) -> None:
    options: Sequence[int] = range(len(review.vocabulary))
    if len(options) > MAX_OPTIONS:
        text = st.text_input("Search items by a part of their name", key="strip-search", max_chars=200)
        matches = find_items(review.vocabulary, text, review.item_names)
        options = [] if matches is None else matches[:MAX_MATCHES].tolist()
    # A new box after each addition, so that it is empty again.
    key = f"strip-add-{len(ids)}"
    st.selectbox(
        "Add an item at the end",
        options,
        index=None,
        format_func=lambda i: " ".join(review.item(i).split())[:80],
        placeholder="Type to search",
        key=key,
        on_change=lambda: _write([*ids, st.session_state[key]]),
        disabled=len(ids) >= MAX_STRIP,
    )


def _move(ids: list[int], position: int, by: int) -> None:
    moved = ids.copy()
    moved[position], moved[position + by] = moved[position + by], moved[position]
    _write(moved)
    st.session_state[_CHOSEN] = position + by


def _remove(ids: list[int], position: int) -> None:
    _write([item for i, item in enumerate(ids) if i != position])


def _write(ids: list[int]) -> None:
    st.query_params[_STRIP] = _join([item for item in ids if item is not None])
    st.query_params.pop("event", None)
    st.session_state[_CHOSEN] = None


def find_next_item(review: Review, ids: list[int]) -> int | None:
    """Id of the item that really came, while the strip is still the history of the test event in the URL."""
    event = whole_number(st.query_params.get("event", ""))
    targets = review.models[0].evaluations[0].target
    if event is None or event >= len(targets):
        return None
    return int(targets[event]) if _history(review, event) == ids else None


def _history(review: Review, event: int) -> list[int]:
    """The known items before a predicted event, the latest of them."""
    evaluation = review.models[0].evaluations[0]
    session, position = int(evaluation.session[event]), int(evaluation.position[event])
    items = np.asarray(review.events.dataset.session(session))[:position]
    return items[items >= 0][-MAX_STRIP:].tolist()


def load_contenders(review: Review, models: tuple[ModelResults, ...], seed: SeedChoice) -> list[Contender]:
    """The models, each with its run of the chosen seed."""
    loaded = [(model, review_context.load_scorer(review, model.name, seed.index)) for model in models]
    return [(model, scorer) for model, scorer in loaded if scorer is not None]


def show_lists(review: Review, ids: list[int], contenders: list[Contender]) -> None:
    """The best next items of each model, side by side."""
    next_item = find_next_item(review, ids)
    if next_item is not None and next_item >= 0:
        widgets.sentence(f"What came next in this session: {review.item(next_item)}", muted=True)
    lists = [_guess_list(review, ids, contender) for contender in contenders]
    if not lists:
        return
    n_shared = len(list_html.shared_places(lists[0].ids, lists[-1].ids))
    shared = f" {n_shared} of {len(lists[0].ids)} items are in both lists." if len(lists) == 2 else ""
    st.html(list_html.draw_lists(lists, next_item))
    st.caption(
        "Bars show scores, not probabilities: the first item of each list fills its bar, an average item has none."
        f"{shared}"
    )


def _guess_list(review: Review, ids: list[int], contender: Contender) -> GuessList:
    model, scorer = contender
    best = guesses_frames.best_items(ids, scorer, N_GUESSES)
    colour = style(model.name, model.kind, theme.is_dark()).colour
    names = [review.item(item) for item in best["id"]]
    return GuessList(model.label, colour, best["id"].tolist(), names, best["relative"].tolist())


def show_what_changed(review: Review, ids: list[int], contenders: list[Contender]) -> None:
    """Each item left out in turn: the first guesses, new ones in bold."""
    widgets.section("What changed its mind?")
    if len(ids) < 2:
        st.text("With two or more items this leaves each one out in turn and shows how the guesses move.")
        return
    st.caption(
        f"Each row leaves one item out and asks again. Bold ▲: not among the first {N_FIRST_GUESSES} guesses when all"
        " items count."
    )
    first = max(0, len(ids) - MAX_LEFT_OUT)
    # Guesses by the position left out, for each model; -1 stands for none.
    tables = [dict(guesses_frames.leave_one_out(ids, scorer, N_FIRST_GUESSES)) for _, scorer in contenders]
    rows = [["nothing", *(_guesses_cell(review, guesses[-1], guesses[-1]) for guesses in tables)]]
    rows += [
        [
            f"{position + 1}. {widgets.cell(review.item(ids[position]))}",
            *(_guesses_cell(review, guesses[position], guesses[-1]) for guesses in tables),
        ]
        for position in range(first, len(ids))
    ]
    widgets.html_table(["Left out", *(f"{model.label} guesses" for model, _ in contenders)], rows, label="left-out")
    if first:
        st.caption(f"The last {MAX_LEFT_OUT} of {len(ids)} items.")


def _guesses_cell(review: Review, ids: list[int], before: list[int]) -> str:
    new = set(ids) - set(before)
    moved = f'<div style="opacity:.75;font-size:.85rem">{len(new)} of {len(ids)} new</div>' if new else ""
    return moved + ", ".join(
        widgets.cell(("▲ " if item in new else "") + review.item(item), strong=item in new, limit=32) for item in ids
    )


def show_link(selection: state.Selection) -> None:
    """The address of exactly this view."""
    widgets.section("Share this view")
    st.code(state.page_url(selection), language=None, wrap_lines=True)
