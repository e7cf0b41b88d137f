"""Well-known files without a header are told by the form of their values."""

import pyarrow as pa
import pytest

from gru4rec_core.data.column_profile import ColumnProfile, profile_column
from gru4rec_core.data.known_forms import find_known_form

UUID = "f1b1cf71-bd35-4e99-8624-24a6e15f133a"


def profiles_of(*rows: str) -> list[ColumnProfile]:
    columns = zip(*(row.split("|") for row in rows), strict=True)
    return [profile_column(f"column {i + 1}", pa.chunked_array([list(texts)])) for i, texts in enumerate(columns)]


@pytest.mark.parametrize(
    ("rows", "name"),
    [
        (("1|2014-04-07T10:51:09.277Z|214536502|0", "1|2014-04-07T10:54:09.868Z|214536500|S"), "YOOCHOOSE"),
        (("1|1193|5|978300760", "1|661|3|978302109"), "MovieLens"),
        (("1|1193|4.5|978300760", "1|661|0.5|978302109"), "MovieLens"),
        (("1|1193|75|978300760", "1|661|3|978302109"), None),
        (("1|1193|5|978300760|x", "1|661|3|978302109|y"), None),
        ((f"user_000001|2009-05-04T23:08:57Z|{UUID}|Deep||Tea", f"user_000001|2009-05-04|{UUID}|Deep||"), None),
        ((f"user_000001|2009-05-04T23:08:57Z||Deep|{UUID}|Tea", f"user_02|2009-05-04T23:01:57Z|{UUID}|D||"), "Last.fm"),
        (("1|2268318|2520377|pv|1511544070", "1|2333346|2520771|buy|1511561733"), "Taobao"),
        (("a|b", "a|c"), None),
    ],
)
def test_all_values_of_all_columns_decide(rows: tuple[str, ...], name: str | None) -> None:
    form = find_known_form(profiles_of(*rows))
    assert (form and form.name) == name
