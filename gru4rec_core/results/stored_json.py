"""Is a result that was stored before still good, or has what it depends on changed?

Such a file holds "inputs", all that its values were computed from, beside the values.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from gru4rec_core.errors import RunError
from gru4rec_core.storage import read_json

Value = TypeVar("Value")

_logger = logging.getLogger(__name__)


def read_if_current(path: Path, owner: str, inputs: object, decode: Callable[[Any], Value]) -> Value | None:
    """What a file holds; None where there is none, it comes from other inputs, or it is damaged (the log says so).

    Args:
        path: the file.
        owner: whose it is, for messages.
        inputs: JSON values: what the values would be computed from now.
        decode: makes the value of what the file holds; may raise KeyError or TypeError.
    """
    if not path.exists():
        return None
    try:
        stored = read_json(path, owner)
        return decode(stored) if stored["inputs"] == inputs else None
    except (RunError, KeyError, TypeError) as error:
        _logger.warning("%s cannot be read and is made again: %r", path, error)
        return None
