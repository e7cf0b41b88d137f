"""Which conditions does the reader set on the Sessions page, and how do they travel in the link?"""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import review_context, state
from dashboard.review_context import Review
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.event_filters import Filters, Range, find_items
from gru4rec_core.report.frames import accuracy as accuracy_frames
from gru4rec_core.report.labels import short

_TEXTS = {"came": "Came next", "had": "Seen before it", "guess": "Among the guesses", "name": "Name of the session"}
_SAID = {"came": "the next item", "had": "an earlier item", "guess": "a guess"}
_RANGES = {"length": "Items in the session", "place": "Step in the session", "rank": "Rank of the item that came"}
_PARAMS = (*_TEXTS, *_RANGES, "whole", "near", "by", "kind")
_NEAR = "the right category was guessed, but not the item"
_SHOWN = ("event", "step")  # URL parameters of the session that is open

Models = tuple[ModelResults, ...]


def count_filters() -> int:
    """How many conditions the link sets."""
    return sum(1 for name in (*_TEXTS, *_RANGES, "near", "kind") if st.query_params.get(name))


def leave_out_wrong(review: Review, models: Models) -> None:
    """Says which conditions of the link cannot be met by anything, and takes them out of the address."""
    for name, label in _RANGES.items():
        text = st.query_params.get(name)
        if text and not Range.from_text(text):
            state.leave_out(name, _in_sentence(label), "which is no range of whole numbers such as 2-5")
    if "near" in st.query_params and review_context.find_category_codes(review) is None:
        state.say_wrong("misses of the right category", "which need an item table with categories")
        state.set_params(near=None)
    state.read_choice("by", [model.name for model in models], "model")
    if "kind" in st.query_params:
        state.read_choice("kind", _kinds(review), "kind of session")


def show_filters(review: Review, models: Models) -> None:
    """The conditions, which the list below follows at once; drawn only while the expander is open."""
    # One label, however many are set: with another label Streamlit would take it for another expander, and close it.
    expander = st.expander("Filters", icon=":material/filter_list:", key="filters", on_change="rerun")
    if expander.open:
        with expander:
            _ask(review, models)


def _ask(review: Review, models: Models) -> None:
    _ask_for_texts()
    whole = "whole" in st.query_params
    label = "Match whole item names only"
    st.checkbox(label, value=whole, key="filter-whole", on_change=_keep, args=("whole",))
    for column, (name, label) in zip(st.columns(len(_RANGES)), _RANGES.items(), strict=True):
        with column:
            _ask_for_range(name, label)
    _ask_for_near(review)
    by, kind = st.columns(2)
    with by:
        _ask_for_model(models)
    with kind:
        _ask_for_kind(review)
    if count_filters():
        st.button("Clear filters", key="clear-in-form", on_click=clear_filters, icon=":material/close:")


def read_filters(review: Review, models: Models) -> Filters:
    """The conditions in the link; wrong ones have been left out before."""
    params = st.query_params
    whole = "whole" in params
    came, had, guessed = (
        find_items(review.vocabulary, params.get(name, ""), review.item_names, whole=whole)
        for name in ("came", "had", "guess")
    )
    length, step, rank = (Range.from_text(params.get(name, "")) for name in ("length", "place", "rank"))
    kind = params.get("kind")
    return Filters(
        came=came,
        had=had,
        guessed=guessed,
        session=review.find_sessions(params.get("name", "")),
        length=length,
        step=step,
        rank=rank,
        near=review_context.find_category_codes(review) if "near" in params else None,
        by=params.get("by", "") if len(models) > 1 else "",
        kind=review_context.select_kind(review, *_kinds(review)[kind]) if kind else None,
    )


def describe_filters(models: Models) -> str:
    """The conditions in one line; "" where there are none."""
    params = st.query_params
    how = "is" if "whole" in params else "contains"
    parts = [f"{said} {how} “{short(params[name])}”" for name, said in _SAID.items() if params.get(name)]
    if name := params.get("name"):
        parts.append(f"the session's name contains “{short(name)}”")
    said = ((label, Range.from_text(params.get(name, ""))) for name, label in _RANGES.items())
    parts += [f"{_in_sentence(label)}: {numbers.describe()}" for label, numbers in said if numbers]
    if "near" in params:
        parts.append(_NEAR)
    if by := next((model.label for model in models if model.name == params.get("by")), ""):
        parts.append(f"guesses and rank of {by}")
    if cut := params.get("kind", ""):
        parts.append(_in_sentence(_kind_label(*cut.partition(":")[::2])))
    return "; ".join(parts)


def clear_filters() -> None:
    """Callback: back to all sessions of the outcome."""
    state.set_params(**dict.fromkeys((*_PARAMS, *_SHOWN)))
    emptied: dict[str, Any] = dict.fromkeys((f"filter-{name}" for name in _TEXTS), "")
    emptied |= {f"filter-{name}-{end}": None for name in _RANGES for end in ("from", "to")}
    emptied |= {"filter-whole": False, "filter-near": False, "filter-by": "", "filter-kind": None}
    # Only what is drawn: the rest begins with what the link says when it is drawn.
    st.session_state.update({key: value for key, value in emptied.items() if key in st.session_state})


def show_no_match() -> None:
    """Nothing meets the conditions: says so and offers to clear them."""
    with st.container(border=True):
        st.text("No session matches.")
        st.button("Clear filters", type="primary", key="clear-filters", on_click=clear_filters)


def _ask_for_texts() -> None:
    hints = {"name": "a part of its name"}
    for column, (name, label) in zip(st.columns(len(_TEXTS)), _TEXTS.items(), strict=True):
        column.text_input(
            label,
            value=st.query_params.get(name, ""),
            placeholder=hints.get(name, "item"),
            key=f"filter-{name}",
            max_chars=200,
            on_change=_keep,
            args=(name,),
        )


def _ask_for_range(name: str, label: str) -> None:
    requested = Range.from_text(st.query_params.get(name, ""))
    for column, end, value in zip(st.columns(2), ("from", "to"), (requested.low, requested.high), strict=True):
        column.number_input(
            f"{label}: {end}",
            min_value=1,
            step=1,
            value=value if value is None else max(1, value),
            key=f"filter-{name}-{end}",
            on_change=_keep_range,
            args=(name,),
        )


def _ask_for_near(review: Review) -> None:
    """Whether near misses are asked for; the question needs an item table."""
    if review_context.find_category_codes(review) is None:
        return
    st.checkbox(
        "Right category guessed, but not the item",
        value="near" in st.query_params,
        key="filter-near",
        help="The item that came is not among the guesses, but another item of its category is.",
        on_change=_keep,
        args=("near",),
    )


def _ask_for_model(models: Models) -> None:
    names = ["", *(model.name for model in models)]
    if len(models) < 2:
        return
    labels = {"": "any model", **{model.name: model.label for model in models}}
    st.selectbox(
        "Guesses and rank of",
        names,
        index=state.requested_place("by", names) or 0,
        format_func=lambda name: labels[name],
        key="filter-by",
        on_change=_keep,
        args=("by",),
    )


def _ask_for_kind(review: Review) -> None:
    """One slice of the Accuracy page, or all."""
    options = _kinds(review)
    st.selectbox(
        "Slice",
        list(options),
        index=state.requested_place("kind", list(options)),
        format_func=lambda kind: _kind_label(*options[kind]),
        placeholder="All slices",
        key="filter-kind",
        on_change=_keep,
        args=("kind",),
    )


def _kinds(review: Review) -> dict[str, tuple[str, str]]:
    """The slices by their names in links."""
    kinds = review_context.list_kinds(review)
    return {f"{cut}:{value}": (cut, value) for cut, value in kinds if cut in accuracy_frames.TITLES}


def _in_sentence(label: str) -> str:
    return label[0].lower() + label[1:]


def _kind_label(cut: str, value: str) -> str:
    return f"{accuracy_frames.TITLES.get(cut, cut)}: {value}"


def _keep(name: str) -> None:
    # Callbacks, so that Copy link at the top of the page already has the new condition.
    value = st.session_state[f"filter-{name}"]
    text = value.strip() if isinstance(value, str) else value
    state.set_params(**{name: (1 if text is True else text) or None, **dict.fromkeys(_SHOWN)})


def _keep_range(name: str) -> None:
    limits = (st.session_state[f"filter-{name}-{end}"] for end in ("from", "to"))
    text = str(Range(*(None if limit is None else int(limit) for limit in limits)))
    state.set_params(**{name: text or None, **dict.fromkeys(_SHOWN)})
