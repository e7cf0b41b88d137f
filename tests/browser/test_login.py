"""Login, roles, expiry and logout, with a real OpenID Connect provider; and what a stranger at the port is refused."""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from gru4rec_core.access.audit import read_audit
from gru4rec_core.access.roles import access_path
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.workspace.store import Workspace
from tests.browser.conftest import Workbench, free_port, served
from tests.conftest import weeks_of_letters

pytestmark = pytest.mark.browser

SECRETS = """
[auth]
redirect_uri = "http://127.0.0.1:{{port}}/oauth2callback"
cookie_secret = "a-secret-of-this-test-alone-and-long-enough"
client_id = "workbench"
client_secret = "also-secret"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """A provider in a process of its own; its address."""
    port = free_port()
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for_port(port)
        for who in ("ada", "eve"):
            add_person(url, who)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for_port(port: int) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)


def add_person(provider: str, who: str, **claims: object) -> None:
    """Gives somebody an account with the provider."""
    body = json.dumps({"email": f"{who}@example.com", "email_verified": True, **claims}).encode()
    request = urllib.request.Request(f"{provider}/users/{who}", body, method="PUT")
    request.add_header("content-type", "application/json")
    urllib.request.urlopen(request, timeout=10).close()


@pytest.fixture(scope="module")
def locked(provider: str, tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Workbench]:
    """A dashboard with one log, behind a login."""
    del chromium_path
    folder = tmp_path_factory.mktemp("locked")
    (folder / ".streamlit").mkdir()
    (folder / ".streamlit" / "secrets.toml").write_text(SECRETS.format(provider=provider), encoding="utf-8")
    workspace = Workspace(folder / "workspace")
    workspace.add_dataset(SessionDataset(weeks_of_letters()), "letters", time_unit="s")
    with served(workspace, folder) as started:
        yield started


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield page
    context.close()


def log_in(page: Page, who: str) -> None:
    """From the login page through the provider."""
    page.get_by_role("button", name="Log in").click()
    page.get_by_placeholder("sub").fill(who)
    page.get_by_role("button", name="Authorize").click()


def test_a_link_is_opened_after_the_login_and_a_logout_closes_it_again(locked: Workbench, visitor: Page) -> None:
    (dataset,) = locked.workspace.datasets()
    link = f"{locked.url}/data?dataset={dataset.id}"
    visitor.goto(link)
    expect(visitor.get_by_role("heading", name="Log in")).to_be_visible()
    expect(visitor.get_by_text("letters")).to_have_count(0)
    log_in(visitor, "eve")
    expect(visitor.get_by_role("heading", name="Is this log fit to train on?")).to_be_visible()
    assert visitor.url == link
    sidebar = visitor.get_by_test_id("stSidebar")
    expect(sidebar.get_by_text("You are a viewer")).to_be_visible()
    expect(visitor.get_by_text("letters", exact=False).first).to_be_visible()
    expect(visitor.get_by_role("button", name="Rename")).to_have_count(0)
    expect(visitor.get_by_role("button", name="Add another log")).to_have_count(0)
    other_tab = visitor.context.new_page()
    other_tab.goto(link)
    expect(other_tab.get_by_role("heading", name="Is this log fit to train on?")).to_be_visible()
    sidebar.get_by_role("button", name="Log out").click()
    visitor.get_by_role("button").first.click()  # the provider asks whether to end its own session, too
    expect(visitor.get_by_role("heading", name="Log in")).to_be_visible()
    other_tab.get_by_role("button", name="About").click()
    expect(other_tab.get_by_role("heading", name="You have logged out")).to_be_visible()
    expect(other_tab.get_by_text("letters")).to_have_count(0)
    visitor.goto(link)
    expect(visitor.get_by_role("heading", name="Log in")).to_be_visible()


def test_who_loses_a_role_is_refused_by_a_button_that_was_still_there(locked: Workbench, visitor: Page) -> None:
    roles = access_path(locked.workspace.root)
    roles.write_text('[people]\n"ada@example.com" = "admin"\n', encoding="utf-8")
    visitor.goto(locked.url)
    log_in(visitor, "ada")
    expect(visitor.get_by_test_id("stSidebar").get_by_text("You are an admin")).to_be_visible()
    visitor.get_by_role("button", name="Actions for letters").click()
    visitor.get_by_role("menuitem", name="Delete").or_(visitor.get_by_role("option", name="Delete")).click()
    delete = visitor.get_by_role("dialog").get_by_role("button", name="Delete for good")
    expect(delete).to_be_visible()
    roles.write_text('[people]\n"ada@example.com" = "viewer"\n', encoding="utf-8")
    delete.click()
    expect(visitor.get_by_text("Only an admin may do this (delete)")).to_be_visible()
    assert len(locked.workspace.datasets()) == 1
    last = list(read_audit(locked.workspace.root))[-1]
    assert (last.who, last.role, last.action, last.allowed) == ("ada@example.com", "viewer", "delete", False)


def test_a_login_ends_with_its_token(locked: Workbench, provider: str, visitor: Page) -> None:
    expires = int(time.time()) + 8
    add_person(provider, "tom", exp=expires)
    visitor.goto(locked.url)
    log_in(visitor, "tom")
    expect(visitor.get_by_test_id("stSidebar").get_by_text("tom@example.com")).to_be_visible()
    visitor.wait_for_timeout(max(0, 1_000 * (expires + 0.5 - time.time())))
    visitor.get_by_role("button", name="About").click()
    expect(visitor.get_by_role("heading", name="Your login has expired")).to_be_visible()
    expect(visitor.get_by_role("button", name="Log in again")).to_be_visible()


def ask(workbench: Workbench, request: str, host: str, *lines: str) -> str:
    """Sends a request as any program may, and returns the head of the answer."""
    port = int(workbench.url.rpartition(":")[2])
    head = "\r\n".join([f"{request} HTTP/1.1", f"Host: {host}:{port}", "Connection: close", *lines, "", ""])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(head.encode())
        return connection.recv(4_000).decode("latin-1").lower()


def open_stream(workbench: Workbench, host: str, origin: str) -> str:
    """Asks for the WebSocket that drives a page."""
    key = base64.b64encode(os.urandom(16)).decode()
    return ask(
        workbench, "GET /_stcore/stream", host, f"Origin: {origin}", "Upgrade: websocket", "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: streamlit",
    )  # fmt: skip


def test_a_stranger_at_the_port_is_refused(locked: Workbench) -> None:
    port = locked.url.rpartition(":")[2]
    assert " 101 " in open_stream(locked, "127.0.0.1", locked.url).splitlines()[0]
    # A name of the stranger's that leads here, and a page of the stranger's.
    assert " 403 " in open_stream(locked, "evil.example", f"http://evil.example:{port}").splitlines()[0]
    before = time.monotonic()
    assert " 403 " in open_stream(locked, "127.0.0.1", "http://evil.example").splitlines()[0]
    assert time.monotonic() - before < 1
    assert " 403 " in ask(locked, "GET /", "evil.example").splitlines()[0]
    assert " 403 " in ask(locked, "PUT /_stcore/upload_file/a/b", "127.0.0.1").splitlines()[0]
    assert " 403 " in ask(locked, "GET /media/a.csv", "127.0.0.1").splitlines()[0]


@pytest.mark.parametrize("path", ["/", "/media/a.csv"])
def test_each_answer_says_that_no_other_site_may_frame_it_or_guess_what_it_is(locked: Workbench, path: str) -> None:
    answer = ask(locked, f"GET {path}", "127.0.0.1")
    for header in ("x-frame-options: sameorigin", "frame-ancestors 'self'", "nosniff", "referrer-policy: same-origin"):
        assert header in answer
