"""What the name of a column suggests."""

import pytest

from gru4rec_core.data.column_words import OTHER, is_usual_name, suggest_roles

NAMES = {
    "session": [
        "session", "SessionId", "session_id", "sessionid", "user_session", "VISIT ID", "visit", "visitNumber",
        "session.id", "user.session.id",
        "ga_session_id", "session_id_hash", "playlistid", "Sitzung", "Sitzungs-ID", "SitzungsNr", "Besuch",
        "id_visite", "identifiant_session", "id_sesion", "sesión", "sessão", "sesja", "id_sesji", "wizyta",
    ],
    "timestamp": [
        "timestamp", "Time", "ts", "event_time", "timestamp(ms)", "clicked_at", "clickTimestamp", "visitStartTime",
        "Event-Time", "eventdate", "server_timestamp_epoch_ms", "created_at", "Zeitstempel", "Zeitpunkt des Klicks",
        "Datum/Uhrzeit", "horodatage", "heure_clic", "fecha_hora", "data_hora", "ts.$date", "czas", "znacznik czasu",
    ],
    "item": [
        "item", "ItemId", "product", "product_id", "productSKU", "SKU", "movieId", "track_id", "product_sku_hash",
        "store_product_id", "ArtikelNr", "Artikelnummer", "produkt", "id_article", "producto", "código_produto",
        "id_produktu", "towar",
        "product.sku", "properties.product_id", "event_properties.item_id", "location.item_id",
    ],
    "user": ["user.id", "distinct_id", "user_id", "visitorid", "fullVisitorId", "CustomerID", "Kundennummer", "usuário",
        "użytkownik"],
    "event": ["event", "event_type", "event_name", "action", "action_type", "behavior", "type_evenement"],
    "item_name": ["product.name", "title", "product_name", "nom_produit", "Produktbezeichnung", "item name"],
    OTHER: ["product.price", "price.amount",
        "price", "category_id", "category_code", "page 1 (main category)", "quantity", "product_type", "Preis"],
}  # fmt: skip


@pytest.mark.parametrize(("role", "name"), [(role, name) for role, names in NAMES.items() for name in names])
def test_the_last_telling_word_decides(role: str, name: str) -> None:
    roles = suggest_roles(name)
    assert max(roles, key=lambda r: roles[r]) == role


@pytest.mark.parametrize("name", ["", "id", "a", "wer", "column 1", "xyz", "7", "studio"])
def test_some_names_suggest_nothing(name: str) -> None:
    assert suggest_roles(name) == {}


def test_where_the_telling_word_may_come_first_both_roles_are_suggested() -> None:
    assert suggest_roles("date_visite").keys() == {"timestamp", "session"}
    assert suggest_roles("visit_date")["timestamp"] > suggest_roles("visit_date")["session"]


def test_a_name_with_an_id_is_better_and_one_of_another_time_worse() -> None:
    assert suggest_roles("product_id")["item"] > suggest_roles("product")["item"]
    assert suggest_roles("updated_time")["timestamp"] < suggest_roles("event_time")["timestamp"]


@pytest.mark.parametrize(
    ("text", "usual"), [("session_id", True), ("Zeit", True), ("price", False), ("item 5", False), ("A", False)]
)
def test_a_usual_name_is_told_from_a_value(text: str, usual: bool) -> None:
    assert is_usual_name(text) == usual
