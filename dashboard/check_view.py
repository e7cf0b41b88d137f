"""How does a page check the workspace without waiting for it?

The check runs in a thread of this process; every page of it sees the same check.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from dashboard import damage_card, focus, messages, sign_in, state
from gru4rec_core.access.guard import is_allowed
from gru4rec_core.access.rights import Action
from gru4rec_core.errors import WorkbenchError
from gru4rec_core.jobs import repairs
from gru4rec_core.words import counted
from gru4rec_core.workspace.damage import Damage, describe_check, list_repairable
from gru4rec_core.workspace.integrity import check_again, find_damage
from gru4rec_core.workspace.store import Workspace

_POLL_SECONDS = 0.5

_logger = logging.getLogger(__name__)


@dataclass
class WorkspaceCheck:
    """A check of a workspace, under way or done.

    Attributes:
        workspace: what is checked.
        done, total: things checked so far, and how many there are; total 0: not known yet.
        found: what is damaged; None until that is known.
        error: why the check failed; "" if it did not.
    """

    workspace: Workspace
    done: int = 0
    total: int = 0
    found: list[Damage] | None = None
    error: str = ""
    thread: threading.Thread | None = field(default=None, repr=False)

    @property
    def is_at_work(self) -> bool:
        return self.thread is not None and self.thread.is_alive()

    def start(self) -> None:
        """Begins to check, in a thread."""
        self.thread = threading.Thread(target=self.run, name="workspace-check", daemon=True)
        self.thread.start()

    def run(self) -> None:
        """Checks everything."""
        try:
            self.found = find_damage(self.workspace, self._note)
        except (WorkbenchError, OSError) as error:
            self.error = str(error)
        except Exception:  # otherwise the thread would end as if nothing were damaged
            _logger.exception("the check of the workspace broke off")
            self.error = "The server's log says why."

    def _note(self, done: int, total: int) -> None:
        self.done, self.total = done, total


_checks: dict[str, WorkspaceCheck] = {}
"""The latest check of each workspace, by its folder."""


def show() -> None:
    """The button that checks the workspace; what was found, with what can be done about it."""
    workspace = state.workspace()
    check = _checks.get(str(workspace.root))
    with st.container(key="workspace-check", gap="small"):
        if check is not None and check.is_at_work:
            sign_in.draw_again(_POLL_SECONDS, _show_progress, check)
            return
        if st.button("Check the workspace", type="tertiary", key="check-workspace", icon=":material/fact_check:"):
            check = _checks[str(workspace.root)] = WorkspaceCheck(workspace)
            check.start()
            st.rerun()
        if check is not None:
            _show_found(workspace, check)


def _show_progress(check: WorkspaceCheck) -> None:
    if not check.is_at_work:
        st.rerun()
    st.progress(check.done / check.total if check.total else 0.0, text=describe_progress(check))


def describe_progress(check: WorkspaceCheck) -> str:
    """ "Checking the workspace: 3 of 40 things"."""
    return f"Checking the workspace: {check.done:,} of {counted(check.total, 'thing')}"


def _show_found(workspace: Workspace, check: WorkspaceCheck) -> None:
    if check.error:
        messages.show_message(f"The check could not be finished. {check.error}", "error")
        return
    found = check.found = check_again(workspace, check.found or [])  # without what has been repaired meanwhile
    messages.show_message(describe_check(found, check.total), "warning" if found else "good")
    repairable = list_repairable(found)
    if (
        len(repairable) > 1
        and is_allowed(Action.REPAIR)
        and st.button("Repair all that can be repaired", key="repair-all", icon=":material/build:")
    ):
        messages.attempt(lambda: _repair_all(workspace, repairable))
    damage_card.show_each(workspace, found, place="check")


def _repair_all(workspace: Workspace, repairable: Sequence[Damage]) -> None:
    """Repairs all of these; if one cannot be repaired, goes on with the others and raises its error at the end."""
    failed = repairs.repair_all(workspace, repairable)
    if failed:
        raise failed[0]
    focus.tell_action(describe_repairs(repairable), place="workspace-check")


def describe_repairs(repaired: Sequence[Damage]) -> str:
    """What happened to these: repaired at once, or, for some of them, a job has started that repairs them."""
    n_jobs = sum(damage.cure == "job" for damage in repaired)
    if not n_jobs:
        return "Repaired."
    started = f"{counted(n_jobs, 'repair')} {'has started as a job' if n_jobs == 1 else 'have started as jobs'}"
    return f"{started}." if n_jobs == len(repaired) else f"{started}; the rest is repaired."
