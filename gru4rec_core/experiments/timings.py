"""How many seconds did each part of the work take?"""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Timings:
    """Measures the parts of a piece of work.

    Attributes:
        seconds: each part's name and its seconds, rounded to ms.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def measure(self, part: str) -> Iterator[None]:
        """Times the block and keeps its seconds under `part`; a block that raises leaves none."""
        start = time.perf_counter()
        yield
        self.seconds[part] = round(time.perf_counter() - start, 3)
