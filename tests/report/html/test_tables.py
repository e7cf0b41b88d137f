"""Facts about the tables of a report."""

from dataclasses import replace

from gru4rec_core.evaluation.seed_outcomes import rate
from gru4rec_core.evaluation.slices import slice_rates, whole_rates
from gru4rec_core.report.html import contents as contents_module
from gru4rec_core.report.html import tables
from gru4rec_core.report.html.page import render_report


def test_models_stand_best_first_with_interval_and_seeds(contents):
    table = tables.model_table(contents)
    assert table.header == ["Method", "Top 10", "95 %", "Seeds", "Top 1", "Top 3", "Top 5", "Top 20", "MRR@20"]
    shown = {row[0]: row for row in table.rows}
    for model in contents.models:
        assert shown[model.label][1] == f"{100 * rate(model, 'accuracy@10'):.1f}"
        assert shown[model.label][8] == f"{100 * rate(model, 'mrr@20'):.1f}"
    figures = [float(row[1]) for row in table.rows]
    assert figures == sorted(figures, reverse=True)
    assert shown["BPR"][3].count("·") == 2
    assert shown["Best-sellers"][3] == ""


def test_the_metric_that_decides_stands_first_and_its_minus_is_one(contents):
    table = tables.difference_table(contents)
    assert table.rows[0][0] == "accuracy@10 (decides)"
    pair = contents.comparison.pair("top1", "bpr").deciding
    assert table.rows[0][3] == f"{100 * pair.difference:+.1f}".replace("-", "−")
    assert not any("-" in cell for row in table.rows for cell in row[1:])


def test_settings_are_shown_once_either_as_different_or_as_shared(contents):
    differing = [row[0] for row in tables.differing_settings(contents).rows]
    shared = dict(tables.shared_settings(contents))
    assert differing == ["loss"]
    assert "loss" not in shared
    assert shared["epochs"] == "10"
    assert shared["steps_per_epoch"] == "none"


def test_slices_have_a_rate_and_an_interval_per_contender(contents, single):
    table = tables.slice_table(contents)
    assert table.header[-4:] == ["TOP1", "95 %", "BPR", "95 %"]
    rates = slice_rates(contents.contenders, contents.events, contents.train_counts, 10, 0.95)
    row = rates.query("name == 'bpr' and slice == 'repeat'").iloc[0]
    shown = next(cells for cells in table.rows if cells[1] == row["value"])
    assert shown[-2:] == [f"{row['hits']:.1f}", f"{row['low']:.1f} to {row['high']:.1f}"]
    assert tables.slice_table(single).header[-2:] == ["BPR", "95 %"]
    assert tables.difference_table(single) is None


def test_a_report_works_each_of_its_rates_out_once(contents, monkeypatch, undrawn):
    called = []
    for name, compute in (("slice_rates", slice_rates), ("whole_rates", whole_rates)):
        counting = lambda *args, name=name, compute=compute: called.append(name) or compute(*args)  # noqa: E731
        monkeypatch.setattr(contents_module, name, counting)
    render_report(replace(contents))  # a copy that has worked nothing out yet
    assert sorted(called) == ["slice_rates", "whole_rates"]
