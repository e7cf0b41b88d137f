"""A comparison's line in a list has the figures of its verdict, and is read from one small file."""

import json
import os
from dataclasses import asdict, replace

import pytest

from gru4rec_core.results import summary as summaries
from gru4rec_core.results.comparison import build_comparison_result
from gru4rec_core.results.summary import (
    ComparisonSummary,
    load_summary,
    precompute_summaries,
    store_summary,
    summarise,
)
from gru4rec_core.workspace.job_state import change_state


def test_the_figures_are_those_of_the_verdict(trained) -> None:
    home, comparison = trained
    result = build_comparison_result(home, comparison.id)
    line, against = summarise(result), result.verdict.baselines
    assert (line.best.name, line.best.value) == (against.model, against.model_value)
    assert (line.strongest.name, line.strongest.value) == (against.strongest, against.strongest_value)
    assert line.margin == pytest.approx(against.model_value - against.strongest_value, abs=1e-12)
    assert line.margin_low <= line.margin <= line.margin_high
    assert line.outcome == against.outcome
    assert (line.k, line.verdict, line.sentence) == (3, result.verdict.label, result.verdict.sentences[0])


def test_the_strongest_baseline_is_the_one_with_the_most_hits(trained) -> None:
    home, comparison = trained
    line = load_summary(home, comparison)
    table = build_comparison_result(home, comparison.id).models
    assert line.strongest.value == table.loc[table["kind"] == "baseline", "accuracy@3"].max()
    assert line.best.value == table.loc[table["kind"] == "gru4rec", "accuracy@3"].max()


@pytest.mark.parametrize(
    ("outcome", "margin", "words", "decided"),
    [
        ("beaten", 0.01, "over the lookup table", True),
        ("better", -0.01, "against the lookup table", True),
        ("as-well", 0.01, "about equal to the lookup table", False),
        ("undecided", -0.01, "against the lookup table, not decided", False),
    ],
)
def test_the_margin_is_told_as_the_verdict_tells_it(trained, outcome, margin, words, decided) -> None:
    line = replace(load_summary(*trained), outcome=outcome, margin=margin)
    line = replace(line, strongest=replace(line.strongest, name="markov", label="Lookup table (Markov)"))
    assert (line.against_strongest, line.is_margin_decided) == (words, decided)


def test_without_a_baseline_or_a_second_model_nothing_is_made_up(trained) -> None:
    home, comparison = trained
    result = build_comparison_result(home, comparison.id)
    alone = replace(result.comparison, models=result.comparison.models[:1], pairs=())
    line = summarise(replace(result, comparison=alone, verdict=None))
    assert (line.verdict, line.best, line.strongest, line.margin) == ("", None, None, None)


def test_a_list_reads_it_back_without_making_the_result_again(trained, monkeypatch: pytest.MonkeyPatch) -> None:
    home, comparison = trained
    (home.comparison_folder(comparison.id) / "summary.json").unlink(missing_ok=True)
    precompute_summaries(home, comparison.dataset_id)

    def refuse(*_: object) -> None:
        raise AssertionError("made again")

    monkeypatch.setattr(summaries, "build_comparison_result", refuse)
    line = load_summary(home, comparison)
    assert ComparisonSummary.from_json(json.loads(json.dumps(asdict(line)))) == line


def test_whoever_has_the_result_stores_the_summary_without_making_it_again(trained, monkeypatch) -> None:
    home, comparison = trained
    result = build_comparison_result(home, comparison.id)
    (home.comparison_folder(comparison.id) / "summary.json").unlink(missing_ok=True)
    monkeypatch.setattr(summaries, "build_comparison_result", None)
    store_summary(home, result)
    assert load_summary(home, comparison) == summarise(result)


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"inputs": 1}'])
def test_a_damaged_summary_is_made_again(trained, content: str) -> None:
    home, comparison = trained
    path = home.comparison_folder(comparison.id) / "summary.json"
    before = load_summary(home, comparison)
    path.write_text(content)
    assert load_summary(home, comparison) == before
    assert path.read_text() != content


def test_a_run_that_was_tested_again_gives_a_new_summary(trained) -> None:
    home, comparison = trained
    path = home.comparison_folder(comparison.id) / "summary.json"
    load_summary(home, comparison)
    stored = path.read_text()
    metrics = home.run_folder(comparison.run_ids[0]) / "metrics.json"
    os.utime(metrics, ns=(1, metrics.stat().st_mtime_ns + 1))
    load_summary(home, comparison)
    assert path.read_text() != stored


def test_until_there_is_a_result_there_is_no_summary(trained) -> None:
    home, comparison = trained
    folder = home.run_folder(comparison.run_ids[0])
    change_state(folder, state="running")
    try:
        assert load_summary(home, comparison) is None
    finally:
        change_state(folder, state="done")
