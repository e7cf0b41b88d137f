"""Fixtures of the tests of logs."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from gru4rec_core.data import event_kinds, ingest, recognition
from gru4rec_core.data.sources.base import open_duckdb
from tests.data.logs import Write


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(content: str | bytes, name: str = "log.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


@pytest.fixture(scope="session")
def shared_duckdb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_duckdb("1GB", str(tmp_path_factory.mktemp("duckdb"))) as connection:
        yield connection


@pytest.fixture(autouse=True, scope="module")
def duckdb_once(shared_duckdb: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """One DuckDB for all files: to start one takes longer than to read a small file.

    In the tests of other folders each file is read with one of its own, as in the product.
    """

    def connect(memory: str, folder: str) -> duckdb.DuckDBPyConnection:
        cursor = shared_duckdb.cursor()
        cursor.execute("SET TimeZone = 'UTC'")
        return cursor

    with pytest.MonkeyPatch.context() as patch:
        for module in (event_kinds, ingest, recognition):
            patch.setattr(module, "open_duckdb", connect)
        yield
