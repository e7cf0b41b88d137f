"""Results of order tests, for tests that show or keep one."""

from gru4rec_core.evaluation.order_share import Estimate, OrderShare
from gru4rec_core.results.order import OrderTest


def around(value: float, half: float = 0.02) -> Estimate:
    return Estimate(value, value - half, value + half)


FOUND = Estimate(0.4, 0.35, 0.45)


def order_result(share: Estimate | None = FOUND, gru: float = 0.5, used: tuple[int, int] = (50, 80)) -> OrderTest:
    """The lookup table has 54 of 100 hits in order and 30 shuffled, the GRU `gru` and 37, best-sellers 14."""
    rates = {
        ("table", "in_order"): around(0.54),
        ("table", "shuffled"): around(0.30),
        ("gru", "in_order"): around(gru),
        ("gru", "shuffled"): around(0.37),
    }
    predictable = max(0.54, gru) - 0.14 if share else 0.0
    shares = OrderShare(around(0.14), rates, around(predictable), share, around(gru - 0.54), 0.95)
    return OrderTest(shares, 10, 1200, 300, 20, *used, 20, 0.136, 12.5)
