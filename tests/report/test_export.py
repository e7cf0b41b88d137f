"""A table that leaves the page says where it comes from, and no more digits than are known."""

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.config import SplitConfig
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.slices import whole_rates
from gru4rec_core.report.export import TableSource, add_intervals, export_table, known_digits, round_to
from gru4rec_core.report.frames.comparison import ladder
from tests.evaluation.conftest import evaluation_of
from tests.evaluation.rank_lists import ranks

SOURCE = TableSource(
    "shop", "TOP1 against BPR", SplitConfig(protocol="time", test_days=7), k=3, n_events=15_212, confidence=0.95
)


def test_every_row_carries_its_source() -> None:
    table = export_table(pd.DataFrame({"method": ["a", "b"], "hits": [53.73182, 0.5]}), SOURCE)
    assert list(table.columns[:2]) == ["method", "hits"]
    assert table["hits"].tolist() == [53.73, 0.5]
    for row in table.to_dict("records"):
        assert (row["dataset"], row["comparison"], row["test rule"]) == ("shop", "TOP1 against BPR", "later days")
        assert (row["k"], row["test events"], row["interval level"]) == (3, 15_212, "95 %")
        assert '"test_days":7' in row["test settings"]


def test_what_does_not_apply_has_no_column_and_what_is_there_stays() -> None:
    table = export_table(pd.DataFrame({"k": [7], "n": [3]}), TableSource("shop", k=3))
    assert table.to_dict("records") == [{"k": 7, "n": 3, "dataset": "shop"}]


def test_the_table_shown_is_not_altered_and_an_empty_one_keeps_its_columns() -> None:
    shown = pd.DataFrame({"x": [1.23456789]})
    export_table(shown, SOURCE)
    assert shown["x"].tolist() == [1.23456789]
    assert "dataset" in export_table(pd.DataFrame({"x": []}), SOURCE)


def test_counts_text_and_dates_stay_as_they_are() -> None:
    shown = pd.DataFrame({"count": [123_456_789], "item": ["1.23456789"], "day": [pd.Timestamp("2024-01-01")]})
    pd.testing.assert_frame_equal(export_table(shown, SOURCE)[list(shown)], shown)


@pytest.mark.parametrize(("n", "digits"), [(None, 4), (0, 2), (1, 2), (99, 2), (101, 3), (1000, 3), (10**6, 4)])
def test_fewer_events_have_fewer_digits(n, digits) -> None:
    assert known_digits(n) == digits


@pytest.mark.parametrize(
    ("value", "rounded"),
    [(0.0, 0.0), (-53.7318, -53.73), (9.99996, 10.0), (0.000123456, 0.0001235), (np.inf, np.inf), (-np.inf, -np.inf)],
)
def test_rounding(value, rounded) -> None:
    assert round_to(value, 4) == rounded
    assert np.isnan(round_to(np.nan, 4))


def test_methods_get_the_intervals_of_the_ladder() -> None:
    models = [
        ModelResults(name, name.upper(), "gru4rec", (evaluation_of(ranks(hits, n=400)),))
        for name, hits in (("a", 100), ("b", 200))
    ]
    shown = pd.DataFrame({"method": ["A!", "B!"]})
    table = add_intervals(shown, whole_rates(models, 3, 0.95), 3, {"a": "A!", "b": "B!"}).set_index("method")
    expected = ladder(whole_rates(models, 3, 0.95)).set_index("name")
    for name in ("a", "b"):
        row = table.loc[f"{name.upper()}!"]
        assert row["accuracy@3 from"] == expected.loc[name, "low"]
        assert row["accuracy@3 to"] == expected.loc[name, "high"]
        assert row["accuracy@3 per 100"] == expected.loc[name, "hits"]
