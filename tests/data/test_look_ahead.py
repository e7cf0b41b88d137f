"""Work on blocks, in threads."""

import threading
import time
from collections.abc import Iterator

import pytest

from gru4rec_core.data.look_ahead import map_ahead


def test_results_come_in_order_and_only_a_few_are_ahead() -> None:
    given: list[int] = []

    def values() -> Iterator[int]:
        for n in range(10):
            given.append(n)
            yield n

    def work(n: int) -> int:
        time.sleep(0.002 * (n % 3))
        return n * n

    for n, result in enumerate(map_ahead(work, values())):
        assert result == n * n
        assert len(given) <= n + 3


def test_a_failure_comes_in_its_turn_and_nothing_is_left_running() -> None:
    def work(n: int) -> float:
        return 1 / (n - 2)

    results = map_ahead(work, range(100))
    assert [next(results), next(results)] == [-0.5, -1.0]
    with pytest.raises(ZeroDivisionError):
        next(results)
    assert not any("ThreadPoolExecutor" in thread.name for thread in threading.enumerate())
