"""May the current actor do this? Asked where something is written, whichever screen or command the call came from."""

from pathlib import Path

from gru4rec_core.access.actors import READ_ONLY, Actor, current_actor, is_read_only
from gru4rec_core.access.audit import Subject, record
from gru4rec_core.access.rights import LOWEST_ROLE, ROLES, Action, may, with_article
from gru4rec_core.errors import AccessError


def require(root: Path, action: Action, kind: str, subject_id: str = "", name: str = "") -> Actor:
    """Lets the current actor do an action, and records it in the workspace's audit log, refused or not.

    Args:
        root: the workspace's folder.
        action: what is asked for.
        kind: what it is about ("dataset").
        subject_id: its id.
        name: what people call it.

    Raises:
        AccessError: the role does not allow it, or nobody is known.
    """
    actor = check(root, action, kind, subject_id, name)
    record(root, actor, action, Subject(kind, subject_id, name), allowed=True)
    return actor


def check(root: Path, action: Action, kind: str, subject_id: str = "", name: str = "") -> Actor:
    """As `require`, but only a refusal is logged: before long work that ends with what `require` guards."""
    actor = current_actor()
    if actor is None or not may(actor.role, action):
        record(root, actor, action, Subject(kind, subject_id, name), allowed=False)
        raise _refusal(actor, action)
    return actor


def is_allowed(action: Action) -> bool:
    """Whether the current actor may do this; screens hide the rest."""
    actor = current_actor()
    return actor is not None and may(actor.role, action)


def _refusal(actor: Actor | None, action: Action) -> AccessError:
    lowest = with_article(LOWEST_ROLE[action])
    needed = lowest if LOWEST_ROLE[action] == ROLES[-1] else f"{lowest} or higher"
    if actor is None:
        return AccessError(
            f"Only {needed} may do this ({action.value}).",
            found="nobody is logged in here, or the login has expired",
            remedy="Reload the page and log in.",
        )
    if is_read_only():
        return AccessError(
            f"Only {needed} may do this ({action.value}).",
            found=f"{READ_ONLY} is set, so everybody is a viewer here",
            remedy="Start the workbench without it, or ask the person who set it.",
        )
    return AccessError(
        f"Only {needed} may do this ({action.value}).",
        found=f"{actor.name} is {with_article(actor.role)}",
        remedy="Ask an admin of this workspace to give you that role in access.toml.",
    )
