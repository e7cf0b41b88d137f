"""What an order test says."""

from gru4rec_core.evaluation.order_share import Estimate
from gru4rec_core.results.order_text import advise, describe_basis, describe_figures, headline
from tests.order_results import order_result


def test_the_headline_has_the_share_and_its_interval() -> None:
    assert headline(order_result()) == (
        "Order explains 40 % of what can be predicted here (95 % interval: 35 to 45 %)."
    )


def test_no_share_is_above_100_or_below_0() -> None:
    assert "Order explains 100 % of what can be predicted here (95 % interval: 93 to 100 %)" in headline(
        order_result(Estimate(1.04, 0.93, 1.2))
    )
    assert headline(order_result(Estimate(-0.03, -0.1, 0.04))) == (
        "No effect of order can be shown here: it explains at most 4 % of what can be predicted"
        " (95 % interval: 0 to 4 %)."
    )
    assert "at most 0 %" in headline(order_result(Estimate(-0.1, -0.2, -0.05)))


def test_where_nothing_can_be_predicted_no_share_is_told() -> None:
    result = order_result(share=None)
    assert headline(result).startswith("This test cannot show that anything can be predicted here beyond best-sellers")
    assert len(advise(result)) == 1


def test_the_figures_name_what_is_compared() -> None:
    assert describe_figures(order_result()) == (
        "In the top 10 the better of two methods has 54.0 of 100 in order, 37.0 with shuffled histories; best-sellers"
        " have 14.0."
    )


def test_the_advice_tells_whether_the_last_item_is_enough() -> None:
    lost, last = advise(order_result())
    assert lost == "A method that ignores order would lose about 17 of 54 hits per 100: choose one that uses order."
    assert last.startswith("The last item says most of it: the small GRU has 50.0 hits per 100")
    assert "That speaks for a sequence model." in advise(order_result(gru=0.6))[1]


def test_without_an_effect_of_order_no_sequence_model_is_advised() -> None:
    (only,) = advise(order_result(Estimate(0.01, -0.1, 0.04)))
    assert "cannot show that a sequence model gains" in only


def test_the_basis_says_that_sessions_were_drawn() -> None:
    text = describe_basis(order_result())
    assert text.startswith("Used: 50 of 80 sessions, drawn at random, of the training part of the log's default test")
    assert "its test is not touched" in text
    assert "14 % of the predicted events have one item before them" in text
    assert describe_basis(order_result(used=(80, 80))).startswith("Used: all 80 sessions of the training part")
