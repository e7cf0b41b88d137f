"""Which log does a text name: a file, a folder, a pattern or an address?"""

import os
import re
from pathlib import Path
from urllib.parse import quote

from gru4rec_core.data.addresses import check_address, is_file_system, show_url
from gru4rec_core.data.locations import DatabaseLog, FolderLog, Location
from gru4rec_core.errors import DataError


def find_location(
    text: str, table: str | None = None, query: str | None = None, password: str | None = None
) -> Location:
    """The file, folder or database that a text names.

    Args:
        text: A path, a pattern with * in it, or an address. A file that is an SQLite or DuckDB database is one.
        table, query: What to read of a database.
        password: Of the address's user.

    Raises:
        DataError: A database without table and query (the message lists its tables), or these without a database; an
            address with an "@" that is not escaped.
    """
    scheme = text.partition("://")[0].lower() if "://" in text else ""
    if scheme in {"http", "https", "ftp"}:
        raise DataError(
            "A log must be in a file, a folder, an object store or a database.",
            found=f"an address on the web ({scheme}://…)",
            remedy="Download the file, then import it.",
        )
    url = text if scheme and not is_file_system(text) else _database_file(text)
    if url is not None:
        check_address(url)
        if not table and not query:
            raise _no_table(url, password)
        return DatabaseLog(url, table, query, password)
    is_path = os.path.exists(text)  # noqa: PTH110  # Path.exists raises on a name too long
    is_pattern = any(sign in text for sign in "*?[")
    if not is_path and not scheme:
        _refuse_broken_address(text)
    if table or query or password:
        if not is_path and not scheme and not is_pattern:
            raise DataError("There is no such file.", where=str(FolderLog(text)), remedy="Check the path.")
        raise DataError(
            "--table, --query and --password-… are for databases.",
            found="a file that is not a database" if os.path.isfile(text) else "a folder or an object store",  # noqa: PTH113
            where=str(FolderLog(text)),
            remedy="Leave them out, or name a database, such as postgresql://user@host/database or shop.sqlite.",
        )
    is_folder = scheme or (os.path.isdir(text) if is_path else is_pattern)  # noqa: PTH112
    return FolderLog(text) if is_folder else Path(text)


def _refuse_broken_address(text: str) -> None:
    """Raises DataError for what was meant as an address: shown as a path, its password would be seen."""
    scheme = re.match(r"([A-Za-z][\w+.-]+):(?=/|.*@)", text)
    if scheme is not None:
        raise DataError(
            "This looks like an address, but is not one.",
            found=f"{scheme[1]}:…",
            remedy=f"Write it like {scheme[1]}://user@host/database.",
        )


def _database_file(path: str) -> str | None:
    """The address of a file that is a database, by its first bytes."""
    if not os.path.isfile(path):  # noqa: PTH113  # Path.is_file raises on a name too long
        return None
    try:
        with Path(path).open("rb") as file:
            head = file.read(16)
    except OSError:
        return None  # reported when it is read
    if head.startswith(b"SQLite format 3"):
        return f"sqlite:///{quote(path, safe=' +/')}"
    return f"duckdb:///{quote(path, safe=' +/')}" if head[8:12] == b"DUCK" else None


def _no_table(url: str, password: str | None) -> DataError:
    from gru4rec_core.data.sources.row_stream import list_tables  # SQLAlchemy takes a third of a second

    tables = list_tables(url, password)
    return DataError(
        "Say which table (--table) or which query (--query) to read.",
        found=f"tables there: {', '.join(tables[:20]) or 'none'}",
        where=show_url(url),
        remedy="Name the table with --table, or write the SELECT that gives one row per event with --query.",
    )
