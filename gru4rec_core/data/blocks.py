"""In which pieces are the events of a large log worked on, so that nothing of all of them is in memory twice?"""

from collections.abc import Iterator

EVENTS_AT_ONCE = 1 << 22
"""NumPy makes int64 of all the numbers it is given at a time: 0.8 GB of 100 million."""


def blocks(n: int) -> Iterator[slice]:
    """Slices that together hold n events, in order.

    >>> len(list(blocks(10_000_000)))
    3
    """
    for start in range(0, n, EVENTS_AT_ONCE):
        yield slice(start, min(start + EVENTS_AT_ONCE, n))
