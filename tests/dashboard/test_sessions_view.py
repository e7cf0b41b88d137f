"""Facts about the choices of the Sessions page."""

from dashboard.sessions_view import _ORDERS
from gru4rec_core.evaluation.event_orders import ORDERS


def test_every_order_of_the_library_can_be_chosen():
    assert tuple(_ORDERS) == ORDERS
