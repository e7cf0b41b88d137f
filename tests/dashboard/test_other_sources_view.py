"""Data says how to add a log from a database or a folder, and reads none itself."""

import shlex
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.other_sources_view import COMMANDS
from gru4rec_core.cli import data
from gru4rec_core.cli.app import main


def page() -> None:
    from dashboard.other_sources_view import explain_other_sources

    explain_other_sources()


def test_the_commands_are_shown_and_nothing_can_be_typed() -> None:
    at = AppTest.from_function(page, default_timeout=20).run()
    assert not at.exception
    assert at.code[0].value == COMMANDS
    assert len(at.text_input) + len(at.text_area) + len(at.button) == 0


@pytest.mark.parametrize("command", COMMANDS.splitlines())
def test_the_commands_are_ones_that_there_are(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def stop(log: str, *_: object) -> None:
        asked.append(log)
        raise SystemExit(0)

    monkeypatch.setattr(data, "_locate", stop)
    program, option, module, *arguments = shlex.split(command)
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert (ended.value.code, asked) == (0, [arguments[1]])
    # What README installs; the command gru4rec is there only after `pip install .`.
    assert (program, option, module) == (".venv/bin/python", "-m", "gru4rec_core")


def test_readme_has_the_same_commands() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    assert [command for command in COMMANDS.splitlines() if f"    {command}\n" not in readme] == []
