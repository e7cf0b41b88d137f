"""Where rows came from."""

from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.log_origin import LogOrigin
from tests.data.logs import CSV, FORMATS, Write


def test_a_name_and_a_form_are_enough() -> None:
    origin = LogOrigin("table events of postgresql://db/shop", "PostgreSQL")
    assert (origin.encoding, origin.size, origin.sha256, origin.location) == ("", 0, "", {})


def test_the_summary_of_a_file_says_what_it_was(write: Write) -> None:
    text = read_log(write(CSV)).summary
    assert (text.file, text.format, text.encoding, text.size) == ("log.csv", "CSV", "utf-8", len(CSV))
    parquet = read_log(write(FORMATS["Parquet"], "log.parquet")).summary
    assert (parquet.format, parquet.encoding, parquet.location) == ("Parquet", "", {})
