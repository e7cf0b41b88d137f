"""How is work on one block after another spread over threads, with the order kept?"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


def map_ahead(function: Callable[[A], B], values: Iterable[A], n_threads: int = 2) -> Iterator[B]:
    """The results of a function, in the order of its arguments; at most `n_threads` are computed ahead.

    Worth it only for functions that spend their time outside Python, as Arrow and DuckDB do.
    """
    with ThreadPoolExecutor(n_threads) as pool:
        running: deque[Future[B]] = deque()
        try:
            for value in values:
                running.append(pool.submit(function, value))
                if len(running) > n_threads:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        finally:
            for future in running:
                future.cancel()
