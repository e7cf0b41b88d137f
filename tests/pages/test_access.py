"""Where a login is required nothing is seen without one; what a role may not do is hidden, and refused."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import row_actions
from gru4rec_core.access.audit import read_audit
from gru4rec_core.access.roles import access_path
from gru4rec_core.workspace.store import Workspace
from tests.app_runs import TIMEOUT
from tests.damaged_files import damage

AUTH = {"auth": {"redirect_uri": "http://localhost/oauth2callback", "cookie_secret": "x" * 40, "client_id": "c"}}
ROOT = Path(__file__).resolve().parents[2]
PAGES = ("overview", "data", "train", "compare", "accuracy", "sessions", "try_it")
WRITING = ("add-dataset", "train-both", "load-sample", "own-file", "start", "record-decision", "more-epochs", "add-log",
           "rename-", "do-", "keep-", "again-", "forget-items", "picker", "recheck", "cancel-", "retry-",
           "order-test-")  # fmt: skip
"""The beginnings of the keys of buttons that only analysts see."""


@pytest.fixture
def visit(finished: Workspace, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Opens a page as somebody: visit("train", email="ada@example.com")."""
    del finished

    def opened(page: str = "overview", *, seconds: float = 600, **claims: object) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT)
        app.secrets.update(AUTH)
        if claims:
            app.user = {"is_logged_in": True, "email_verified": True, "exp": time.time() + seconds, **claims}
        if page != "overview":
            app.switch_page(f"pages/{page}.py")
        return app.run()

    return opened


def keys(app: AppTest) -> set[str]:
    return {button.key for button in app.button if button.key} | {
        menu.key for menu in app.get("menu_button") if menu.key
    }


@pytest.mark.parametrize("page", PAGES)
def test_without_a_login_a_page_shows_a_button_and_reads_nothing(visit, page: str, monkeypatch) -> None:
    def read(*arguments: object) -> None:
        raise AssertionError("the workspace was read")

    monkeypatch.setattr(Workspace, "default", read)
    app = visit(page)
    assert not app.exception
    assert [title.value for title in app.title] == ["Log in"]
    assert keys(app) == {"log-in"}


@pytest.mark.parametrize("expires", [-1, None])
def test_an_expired_login_ends(visit, expires) -> None:
    app = visit("compare", email="ada@example.com", exp=expires and time.time() + expires)
    assert [title.value for title in app.title] == ["Your login has expired"]
    assert keys(app) == {"log-in"}


@pytest.mark.parametrize("page", PAGES)
def test_a_viewer_sees_each_page_without_what_only_others_may_do(visit, page: str) -> None:
    app = visit(page, email="eve@example.com")
    assert not app.exception
    assert app.title[0].value not in ("Log in", "Your login has expired")
    assert not [key for key in keys(app) if key.startswith(WRITING) or key.startswith("menu-")]
    assert "eve@example.com" in [text.value for text in app.sidebar.text]
    assert not app.get("file_uploader")


def test_an_analyst_may_do_all_but_delete(visit, finished: Workspace) -> None:
    access_path(finished.root).write_text('[people]\n"ada@example.com" = "analyst"\n', encoding="utf-8")
    app = visit(email="ada@example.com")
    (dataset,) = finished.datasets()
    assert "add-dataset" in keys(app)
    assert next(menu for menu in app.get("menu_button") if menu.key == f"menu-{dataset.id}").proto.options == [
        "Train", "Re-check", "Rename"]  # fmt: skip


def test_what_a_viewer_sends_all_the_same_is_refused_and_on_record(visit, finished, monkeypatch) -> None:
    (dataset,) = finished.datasets()
    monkeypatch.setattr(row_actions, "is_allowed", lambda action: True)  # as if the page had hidden nothing
    app = visit(email="eve@example.com")
    app.session_state["_open_dialog"] = f"delete-row-{dataset.id}"
    app.run()
    app.button("delete-now").click().run()
    assert finished.datasets() == [dataset]
    entries = [(entry.who, entry.role, entry.action, entry.id, entry.allowed) for entry in read_audit(finished.root)]
    assert entries == [("eve@example.com", "viewer", "delete", dataset.id, False)]


def test_roles_that_cannot_be_read_are_told(visit, finished: Workspace) -> None:
    access_path(finished.root).write_text("[people", encoding="utf-8")
    app = visit("try_it", email="ada@example.com")
    assert "roles cannot be read" in "".join(element.proto.body for element in app.sidebar.get("html"))


def test_without_a_login_section_nothing_changes(visit, finished: Workspace, monkeypatch) -> None:
    monkeypatch.setitem(AUTH, "auth", {})
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT).run()
    assert "add-dataset" in keys(app)
    assert "log-out" not in keys(app)
    assert not (finished.root / "audit.jsonl").exists()


def test_read_only_makes_everybody_a_viewer(finished: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRU4REC_READ_ONLY", "1")
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT).run()
    assert not app.exception
    assert not [key for key in keys(app) if key.startswith(WRITING) or key.startswith("menu-")]
    assert "Read only" in "".join(element.proto.body for element in app.sidebar.get("html"))


@pytest.mark.parametrize("page", ["train", "data"])
def test_read_only_is_not_said_to_be_a_role_where_nobody_has_one(
    finished: Workspace, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setenv("GRU4REC_READ_ONLY", "1")
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT)
    app.switch_page(f"pages/{page}.py").run()
    said = "".join(element.proto.body for element in app.get("html"))
    assert "iewer" not in said
    assert "An analyst" not in said
    assert ("This dashboard is read-only (GRU4REC_READ_ONLY is set)" in said) is (page == "train")


def test_a_viewer_is_told_who_can_repair(visit, finished: Workspace) -> None:
    damage(finished.root, "metrics", "cut")
    said = "".join(element.proto.body for element in visit("compare", email="eve@example.com").get("html"))
    assert "An analyst can repair it." in said


def test_an_admin_sees_what_is_hidden_from_others(visit, finished: Workspace) -> None:
    access_path(finished.root).write_text('[people]\n"ada@example.com" = "admin"\n', encoding="utf-8")
    shown = set[str]().union(*(keys(visit(page, email="ada@example.com")) for page in ("data", "train", "compare")))
    assert {"add-log", "start", "record-decision", "more-epochs", "log-out"} <= shown
