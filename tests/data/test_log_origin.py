"""Where rows came from."""

from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.log_origin import FilePlaces, LogOrigin
from tests.data.logs import CSV, FORMATS, Write


def test_a_name_and_a_form_are_enough() -> None:
    origin = LogOrigin("table events of postgresql://db/shop", "PostgreSQL")
    assert (origin.encoding, origin.size, origin.sha256, origin.location) == ("", 0, "", {})


def test_the_summary_of_a_file_says_what_it_was(write: Write) -> None:
    text = read_log(write(CSV)).summary
    assert (text.file, text.format, text.encoding, text.size) == ("log.csv", "CSV", "utf-8", len(CSV))
    parquet = read_log(write(FORMATS["Parquet"], "log.parquet")).summary
    assert (parquet.format, parquet.encoding, parquet.location) == ("Parquet", "", {})


def test_a_row_of_a_folder_is_found_in_its_file() -> None:
    places = FilePlaces()
    for name, start in (("a", 0), ("empty", 3), ("b", 3)):
        places.add(name, start)
    assert [places.locate(place) for place in (1, 3, 4, 9)] == [("a", 1), ("a", 3), ("b", 1), ("b", 6)]
    assert LogOrigin("logs", "CSV", files=places).describe_place("line", 4) == "b, line 1"
    assert LogOrigin("log.csv", "CSV").describe_place("line", 4) == "log.csv, line 4"
