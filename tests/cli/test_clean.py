"""A log is checked and cleaned from the command line, with the figures and steps of the screen."""

from pathlib import Path

import pytest

from gru4rec_core.data.cleaning_types import CleaningStep
from gru4rec_core.workspace.derived_datasets import derive_dataset

SPRING = 1_700_000_000


@pytest.fixture(scope="module")
def messy(folder: Path) -> Path:
    """A duplicate, a session of one event, an item that occurs once, a pause, and a row without an item."""
    rows = [(s, SPRING + 3_600 * s + 60 * i, "abc"[(s + i) % 3]) for s in range(20) for i in range(3)]
    rows += [rows[4], (30, SPRING, "a"), (31, SPRING, "once"), (31, SPRING + 60, "b"), (31, SPRING + 9_000, "c")]
    path = folder / "messy.csv"
    lines = ["session,timestamp,item", *(",".join(map(str, row)) for row in rows), f"32,{SPRING},"]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_the_import_reports_the_quality_of_the_log(run, messy: Path) -> None:
    quality = run("import", messy, "--json").json["quality"]
    assert quality["rows"] == {"read": 66, "kept": 65, "filtered": 0, "outside_sample": 0, "rejected": {"no item": 1}}
    counts = {check["code"]: check["count"] for check in quality["checks"] if check["severity"]}
    assert counts == {
        "out-of-order": 1,
        "duplicates": 1,
        "long-pauses": 1,
        "one-event-sessions": 1,
        "single-items": 1,
    }
    text = run("import", messy)
    assert "warning: Some events are in the log twice. 1 of 65 (1.5 %) events" in text.err
    assert "[clean --drop duplicates]" in text.err
    assert "Some events of one session have the same time" not in text.err  # the duplicate is the only tie
    assert "7 of 12 checks found nothing worth a warning" in text.err


def test_a_log_is_cleaned_in_one_command_as_step_by_step(run, messy: Path, workspace) -> None:
    drops = ("--drop", "one-event-sessions,single-items", "--drop", "duplicates")
    result = run("clean", messy, *drops, "--cut-pauses", 30, "--json").json
    assert [step["kind"] for step in result["steps"]] == ["duplicates", "pauses", "single-items", "one-event-sessions"]
    assert result["dataset"] == (
        "messy, without duplicates, cut at pauses over 30 min, without items that occur once,"
        " without one-event sessions"
    )
    assert result["made_from"]["parent_name"] == "messy"
    assert (result["sessions"], result["events"]) == (20, 60)
    record = workspace.dataset("messy")
    for step in result["steps"]:
        record, _ = derive_dataset(workspace, record.id, [CleaningStep(step["kind"], step["value"])])
    assert record.id == result["id"]
    again = run("clean", "messy", "--drop", "duplicates,single-items,one-event-sessions", "--cut-pauses", 30)
    assert result["id"] in again.out
    assert "Leaves 64 of 65 events" in again.out


def test_a_preview_makes_nothing(run, messy: Path) -> None:
    run("import", messy)
    before = len(run("datasets", "--json").json["datasets"])
    text = run("clean", "messy", "--from", "2023-11-15", "--preview").out
    assert "nothing created" in text
    assert "Leaves 54 of 65 events" in text
    assert run("clean", "messy", "--drop-days", "2023-11-14", "--preview", "--json").json["steps"][0]["kind"] == "days"
    assert len(run("datasets", "--json").json["datasets"]) == before


def test_a_preview_sets_nothing_aside(run, messy: Path, workspace) -> None:
    run("import", messy)
    assert "nothing created" in run("clean", "messy", "--ignore", "robots", "--preview").out
    assert workspace.dataset("messy").set_aside == ()
    assert run("clean", "messy", "--ignore", "dust", "--preview").status == 2


def test_a_name_that_is_not_given_is_told(run, messy: Path) -> None:
    run("import", messy)
    assert "the events of messy" in run("clean", "messy", "--drop", "far-away-dates", "--name", "other").err


def test_without_options_it_says_what_there_is_to_clean(run, messy: Path) -> None:
    result = run("clean", messy)
    assert "65 of 66 rows are events; 1 was left out." in result.out
    assert "[clean --cut-pauses 30]" in result.out
    assert run("clean", messy, "--json").json["made_from"] is None


def test_findings_are_ignored_until_they_are_not(run, messy: Path) -> None:
    aside = run("clean", messy, "--ignore", "duplicates,long-pauses")
    assert "ignored: duplicates, pauses of more than 30 minutes" in aside.out
    assert "twice" not in aside.out
    assert "twice" in run("clean", messy, "--stop-ignoring", "duplicates,long-pauses").out
    wrong = run("clean", messy, "--ignore", "dust")
    assert (wrong.status, "no check with this code" in wrong.err) == (2, True)


@pytest.mark.parametrize(
    "options", [("--drop", "dust"), ("--cut-pauses", "-1"), ("--from", "soon"), ("--drop-days", "2024-02-30")]
)
def test_a_wrong_option_is_explained(run, messy: Path, options: tuple[str, str]) -> None:
    result = run("clean", messy, *options)
    assert result.status == 1
    assert "Traceback" not in result.err


def test_a_derived_dataset_is_listed_with_its_origin(run, messy: Path) -> None:
    run("clean", messy, "--drop", "duplicates", "--name", "tidy")
    listed = run("datasets").out
    assert "(made from messy by dropping duplicates)" in listed
    values = {one["dataset"]: one for one in run("datasets", "--json").json["datasets"]}
    assert values["tidy"]["made_from"]["actions"] == ["dropping duplicates"]
