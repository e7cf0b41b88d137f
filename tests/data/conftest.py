"""Fixtures of the tests of logs."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from gru4rec_core.data import ingest, recognition
from gru4rec_core.data.sources.base import open_duckdb
from tests.data.logs import Write


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(content: str | bytes, name: str = "log.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


@pytest.fixture(scope="module")
def duckdb_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One DuckDB for all files: to start one takes longer than to read a small file."""
    with (
        open_duckdb("1GB", str(tmp_path_factory.mktemp("duckdb"))) as connection,
        pytest.MonkeyPatch.context() as patch,
    ):

        def connect(memory: str, folder: str) -> duckdb.DuckDBPyConnection:
            cursor = connection.cursor()
            cursor.execute("SET TimeZone = 'UTC'")
            return cursor

        for module in (ingest, recognition):
            patch.setattr(module, "open_duckdb", connect)
        yield
