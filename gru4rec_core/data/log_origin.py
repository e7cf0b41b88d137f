"""What is known about where a log's rows came from, for messages and for the summary?"""

from bisect import bisect_right
from dataclasses import dataclass, field

import pandas as pd


class FilePlaces:
    """Which file of a folder, and which row of it, is the n-th row of all?"""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._names: list[str] = []

    def add(self, name: str, start: int) -> None:
        """The next file, and how many rows came before it."""
        self._starts.append(start)
        self._names.append(name)

    def locate(self, place: int) -> tuple[str, int]:
        """The file, and the row in it, of a row counted through all files from 1."""
        i = bisect_right(self._starts, place - 1) - 1
        return self._names[i], place - self._starts[i]


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
        files: Where the rows of several files are; None for anything else.
        notes: What is not read of it, in sentences.
    """

    name: str
    format: str
    encoding: str = ""
    size: int = 0
    sha256: str = ""
    location: dict[str, str] = field(default_factory=dict)
    files: FilePlaces | None = None
    notes: tuple[str, ...] = ()

    def describe_place(self, kind: str, place: int) -> str:
        """Where a row is: "log.csv, line 12"; `kind` is "line" or "row"."""
        name, place = (self.name, place) if self.files is None else self.files.locate(place)
        return f"{name}, {kind} {place}"

    def name_files(self, rejected: pd.DataFrame) -> pd.DataFrame:
        """Rejected rows with the file of each and the place in it, where there are several files."""
        if self.files is None:
            return rejected
        located = [self.files.locate(place) for place in rejected["place"].tolist()]
        rejected = rejected.assign(place=pd.Series([place for _, place in located], dtype="int64"))
        rejected.insert(0, "file", pd.Series([name for name, _ in located], dtype="str"))
        return rejected
