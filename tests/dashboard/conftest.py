"""What tests of the dashboard's parts share."""

import gc
from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest


@pytest.fixture(autouse=True, scope="module")
def collections_are_short(quick_app_tests: None) -> None:
    """Streamlit collects garbage after each run of a script: 0.3 s where another test has loaded TensorFlow.

    What is there by now is left out of it.
    """
    del quick_app_tests
    gc.freeze()


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The uploader alone, on an empty workspace."""
    monkeypatch.setenv("GRU4REC_HOME", str(tmp_path / "workspace"))
    st.cache_data.clear()

    def show() -> None:
        from dashboard import upload_view

        upload_view.show_sources()

    return AppTest.from_function(show, default_timeout=60).run()


@pytest.fixture
def add(page: AppTest) -> Callable[[str, str], AppTest]:
    """Uploads a file, by name and content, to the uploader alone."""

    def upload(name: str, content: str) -> AppTest:
        return page.file_uploader[0].upload(name, content.encode(), "text/csv").run()

    return upload
