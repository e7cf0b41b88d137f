"""The notation of a file's times, decided from all of them."""

import numpy as np
import pyarrow as pa
import pytest

from gru4rec_core.data.text_times import list_candidates, require_certain
from gru4rec_core.errors import DataError


def choose(texts: list[str]) -> str:
    distinct, counts = np.unique(texts, return_counts=True)
    array = pa.array(distinct.tolist())
    return require_certain(list_candidates(array, counts), array, counts, "log.csv, column time").form.name


def test_one_day_above_12_in_a_long_file_decides() -> None:
    days = [f"{day:02}/{month:02}/2024 {hour:02}:30" for day in range(1, 13) for month in (5, 6) for hour in range(24)]
    assert choose([*days, "13/06/2024"]) == "%d/%m/%Y"
    assert choose([*days, "06/13/2024"]) == "%m/%d/%Y"


def test_a_file_that_does_not_decide_is_asked_about_with_an_example() -> None:
    with pytest.raises(DataError) as caught:
        choose(["05/06/2024", "05/06/2024", "07/08/2024"])
    assert (
        "05/06/2024, which could be 5 June 2024 (day/month/year) or 6 May 2024 (month/day/year)" in caught.value.found
    )
    assert "--time-format %d/%m/%Y or --time-format %m/%d/%Y" in caught.value.remedy


def test_two_digit_years_are_asked_about_even_where_one_meaning_is_left() -> None:
    with pytest.raises(DataError) as caught:
        choose(["12/05/14", "13/05/14"])
    for part in ("12 May 2014 (day/month/two-digit year)", "14 May 2012 (two-digit year/month/day)"):
        assert part in caught.value.found
    with pytest.raises(DataError, match=r"31 May 2024"):
        choose(["31-MAY-24"])


def test_a_slip_does_not_decide_and_two_orders_do_not_mix() -> None:
    assert choose(["13/06/2024"] * 200 + ["06/13/2024"]) == "%d/%m/%Y"
    with pytest.raises(DataError, match="20 rows of only day/month/year and 3 rows of only month/day/year"):
        choose(["13/06/2024"] * 20 + ["06/13/2024"] * 3)


def test_texts_that_are_no_times_have_no_candidates() -> None:
    texts = pa.array(["noon", "soon"])
    assert list_candidates(texts, np.array([1, 1])) == []
