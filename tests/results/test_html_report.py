"""The report of a comparison says what the comparison says, to the last digit, and where it comes from."""

from pathlib import Path

from gru4rec_core.results.comparison import build_comparison_result
from gru4rec_core.results.html_report import describe_data, describe_run_versions, gather_contents, write_report


def test_a_report_is_written_whole(trained, trained_report: Path, tmp_path: Path):
    home, comparison = trained
    path = tmp_path / "report.html"
    path.write_text("old")
    result = write_report(home, comparison.id, path)
    html = path.read_text(encoding="utf-8")
    assert html.rstrip().endswith("</html>")
    assert result.record == comparison
    assert path.stat().st_size < 2_000_000
    (tmp_path / "any.txt").touch()
    assert path.stat().st_mode == (tmp_path / "any.txt").stat().st_mode  # others may read it as any file of the user's
    assert trained_report.read_bytes() == path.read_bytes()  # written twice, the same


def test_it_has_the_results_own_verdict_warnings_and_pair(trained):
    home, comparison = trained
    result = build_comparison_result(home, comparison.id)
    contents = gather_contents(home, result)
    assert contents.title == "TOP1 against BPR"
    assert contents.verdict is result.verdict
    assert contents.comparison is result.comparison
    assert list(contents.warnings) == result.warnings
    assert contents.pair == result.pair
    assert list(contents.configs) == [home.run(run_id).name for run_id in comparison.run_ids]


def test_the_data_is_named_by_the_hash_of_its_events(trained):
    home, comparison = trained
    data = describe_data(home.dataset(comparison.dataset_id))
    assert data["content hash"] == comparison.dataset_hash
    assert data["first and last event"].startswith("2023-11-14")
    assert "file" not in data  # a frame in memory


def test_versions_that_differ_between_runs_are_all_named(trained):
    home, comparison = trained
    runs = [home.run(run_id) for run_id in comparison.run_ids]
    versions = describe_run_versions(home, runs)
    assert versions["Python"].count(".") == 2
    assert {"tensorflow", "numpy", "system", "threads"} <= versions.keys()
    assert " / " not in versions["tensorflow"]
