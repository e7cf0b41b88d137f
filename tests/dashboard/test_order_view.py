"""When the order test is offered."""

from dashboard.order_view import is_to_start


def test_what_ended_without_a_result_is_retried_and_what_lost_it_is_started_anew() -> None:
    assert is_to_start("new")
    assert is_to_start("done")
    assert not any(map(is_to_start, ("queued", "running", "failed", "cancelled", "lost")))
