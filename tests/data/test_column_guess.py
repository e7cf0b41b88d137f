"""Which columns are taken for what, and which are left open."""

import csv

import pyarrow as pa
import pytest

from gru4rec_core.data.column_guess import ColumnGuess, guess_columns
from gru4rec_core.data.column_profile import profile_column
from tests.data.odd_logs import EVENTS, LOGS, kind, write

ROLES = ("session", "user", "timestamp", "item")


def guess(text: str, **chosen: str) -> ColumnGuess:
    first = text.splitlines()[0]
    rows = list(csv.reader(text.splitlines(), delimiter=next(d for d in ";\t," if d in first)))
    has_header = any(word.isalpha() for word in rows[0][0].replace("_", " ").replace("(", " ").split()) and (
        "user_0" not in rows[0][0]
    )
    names = rows.pop(0) if has_header else [f"column {i + 1}" for i in range(len(rows[0]))]
    columns = zip(names, zip(*rows, strict=True), strict=True)
    return guess_columns([profile_column(name, pa.chunked_array([pa.array(cells)])) for name, cells in columns], chosen)


EXPECTED = {
    "yoochoose": ("column 1", None, "column 2", "column 3"),
    "diginetica": ("sessionId", None, "eventdate", "itemId"),
    "retailrocket": (None, "visitorid", "timestamp", "itemid"),
    "rees46": ("user_session", "user_id", "event_time", "product_id"),
    "movielens": (None, "userId", "timestamp", "movieId"),
    "lastfm": (None, "column 1", "column 2", "column 5"),
    "coveo": ("session_id_hash", None, "server_timestamp_epoch_ms", "product_sku_hash"),
    "official": ("SessionId", None, "Time", "ItemId"),
    "issue": ("visit", None, "timestamp(ms)", "product"),
    "german": ("Sitzung", None, "Zeitpunkt", "Artikelnummer"),
    "french": ("id_visite", None, "date_visite", "id_produit"),
    "spanish": ("id_sesion", None, "fecha", "producto"),
    "portuguese": ("sessão", None, "data_hora", "código_produto"),
    "polish": ("id_sesji", None, "znacznik_czasu", "produkt"),
}


@pytest.mark.parametrize("name", list(LOGS))
def test_well_known_logs_need_no_help(name: str) -> None:
    found = guess(LOGS[name])
    assert tuple(found.columns.get(role) for role in ROLES) == EXPECTED[name]


def test_names_are_shown_for_items_where_each_has_one() -> None:
    assert guess(LOGS["french"]).columns == {
        "session": "id_visite",
        "timestamp": "date_visite",
        "item": "id_produit",
        "item_name": "nom_produit",
    }


def test_columns_that_nothing_suggests_are_left_open() -> None:
    found = guess(write("a,b,c", [f"x{i},{i * i % 7}.5,{'pq'[i % 2]}" for i in range(100)]))
    assert found.columns == {}


def test_a_session_that_never_repeats_is_not_taken_and_the_reason_said() -> None:
    found = guess(write("session,time,item", [f"{i},{e.time},{e.item}" for i, e in enumerate(EVENTS)]))
    assert found.columns == {"timestamp": "time", "item": "item"}
    assert found.doubts["session"] == (
        "The column session was not taken as the session: "
        "every row has a different value, so it names events, not sessions."
    )


def test_a_time_that_is_none_is_not_taken() -> None:
    found = guess(write("session,time,item", [f"{e.visit},{kind(e)},{e.item}" for e in EVENTS]))
    assert "timestamp" not in found.columns
    assert "are not times" in found.doubts["timestamp"]


def test_a_few_rows_say_too_little_against_a_sure_name() -> None:
    assert guess("session,time,item\ns,noon,A\nt,late,B\n").columns == {
        "timestamp": "time",
        "session": "session",
        "item": "item",
    }


def test_values_speak_where_names_are_unknown() -> None:
    found = guess(write("wer,wo,was", [f"{e.visit},{e.time},{e.item}" for e in EVENTS]))
    assert found.columns == {"session": "wer", "timestamp": "wo", "item": "was"}
    assert found.reasons["session"].startswith("by its values: ")


def test_a_person_is_no_session() -> None:
    found = guess(LOGS["movielens"])
    assert "session" not in found.columns
    assert found.columns["user"] == "userId"
    assert found.reasons["user"].startswith("by its name: ")


def test_what_was_chosen_stays_and_no_column_has_two_roles() -> None:
    found = guess(LOGS["rees46"], item="user_session")
    assert found.columns["item"] == "user_session"
    assert "session" not in found.columns
    assert len(set(found.columns.values())) == len(found.columns)


def test_a_chosen_user_leaves_the_session_open() -> None:
    found = guess(LOGS["rees46"], user="user_id")
    assert "session" not in found.columns
    assert found.reasons["user"] == "as chosen"
