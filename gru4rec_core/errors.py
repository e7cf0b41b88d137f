"""Errors in words that a user can act on."""


class WorkbenchError(Exception):
    """Base of every error that the workbench raises on purpose.

    Args:
        rule: the rule that was broken, as a full sentence.
        found: what came instead.
        where: the file, line, column, setting or run.
        remedy: what to do about it.
    """

    def __init__(self, rule: str, *, found: str = "", where: str = "", remedy: str = "") -> None:
        self.rule = rule
        self.found = found
        self.where = where
        self.remedy = remedy
        super().__init__(rule, found, where, remedy)

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


class ConfigError(WorkbenchError):
    """A setting is out of range, or contradicts another."""


class RunError(WorkbenchError):
    """A run, a job or the workspace on disk is in a state that does not allow the request."""


class Cancelled(WorkbenchError):
    """The caller asked to stop; finished work is kept."""
