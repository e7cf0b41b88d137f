"""Errors in words that a user can act on."""

import re

_LONGEST = 1_000  # characters of what was found, and of where
# What makes no mark of its own but moves the cursor, turns the text around, or cannot be encoded.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def quote(text: str) -> str:
    """Text from outside, fit for a message: one line, printable, not too long."""
    short = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return _CONTROLS.sub(lambda match: match.group().encode("unicode_escape").decode(), short)


class WorkbenchError(Exception):
    """Base of every error that the workbench raises on purpose.

    What was found and where comes from files: control characters in it are escaped, and no more than its first 1,000
    characters are kept.

    Args:
        rule: what is wrong, or what must hold, as a full sentence that reads right after "Problem:".
        found: what came instead.
        where: the file, line, column, setting or run.
        remedy: what to do about it.
    """

    def __init__(self, rule: str, *, found: str = "", where: str = "", remedy: str = "") -> None:
        self.rule = rule
        self.found = quote(found)
        self.where = quote(where)
        self.remedy = remedy
        super().__init__(rule, self.found, self.where, remedy)

    def __str__(self) -> str:
        parts = [self.rule]
        if self.found:
            parts.append(f"Found: {self.found}.")
        if self.where:
            parts.append(f"Where: {self.where}.")
        if self.remedy:
            parts.append(f"What to do: {self.remedy}")
        return " ".join(parts)

    def __reduce__(self) -> tuple[object, ...]:
        # Workers send errors to their caller. Exceptions pickle positional arguments; ours are keywords.
        return (_rebuild, (type(self), self.rule, self.found, self.where, self.remedy))


def _rebuild(kind: type[WorkbenchError], rule: str, found: str, where: str, remedy: str) -> WorkbenchError:
    return kind(rule, found=found, where=where, remedy=remedy)


class DataError(WorkbenchError):
    """A log, an item or a session breaks a rule."""


class Refused(DataError):
    """A method does not take this log; others do."""


class ConfigError(WorkbenchError):
    """A setting is out of range, or contradicts another."""


class RunError(WorkbenchError):
    """A run, a job or the workspace on disk is in a state that does not allow the request."""


class AccessError(RunError):
    """The current actor may not do what was asked for."""


class DiskError(RunError):
    """The workspace's disk may not be written, or is full."""


class DiskFull(DiskError):
    """The disk is full, or too full for what was asked for."""


class Cancelled(WorkbenchError):
    """The caller asked to stop; finished work is kept."""
