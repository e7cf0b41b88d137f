"""A scorer whose answers anybody can work out."""

import numpy as np


class Echo:
    """Scores the item seen last highest, then the others by lower id."""

    def scores(self, sessions):
        table = np.tile(-np.arange(5, dtype=np.float32), (len(sessions), 1))
        for row, session in enumerate(sessions):
            if len(session):
                table[row, session[-1]] = 1.0
        return table
