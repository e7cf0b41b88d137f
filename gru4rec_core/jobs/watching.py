"""For how many seconds has a value stayed the same, by this process's own count?

Clocks are set forward and back, and those of two machines differ. So whether a job still gives signs of life is not
read off its times: whoever looks remembers what it saw, and counts.
"""

import time
from collections.abc import Hashable
from math import inf


class Watch:
    """Remembers the last value under each key and how long it has been the same.

    Args:
        longest_gap: the most seconds that the time between two looks counts for. Whoever was paused together with what
            it watches must not find it silent on waking up.
    """

    def __init__(self, longest_gap: float = inf) -> None:
        self._longest_gap = longest_gap
        self._seen: dict[Hashable, tuple[object, float, float]] = {}  # value, seconds the same, time of the last look

    def seconds_unchanged(self, key: Hashable, value: object) -> float:
        """Looks at a value: the seconds it has been the same; 0 at the first look and after a change."""
        now = time.monotonic()
        before, seconds, looked = self._seen.get(key, (value, 0.0, now))
        seconds = seconds + min(now - looked, self._longest_gap) if before == value else 0.0
        self._seen[key] = (value, seconds, now)
        return seconds

    def forget(self, key: Hashable) -> None:
        """Forgets what was seen under a key."""
        self._seen.pop(key, None)
