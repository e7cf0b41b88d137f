"""The page Accuracy: the weakest slice first."""

import re

import pytest

from tests.app_runs import run_open
from tests.chart_specs import charts


@pytest.fixture
def accuracy(finished, open_page):
    return open_page("accuracy", model="bpr")


def headline(app) -> str:
    return next(one.body for one in app.get("html") if 'role="heading"' in one.body)


def test_the_weakest_slice_is_the_headline_with_its_interval(accuracy):
    assert "BPR is weakest" in headline(accuracy)
    assert re.search(r"of\W100 \(95\W%: [\d.]+ to [\d.]+\)", headline(accuracy))


def test_slices_curve_ranks_and_confusion_are_drawn(accuracy):
    titles = set(charts(accuracy))
    assert {"By items seen before", "By length of the session", "By popularity of the item that came"} <= titles
    assert {"Accuracy over the length of the list", "Where the true next item stood"} <= titles
    assert "BPR: first guess against the item that came" in titles


def test_both_models_and_best_sellers_stand_side_by_side_with_intervals(accuracy):
    for title in ("By items seen before", "By popularity of the item that came"):
        spec = charts(accuracy)[title]
        encodings = [layer["encoding"] for layer in spec["layer"]]
        assert {"low", "high", "hits"} <= {encoding["x"]["field"] for encoding in encodings}
        sides = {tuple(encoding["yOffset"]["sort"]) for encoding in encodings if "yOffset" in encoding}
        assert sides == {("TOP1", "BPR", "Best-sellers")}
    figures = next(one.value for one in accuracy.dataframe if "95 % from" in one.value.columns)
    assert set(figures["method"]) == {"TOP1", "BPR", "Best-sellers"}


def test_the_curve_runs_from_1_to_20_and_begins_at_zero(accuracy):
    spec = charts(accuracy)["Accuracy over the length of the list"]
    line = next(layer for layer in spec["layer"] if layer["mark"]["type"] == "line")
    assert line["encoding"]["x"]["scale"]["domain"] == [1, 20]
    assert line["encoding"]["y"]["scale"]["domain"][0] == 0


def test_another_model_can_be_looked_at_and_is_kept_in_the_address(accuracy):
    accuracy.selectbox(key="model-choice").set_value("markov").run()
    assert "Lookup table (Markov) is weakest" in headline(accuracy)
    assert accuracy.query_params["model"] == "markov"


def test_items_that_are_never_recommended_are_counted(accuracy):
    accuracy.button_group(key="k-choice").set_value(1).run()
    assert any("are in no top 1" in text.value for text in accuracy.text)


def test_the_way_on_leads_to_the_misses_the_headline_speaks_of(accuracy):
    assert accuracy.button(key="to-misses").label == "See these misses"
    accuracy.button(key="to-misses").click()
    run_open(accuracy, "filters")
    where, rows = accuracy.selectbox(key="filter-kind").value, [b.label for b in accuracy.button if "BPR" in b.label]
    assert accuracy.button_group(key="chips").value == "missed"
    assert where.partition(":")[0] in {"position", "length", "popularity", "repeat"}
    assert rows
    assert not any("BPR ●" in row for row in rows)


def test_an_unknown_model_in_the_address_gives_the_best(finished, open_page):
    app = open_page("accuracy", model="nobody")
    assert app.selectbox(key="model-choice").value in {"top1", "bpr"}


def test_without_data_it_leads_to_the_overview(open_page):
    assert open_page("accuracy").button(key="to-overview")
