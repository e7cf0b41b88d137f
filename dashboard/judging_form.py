"""How are margin and level of a comparison changed on the page, and which are in the link?

They stand in the address (`margin` and `level`, in percent), so a pasted link opens the same view.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard import cached, messages, state
from dashboard.review_context import Review
from gru4rec_core.config import ComparisonConfig
from gru4rec_core.evaluation.rate_intervals import level_text
from gru4rec_core.report.glossary import explain
from gru4rec_core.results.rejudging import rejudge
from gru4rec_core.words import percent_number

_MARGIN, _LEVEL = "judging-margin", "judging-level"
LEAST_MARGIN, MOST_MARGIN = 0.1, 50.0
"""Bounds of a margin that is chosen on a page, in %; one agreed elsewhere may lie outside."""
MARGIN_LABEL = "Margin: smallest difference that matters, in %"
MARGIN_HELP = explain("Margin")
_LEVELS = (0.8, 0.9, 0.95, 0.99)


def apply(review: Review) -> Review:
    """The comparison judged by the margin and the level of the link; as it was agreed where the link names none."""
    agreed = review.record.config
    margin, level = _read_margin(agreed), _read_level(agreed)
    if (margin, level) == (agreed.margin, agreed.confidence):
        return review
    comparison = cached.comparison_at_level(review.result, review.files, level)
    result = rejudge(review.result, comparison, margin)
    return replace(review, record=result.record, result=result)


def is_exploratory(shown: Review, agreed: Review) -> bool:
    """Whether the page shows another margin or level than the one agreed."""
    return shown.record.config != agreed.record.config


def say_what_is_kept(shown: Review, agreed: Review) -> None:
    """Where the page shows another verdict than the one that is recorded and reported, which that is."""
    if is_exploratory(shown, agreed):
        config = agreed.record.config
        messages.show_aside(
            "The report and a recorded decision keep the verdict by the original values: margin"
            f" {percent_number(config.margin)} %, level {level_text(config.confidence)}."
        )


def ask_for_judging(shown: Review, agreed: Review) -> None:
    """Margin and level, and the way back to what was agreed."""
    config = shown.record.config
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.number_input(
            MARGIN_LABEL,
            *_margin_bounds(agreed.record.config),
            _percent(config.margin),
            step=0.5,
            format="%g",
            key=_MARGIN,
            width=330,
            on_change=_select,
            args=(agreed.record.config,),
            help=MARGIN_HELP,
        )
        st.segmented_control(
            "Level of the intervals",
            sorted({*_LEVELS, agreed.record.config.confidence, config.confidence}),
            default=config.confidence,
            required=True,
            format_func=level_text,
            key=_LEVEL,
            on_change=_select,
            args=(agreed.record.config,),
            help="A higher level gives wider intervals, and asks for more before a model is called better.",
        )
        if is_exploratory(shown, agreed):
            st.button("Reset to the original values", key="judging-back", on_click=reset, args=(agreed.record.config,))
    messages.show_aside(
        "If you change these, the verdict above follows at once and is marked as exploratory. Reports and recorded"
        " decisions keep the original values."
    )


def _select(agreed: ComparisonConfig) -> None:
    # A callback, so that the verdict at the top of the page already follows.
    margin, level = st.session_state[_MARGIN], st.session_state[_LEVEL]
    state.set_params(
        margin=None if margin == _percent(agreed.margin) else f"{margin:g}",
        level=None if level == agreed.confidence else f"{100 * level:g}",
    )


def reset(agreed: ComparisonConfig) -> None:
    """Takes margin and level out of the address, and shows what was agreed; before the form is drawn."""
    state.set_params(margin=None, level=None)
    st.session_state[_MARGIN], st.session_state[_LEVEL] = _percent(agreed.margin), agreed.confidence


def _percent(fraction: float) -> float:
    return float(f"{100 * fraction:g}")


def _margin_bounds(agreed: ComparisonConfig) -> tuple[float, float]:
    """The least and the most margin in percent; what was agreed is always one of them or between."""
    percent = _percent(agreed.margin)
    return min(LEAST_MARGIN, percent), max(MOST_MARGIN, percent)


def _read_margin(agreed: ComparisonConfig) -> float:
    return _read("margin", agreed.margin, *_margin_bounds(agreed))


def _read_level(agreed: ComparisonConfig) -> float:
    return _read("level", agreed.confidence, 50.1, 99.9)


def _read(name: str, agreed: float, least: float, most: float) -> float:
    """A percentage of the link as a fraction; what cannot be one is said and taken away."""
    text = st.query_params.get(name)
    if text is None:
        return agreed
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        messages.show_message(
            f"The link names {name} {text}, which is not between {least:g} and {most:g}. You see"
            f" the original {100 * agreed:g} %.",
            "warning",
        )
        state.set_params(**{name: None})
        return agreed
    return value / 100
