"""How are tables exported so that a spreadsheet never runs a cell as a formula?"""

from __future__ import annotations

import pandas as pd

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: object) -> object:
    """Text that a spreadsheet would run as a formula gets a leading apostrophe; anything else stays as it is."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_DANGEROUS) else value


def safe_csv(frame: pd.DataFrame) -> bytes:
    """The frame as CSV (UTF-8, no index), every text cell and column name through `safe_cell`."""
    safe = frame.rename(columns=safe_cell)
    for position in range(frame.shape[1]):
        column = frame.iloc[:, position]
        if not pd.api.types.is_numeric_dtype(column):
            safe.isetitem(position, column.map(safe_cell).array)
    return safe.to_csv(index=False).encode()
