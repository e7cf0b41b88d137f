"""The record of who did what is listed, whole or of one person."""

import pytest

from gru4rec_core.access.actors import READ_ONLY, user_name
from gru4rec_core.access.audit import begin_audit
from gru4rec_core.workspace.store import Workspace


def test_what_people_did_and_were_refused_is_listed(
    run, workspace: Workspace, make_dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("audit").out == "no audit log: the dashboard requires no login\n"
    begin_audit(workspace.root)
    assert run("audit").out == "nothing in the audit log\n"
    dataset = workspace.add_dataset(make_dataset("ab", "ba"), "shop")
    monkeypatch.setenv(READ_ONLY, "1")
    refused = run("clean", "shop", "--drop", "duplicates")
    assert refused.status == 1
    assert "Only an analyst or higher may do this (clean)" in refused.err
    allowed, other = run("audit", "--json").json["entries"]
    assert (allowed["who"], allowed["role"], allowed["action"], allowed["id"], allowed["allowed"]) == (
        user_name(), "admin", "import", dataset.id, True)  # fmt: skip
    assert (other["role"], other["allowed"]) == ("viewer", False)
    lines = run("audit", "--who", user_name()).out.splitlines()
    assert lines[0].endswith(f" {user_name()} (admin): import dataset {dataset.id}, shop")
    assert f" (viewer) refused: clean dataset {dataset.id}" in lines[1]
    assert run("audit", "--who", "nobody@example.com").out == "nothing in the audit log\n"
