"""Who has logged in, and what does a page show to somebody who has not?

A login is required where `.streamlit/secrets.toml` has a section [auth]. Nothing of the workspace is read before it.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.web.server.starlette.starlette_app_utils import decode_xsrf_token_string
from streamlit.web.server.starlette.starlette_server_config import XSRF_COOKIE_NAME

from dashboard import messages
from gru4rec_core.access.actors import READ_ONLY, Actor, current_actor, is_read_only, limited, system_user
from gru4rec_core.access.audit import begin_audit
from gru4rec_core.access.rights import ROLE_TEXTS, Action, may, with_article
from gru4rec_core.access.roles import read_access_file, role_from_claims
from gru4rec_core.errors import ConfigError, DiskError
from gru4rec_core.workspace.store import Workspace

_LOGIN_WIDTH = 480  # px; narrower windows narrow it
_REMEMBER_SECONDS = 15 * 60
_MOST_REMEMBERED = 1_000
_LONGEST_REMEMBERED = 4_000  # characters of an address; anybody can ask for one, and be another browser each time


@dataclass(frozen=True)
class Address:
    """What a browser asked for before it had logged in, and when."""

    page: str
    params: dict[str, str]
    time: float


_asked_for: OrderedDict[bytes, Address] = OrderedDict()
"""By the cookie of the browser: the provider leads back to the first page, without the address."""


_ended: dict[tuple[str, ...], float] = {}
"""Logins that were ended before their token expires, and when it does. A server that is restarted knows none."""


def is_required() -> bool:
    """Whether a login is required; also if the secrets cannot be read, as they may require one."""
    if st.secrets.load_if_toml_exists():
        return "auth" in st.secrets
    return any(Path(path).exists() for path in st.get_option("secrets.files"))


def who_acts() -> Actor | None:
    """Who acts in this run of a script: the provider of the library; None where nobody has logged in."""
    return actor_of(_claims())


def actor_of(claims: Mapping[str, Any]) -> Actor | None:
    """Who has logged in with these claims; None if a login is required and they are missing or no longer valid."""
    if not is_required():
        return system_user()
    if not is_valid(claims):
        return None
    return Actor(_name(claims), role_from_claims(Workspace.default_root(), claims))


def may_upload(claims: Mapping[str, Any]) -> bool:
    """Whether a person with these claims may upload files."""
    actor = limited(actor_of(claims))
    return actor is not None and may(actor.role, Action.IMPORT)


def is_open() -> bool:
    """Whether this visitor may see pages."""
    return not is_required() or is_valid(_claims())


def _claims() -> Mapping[str, Any]:
    """What the identity token says; nothing outside the run of a script."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return {}
    return st.user.to_dict()


def is_valid(claims: Mapping[str, Any]) -> bool:
    """Logged in, not logged out in any tab, with a token that has not expired.

    Streamlit's own cookie would last for thirty days, and open tabs go on when another one logs out.
    """
    return claims.get("is_logged_in") is True and not _has_expired(claims) and not _has_ended(claims)


def _has_ended(claims: Mapping[str, Any]) -> bool:
    return _login(claims) in _ended


def _login(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """What tells this login from any other."""
    return tuple(str(claims.get(name)) for name in ("iss", "sub", "iat", "exp"))


def end_login() -> None:
    """Logs out: in this browser, in all its tabs, and for anyone with a copy of its cookie."""
    now, claims = time.time(), _claims()
    for login, expires in list(_ended.items()):  # at once: another tab may log out meanwhile
        if expires < now:
            _ended.pop(login, None)
    _ended[_login(claims)] = float(claims.get("exp") or now)
    st.logout()


def _has_expired(claims: Mapping[str, Any]) -> bool:
    expires = claims.get("exp")
    return not isinstance(expires, int | float) or expires <= time.time()


def _name(claims: Mapping[str, Any]) -> str:
    """The e-mail, otherwise the subject, which every token has. An unverified e-mail is marked as such."""
    email = claims.get("email")
    if email and claims.get("email_verified") is not True:
        return f"{email} (not verified)"
    return str(email or claims.get("sub") or "unknown")


def draw_again(every: float | None, draw: Callable[..., object], *arguments: object) -> None:
    """Draws a part of a page again and again; when the login has ended, the page instead, which asks for a new one.

    Args:
        every: seconds between two drawings; None to draw it once.
        draw: what draws it.
        arguments: of `draw`.
    """

    def draw_if_open() -> None:
        if not is_open():
            st.rerun()
        draw(*arguments)

    st.fragment(run_every=every)(draw_if_open)()


def known_name() -> str:
    """The name of the person who has logged in; "" if no login is required."""
    actor = current_actor() if is_required() else None
    return actor.name if actor else ""


def ask(page: str) -> None:
    """The page before the login: one sentence and one button.

    Args:
        page: address of the page that was asked for; it is shown after the login.
    """
    _remember(page)
    claims = _claims()
    had_login = claims.get("is_logged_in") is True
    reason = "You have logged out" if _has_ended(claims) else "Your login has expired"
    st.space("large")  # otherwise the frame touches the header
    with (
        st.container(horizontal_alignment="center"),
        st.container(width=_LOGIN_WIDTH, border=True),
    ):
        st.title(reason if had_login else "Log in", anchor=False)
        if not st.secrets.load_if_toml_exists():
            messages.show_message(
                "The file secrets.toml cannot be read, so nobody can log in. The server's log says why.", "error"
            )
            return
        st.text("This workbench is for people who have an account with your organisation.")
        if st.button("Log in again" if had_login else "Log in", type="primary", key="log-in", icon=":material/login:"):
            st.login()


def _remember(page: str) -> None:
    params = st.query_params.to_dict()
    browser = _browser()
    # A failed login leads to the first page, and must not lose the address.
    if browser is not None and (page or params) and len(str(params)) <= _LONGEST_REMEMBERED:
        _asked_for[browser] = Address(page, params, time.time())
        _asked_for.move_to_end(browser)
        while len(_asked_for) > _MOST_REMEMBERED:
            _asked_for.popitem(last=False)


def _browser() -> bytes | None:
    """What tells this browser from others: the token in Streamlit's cookie, which is masked anew each time."""
    return decode_xsrf_token_string(st.context.cookies.get(XSRF_COOKIE_NAME, ""))[0]


def take_asked_for() -> Address | None:
    """What this browser asked for before it had logged in, once."""
    if not _asked_for or not is_required():
        return None
    browser = _browser()
    address = _asked_for.pop(browser, None) if browser is not None else None
    return address if address is not None and time.time() - address.time < _REMEMBER_SECONDS else None


def begin() -> None:
    """Where a login is required: begins the audit log, which records who did what."""
    if is_required():
        with suppress(DiskError):
            begin_audit(Workspace.default_root())


def show_account() -> None:
    """In the sidebar: who you are, what you may do, and *Log out*; nothing where there is no login."""
    if is_required():
        _show_account()
    elif is_read_only():
        messages.show_aside("Read only: you can look at everything, but change nothing.")


def _show_account() -> None:
    actor = current_actor()
    if actor is None:
        return
    with st.container(key="account", gap="xsmall"):
        st.text(actor.name)
        messages.show_aside(f"You are {with_article(actor.role)}: {ROLE_TEXTS[actor.role]}.")
        _tell_unreadable_roles()
        if st.button("Log out", type="tertiary", key="log-out", icon=":material/logout:"):
            end_login()


def _tell_unreadable_roles() -> None:
    """To everybody who has logged in: nobody is an admin then."""
    try:
        read_access_file(Workspace.default_root())
    except ConfigError:
        text = "The roles cannot be read at the moment, so everybody is a viewer. The server's log says why."
        messages.show_message(text, "warning")


def explain_what_is_hidden(what: str) -> None:
    """Where hiding what a role may not do would leave a page looking broken: which role you have, and who can do it.

    Args:
        what: a clause, "add the first log".
    """
    actor = current_actor()
    role = "" if is_read_only() else f"You are {with_article(actor.role) if actor else 'not logged in'} here. "
    messages.show_aside(role + describe_who_can(what))


def describe_who_can(what: str) -> str:
    """Who can do what only analysts may; where the whole dashboard is read-only, how that is changed.

    Args:
        what: a clause, "repair it".
    """
    if is_read_only():
        return (
            f"This dashboard is read-only ({READ_ONLY} is set). To {what}, restart the dashboard without "
            "that setting, or ask whoever runs it."
        )
    return f"An analyst can {what}."
