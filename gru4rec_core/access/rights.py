"""Which actions are there, and which role may do which?"""

from enum import StrEnum
from typing import Literal

Role = Literal["viewer", "analyst", "admin"]

ROLES: tuple[Role, ...] = ("viewer", "analyst", "admin")
"""From the lowest to the highest; each may do what those before it may."""

ROLE_TEXTS: dict[Role, str] = {
    "viewer": "you can see everything, try models and download",
    "analyst": "you can also import, clean, train, compare and decide",
    "admin": "you can do everything, including deleting",
}


class Action(StrEnum):
    """What somebody asks for that changes a workspace or takes long; its value is written to the audit log."""

    IMPORT = "import"
    CLEAN = "clean"
    DESCRIBE_ITEMS = "describe items"
    RENAME = "rename"
    SET_ASIDE = "ignore a warning"
    TRAIN = "train"
    RETRY = "retry"
    CANCEL = "cancel"
    COMPARE = "compare"
    DECIDE = "decide"
    GATE = "gate"
    RECHECK = "re-check"
    REPAIR = "repair"
    DELETE = "delete"
    STOP_ENGINE = "stop the engine"


LOWEST_ROLE: dict[Action, Role] = {
    Action.IMPORT: "analyst",
    Action.CLEAN: "analyst",
    Action.DESCRIBE_ITEMS: "analyst",
    Action.RENAME: "analyst",
    Action.SET_ASIDE: "analyst",
    Action.TRAIN: "analyst",
    Action.RETRY: "analyst",
    Action.CANCEL: "analyst",
    Action.COMPARE: "analyst",
    Action.DECIDE: "analyst",
    Action.GATE: "analyst",
    Action.RECHECK: "analyst",
    Action.REPAIR: "analyst",
    Action.DELETE: "admin",
    Action.STOP_ENGINE: "admin",
}
"""The lowest role that may do each action: the only place that says so."""


def may(role: Role, action: Action) -> bool:
    """Whether a role may do an action."""
    return ROLES.index(role) >= ROLES.index(LOWEST_ROLE[action])


def with_article(role: Role) -> str:
    """ "an analyst", "a viewer"."""
    return f"{'an' if role[0] == 'a' else 'a'} {role}"
