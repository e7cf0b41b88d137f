"""The kind of source goes by the kind of file."""

from pathlib import Path

import pytest

from gru4rec_core.data.file_format import open_log
from gru4rec_core.data.sources.opening import open_source
from tests.data.logs import FORMATS, Write


@pytest.mark.parametrize(
    ("form", "kind"),
    [("CSV", "DelimitedText"), ("TSV", "DelimitedText"), ("JSON lines", "JsonLines"), ("Parquet", "ParquetRows")],
)
def test_a_file_has_the_source_of_its_kind(form: str, kind: str, write: Write, tmp_path: Path) -> None:
    source = open_source(open_log(write(FORMATS[form]), "log", "utf-8", 1 << 20), 100, tmp_path)
    assert type(source).__name__ == kind
