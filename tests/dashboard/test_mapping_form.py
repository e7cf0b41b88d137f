"""What is not recognised stays open, and Import stays disabled until it is chosen."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.mapping_form import find_obstacle

ODD = "\n".join(["wer;wo;was", *(f"B{i // 4};{i % 3};Gericht {i % 5}" for i in range(40))]) + "\n"
KINDS = "session,time,item,action\n" + "".join(
    f"s{i // 4},{1_700_000_000 + 60 * i},i{i % 7},{'buy' if i == 1_950 else 'view'}\n" for i in range(2_000)
)


def dated(*orders: str) -> str:
    """A log whose dates are written in the given order of %d and %m, every day and month up to 12."""
    days = [f"{1 + i % 12:02}.{1 + (i * 5) % 12:02}.{orders[i % len(orders)]} 10:0{i % 4}" for i in range(48)]
    return "session,time,item\n" + "".join(f"s{i // 4},{day},i{i % 5}\n" for i, day in enumerate(days))


def written(app: AppTest) -> str:
    return "\n".join([*(html.body for html in app.get("html")), *(text.value for text in app.text)])


@pytest.mark.parametrize(
    ("chosen", "obstacle"),
    [
        ({"session": "a", "timestamp": "b", "item": "c"}, ""),
        ({"user": None, "timestamp": "b", "item": "c"}, "Choose a column for the user."),
        (
            {"session": "a", "timestamp": ("day", "hour"), "item": "hour"},
            "Column hour is chosen for both time and item",
        ),
        ({"session": "a", "timestamp": "b", "item": "c", "event": "c"}, "for both item and kind of event"),
        ({"session": "a", "timestamp": "b", "item": "c", "item_name": None}, ""),
    ],
)
def test_what_speaks_against_importing(chosen: dict, obstacle: str) -> None:
    found = find_obstacle(chosen)
    assert obstacle in found if obstacle else not found


def test_a_column_that_nothing_suggests_stays_empty_and_import_stays_disabled(add) -> None:
    app = add("odd.csv", ODD)
    assert not app.exception
    key = next(box.key for box in app.selectbox if box.label == "Time").removeprefix("Time-")
    assert app.selectbox(key=f"Time-{key}").value is None
    assert app.button(key="read-log").disabled
    for label, column in (("Session", "wer"), ("Time", "wo"), ("Item", "wer")):
        app.selectbox(key=f"{label}-{key}").set_value(column)
    app.run()
    assert app.button(key="read-log").disabled
    assert "wer is chosen for both session and item" in written(app)


def test_the_first_sessions_and_all_kinds_of_event_are_shown(add) -> None:
    app = add("kinds.csv", KINDS)
    assert not app.exception
    assert not app.button(key="read-log").disabled
    assert "s0: 4 events, 2023-11-14 22:13:20" in written(app)
    event = next(box for box in app.selectbox if box.key.startswith("event-"))
    app = event.set_value("action").run()
    # The only purchase is beyond the rows of the preview.
    assert app.multiselect[0].options == ["view (1,999 rows)", "buy (1 row)"]


def test_dates_that_may_mean_two_things_are_asked_for_and_read_as_chosen(add) -> None:
    app = add("days.csv", dated("2024"))
    assert "What do these times mean?" in [box.label for box in app.selectbox]
    assert "could be 2 June 2024, 10:01 or 6 February 2024, 10:01" in written(app)  # why it is asked
    assert "“What do these times mean?” below" in written(app)
    assert "--" not in written(app)
    assert app.button(key="read-log").disabled
    assert "What do these times mean?" in app.button(key="read-log").help
    choice = next(box for box in app.selectbox if box.label == "What do these times mean?")
    assert (choice.value, choice.placeholder) == (None, "Please choose")
    assert choice.options[:-1] == [
        "day.month.year: 02.06.2024 10:01 is 2 June 2024, 10:01",
        "month.day.year: 02.06.2024 10:01 is 6 February 2024, 10:01",
    ]
    app = choice.select_index(2).run()
    assert "--" not in written(app)
    assert "could be" in written(app)  # no row of the file decides
    app = next(box for box in app.selectbox if box.label == "What do these times mean?").select_index(1).run()
    # The second event of the first session is on 02.06.2024.
    assert "s0: 4 events, 2024-01-01 10:00:00 to 2024-04-04" in written(app)
    app.button(key="read-log").click().run()
    assert not app.exception


def test_two_digit_years_are_not_guessed(add) -> None:
    app = add("short.csv", dated("14"))
    assert "What do these times mean?" in [box.label for box in app.selectbox]
    assert "year of two digits" in written(app)
    assert "0014" not in written(app)
