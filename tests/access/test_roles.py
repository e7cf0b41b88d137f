"""access.toml gives roles by verified e-mail or by a claim; what cannot be read gives none."""

from pathlib import Path

import pytest

from gru4rec_core.access.roles import access_path, read_access_file, role_from_claims
from gru4rec_core.errors import ConfigError

FILE = """
[people]
"Ada@Example.com" = "admin"
"grace@example.com" = "analyst"

[claim]
name = "groups"
[claim.roles]
"rec-admins" = "admin"
"rec-team" = "analyst"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    access_path(tmp_path).write_text(FILE, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({"email": "ada@example.com", "email_verified": True}, "admin"),
        ({"email": " GRACE@example.com ", "email_verified": True}, "analyst"),
        ({"email": "eve@example.com", "email_verified": True}, "viewer"),
        ({"email": "ada@example.com"}, "viewer"),
        ({"email": "ada@example.com", "email_verified": False}, "viewer"),
        ({"email": "ada@example.com", "email_verified": "true"}, "viewer"),
        ({"groups": ["other", "rec-team"]}, "analyst"),
        ({"groups": "rec-admins"}, "admin"),
        ({"groups": ["rec-team"], "email": "ada@example.com", "email_verified": True}, "admin"),
        ({"groups": [["rec-admins"], 7, None]}, "viewer"),
        ({"groups": {"rec-admins": True}}, "viewer"),
        ({}, "viewer"),
    ],
)
def test_the_highest_role_counts(root: Path, claims, role: str) -> None:
    assert role_from_claims(root, claims) == role


def test_without_the_file_everybody_is_a_viewer(tmp_path: Path) -> None:
    assert role_from_claims(tmp_path, {"email": "ada@example.com", "email_verified": True}) == "viewer"


def test_a_change_counts_at_once(root: Path) -> None:
    access_path(root).write_text('[people]\n"ada@example.com" = "analyst"\n', encoding="utf-8")
    assert role_from_claims(root, {"email": "ada@example.com", "email_verified": True}) == "analyst"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[people\n", "line 1"),
        ('[people]\n"ada@example.com" = "root"\n', r"people\.ada@example\.com"),
        ('[peeple]\n"ada@example.com" = "admin"\n', "peeple"),
        ('[claim]\nname = "groups"\n', r"claim\.roles"),
        ("\udcff", "codec"),
    ],
)
def test_a_file_that_cannot_be_read_gives_nobody_more_than_a_viewer(
    root: Path, text: str, found: str, caplog: pytest.LogCaptureFixture
) -> None:
    access_path(root).write_text(text, encoding="utf-8", errors="surrogateescape")
    assert role_from_claims(root, {"email": "ada@example.com", "email_verified": True}) == "viewer"
    assert "access.toml" in caplog.text
    with pytest.raises(ConfigError, match=found):
        read_access_file(root)


def test_of_two_spellings_of_an_address_the_higher_role_counts(tmp_path: Path) -> None:
    for first, second in (("admin", "viewer"), ("viewer", "admin")):
        (tmp_path / "access.toml").write_text(
            f'[people]\n"Ada@example.com" = "{first}"\n"ada@example.com" = "{second}"\n'
        )
        assert role_from_claims(tmp_path, {"email": "ada@example.com", "email_verified": True}) == "admin"


def test_an_address_is_no_claim_that_gives_a_role(root: Path) -> None:
    """It would count without having been verified."""
    access_path(root).write_text(
        '[claim]\nname = "email"\n[claim.roles]\n"ada@example.com" = "admin"\n', encoding="utf-8"
    )
    with pytest.raises(ConfigError, match="people"):
        read_access_file(root)
