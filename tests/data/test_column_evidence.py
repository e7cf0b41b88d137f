"""What values say for and against a role, in small logs with known answers."""

import pyarrow as pa
import pytest

from gru4rec_core.data.column_evidence import find_objection, is_item, is_person, is_shared, is_visit
from gru4rec_core.data.column_profile import ColumnProfile, profile_column

DAY = 86_400


def column(name: str, values: list[object]) -> ColumnProfile:
    return profile_column(name, pa.chunked_array([pa.array([str(value) for value in values], pa.string())]))


# 60 visits of 4 events, one visit a day; every 10 visits are one person's, and stand together.
VISIT = column("v", [f"v{n // 4}" for n in range(240)])
PERSON = column("p", [f"p{n // 40}" for n in range(240)])
TIME = column("t", [1_700_000_000 + DAY * (n // 4) + 30 * (n % 4) for n in range(240)])
ITEM = column("i", [f"i{n * 7 % 60}" for n in range(240)])
KNOWN = {"timestamp": TIME, "session": VISIT}


def test_a_visit_is_short_a_person_stays_and_an_item_comes_back() -> None:
    columns = {"v": VISIT, "p": PERSON, "i": ITEM}
    assert [name for name, profile in columns.items() if is_visit(profile, {"timestamp": TIME})] == ["v"]
    assert [name for name, profile in columns.items() if is_person(profile, {"timestamp": TIME})] == ["p"]
    assert [name for name, profile in columns.items() if is_item(profile, KNOWN)] == ["i"]


def test_a_number_that_several_users_have_names_no_visit() -> None:
    assert is_shared(column("n", [n // 4 % 10 for n in range(240)]), PERSON)
    assert not is_shared(VISIT, PERSON)
    assert not is_shared(VISIT, column("u", ["u"] * 240))


def test_one_name_for_all_items_is_none() -> None:
    title = column("title", ["Great"] * 240)
    assert find_objection("item_name", title, 3, {"item": ITEM}) == "all items have the same one"


def test_without_times_nobody_can_say() -> None:
    assert not is_visit(VISIT, {})
    assert not is_person(PERSON, {})
    assert not is_item(ITEM, {})


EACH_ITS_OWN = column("n", list(range(240)))
PRICE = column("price", [f"{n % 30}.99" for n in range(240)])
SOON = column("when", ["soon", "later"] * 120)


@pytest.mark.parametrize(
    ("role", "profile", "objection"),
    [
        ("session", VISIT, None),
        ("session", EACH_ITS_OWN, "every row has a different value, so it names events, not sessions"),
        ("session", PRICE, "its values have fractions"),
        ("session", column("d", [f"2024-05-{1 + n % 28:02}" for n in range(240)]), "its values are times"),
        ("session", column("s", ["NULL"] * 130 + list(range(55)) * 2), "most rows have no value"),
        ("session", column("s", [""] * 5), "it is empty"),
        ("timestamp", TIME, None),
        ("timestamp", EACH_ITS_OWN, None),
        ("timestamp", SOON, "its values, such as 'soon', are not times"),
        ("timestamp", column("t", [1_700_000_000] * 30), "all rows have the same value, '1700000000'"),
        ("item", ITEM, None),
        ("item", EACH_ITS_OWN, "every row has a different value, so nothing occurs twice"),
        ("item", column("i", [n // 2 for n in range(240)]), "no value occurs in two sessions"),
        ("item", PRICE, "its values have fractions"),
        ("user", PERSON, None),
        ("user", EACH_ITS_OWN, "every row has a different value"),
        ("event", column("e", ["view", "cart"] * 120), None),
        ("event", ITEM, "it has too many different values"),
        ("item_name", column("n", [f"name {n * 7 % 60}" for n in range(240)]), None),
        ("item_name", VISIT, "some items have more than one"),
    ],
)
def test_values_speak_for_or_against_a_role(role: str, profile: ColumnProfile, objection: str | None) -> None:
    assert find_objection(role, profile, 3, {**KNOWN, "item": ITEM}) == objection


def test_a_value_that_never_changes_is_a_user_only_if_the_name_says_so() -> None:
    offset = column("device.time_zone_offset_seconds", [7200] * 30)
    assert find_objection("user", offset, 2, KNOWN) == "every row has the same value"
    assert find_objection("user", offset, 3, KNOWN) is None


def test_a_hint_of_a_name_needs_values_that_agree() -> None:
    assert find_objection("session", PERSON, 3, KNOWN) is None
    assert find_objection("session", PERSON, 1, KNOWN) == "its values do not look like visits"
    assert find_objection("session", VISIT, 1, KNOWN) is None
    assert find_objection("timestamp", EACH_ITS_OWN, 1, KNOWN) == "its values, such as '0', are not times"


def test_nothing_is_said_against_a_column_without_rows() -> None:
    assert find_objection("session", column("s", []), 3, {}) is None
