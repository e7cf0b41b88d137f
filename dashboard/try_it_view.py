"""How does a strip of items become two lists of guesses, and what changed them?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from dashboard import review_context, state, widgets
from dashboard.review_context import Review
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.model.inference import NumpyGru4Rec
from gru4rec_core.report.charts import sessions as sessions_charts
from gru4rec_core.report.frames import sessions as sessions_frames

SHOWN = 10
LONGEST_STRIP = 50
LONGEST_CHOICE = 2_000  # items that a select box still takes at once; beyond it a search goes first
FOUND = 50
LEFT_OUT = 15  # items of the strip, from the end, that are left out in turn
FIRST = 5
_STRIP = "items"
_CHOSEN = "strip-place"


def strip(view: Review) -> list[int]:
    """The items to go on from, as ids: from the URL, else the first of the random sessions."""
    given = st.query_params.get(_STRIP)
    if given is None:
        ids = _example(view)
        st.query_params[_STRIP] = _written(ids)
        return ids
    known = (int(one) for one in given.split(",") if one.isdecimal())
    return [one for one in known if one < len(view.vocabulary)][-LONGEST_STRIP:]


def _example(view: Review) -> list[int]:
    """The history of the first random prediction that has two known items, without what came next."""
    one = view.models[0].evaluations[0]
    for event in sessions_frames.random_events(len(one.session)).tolist():
        if len(ids := _history(view, event)) >= 2:
            st.query_params["event"] = str(event)
            return ids
    return [0]


def _written(ids: Sequence[int]) -> str:
    return ",".join(map(str, ids))


def editor(view: Review, ids: list[int]) -> None:
    """The strip as chips: tap one to move or remove it; a search adds one at the end."""
    widgets.section("This session so far")
    if ids:
        _chips(view, ids)
    else:
        st.text("The strip is empty: the lists below are what each model says before anything was seen.")
    _add(view, ids)


def _chips(view: Review, ids: list[int]) -> None:
    # Chips are drawn anew when the strip changes; the chosen place travels in the session.
    place = st.session_state.get(_CHOSEN)
    chosen = st.pills(
        "Items, oldest first. Tap one to move or remove it.",
        range(len(ids)),
        default=place if place is not None and place < len(ids) else None,
        format_func=lambda i: f"{i + 1}\\. {widgets.plain_label(view.item(ids[i]), 28)}",
        key=f"strip-{_written(ids)}",
    )
    st.session_state[_CHOSEN] = chosen
    none = chosen is None
    with st.container(horizontal=True, gap="small"):
        _button("Earlier", ":material/arrow_back:", none or chosen == 0, _move, ids, chosen, -1)
        _button("Later", ":material/arrow_forward:", none or chosen == len(ids) - 1, _move, ids, chosen, 1)
        _button("Remove", ":material/close:", none, _remove, ids, chosen)
        _button("Clear all", ":material/delete_sweep:", False, _write, [])


def _button(label: str, icon: str, disabled: bool, action: Callable[..., None], *args: object) -> None:
    key = f"strip-{label.lower().replace(' ', '-')}"
    st.button(label, icon=icon, key=key, disabled=disabled, on_click=action, args=args, type="secondary")


def _add(view: Review, ids: list[int]) -> None:
    names = view.vocabulary.items
    options: Sequence[int] = range(len(names))
    if len(names) > LONGEST_CHOICE:
        wanted = st.text_input("Search items by a part of their name", key="strip-search", max_chars=200)
        found = sessions_frames.find_items(view.vocabulary, wanted)
        options = [] if found is None else found[:FOUND].tolist()
    # A new box after each addition, so that it is empty again.
    key = f"strip-add-{len(ids)}"
    st.selectbox(
        "Add an item at the end",
        options,
        index=None,
        format_func=lambda i: " ".join(str(names[i]).split())[:80],
        placeholder="Type to search",
        key=key,
        on_change=lambda: _write([*ids, st.session_state[key]]),
        disabled=len(ids) >= LONGEST_STRIP,
    )


def _move(ids: list[int], place: int, by: int) -> None:
    moved = ids.copy()
    moved[place], moved[place + by] = moved[place + by], moved[place]
    _write(moved)
    st.session_state[_CHOSEN] = place + by


def _remove(ids: list[int], place: int) -> None:
    _write([one for i, one in enumerate(ids) if i != place])


def _write(ids: list[int]) -> None:
    st.query_params[_STRIP] = _written([one for one in ids if one is not None])
    st.query_params.pop("event", None)
    st.session_state[_CHOSEN] = None


def came_next(view: Review, ids: list[int]) -> int | None:
    """Id of the item that really came, while the strip is still the history of the test event in the URL."""
    given = st.query_params.get("event", "")
    one = view.models[0].evaluations[0]
    if not given.isdecimal() or int(given) >= len(one.target):
        return None
    return int(one.target[int(given)]) if _history(view, int(given)) == ids else None


def _history(view: Review, event: int) -> list[int]:
    """The known items before a predicted event, the latest of them."""
    one = view.models[0].evaluations[0]
    items = np.asarray(view.events.dataset.session(int(one.session[event])))[: one.position[event]]
    return items[items >= 0][-LONGEST_STRIP:].tolist()


def scorers(view: Review) -> list[tuple[ModelResults, NumpyGru4Rec]]:
    """The pair's models with what computes their scores (their first run)."""
    models = review_context.pair(view) or view.contenders[:1]
    return [(model, found) for model in models if (found := review_context.scorer(view, model.name))]


def lists(view: Review, ids: list[int], chosen: list[tuple[ModelResults, NumpyGru4Rec]]) -> None:
    """The best next items of each model, side by side."""
    came = came_next(view, ids)
    if came is not None and came >= 0:
        widgets.sentence(f"In this session came next: {view.item(came)} ✓", muted=True)
    for column, (model, scorer) in zip(st.columns(max(1, len(chosen)), gap="medium"), chosen, strict=True):
        best = sessions_frames.best_items(ids, scorer, SHOWN)
        names = [view.item(one) + (" ✓" if one == came else "") for one in best["id"]]
        with column:
            widgets.show_chart(
                sessions_charts.score_bars(best.assign(item=names), model.label, model.name, dark=state.is_dark()),
                key=f"list-{model.name}",
                alt=f"{model.label}: " + ", ".join(f"{place}. {name}" for place, name in enumerate(names, 1)),
            )


def what_changed(view: Review, ids: list[int], chosen: list[tuple[ModelResults, NumpyGru4Rec]]) -> None:
    """Each item left out in turn: the first guesses, those that are new in bold."""
    widgets.section("What changed its mind?")
    if len(ids) < 2:
        st.text("With two or more items this leaves each one out in turn and shows how the guesses move.")
        return
    st.caption(
        f"Each row leaves one item out and asks again. Bold ▲: not among the first {FIRST} guesses with all items."
    )
    first = max(0, len(ids) - LEFT_OUT)
    tables = {model.name: dict(sessions_frames.leave_one_out(ids, scorer, FIRST)) for model, scorer in chosen}
    whole = ["nothing", *(_guesses(view, tables[model.name][-1], None) for model, _ in chosen)]
    rows = [whole] + [
        [
            f"{place + 1}. {widgets.cell(view.item(ids[place]))}",
            *(_guesses(view, tables[model.name][place], tables[model.name][-1]) for model, _ in chosen),
        ]
        for place in range(first, len(ids))
    ]
    widgets.html_table(["Left out", *(f"{model.label} guesses" for model, _ in chosen)], rows, label="left-out")
    if first:
        st.caption(f"The last {LEFT_OUT} of {len(ids)} items.")


def _guesses(view: Review, ids: list[int], before: list[int] | None) -> str:
    new = set(ids) - set(before if before is not None else ids)
    moved = f'<div style="opacity:.75;font-size:.85rem">{len(new)} of {len(ids)} new</div>' if new else ""
    names = (("▲ " if one in new else "") + view.item(one) for one in ids)
    return moved + ", ".join(
        widgets.cell(name, strong=one in new, limit=32) for one, name in zip(ids, names, strict=True)
    )


def share(selection: state.Selection) -> None:
    """The address of exactly this view."""
    widgets.section("Share this view")
    st.code(state.page_url(selection), language=None, wrap_lines=True)
