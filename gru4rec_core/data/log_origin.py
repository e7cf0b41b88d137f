"""What is known about where a log's rows came from, for messages and for the summary?"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class LogOrigin:
    """Where rows came from.

    Attributes:
        name: What people call it, for messages: a file's name, or where a folder or table is, without credentials.
        format: For people, such as "CSV, gzipped".
        encoding: Of text; "" for everything else.
        size: Bytes as they are stored; 0 where nobody knows, as of a database.
        sha256: Of the same bytes; "" where they are not one file.
        location: What the record keeps beside the name, such as a database's address and table; empty for a file.
    """

    name: str
    format: str
    encoding: str = ""
    size: int = 0
    sha256: str = ""
    location: dict[str, str] = field(default_factory=dict)
