"""What tests of the dashboard's parts share."""

from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.app_runs import PATIENCE


@pytest.fixture(autouse=True, scope="module")
def every_module_is_quick(quick_app_tests: None, collections_are_short: None) -> None:
    """What the tests of a module share (tests/conftest.py)."""
    del quick_app_tests, collections_are_short


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The uploader alone, on an empty workspace."""
    monkeypatch.setenv("GRU4REC_HOME", str(tmp_path / "workspace"))
    st.cache_data.clear()

    def show() -> None:
        from dashboard import upload_view

        upload_view.show_sources()

    return AppTest.from_function(show, default_timeout=30 * PATIENCE).run()


@pytest.fixture
def add(page: AppTest) -> Callable[[str, str], AppTest]:
    """Uploads a file, by name and content, to the uploader alone."""

    def upload(name: str, content: str) -> AppTest:
        return page.file_uploader[0].upload(name, content.encode(), "text/csv").run()

    return upload
