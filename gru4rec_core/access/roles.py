"""Which role does a person have who has logged in?

access.toml in the workspace's folder says so, and is read again each time: a change takes effect at once.

    [people]                        # by verified e-mail
    "ada@example.com" = "admin"
    "grace@example.com" = "analyst"

    [claim]                         # by a claim of the identity token, such as the groups of the directory
    name = "groups"
    [claim.roles]
    "recommender-admins" = "admin"
    "recommender-team" = "analyst"

Of several roles the highest counts; a person with none is a viewer. If the file cannot be read, everybody is a viewer.
"""

import logging
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from gru4rec_core.access.rights import ROLES, Role
from gru4rec_core.errors import ConfigError

_logger = logging.getLogger(__name__)


class ClaimRoles(BaseModel):
    """Roles by the values of a claim, which is a text or a list of texts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    roles: dict[str, Role]

    @field_validator("name")
    @classmethod
    def _is_no_address(cls, name: str) -> str:
        """Some providers let people enter any address; one that nobody has verified must not give a role."""
        if name == "email":
            raise ValueError("an e-mail belongs into the table [people], where only a verified one counts")
        return name


class AccessFile(BaseModel):
    """What access.toml says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    people: dict[str, Role] = Field(default_factory=dict)
    claim: ClaimRoles | None = None

    @field_validator("people")
    @classmethod
    def _in_lower_case(cls, people: dict[str, Role]) -> dict[str, Role]:
        roles: dict[str, Role] = {}
        for email, role in people.items():
            name = email.strip().lower()
            roles[name] = max(role, roles.get(name, role), key=ROLES.index)
        return roles


def access_path(root: Path) -> Path:
    return root / "access.toml"


def read_access_file(root: Path) -> AccessFile:
    """What the workspace's access.toml says; no roles if there is no such file.

    Raises:
        ConfigError: it cannot be read, is not valid TOML, or holds an unknown key or role.
    """
    path = access_path(root)
    try:
        return AccessFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return AccessFile()
    except ValidationError as error:
        first = error.errors()[0]
        found = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise _unreadable(path, found) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:  # the latter says line and column
        raise _unreadable(path, str(error)) from None


def _unreadable(path: Path, found: str) -> ConfigError:
    return ConfigError(
        "Until access.toml can be read, nobody is more than a viewer.",
        found=found,
        where=str(path),
        remedy=f"Correct the file. It has a table [people] from e-mail to role ({', '.join(ROLES)}), a table [claim]"
        " with a name and roles, or both.",
    )


def role_from_claims(root: Path, claims: Mapping[str, Any]) -> Role:
    """The role that the workspace's access.toml gives to these claims; viewer if it cannot be read."""
    try:
        return choose_role(read_access_file(root), claims)
    except ConfigError as error:
        _logger.warning("%s", error)
        return "viewer"


def choose_role(file: AccessFile, claims: Mapping[str, Any]) -> Role:
    """The highest role that the file gives to these claims.

    Args:
        file: what access.toml says.
        claims: of the identity token. An e-mail counts only where the provider has verified it.
    """
    given: list[Role] = ["viewer"]
    if claims.get("email_verified") is True:
        given.append(file.people.get(str(claims.get("email", "")).strip().lower(), "viewer"))
    if file.claim is not None:
        values = claims.get(file.claim.name)
        texts = [values] if isinstance(values, str) else values if isinstance(values, list) else []
        given += [file.claim.roles[text] for text in texts if isinstance(text, str) and text in file.claim.roles]
    return max(given, key=ROLES.index)
