"""A stored result is taken while what it was computed from is the same, and read again only then."""

import json
from pathlib import Path

import pytest

from gru4rec_core.results.stored_json import read_if_current


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "result.json"


def read(path: Path) -> int | None:
    return read_if_current(path, "a test", [1, "a"], lambda stored: int(stored["value"]))


def test_it_is_taken_while_its_inputs_are_the_same(path: Path) -> None:
    assert read(path) is None
    path.write_text(json.dumps({"inputs": [1, "a"], "value": 7}))
    assert read(path) == 7
    path.write_text(json.dumps({"inputs": [2, "a"], "value": 7}))
    assert read(path) is None


def test_other_inputs_are_no_damage(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.write_text('{"inputs": [2, "a"]}')
    assert read(path) is None
    assert not caplog.records


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"inputs": [1, "a"]}', '{"inputs": [1, "a"], "value": {}}'])
def test_a_damaged_file_is_told_and_not_taken(path: Path, content: str, caplog: pytest.LogCaptureFixture) -> None:
    path.write_text(content)
    assert read(path) is None
    assert str(path) in caplog.text
