"""Is there a file at a path that can be read?"""

import os
import stat
from pathlib import Path

from gru4rec_core.errors import DataError

_SPECIAL = (
    (stat.S_ISDIR, "a folder", "Name the file in it."),
    (stat.S_ISFIFO, "a pipe", "Write its content to a file first."),
    (stat.S_ISSOCK, "a socket", "Name a file."),
    (stat.S_ISCHR, "a device", "Name a file."),
    (stat.S_ISBLK, "a device", "Name a file."),
)
_RULE = "The file cannot be read."


def require_file(path: Path) -> None:
    """Raises DataError where the path leads to no file, or to one that this user must not read."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise DataError(
            _RULE, found="there is no file at this path", where=str(path), remedy="Check the path."
        ) from None
    except (OSError, ValueError) as error:  # a link to itself, a name too long or with a zero character
        raise DataError(_RULE, found=_describe(error), where=str(path), remedy="Check the path.") from None
    for is_kind, what, remedy in _SPECIAL:
        if is_kind(mode):
            raise DataError(_RULE, found=what, where=str(path), remedy=remedy)
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise DataError(
            _RULE,
            found=_describe(error),
            where=str(path),
            remedy="Ask for permission to read it, or copy it to a folder where you can read it.",
        ) from None


def _describe(error: OSError | ValueError) -> str:
    number = getattr(error, "errno", None)
    return os.strerror(number).lower() if number else str(error)
