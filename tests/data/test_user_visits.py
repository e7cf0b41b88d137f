"""A user's events are visits where pauses cut them well, else one history."""

import numpy as np
import pyarrow as pa

from gru4rec_core.data.column_profile import profile_column
from gru4rec_core.data.times import USUAL_PAUSE
from gru4rec_core.data.user_visits import find_gap

MINUTE, DAY = 60.0, 86_400.0


def gap_of(users: str, seconds: list[float]) -> float | None:
    return find_gap(profile_column("user", pa.chunked_array([list(users)])), np.array(seconds))


def test_events_close_together_are_cut_into_visits() -> None:
    assert gap_of("abab", [0, 5, 9 * MINUTE, DAY]) == USUAL_PAUSE
    assert gap_of("aaaaaa", [0, 1, DAY, 2 * DAY, 3 * DAY, 4 * DAY]) == USUAL_PAUSE  # one pause in five is short


def test_events_far_apart_are_one_history() -> None:
    assert gap_of("aaaa", [0, DAY, 2 * DAY, 3 * DAY]) is None
    assert gap_of("abab", [0, 1, DAY, DAY + 1]) is None  # close, but of different users


def test_where_nothing_is_known_the_usual_pause_is_taken() -> None:
    assert gap_of("abc", [0, 1, 2]) == USUAL_PAUSE
    assert gap_of("aa", [np.nan, DAY]) == USUAL_PAUSE
