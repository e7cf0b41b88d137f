"""Which action of a row's menu waits for an answer, and how is it given? One at a time, below its row."""

from __future__ import annotations

from collections.abc import Callable, Container

import streamlit as st

from dashboard import messages, state
from gru4rec_core.workspace.store import Dependents

_ASKED = "_asked_of_row"


def ask(action: str, row_id: str) -> None:
    """Draws the page again with the question of this action below its row."""
    st.session_state[_ASKED] = (action, row_id)
    st.rerun()


def is_asked(action: str, row_id: str) -> bool:
    """Whether this action of this row waits for an answer."""
    return bool(st.session_state.get(_ASKED) == (action, row_id))


def is_any_asked(row_ids: Container[str]) -> bool:
    """Whether an action of one of these rows waits for an answer."""
    asked = st.session_state.get(_ASKED)
    return asked is not None and asked[1] in row_ids


def close() -> None:
    """Nothing waits for an answer any more."""
    st.session_state.pop(_ASKED, None)


def ask_before_deleting(row_id: str, describe: Callable[[], str], delete: Callable[[], object]) -> None:
    """Where *Delete* was chosen: what would go, and the two answers.

    Args:
        row_id: of the row.
        describe: says what would be deleted, with what goes along; called where it is asked.
        delete: does it.
    """
    if not is_asked("delete", row_id):
        return
    with st.container(border=True, key="delete"):
        st.text(f"{describe()} This cannot be undone.")
        with st.container(horizontal=True):
            if st.button("Delete for good", type="primary", key="delete-now"):
                messages.attempt(lambda: _carry_out(delete))
            offer_to_close("Keep it")


def describe_deleting(named: str, dependents: Dependents) -> str:
    """ "Deletes shop log with 2 runs from this workspace.", and what becomes of the decisions that rest on it."""
    along = dependents.describe()
    also = f" with {along}" if along else ""
    return f"Deletes {named}{also} from this workspace. {dependents.kept}".rstrip()


def ask_for_name(row_id: str, name: str, rename: Callable[[str], object]) -> None:
    """Where *Rename* was chosen: the new name.

    Args:
        row_id: of the row.
        name: as it is.
        rename: takes the new one.
    """
    if not is_asked("rename", row_id):
        return
    with st.container(border=True, key="rename"):
        new = st.text_input("New name", value=name, max_chars=80, key=f"new-name-{row_id}")
        with st.container(horizontal=True):
            if st.button("Rename it", type="primary", key="rename-now"):
                messages.attempt(lambda: _carry_out(lambda: rename(new)))
            offer_to_close("Keep its name")


def offer_to_close(label: str) -> None:
    """The button that leaves everything as it is."""
    if st.button(label, type="tertiary", key="asked-close"):
        close()
        st.rerun()


def _carry_out(action: Callable[[], object]) -> None:
    action()
    close()
    state.forget_deleted()
