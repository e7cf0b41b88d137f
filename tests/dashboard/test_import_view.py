"""An upload is read apart from the page: it shows how far it is, and what breaks it breaks no page."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from gru4rec_core.workspace import import_process
from gru4rec_core.workspace.child_process import close_idle
from gru4rec_core.workspace.store import Workspace
from tests.crash import die

LOG = ("session,timestamp,item\n" + "".join(f"s{n // 3},{1_700_000_000 + n},A{n % 4}\n" for n in range(30))).encode()


def test_a_file_that_ends_the_process_which_reads_it_costs_its_own_import_alone(
    page: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    page.file_uploader[0].upload("evil.csv", LOG, "text/csv").run()
    monkeypatch.setattr(import_process, "import_and_tell", die)  # sent by name, so the child ends in the call
    page.button(key="read-log").click().run()
    assert not page.exception
    shown = " ".join(block.body for block in page.get("html"))
    assert "the process reading it crashed" in shown
    assert "SIGABRT" in shown
    assert "evil.csv" in shown
    assert "Nothing was added" in shown
    assert not Workspace(tmp_path / "workspace").datasets()

    monkeypatch.undo()
    monkeypatch.setenv("GRU4REC_HOME", str(tmp_path / "workspace"))
    page.button(key="read-log").click().run()
    assert not page.exception
    assert [record.name for record in Workspace(tmp_path / "workspace").datasets()] == ["evil"]


def test_a_child_that_died_while_idle_is_replaced(page: AppTest):
    close_idle()
    page.file_uploader[0].upload("log.csv", LOG, "text/csv").run()
    assert not page.exception
    assert any("log.csv: CSV, 3 columns" in text.value for text in page.text)
