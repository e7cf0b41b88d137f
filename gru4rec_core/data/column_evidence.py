"""What do the values of a column say for or against a role: session, time, item?"""

from collections.abc import Callable, Mapping

import numpy as np

from gru4rec_core.data.column_profile import ColumnProfile
from gru4rec_core.data.column_words import LIKELY, SURE

_DAY = 86_400
_VISIT_SECONDS = 12 * 3600  # visits are rarely longer
ENOUGH_ROWS = 20  # to say that nothing occurs twice
_ENOUGH_SESSIONS = 20  # to say that nothing is shared between them
_MOST_EVENT_KINDS = 30
_ENOUGH_NUMBERS = 0.2  # share of numbers that is enough for a time; the import rejects the other rows

Known = Mapping[str, ColumnProfile]
"""The columns that have a role already, by role."""


def find_objection(role: str, profile: ColumnProfile, strength: float, known: Known) -> str | None:
    """Why the values of a column speak against a role; None where they do not.

    Args:
        role: The role that its name suggests.
        profile: The column.
        strength: How strongly its name suggests the role (column_words.py); a hint needs values that agree.
        known: Roles that are decided, to be compared with.
    """
    if profile.n_filled == 0:
        return None if len(profile.codes) == 0 else "it is empty"
    return _OBJECTIONS[role](profile, strength, known)


def _object_to_session(profile: ColumnProfile, strength: float, known: Known) -> str | None:
    objection = _object_to_id(profile)
    if objection is not None:
        return objection
    if profile.n_filled > 1 and profile.n_distinct == profile.n_filled:
        return "every row has a different value, so it names events, not sessions"
    if strength < LIKELY and not is_visit(profile, known):
        return "its values do not look like visits"
    return None


def _object_to_time(profile: ColumnProfile, strength: float, known: Known) -> str | None:
    if profile.kind == "constant" and profile.n_filled >= ENOUGH_ROWS:
        return f"all rows have the same value, {profile.example}"
    if profile.kind == "time" or (profile.number_share >= _ENOUGH_NUMBERS and strength >= LIKELY):
        return None
    return f"its values, such as {profile.example}, are not times"


def _object_to_item(profile: ColumnProfile, strength: float, known: Known) -> str | None:
    objection = _object_to_id(profile)
    if objection is not None:
        return objection
    if profile.n_distinct == profile.n_filled >= ENOUGH_ROWS:
        return "every row has a different value, so nothing occurs twice"
    session = known.get("session")
    if session is not None and session.n_distinct >= _ENOUGH_SESSIONS and _shared_share(profile, session) == 0:
        return "no value occurs in two sessions"
    return None


def _object_to_user(profile: ColumnProfile, strength: float, known: Known) -> str | None:
    objection = _object_to_id(profile)
    if objection is None and profile.n_distinct == profile.n_filled >= ENOUGH_ROWS:
        return "every row has a different value"
    if objection is None and strength < SURE and profile.n_distinct == 1 and profile.n_filled >= ENOUGH_ROWS:
        return "every row has the same value"
    return objection


def _object_to_event(profile: ColumnProfile, strength: float, known: Known) -> str | None:
    few = profile.kind in ("kinds", "count", "constant") and profile.n_distinct <= _MOST_EVENT_KINDS
    return None if few or profile.n_filled < ENOUGH_ROWS else "it has too many different values"


def _object_to_item_name(profile: ColumnProfile, strength: float, known: Known) -> str | None:
    item = known.get("item")
    if item is None:
        return "no item is known"
    if profile.n_distinct == 1 and item.n_distinct > 2:
        return "all items have the same one"
    return None if len(_pairs(item, profile)) <= 1.2 * item.n_distinct else "some items have more than one"


def _object_to_id(profile: ColumnProfile) -> str | None:
    if profile.filled_share < 0.5:
        return "most rows have no value"
    if profile.kind in ("price", "decimal"):
        return "its values have fractions"
    if profile.kind == "time" and not profile.is_number:
        return "its values are times"
    return None


_OBJECTIONS: dict[str, Callable[[ColumnProfile, float, Known], str | None]] = {
    "session": _object_to_session,
    "timestamp": _object_to_time,
    "item": _object_to_item,
    "user": _object_to_user,
    "event": _object_to_event,
    "item_name": _object_to_item_name,
}


def is_shared(session: ColumnProfile, user: ColumnProfile) -> bool:
    """Whether most values of a session column occur with several users: they number each one's visits."""
    return user.n_distinct > 1 and session.n_distinct > 1 and _shared_share(session, user) > 0.5


def is_visit(profile: ColumnProfile, known: Known) -> bool:
    """Whether rows of one value lie close together in time, and the log is much longer."""
    time, spans = known.get("timestamp"), _spans(profile, known)
    if time is None or spans is None or not 1.2 <= profile.rows_per_value <= 1_000:
        return False
    whole = float(np.nanmax(time.seconds) - np.nanmin(time.seconds))
    return float(np.median(spans)) <= min(_VISIT_SECONDS, whole / 10) and float(np.quantile(spans, 0.9)) <= whole / 4


def is_person(profile: ColumnProfile, known: Known) -> bool:
    """Whether the rows of one value stand together in the file, over more time than a visit takes."""
    spans = _spans(profile, known)
    if spans is None or profile.rows_per_value < 3 or profile.n_distinct < 2:
        return False
    n_runs = 1 + int((np.diff(profile.codes[profile.codes >= 0]) != 0).sum())
    return n_runs <= 1.5 * profile.n_distinct and float(np.median(spans)) > _DAY


def is_item(profile: ColumnProfile, known: Known) -> bool:
    """Whether sessions share many of the values, and have several each."""
    owner = known.get("session") or known.get("user")
    if owner is None or profile.kind != "id" or profile.filled_share < 0.9 or profile.rows_per_value < 1.05:
        return False
    return _shared_share(profile, owner) >= 0.2 and len(_pairs(owner, profile)) >= 1.2 * owner.n_distinct


def _spans(profile: ColumnProfile, known: Known) -> np.ndarray | None:
    """Seconds from the first to the last row of each value that has two or more; None where this says nothing."""
    time = known.get("timestamp")
    if time is None or profile is time or profile.kind not in ("id", "count") or profile.filled_share < 0.9:
        return None
    is_known = (profile.codes >= 0) & np.isfinite(time.seconds)
    codes, seconds = profile.codes[is_known], time.seconds[is_known]
    if len(codes) == 0:
        return None
    order = np.lexsort((seconds, codes))
    codes, seconds = codes[order], seconds[order]
    starts = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]])
    ends = np.r_[starts[1:], len(codes)] - 1
    spans = (seconds[ends] - seconds[starts])[ends > starts]
    return spans if len(spans) >= 2 else None


def _pairs(left: ColumnProfile, right: ColumnProfile) -> np.ndarray:
    """The different pairs of values that two columns have, each as one number, int64 [n_pairs]."""
    is_known = (left.codes >= 0) & (right.codes >= 0)
    return np.unique(left.codes[is_known].astype(np.int64) * max(right.n_distinct, 1) + right.codes[is_known])


def _shared_share(item: ColumnProfile, owner: ColumnProfile) -> float:
    """The share of an item column's values that occur with more than one owner."""
    owners = np.bincount(_pairs(item, owner) // max(owner.n_distinct, 1), minlength=max(item.n_distinct, 1))
    return float((owners > 1).mean())
