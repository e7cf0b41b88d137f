"""What does a database's refusal mean for people, told without any secret?"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from gru4rec_core.data.addresses import find_secrets, hide_secrets, show_url
from gru4rec_core.errors import DataError, WorkbenchError


@contextmanager
def explain_database_errors(url: str, password: str | None) -> Iterator[None]:
    """Turns what a driver raises into our error, without any secret."""
    try:
        yield
    except WorkbenchError:
        raise
    except ImportError as error:
        raise _no_driver(url, str(error.name)) from None
    except sa.exc.NoSuchModuleError:
        raise DataError(
            "SQLAlchemy does not know this kind of database.",
            found=url.partition(":")[0],
            where=show_url(url),
            remedy="Check how the address begins, or install the SQLAlchemy dialect for this database.",
        ) from None
    except Exception as error:  # whatever a driver raises
        cause = hide_secrets(str(getattr(error, "orig", None) or error), find_secrets(url, password))
        raise DataError(
            "The database could not be read.",
            found=cause.strip().partition("\n")[0][:300].rstrip(".") or type(error).__name__,
            where=show_url(url),
            remedy=_remedy(cause.lower()),
        ) from None


_REFUSED = "read-only", "readonly", "read only", "not authorized", "declare", "one statement", "multiple commands"


def _remedy(message: str) -> str:
    if any(words in message for words in _REFUSED):
        return "The workbench reads and never writes: write one SELECT."
    if "password" in message or "authentication" in message:
        return "Name the variable that holds the password with --password-env, or set GRU4REC_DB_PASSWORD."
    return "Check the address, the table or query, and what its user may read."


def _no_driver(url: str, module: str) -> DataError:
    packages = {"psycopg": "psycopg[binary]", "psycopg2": "psycopg2-binary", "MySQLdb": "mysqlclient"}
    return DataError(
        "Reading this database needs a Python package that is not installed.",
        found=f"no package {module}",
        where=show_url(url),
        remedy=f'Install it: pip install "{packages.get(module, module)}".',
    )
