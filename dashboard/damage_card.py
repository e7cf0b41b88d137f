"""How is something with a damaged file drawn: one card in its place, with what can be done about it?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from html import escape

import streamlit as st

from dashboard import dialogs, focus, messages, sign_in
from gru4rec_core.access.guard import is_allowed
from gru4rec_core.access.rights import Action
from gru4rec_core.errors import WorkbenchError
from gru4rec_core.jobs import repairs
from gru4rec_core.jobs.time_left import estimate_training
from gru4rec_core.words import duration_text
from gru4rec_core.workspace.damage import Damage, Kind, describe_several
from gru4rec_core.workspace.integrity import check_unreadable
from gru4rec_core.workspace.removal import find_dependents, remove_damaged
from gru4rec_core.workspace.store import Workspace

_MOST_OPEN = 2
"""Cards in one place that leave the page's results in sight."""


def show_cards(workspace: Workspace, damages: Iterable[Damage], *, place: str = "") -> None:
    """One card for each thing that is damaged; if there are many, one line with the cards folded below it.

    Args: those of `show_each`.
    """
    several = _each_once(damages)
    if len(several) <= _MOST_OPEN:
        show_each(workspace, several, place=place)
        return
    messages.show_message(describe_several(several), "error")
    with st.expander("Show what can be done"):
        show_each(workspace, several, place=place)


def _each_once(damages: Iterable[Damage]) -> list[Damage]:
    return list({(one.kind, one.id): one for one in damages}.values())


def show_each(workspace: Workspace, damages: Iterable[Damage], *, place: str = "") -> None:
    """One card for each thing that is damaged, all of them open.

    Args:
        workspace: where they are.
        damages: what is damaged.
        place: tells cards of the same thing in several places of a page apart.
    """
    for damage in _each_once(damages):
        _show_card(workspace, damage, f"{place}-{damage.kind}-{damage.id}".replace("/", "-").strip("-"))


def show_unreadable(workspace: Workspace, kind: Kind, readable: Collection[str], drawn: Iterable[Damage] = ()) -> None:
    """Cards for what a list leaves out because its record is damaged.

    Args:
        workspace: where it is.
        kind: of the list.
        readable: ids of what the list shows.
        drawn: what has a card on the page already.
    """
    known = {(one.kind, one.id) for one in drawn}
    found = check_unreadable(workspace, kind, readable)
    show_cards(workspace, (one for one in found if (one.kind, one.id) not in known), place="list")


@contextmanager
def in_place_of(workspace: Workspace, check: Callable[[], Iterable[Damage]]) -> Iterator[None]:
    """Around what cannot be drawn where a file is damaged: its card is drawn instead.

    Args:
        workspace: where it is.
        check: says what is damaged; called only after an error. Where it finds nothing, the error is shown.
    """
    try:
        yield
    except WorkbenchError as error:
        show_instead(workspace, check, error)


def show_instead(workspace: Workspace, check: Callable[[], Iterable[Damage]], error: WorkbenchError) -> None:
    """The cards of what is damaged after an error; the error itself where nothing is."""
    damages = list(check())
    show_cards(workspace, damages)
    if not damages:
        messages.show_problem(error)


def _show_card(workspace: Workspace, damage: Damage, key: str) -> None:
    with st.container(border=True, key=f"damage-{key}", gap="small"):
        messages.show_message(damage.title, "error")
        lines = "".join(f"<div>{escape(text)}</div>" for text in (*damage.file_sentences, _describe_cure(damage)))
        st.html(f'<div style="overflow-wrap:anywhere;line-height:1.5">{lines}</div>')
        with st.container(horizontal=True, gap="small"):
            if damage.cure in ("now", "job") and is_allowed(Action.REPAIR):
                _show_repair_button(workspace, damage, key)
            if damage.cure == "train" and is_allowed(Action.TRAIN):
                draw = partial(_ask_to_train, workspace, damage)
                dialogs.show_button("Train again", draw, key=f"train-again-{key}", icon=":material/replay:")
            if is_allowed(Action.DELETE):
                draw = partial(_ask_to_remove, workspace, damage)
                dialogs.show_button("Remove", draw, key=f"remove-{key}", type="tertiary", icon=":material/delete:")


def _describe_cure(damage: Damage) -> str:
    """What the buttons do; for whoever has none, who can do it."""
    if damage.cure in ("now", "job") and not is_allowed(Action.REPAIR):
        return " ".join(filter(None, (sign_in.describe_who_can("repair it"), damage.lost)))
    if damage.cure == "train" and not is_allowed(Action.TRAIN):
        return f"{damage.cure_sentence} {sign_in.describe_who_can('do that')}"
    return damage.cure_sentence


def _show_repair_button(workspace: Workspace, damage: Damage, key: str) -> None:
    if st.button("Repair", type="primary", key=f"repair-{key}", icon=":material/build:"):
        with st.spinner(f"Repairing {damage.subject}…"):
            messages.attempt(partial(_repair, workspace, damage))


def _repair(workspace: Workspace, damage: Damage) -> None:
    repairs.repair(workspace, damage)
    focus.tell_action("Repaired." if damage.cure == "now" else "The repair has started as a job.")


def _ask_to_train(workspace: Workspace, damage: Damage) -> None:
    st.text(describe_training(workspace, damage))
    if st.button("Train it again now", type="primary", key="damaged-train-now"):
        dialogs.attempt(lambda: repairs.train_again(workspace, damage), "Training started.")


def describe_training(workspace: Workspace, damage: Damage) -> str:
    """What training again does and how long it takes, where that is known."""
    seconds = estimate_training(workspace, damage.id)
    time = f" This takes about {duration_text(seconds)} on this machine." if seconds is not None else ""
    return f"The run is trained from the beginning, with the same settings on the same data.{time}"


def _ask_to_remove(workspace: Workspace, damage: Damage) -> None:
    st.text(describe_removal(workspace, damage))
    with st.container(horizontal=True):
        if st.button("Remove for good", type="primary", key="damaged-remove-now"):
            dialogs.attempt(lambda: _remove(workspace, damage), f"Removed: {damage.subject}.")
        if st.button("Keep it", type="tertiary", key="damaged-keep"):
            dialogs.close()
            st.rerun()


def _remove(workspace: Workspace, damage: Damage) -> None:
    """Removes it, and takes what is gone out of the address, so that no link is blamed for it."""
    gone = {damage.id, *(comparison.id for comparison in find_dependents(workspace, damage).comparisons)}
    remove_damaged(workspace, damage)
    for name in ("dataset", "comparison"):
        if st.query_params.get(name) in gone:
            st.query_params.pop(name)


def describe_removal(workspace: Workspace, damage: Damage) -> str:
    """What is removed along with it, and what happens to the decisions that rest on it."""
    dependents = find_dependents(workspace, damage)
    again = {
        "split": " It is cut again when it is next needed.",
        "baseline": " It is computed again when it is next needed.",
    }.get(damage.kind, "")
    removal = dependents.describe_removal("Removes", damage.subject)
    return f"{removal}{again} This cannot be undone. {dependents.kept}".rstrip()
