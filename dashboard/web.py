"""What does the web server refuse, and which headers go with what it sends?

Streamlit compares the Host of a WebSocket with `server.allowedHosts`. Here every other request is compared too, or a
stranger's page whose name leads to this machine (DNS rebinding) could ask for uploads and downloads. A request from
another site is refused before Streamlit looks at it: to find out whether the site is this machine, it would ask a
service on the internet for its own address.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from dashboard import sign_in
from gru4rec_core.errors import quote

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    b"x-frame-options": b"SAMEORIGIN",
    b"content-security-policy": b"frame-ancestors 'self'",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
}
"""With every answer: no other site shows a page in a frame, guesses what a file is, or learns an address."""

_UPLOADS, _MEDIA = "/_stcore/upload_file/", "/media/"
_OTHER_HOST = "This host is not in server.allowedHosts (README: Share the page)."
_OTHER_SITE = "This request comes from another site."
_NO_LOGIN = "Log in first."
_NO_UPLOAD = "A viewer cannot upload files."

_logger = logging.getLogger(__name__)


class Guard:
    """Refuses what comes for another host, from another site or without a login, and adds `HEADERS` to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refusal = _why_refused(HTTPConnection(scope))
        if refusal:
            _logger.warning("refused: %s %s", quote(scope["path"]), refusal)
        if scope["type"] == "websocket":
            await (_close(send) if refusal else self.app(scope, receive, send))
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _with_headers(message.get("headers", []))
            await send(message)

        await (_answer(refusal, send_with_headers) if refusal else self.app(scope, receive, send_with_headers))


def _why_refused(request: HTTPConnection) -> str:
    """Why a request is refused, as a sentence; "" where it is not."""
    host, origin = request.headers.get("host"), request.headers.get("origin")
    if not is_host_allowed(host):
        return _OTHER_HOST
    if origin is not None and not _is_own_site(origin, host or ""):
        return _OTHER_SITE
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    path = request.scope["path"].removeprefix(f"/{base}" if base else "")
    return _why_files_refused(path, _claims(request.cookies)) if path.startswith((_UPLOADS, _MEDIA)) else ""


def _why_files_refused(path: str, claims: Mapping[str, Any]) -> str:
    """Why a person with these claims may not upload or download a file; "" if that is allowed."""
    if sign_in.is_required() and not sign_in.is_valid(claims):
        return _NO_LOGIN
    return "" if path.startswith(_MEDIA) or sign_in.may_upload(claims) else _NO_UPLOAD


def _is_own_site(origin: str, host: str) -> bool:
    """Whether a page of this server asks, or one of a site that the configuration names."""
    if not st.get_option("server.enableCORS") or origin in st.get_option("server.corsAllowedOrigins"):
        return True
    try:
        return urlsplit(origin).netloc == host
    except ValueError:  # no address at all
        return False


def _claims(cookies: Mapping[str, str]) -> dict[str, Any]:
    """The claims in Streamlit's signed cookie; none if there is no cookie, or a forged one."""

    def read(name: str) -> bytes | None:
        value = cookies.get(name)
        return decode_signed_value(get_cookie_secret(), name, value.encode("latin-1")) if value else None

    try:
        return dict(json.loads(get_cookie_with_chunks(read, USER_COOKIE_NAME) or b"{}"))
    except (ValueError, TypeError):
        return {}


async def _close(send: Send) -> None:
    """A WebSocket that is closed before it is accepted is answered with 403."""
    await send({"type": "websocket.close", "code": 1008})


async def _answer(refusal: str, send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": f"{refusal}\n".encode()})


def _with_headers(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [*((name, value) for name, value in headers if name.lower() not in HEADERS), *HEADERS.items()]


MIDDLEWARE = (Middleware(Guard),)
"""What goes around Streamlit's own application."""


def draws_a_page() -> bool:
    """Whether the script runs to draw a page; it does not when the server loads it to find the application."""
    return get_script_run_ctx(suppress_warning=True) is not None
