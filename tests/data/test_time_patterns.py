"""Texts read by a pattern."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from gru4rec_core.data.time_patterns import read_by_pattern
from gru4rec_core.errors import DataError


def read_one(text: str, pattern: str) -> datetime | None:
    readings = read_by_pattern(pa.array([text]), pattern)
    return datetime.fromtimestamp(int(readings.moments[0]) / 10**6, UTC) if readings.is_read[0] else None


@pytest.mark.parametrize(
    ("text", "pattern", "moment"),
    [
        ("31/05/2024 18:00", "%d/%m/%Y %H:%M", datetime(2024, 5, 31, 18, tzinfo=UTC)),
        ("31/05/2024 18:00:01.25", "%d/%m/%Y", datetime(2024, 5, 31, 18, 0, 1, 250_000, tzinfo=UTC)),
        ("31-MAY-24 06.00.01 PM", "%d-%b-%y %I.%M.%S %p", datetime(2024, 5, 31, 18, 0, 1, tzinfo=UTC)),
        ("12:30 am, 1.2.1999", "%I:%M %p, %d.%m.%Y", datetime(1999, 2, 1, 0, 30, tzinfo=UTC)),
        ("29 February 2024", "%d %B %Y", datetime(2024, 2, 29, tzinfo=UTC)),
        ("31.12.68", "%d.%m.%y", datetime(2068, 12, 31, tzinfo=UTC)),
        ("31.12.69", "%d.%m.%y", datetime(1969, 12, 31, tzinfo=UTC)),
        ("29 February 2023", "%d %B %Y", None),
        ("31/05/2024 25:00", "%d/%m/%Y", None),
        ("31/05/2024 or so", "%d/%m/%Y", None),
    ],
)
def test_a_text_means_what_the_pattern_says(text: str, pattern: str, moment: datetime | None) -> None:
    assert read_one(text, pattern) == moment


def test_whether_a_zone_is_named_is_told() -> None:
    readings = read_by_pattern(pa.array(["1.2.2024 18:00", "1.2.2024 18:00Z", "1.2.2024 18:00 -0330"]), "%d.%m.%Y")
    assert readings.has_zone.tolist() == [False, True, True]
    assert ((readings.moments - readings.moments[0]) // 60_000_000).tolist() == [0, 0, 210]


def test_texts_mean_the_same_alone_and_among_others() -> None:
    texts = ["31/05/2024 18:00Z", "not a time", "31/02/2024"]
    together = read_by_pattern(pa.array(texts), "%d/%m/%Y")
    alone = [read_by_pattern(pa.array([text]), "%d/%m/%Y") for text in texts]
    assert together.is_read.tolist() == [bool(readings.is_read[0]) for readings in alone] == [True, False, False]
    assert together.has_zone.tolist() == [bool(readings.has_zone[0]) for readings in alone] == [True, False, False]
    assert {len(part) for readings in alone for part in readings} == {1}


@pytest.mark.parametrize("pattern", ["", "soon", "%d/%m", "%Q", "%d/%m/%Y %", "%d/%d/%Y %m"])
def test_a_pattern_that_cannot_mean_a_date_is_refused(pattern: str) -> None:
    with pytest.raises(DataError, match="time format") as caught:
        read_by_pattern(pa.array(["1"]), pattern)
    assert caught.value.remedy
