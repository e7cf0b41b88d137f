"""The web server refuses other hosts and sites and whoever has not logged in; each answer has its headers."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest
import streamlit as st
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from dashboard import sign_in, web

OPTIONS: dict[str, Any] = {"server.enableCORS": True, "server.corsAllowedOrigins": [], "server.baseUrlPath": ""}


@pytest.fixture
def options(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The configuration; the Hosts of this machine are allowed."""
    values = dict(OPTIONS)
    monkeypatch.setattr(st, "get_option", values.__getitem__)
    monkeypatch.setattr(web, "is_host_allowed", lambda host: host in ("localhost:8501", "[::1]:8501"))
    monkeypatch.setattr(web, "get_cookie_secret", lambda: "a" * 40)
    monkeypatch.setattr(sign_in, "is_required", lambda: True)
    return values


def answer(kind: str, path: str, **headers: str) -> list[dict[str, Any]]:
    """What goes back to whoever asks, with an application behind the guard that lets everything through."""
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"X-Frame-Options", b"ALLOWALL")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    lines = [(name.encode(), value.encode()) for name, value in {"host": "localhost:8501", **headers}.items()]
    scope = {"type": kind, "path": path, "headers": lines}
    asyncio.run(web.Guard(app)(scope, None, send))  # type: ignore[arg-type]
    return sent


def is_let_through(kind: str, path: str, **headers: str) -> bool:
    return answer(kind, path, **headers)[0].get("status") == 200


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"origin": "http://localhost:8501"}, True),
        ({"origin": "https://localhost:8501"}, True),  # a proxy speaks TLS
        ({"host": "[::1]:8501", "origin": "http://[::1]:8501"}, True),
        ({"host": "evil.example:8501"}, False),
        ({"host": "evil.example:8501", "origin": "http://evil.example:8501"}, False),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "http://localhost:9999"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://[::1"}, False),  # no address at all
    ],
)
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_other_hosts_and_other_sites_are_refused(options, kind: str, headers, allowed: bool) -> None:
    assert is_let_through(kind, "/_stcore/stream", **headers) is allowed


def test_a_site_that_the_configuration_names_is_let_through(options) -> None:
    options["server.corsAllowedOrigins"] = ["https://intranet.example"]
    assert is_let_through("http", "/", origin="https://intranet.example")
    assert not is_let_through("http", "/", origin="https://evil.example")
    options["server.enableCORS"] = False
    assert is_let_through("http", "/", origin="https://evil.example")


def cookie(**claims: object) -> str:
    value = create_signed_value("a" * 40, USER_COOKIE_NAME, json.dumps({"is_logged_in": True, **claims}))
    return f"{USER_COOKIE_NAME}={value.decode()}"


@pytest.mark.parametrize("path", ["/_stcore/upload_file/a/b", "/media/a.csv", "/workbench/media/a.csv"])
def test_files_go_up_and_down_only_with_a_login(options, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    options["server.baseUrlPath"] = "workbench" if path.startswith("/workbench") else ""
    monkeypatch.setattr(sign_in, "role_from_claims", lambda root, claims: "analyst")
    good = cookie(exp=time.time() + 60)
    assert is_let_through("http", path, cookie=good)
    assert not is_let_through("http", path)
    assert not is_let_through("http", path, cookie=cookie(exp=time.time() - 1))
    assert not is_let_through("http", path, cookie=cookie())
    assert not is_let_through("http", path, cookie=good[:-4] + "AAAA")
    monkeypatch.setattr(sign_in, "is_required", lambda: False)
    assert is_let_through("http", path)


def test_a_viewer_sends_no_file(options, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    viewer = cookie(exp=time.time() + 60)
    monkeypatch.setattr(sign_in, "role_from_claims", lambda root, claims: "viewer")
    assert not is_let_through("http", "/_stcore/upload_file/a/b", cookie=viewer)
    assert is_let_through("http", "/media/a.csv", cookie=viewer)
    monkeypatch.setattr(sign_in, "is_required", lambda: False)
    assert is_let_through("http", "/_stcore/upload_file/a/b")
    monkeypatch.setenv("GRU4REC_READ_ONLY", "1")
    assert not is_let_through("http", "/_stcore/upload_file/a/b\n2026-01-01 forged")
    assert "\n2026" not in caplog.messages[-1]


def test_what_the_login_page_is_made_of_needs_none(options) -> None:
    assert is_let_through("http", "/static/media/font.woff2")


@pytest.mark.parametrize("host", ["localhost:8501", "evil.example"])
def test_every_answer_has_the_headers_and_no_others_of_their_names(options, host: str) -> None:
    start = answer("http", "/", host=host)[0]
    assert {name.lower(): value for name, value in start["headers"]}.items() >= web.HEADERS.items()
    assert len({name.lower() for name, _ in start["headers"]}) == len(start["headers"])


def test_by_default_only_names_of_this_machine_lead_here() -> None:
    assert [is_host_allowed(host) for host in ("localhost:8501", "127.0.0.1", "[::1]:8501", "evil.example", None)] == [
        True, True, True, False, False]  # fmt: skip


def test_a_script_that_is_loaded_draws_nothing() -> None:
    assert not web.draws_a_page()
