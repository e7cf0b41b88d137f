"""Which notations a column's times can be in."""

from datetime import UTC, datetime

import pytest

from gru4rec_core.data.time_formats import ISO, TEXT_FORMATS, TimeFormat, find_telling_example, recognise_time_formats

EVENING = "31 May 2024, 18:00"


@pytest.mark.parametrize(
    ("text", "name", "meaning"),
    [
        ("1717178400", "s", EVENING),
        ("1717178400.0", "s", EVENING),
        ("1717178400000", "ms", EVENING),
        ("1717178400000000", "us", EVENING),
        ("1717178400000000000", "ns", EVENING),
        ("2024-05-31", "iso", "31 May 2024"),
        ("2024-05-31 18:00", "iso", EVENING),
        ("2024-05-31T18:00:00.000Z", "iso", EVENING),
        ("2024-05-31T20:00:00+02:00", "iso", EVENING),
        ("2024/05/31 18:00:01,5", "iso", "31 May 2024, 18:00:01"),
        ("20240531T180000Z", "iso", EVENING),
        ("20240531", "%Y%m%d", "31 May 2024"),
        ("202405311800", "%Y%m%d%H%M", EVENING),
        ("20240531180000", "%Y%m%d%H%M%S", EVENING),
        ("31.05.2024 18:00", "%d.%m.%Y", EVENING),
        ("31/05/2024", "%d/%m/%Y", "31 May 2024"),
        ("5/31/2024 6:00 PM", "%m/%d/%Y", EVENING),
        ("31-05-2024 6:00:00 p.m.", "%d-%m-%Y", EVENING),
        ("31 May 2024 18:00", "%d %b %Y", EVENING),
        ("31-MAY-2024", "%d-%b-%Y", "31 May 2024"),
        ("May 31, 2024 6:00 PM", "%b %d, %Y", EVENING),
        ("Fri, 31 May 2024 20:00:00 +0200", "%a, %d %b %Y", EVENING),
        ("Fri May 31 18:00:00 2024", "%a %b %d %H:%M:%S %Y", EVENING),
        ("Fri May 31 18:00:00 UTC 2024", "%a %b %d %H:%M:%S %z %Y", EVENING),
        ("Fri May 31 2024 20:00:00 GMT+0200 (Central European Summer Time)", "%a %b %d %Y", EVENING),
        ("[31/May/2024:18:00:00 +0000]", "[%d/%b/%Y:%H:%M:%S %z]", EVENING),
    ],
)
def test_a_notation_is_recognised_and_its_meaning_told(text: str, name: str, meaning: str) -> None:
    (form,) = recognise_time_formats([text, "", text])
    assert (form.name, form.explain(text)) == (name, meaning)
    assert not form.must_be_chosen


@pytest.mark.parametrize("form", TEXT_FORMATS, ids=lambda form: form.name)
def test_every_notation_is_found_in_what_is_written_in_it(form: TimeFormat) -> None:
    pattern = "%Y-%m-%d" if form.name == ISO else form.name
    texts = [datetime(2024, month, 5, 18, 7, tzinfo=UTC).strftime(pattern) for month in range(1, 13)]
    assert form in recognise_time_formats(texts)
    assert form in recognise_time_formats([text.lower() for text in texts])


def test_a_day_above_12_anywhere_decides_between_day_and_month() -> None:
    first = ["05/06/2024", "07/06/2024"]
    assert [form.name for form in recognise_time_formats(first)] == ["%d/%m/%Y", "%m/%d/%Y"]
    assert [form.name for form in recognise_time_formats([*first, "13/06/2024"])] == ["%d/%m/%Y"]
    assert [form.name for form in recognise_time_formats([*first, "06/13/2024"])] == ["%m/%d/%Y"]
    assert recognise_time_formats([*first, "13/06/2024", "06/13/2024"]) == ()


@pytest.mark.parametrize("text", ["12/05/14", "24-05-31", "31-MAY-24", "31.12.99"])
def test_a_two_digit_year_is_never_taken_unasked(text: str) -> None:
    forms = recognise_time_formats([text])
    assert forms
    assert all(form.must_be_chosen for form in forms)


@pytest.mark.parametrize(
    "text", ["", "12", "noon", "2024-02-30", "31/05/2024 18:05 PM", "0024-05-31", "2262-01-01", "1677-12-31", "-5"]
)
def test_what_is_no_plausible_time_has_no_notation(text: str) -> None:
    assert recognise_time_formats([text]) == ()


def test_words_without_a_digit_are_no_times_whatever_some_of_them_mean() -> None:
    assert recognise_time_formats(["May", "June"]) == ()
    assert recognise_time_formats(["2024-05-31", "May"]) == ()


def test_an_example_tells_the_notations_apart_where_one_does() -> None:
    formats = recognise_time_formats(["01/01/2024", "02/06/2024"])
    assert find_telling_example(["01/01/2024", "02/06/2024"], formats) == "02/06/2024"
    assert find_telling_example(["01/01/2024"], formats) == "01/01/2024"
