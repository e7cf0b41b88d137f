"""Who is acting?

The person named with `acting_as`; otherwise the one that the dashboard's provider knows; otherwise, in a command or a
script, the user of the operating system, who owns the files anyway.
"""

import getpass
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from gru4rec_core.access.rights import Role

READ_ONLY = "GRU4REC_READ_ONLY"
"""Environment variable; if it is 1, nobody is more than a viewer."""


@dataclass(frozen=True)
class Actor:
    """Who does something: a name (an e-mail, or the system's name of a user), and the role."""

    name: str
    role: Role


Provider = Callable[[], Actor | None]
"""Says who is acting; None where a login is required and nobody has logged in."""

SYSTEM = Actor("the job engine", "admin")
"""Carries out jobs that somebody was allowed to start."""

_told: ContextVar[Actor | None] = ContextVar("actor", default=None)
_providers: list[Provider] = []


def install_provider(provider: Provider | None) -> None:
    """Makes the provider say who is acting in this process; None removes the provider."""
    _providers[:] = [] if provider is None else [provider]


def current_actor() -> Actor | None:
    """Who is acting; None where a login is required and nobody is known.

    If read-only, nobody is more than a viewer; an actor named with `acting_as` keeps the role it had then.
    """
    told = _told.get()
    return told if told is not None else limited(_providers[0]() if _providers else system_user())


def limited(actor: Actor | None) -> Actor | None:
    """The actor with the role that this process allows: a viewer if read-only."""
    return replace(actor, role="viewer") if actor is not None and is_read_only() else actor


@contextmanager
def acting_as(actor: Actor | None) -> Iterator[None]:
    """Names who is acting, for a thread or a process that cannot know it; None changes nothing."""
    token = _told.set(actor or _told.get())
    try:
        yield
    finally:
        _told.reset(token)


def system_user() -> Actor:
    """The user of the operating system, as an admin."""
    return Actor(user_name(), "admin")


def user_name() -> str:
    """The name of this process's user, as far as the system knows one."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user without a name
        return "unknown"


def is_read_only() -> bool:
    """Whether nobody may be more than a viewer."""
    return os.environ.get(READ_ONLY, "") not in ("", "0")
