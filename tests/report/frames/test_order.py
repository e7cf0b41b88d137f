"""The rates of an order test as a table."""

from gru4rec_core.report.frames.order import order_rates
from tests.order_results import order_result


def test_each_method_has_a_row_in_order_and_one_shuffled() -> None:
    frame = order_rates(order_result().share)
    assert frame["method"].tolist() == ["Lookup table"] * 2 + ["Small GRU"] * 2
    assert frame["side"].tolist() == ["in order", "shuffled"] * 2
    assert frame["hits"].round(6).tolist() == [54, 30, 50, 37]
    assert (frame["low"] < frame["hits"]).all()
