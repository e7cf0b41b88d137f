"""Names of logs: which endings they have, and what is left without them."""

import pytest

from gru4rec_core.data.file_names import LOG_ENDINGS, without_endings


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("visits.csv", "visits"),
        ("visits.csv.gz", "visits"),
        ("clicks.LOG", "clicks"),
        ("a.b.parquet", "a.b"),
        ("shop.2025.ndjson", "shop.2025"),
        ("../x.csv", "x"),
        (".csv", ".csv"),
        ("visits", "visits"),
    ],
)
def test_a_name_is_what_stands_before_its_endings(name: str, stem: str):
    assert without_endings(name) == stem


def test_the_usual_endings_are_known():
    assert {"csv", "log", "dat", "ndjson", "jsonl", "parquet", "xlsx", "gz", "zip"} <= set(LOG_ENDINGS)
