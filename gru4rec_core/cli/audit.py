"""Who did what in the workspace?"""

from dataclasses import asdict
from typing import Annotated

import typer

from gru4rec_core.access.audit import AuditEntry, audit_file, read_audit
from gru4rec_core.cli.options import AsJson
from gru4rec_core.cli.output import print_result
from gru4rec_core.workspace.store import Workspace


def audit(
    who: Annotated[str | None, typer.Option(help="Only what this person did (e-mail or user name).")] = None,
    as_json: AsJson = False,
) -> None:
    """List who did what, oldest first: what was allowed, and what was refused.

    The dashboard keeps this log if it requires a login.
    """
    root = Workspace.default().root
    entries = [entry for entry in read_audit(root) if who in (None, entry.who)]
    nothing = (
        "nothing in the audit log" if audit_file(root).exists() else "no audit log: the dashboard requires no login"
    )
    text = "\n".join(map(describe_entry, entries)) or nothing
    print_result(as_json, {"entries": [asdict(entry) for entry in entries]}, text)


def describe_entry(entry: AuditEntry) -> str:
    """ "2026-03-01T09:30:00+00:00  ada@example.com (viewer) refused: delete run bpr-3f2a1b4c, bpr, seed 0"."""
    subject = " ".join(filter(None, [entry.kind, entry.id]))
    outcome = "" if entry.allowed else " refused"
    what = ", ".join(filter(None, [subject, entry.name]))
    return f"{entry.time}  {entry.who} ({entry.role}){outcome}: {entry.action} {what}"
