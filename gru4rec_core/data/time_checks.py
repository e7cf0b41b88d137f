"""Can the column mapped as the time be one: do its values tell when the events of a session came?"""

import numpy as np

from gru4rec_core.errors import DataError

FEWEST = 100
"""Fewest recurring items, or steps from event to event, to tell a time from another number."""
_FEWEST_EQUAL = 10  # fewer events can be at one time by chance
_ORDERED = 0.75
"""Share of the steps in one direction from which numbers are in order."""

_AFTER_ALL = "If these numbers do give the order, use the command `import` with --time-format number."


def check_times(owner: np.ndarray, item: np.ndarray, timestamps: np.ndarray, unit: str | None, where: str) -> None:
    """Refuses times that say nothing about order.

    Args:
        owner: int [n], the session or user of each event, in the order of the file.
        item: int [n], its item.
        timestamps: [n], its time.
        unit: Of dates; None for numbers that are not dates, of which more is asked: ids and prices are numbers as well.
        where: File and column, for the message.

    Raises:
        DataError: All times are equal; each item has one time of its own; or numbers that are not dates are the same
            through every session or go up and down at random.
    """
    if len(timestamps) >= _FEWEST_EQUAL and timestamps.min() == timestamps.max():
        raise _no_time("the same time in all rows", where)
    if _belongs_to_item(item, timestamps):
        raise _no_time("every item always has the same time, so it describes the item (a release date, say)", where)
    if unit is not None:
        return
    order = np.argsort(owner, kind="stable")
    steps = np.diff(timestamps[order])[np.diff(owner[order]) == 0]
    if len(steps) < FEWEST:
        return
    if not steps.any():
        raise _no_time("the numbers never change within a session, and they are not dates", where)
    n_moves = np.count_nonzero(steps)
    share = np.count_nonzero(steps > 0) / n_moves
    if n_moves >= FEWEST and max(share, 1 - share) < _ORDERED:
        raise _no_time(
            f"numbers that are not dates and go up and down within sessions ({100 * share:.0f} % of the steps up)",
            where,
        )


def _belongs_to_item(item: np.ndarray, timestamps: np.ndarray) -> bool:
    """Whether every item has one time, though many items recur."""
    probe = slice(0, 10_000)  # shows nearly every log that the whole need not be sorted
    for part in (probe, slice(None)):
        order = np.lexsort((timestamps[part], item[part]))
        again = np.diff(item[part][order]) == 0
        if (np.diff(timestamps[part][order])[again] != 0).any():
            return False
    return bool(np.count_nonzero(again) >= FEWEST)


def _no_time(found: str, where: str) -> DataError:
    return DataError(
        "This column cannot be the time: it does not say in which order events happened.",
        found=found,
        where=where,
        remedy="Choose another column as the time." + (f" {_AFTER_ALL}" if "numbers" in found else ""),
    )
