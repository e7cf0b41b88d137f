"""Facts about cells of tables: the figures they name, and that names in them are escaped."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dashboard.summary_cells import best_model, margin, moment, name
from gru4rec_core.results.summary import ComparisonSummary, MethodRate

NASTY = '<img src=x onerror="alert(1)">'


def summary(best: float, strongest: float, label: str = "BPR") -> ComparisonSummary:
    return ComparisonSummary(
        k=10,
        verdict="Clear",
        sentence="",
        best=MethodRate("bpr", label, best),
        strongest=MethodRate("markov", "Lookup table (Markov)", strongest),
        margin=best - strongest,
        margin_low=best - strongest - 0.01,
        margin_high=best - strongest + 0.01,
        outcome="beaten" if best > strongest else "better",
    )


def test_the_best_model_has_its_figure_and_what_it_counts():
    html = best_model(summary(0.537, 0.526))
    assert "BPR <strong>53.7</strong>" in html
    assert "top 10" in html


@pytest.mark.parametrize(
    ("best", "strongest", "words"),
    [
        (0.537, 0.526, ("+1.1", "over the lookup table", "+0.1 to +2.1")),
        (0.520, 0.526, ("−0.6", "against the lookup table", "−1.6 to +0.4")),
    ],
)
def test_the_margin_is_that_over_the_strongest_baseline(best: float, strongest: float, words: tuple[str, ...]):
    html = margin(summary(best, strongest), dark=False)
    assert all(word in html for word in words)


@pytest.mark.parametrize(
    ("outcome", "figure", "words"),
    [
        ("beaten", "<strong>+0.4</strong>", "over the lookup table"),
        ("as-well", ">+0.4<", "about equal to the lookup table"),
        ("undecided", ">+0.4<", "over the lookup table, not decided"),
    ],
)
def test_a_lead_stands_out_only_where_the_verdict_calls_the_model_better(outcome: str, figure: str, words: str):
    html = margin(replace(summary(0.530, 0.526), outcome=outcome), dark=False)
    assert figure in html
    assert f">{words}<" in html


def test_the_picture_says_both_figures_and_has_their_places():
    html = margin(summary(0.5, 0.25), dark=True)
    assert 'aria-label="Hits per 100: BPR 50.0, Lookup table (Markov) 25.0"' in html
    assert "width:40.0px" in html  # of 80
    assert "left:20.0px" in html


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_the_picture_stays_inside_its_frame(value: float):
    html = margin(summary(value, value), dark=False)
    assert f"width:{80 * value:.1f}px" in html
    assert f"left:{min(80 * value, 78):.1f}px" in html


def test_without_anything_to_compare_the_cell_is_empty():
    nothing = ComparisonSummary(10, "", "", None, None, None, None, None)
    assert best_model(nothing) == margin(nothing, dark=False) == ""


def test_names_from_files_are_text():
    assert "<img" not in best_model(summary(0.5, 0.4, NASTY))
    assert "<img" not in margin(summary(0.5, 0.4, NASTY), dark=False)
    assert "<img" not in name(NASTY * 3)


def test_a_long_name_keeps_its_end_and_is_whole_on_hover_and_for_screen_readers():
    logs = [f"clicks of the shop, later days alone, {month}" for month in ("2008-08", "2008-09")]
    cut = [name(log, 20) for log in logs]
    assert [html.split('<span aria-hidden="true">')[1].split("<")[0] for html in cut] == [
        "clicks of …, 2008-08",
        "clicks of …, 2008-09",
    ]
    assert all(f'title="{log}"' in html and f">{log}<" in html for log, html in zip(logs, cut, strict=True))
    assert name("short") == "short"


def test_a_moment_has_its_date_on_hover():
    html = moment(datetime(2020, 1, 2, 3, 4, tzinfo=UTC))
    assert "2020-01-02 03:04 UTC" in html
    assert "days ago" in html
