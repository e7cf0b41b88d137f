"""Where does the password for a database come from: the environment or the system's keyring?"""

import os

from gru4rec_core.data.addresses import is_file_system
from gru4rec_core.errors import ConfigError

VARIABLE = "GRU4REC_DB_PASSWORD"


def find_password(url: str, variable: str | None = None, keyring_service: str | None = None) -> str | None:
    """The password of the address's user.

    Args:
        url: Address of a database. (An object store looks for its keys itself.)
        variable: Name of the environment variable that holds the password.
        keyring_service: Name under which the system's keyring holds it.

    Returns:
        The password; None where the one in the address counts, or the driver looks for one itself.

    Raises:
        ConfigError: It is not where it was said to be.
    """
    if variable and keyring_service:
        raise ConfigError(
            "A password can come from the environment or from the keyring, but not from both.",
            found="both --password-env and --password-keyring",
            remedy="Leave out one of them.",
        )
    if variable:
        return _read_variable(variable)
    if keyring_service:
        return _ask_keyring(url, keyring_service)
    return None if has_password(url) or is_file_system(url) else os.environ.get(VARIABLE) or None


def has_password(url: str) -> bool:
    """Whether an address holds a password."""
    from sqlalchemy.engine import make_url  # takes a third of a second
    from sqlalchemy.exc import ArgumentError

    try:
        return bool(make_url(url).password)
    except (ArgumentError, ValueError):
        return False


def _read_variable(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        # What was given may be the password itself: it is not repeated.
        raise ConfigError(
            "--password-env must name an environment variable that holds the password.",
            found="a variable of that name is not set, or empty",
            remedy="Give the variable's name, not the password, and set it first: read -rs DB_PASSWORD; export "
            "DB_PASSWORD.",
        )
    return value


def _ask_keyring(url: str, service: str) -> str:
    from sqlalchemy.engine import make_url

    try:
        import keyring
    except ImportError:
        raise ConfigError(
            "Reading the system's keyring needs the Python package keyring.",
            found="it is not installed",
            remedy="Install it (pip install keyring), or name an environment variable with --password-env.",
        ) from None
    user = make_url(url).username or ""
    try:
        password = keyring.get_password(service, user)
    except Exception as error:  # whatever the system's keyring raises
        raise ConfigError(
            "The keyring could not be opened.",
            found=type(error).__name__,
            remedy="Unlock it, or name an environment variable with --password-env.",
        ) from None
    if password is None:
        raise ConfigError(
            "The keyring has no password under this name for this user.",
            found=f"nothing under {service} for {user or 'no user'}",
            remedy=f"Store it: keyring set {service} {user or 'USER'}.",
        )
    return str(password)
