"""Facts about the command that writes a report."""

import re
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def in_the_trained_workspace(trained, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRU4REC_HOME", str(trained[0].root))


def test_it_says_what_it_wrote(trained, trained_report: Path, run, tmp_path: Path):
    path = tmp_path / "out.html"
    result = run("report", trained[1].id, path, "--json")
    assert result.status == 0, result.err
    assert result.json == {"comparison": trained[1].id, "path": str(path), "size": path.stat().st_size}
    assert path.read_bytes() == trained_report.read_bytes()


def test_its_figures_are_those_of_compare_and_its_command_gives_them(trained, trained_report: Path, run):
    html = trained_report.read_text(encoding="utf-8")
    command = re.search(r"<pre[^>]*>python -m gru4rec_core (.*?)</pre>", html, re.S).group(1)
    told = run(*command.split(), "--json")
    assert told.status == 0, told.err
    compared = told.json
    assert compared["comparison"] == trained[1].id  # found, not trained again
    for sentence in compared["verdict"]["sentences"]:
        assert sentence in html
    for model in compared["models"]:
        row = re.search(rf'<th scope="row">{re.escape(model["label"])}</th>(.*?)</tr>', html, re.S).group(1)
        cells = re.findall(r"<td[^>]*>(.*?)</td>", row)
        wanted = [f"{100 * model['accuracy'][k]:.1f}" for k in ("3", "1", "5", "10", "20")]
        assert [cells[0], *cells[2:6]] == wanted
        assert cells[6] == f"{100 * model['mrr']['20']:.1f}"


def test_an_unknown_comparison_is_told_which_there_are(trained, run, tmp_path: Path):
    result = run("report", "nope", tmp_path / "out.html")
    assert result.status == 1
    assert trained[1].id in result.err


def test_a_place_that_cannot_hold_a_file_is_wrong_use(trained, run, tmp_path: Path):
    assert run("report", trained[1].id, tmp_path).status == 2
    assert run("report", trained[1].id, tmp_path / "none" / "out.html").status == 2
