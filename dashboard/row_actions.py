"""Which action of a row's menu is waiting for an answer? One at a time, in a dialog."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import streamlit as st

from dashboard import dialogs, state
from gru4rec_core.access.guard import is_allowed
from gru4rec_core.access.rights import Action
from gru4rec_core.workspace.store import Dependents

_ACTIONS = ("delete", "rename")
_NEEDED = {
    "train": Action.TRAIN,
    "recheck": Action.RECHECK,
    "rename": Action.RENAME,
    "delete": Action.DELETE,
}


def allowed_of(menu: Mapping[str, str]) -> dict[str, str]:
    """What the current actor may do in a row's menu."""
    return {name: label for name, label in menu.items() if is_allowed(_NEEDED[name])}


def ask(action: str, row_id: str) -> None:
    """Draws the page again, with this action's dialog."""
    dialogs.open_dialog(_key(action, row_id))
    st.rerun()


def is_any_asked(row_ids: Iterable[str]) -> bool:
    """Whether an action of one of these rows waits for an answer."""
    return any(dialogs.is_open(_key(action, row_id)) for row_id in row_ids for action in _ACTIONS)


def ask_before_deleting(row_id: str, named: str, describe: Callable[[], str], delete: Callable[[], object]) -> None:
    """Where *Delete* was chosen: what would go, and the two answers.

    Args:
        row_id: of the row.
        named: what is deleted, as it is called afterwards.
        describe: says what would be deleted, with what goes along; called where it is asked.
        delete: does it.
    """

    def draw() -> None:
        st.text(f"{describe()} This cannot be undone.")
        with st.container(horizontal=True):
            if st.button("Delete for good", type="primary", key="delete-now"):
                dialogs.attempt(lambda: _carry_out(delete), f"Deleted: {named}.")
            _offer_to_close("Keep it")

    if is_allowed(Action.DELETE):
        dialogs.show(_key("delete", row_id), "Delete", draw)


def describe_deleting(named: str, dependents: Dependents) -> str:
    """ "Deletes shop log with 2 runs from this workspace. This frees 35.4 MB.", and what becomes of decisions on it."""
    return f"{dependents.describe_removal('Deletes', named)} {dependents.kept}".rstrip()


def ask_for_name(row_id: str, name: str, rename: Callable[[str], object]) -> None:
    """Where *Rename* was chosen: the new name.

    Args:
        row_id: of the row.
        name: as it is.
        rename: takes the new one.
    """

    def draw() -> None:
        new = st.text_input("New name", value=name, max_chars=80, key=f"new-name-{row_id}")
        with st.container(horizontal=True):
            if st.button("Rename it", type="primary", key="rename-now"):
                dialogs.attempt(lambda: _carry_out(lambda: rename(new)), "Renamed.")
            _offer_to_close("Keep its name")

    if is_allowed(Action.RENAME):
        dialogs.show(_key("rename", row_id), "Rename", draw)


def _key(action: str, row_id: str) -> str:
    return f"{action}-row-{row_id}"


def _offer_to_close(label: str) -> None:
    """The button that leaves everything as it is."""
    if st.button(label, type="tertiary", key="asked-close"):
        dialogs.close()
        st.rerun()


def _carry_out(action: Callable[[], object]) -> None:
    action()
    state.forget_deleted()
