"""The log of who did what only ever grows, a whole line at a time."""

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gru4rec_core import storage
from gru4rec_core.access.actors import Actor
from gru4rec_core.access.audit import Subject, audit_file, begin_audit, read_audit, record
from gru4rec_core.access.rights import Action

ADA = Actor("ada@example.com", "analyst")


def test_a_workspace_of_one_person_has_no_log(tmp_path: Path) -> None:
    record(tmp_path, ADA, Action.IMPORT, Subject("dataset"), allowed=True)
    assert list(tmp_path.iterdir()) == []
    assert list(read_audit(tmp_path)) == []


def test_a_line_says_who_did_what_and_is_for_the_owner_alone(tmp_path: Path) -> None:
    begin_audit(tmp_path)
    record(tmp_path, ADA, Action.RENAME, Subject("dataset", "shop-1", "my\nshop" + "x" * 300), allowed=True)
    record(tmp_path, None, Action.DELETE, Subject("run", "bpr-1"), allowed=False)
    begin_audit(tmp_path)  # changes nothing
    first, second = read_audit(tmp_path)
    assert (first.who, first.role, first.action, first.id, first.allowed) == (
        *vars(ADA).values(),
        "rename",
        "shop-1",
        True,
    )
    assert first.name.startswith(r"my\nshop")
    assert len(first.name) < 210
    assert (second.who, second.role, second.allowed) == ("nobody", "none", False)
    assert stat.S_IMODE(audit_file(tmp_path).stat().st_mode) == 0o600
    assert [json.loads(line)["kind"] for line in audit_file(tmp_path).read_text().splitlines()] == ["dataset", "run"]


def test_lines_of_several_writers_never_mix(tmp_path: Path) -> None:
    begin_audit(tmp_path)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda i: record(tmp_path, ADA, Action.TRAIN, Subject("run", str(i)), allowed=True), range(200)))
    assert sorted(int(entry.id) for entry in read_audit(tmp_path)) == list(range(200))


def test_a_line_that_cannot_be_read_hides_no_other(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    begin_audit(tmp_path)
    record(tmp_path, ADA, Action.TRAIN, Subject("run"), allowed=True)
    with audit_file(tmp_path).open("a") as file:
        file.write('{"time": "half a li\n')
    record(tmp_path, ADA, Action.CANCEL, Subject("run"), allowed=True)
    assert [entry.action for entry in read_audit(tmp_path)] == ["train", "cancel"]
    assert "line 2" in caplog.text


def test_a_full_disk_does_not_stop_what_makes_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*arguments: object) -> int:
        raise OSError(28, os.strerror(28))

    begin_audit(tmp_path)
    monkeypatch.setattr(storage.os, "write", full)
    record(tmp_path, ADA, Action.DELETE, Subject("dataset", "shop-1"), allowed=True)
    assert "shop-1" in caplog.text


def test_a_line_that_a_full_disk_cut_costs_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    begin_audit(tmp_path)
    write = os.write
    with monkeypatch.context() as patch:
        patch.setattr(storage.os, "write", lambda descriptor, line: write(descriptor, line[:20]))
        record(tmp_path, ADA, Action.DELETE, Subject("dataset", "shop-1"), allowed=True)
    assert "not in the audit log" in caplog.text
    record(tmp_path, ADA, Action.CANCEL, Subject("run"), allowed=True)
    assert [entry.action for entry in read_audit(tmp_path)] == ["cancel"]
