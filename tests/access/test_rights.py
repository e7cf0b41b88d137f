"""Roles are in order, and the table in the docs is the library's."""

import re
from pathlib import Path

from gru4rec_core.access.rights import LOWEST_ROLE, ROLE_TEXTS, ROLES, may, with_article

DOCS = Path(__file__).resolve().parents[2] / "docs" / "access.md"


def test_a_higher_role_may_do_what_a_lower_one_may() -> None:
    for action in LOWEST_ROLE:
        allowed = [may(role, action) for role in ROLES]
        assert allowed == sorted(allowed)
        assert allowed[-1]
        assert not allowed[0]


def test_the_table_in_the_docs_is_the_library_s() -> None:
    rows = re.findall(r"^\| ([a-z -]+) \| (.*) \| (.*) \| (.*) \|$", DOCS.read_text(encoding="utf-8"), re.M)
    told = {name: tuple(cell == "yes" for cell in cells) for name, *cells in rows if name in map(str, LOWEST_ROLE)}
    assert told == {action.value: tuple(may(role, action) for role in ROLES) for action in LOWEST_ROLE}


def test_roles_are_spoken_of_in_words() -> None:
    assert [with_article(role) for role in ROLES] == ["a viewer", "an analyst", "an admin"]
    assert list(ROLE_TEXTS) == list(ROLES)
