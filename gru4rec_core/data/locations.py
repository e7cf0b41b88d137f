"""Where is a log: in a file, in a folder or in a database?"""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from gru4rec_core.data.addresses import check_address, show_pattern, show_url
from gru4rec_core.errors import DataError

_NAME_PART = re.compile(r'(?:^|\.)(?:"((?:[^"]|"")+)"(?=\.|$)|([^.]*))')


@dataclass(frozen=True)
class DatabaseLog:
    """A log in a database: a table, or the rows of a query. It is read, never written.

    Attributes:
        url: An address as SQLAlchemy takes it, such as "postgresql://reader@db.example/shop" or "sqlite:///shop.db"; or
            "duckdb:///shop.duckdb".
        table: Its name, with its schema where it needs one: "public.events". A name that holds a dot is in double
            quotes: 'public."odd.name"'.
        query: One SELECT; instead of a table.
        password: Of the URL's user; None for the one in the URL, or the one that the driver finds by itself.
    """

    url: str = field(repr=False)
    table: str | None = None
    query: str | None = None
    password: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        check_address(self.url)
        if bool(self.table) == bool(self.query):
            raise DataError(
                "Say which table or which query to read, not both.",
                found="both" if self.table else "neither",
                where="table, query",
                remedy="Name the table, or write the SELECT that gives one row per event.",
            )

    @property
    def title(self) -> str:
        """A short name for what is read."""
        return self.name_parts[-1] if self.table else "query"

    @property
    def name_parts(self) -> list[str]:
        """The table's name, with what stands before it: ["public", "events"]."""
        return [quoted.replace('""', '"') or plain for quoted, plain in _NAME_PART.findall(self.table or "")]

    def __str__(self) -> str:
        return f"{f'table {self.table}' if self.table else 'a query'} of {show_url(self.url)}"


@dataclass(frozen=True)
class FolderLog:
    """A log in several files of one form, in a folder or in object storage.

    Attributes:
        pattern: A folder, or a pattern such as "logs/*.parquet" or "logs/**/*.csv"; or the same as a URL:
            "s3://bucket/logs/date=*/*.parquet".
    """

    pattern: str = field(repr=False)

    @property
    def title(self) -> str:
        """A short name for what is read: the last part of the path without wildcards. What exists has none."""
        wildcards = "=…" if os.path.lexists(self.pattern) else "*?[=…"
        parts = [part for part in str(self).split("/") if part and not set(part) & set(wildcards)]
        return parts[-1].partition(".")[0] if parts else "folder"

    def __str__(self) -> str:
        return show_pattern(self.pattern)


Location = Path | DatabaseLog | FolderLog
