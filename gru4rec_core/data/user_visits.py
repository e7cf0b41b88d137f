"""What is a session in a log that names users but no visits?"""

import numpy as np

from gru4rec_core.data.column_profile import ColumnProfile
from gru4rec_core.data.times import USUAL_PAUSE

_LEAST_SHARE = 0.2


def find_gap(user: ColumnProfile, seconds: np.ndarray) -> float | None:
    """The pause that cuts each user's events into visits, in minutes.

    None where it would leave hardly any visit of two events, as with workouts: there all events of one user are a
    session.

    Args:
        user: Whose event each row is.
        seconds: When it was, since 1970, float64 [n_rows]; NaN where that is not known.
    """
    known = (user.codes >= 0) & ~np.isnan(seconds)
    codes, seconds = user.codes[known], seconds[known]
    order = np.lexsort((seconds, codes))
    pauses = np.diff(seconds[order])[np.diff(codes[order]) == 0]
    is_short = pauses <= 60 * USUAL_PAUSE
    return USUAL_PAUSE if len(pauses) == 0 or is_short.mean() >= _LEAST_SHARE else None
