"""Who did what in a workspace: audit.jsonl, one line per action. Lines are added, never changed.

    {"time": "2026-03-01T09:30:00+00:00", "who": "ada@example.com", "role": "viewer", "action": "delete",
     "kind": "run", "id": "bpr-3f2a1b4c", "name": "bpr, seed 0", "allowed": false}

The dashboard begins the log when a login is required; from then on commands add to it too. A workspace that
never required a login has none.
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from gru4rec_core.access.actors import Actor
from gru4rec_core.access.rights import Action
from gru4rec_core.errors import quote
from gru4rec_core.storage import append_line, make_file, make_folder

_LONGEST_NAME = 200  # characters, so that a line is written in one piece

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Subject:
    """What an action is about: what kind of thing ("dataset"), its id, and what people call it."""

    kind: str
    id: str = ""
    name: str = ""


@dataclass(frozen=True)
class AuditEntry:
    """A line of the log."""

    time: str
    who: str
    role: str
    action: str
    kind: str
    id: str
    name: str
    allowed: bool


def audit_file(root: Path) -> Path:
    return root / "audit.jsonl"


def begin_audit(root: Path) -> None:
    """Begins the log of a workspace, unless it has one."""
    if not audit_file(root).exists():
        make_folder(root)
        make_file(audit_file(root))


def record(root: Path, actor: Actor | None, action: Action, subject: Subject, *, allowed: bool) -> None:
    """Adds a line to the log, where there is one; a refusal also goes to the log of the process.

    If the disk is full, the action goes on and only the process's log has it: deleting must stay possible.
    """
    entry = AuditEntry(
        time=datetime.now(UTC).isoformat(timespec="seconds"),
        who=actor.name if actor else "nobody",
        role=actor.role if actor else "none",
        action=action.value,
        kind=subject.kind,
        id=quote(subject.id[:_LONGEST_NAME]),
        name=quote(subject.name[:_LONGEST_NAME]),
        allowed=allowed,
    )
    line = json.dumps(asdict(entry), ensure_ascii=False)
    if not allowed:
        _logger.warning("refused: %s", line)
    if not audit_file(root).exists():
        return
    try:
        append_line(audit_file(root), line)
    except OSError as error:
        _logger.warning("not in the audit log (%s): %s", error, line)


def read_audit(root: Path) -> Iterator[AuditEntry]:
    """The lines of the log, oldest first; a line that cannot be read is left out, with a note in the process's log."""
    path = audit_file(root)
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            try:
                yield AuditEntry(**json.loads(line))
            except (ValueError, TypeError):
                _logger.warning("line %d of %s cannot be read", number, path.name)
