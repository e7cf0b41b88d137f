"""One log of visits, written with the columns of well-known data sets."""

import datetime as dt
from typing import NamedTuple

import numpy as np


class Event(NamedTuple):
    """An event: whose, which visit, when (seconds since 1970), what."""

    user: int
    visit: int
    time: int
    item: int


def make_events(n_visits: int = 150, n_users: int = 40, n_items: int = 60) -> list[Event]:
    """Visits of 1 to 7 events over three months, one after the other."""
    generator = np.random.default_rng(9)
    events = []
    for visit in range(n_visits):
        user, time = int(generator.integers(n_users)), 1_396_000_000 + int(generator.integers(90 * 86_400))
        for _ in range(int(generator.integers(1, 8))):
            time += int(generator.integers(5, 300))
            events.append(Event(user, visit, time, int(n_items * generator.random() ** 2)))
    return events


EVENTS = make_events()
BY_USER = sorted(EVENTS, key=lambda event: (event.user, event.time))
BY_TIME = sorted(EVENTS, key=lambda event: event.time)


def at(event: Event, pattern: str = "%Y-%m-%dT%H:%M:%S") -> str:
    return dt.datetime.fromtimestamp(event.time, dt.UTC).strftime(pattern)


def kind(event: Event) -> str:
    return ("view", "view", "cart", "purchase")[(event.time + event.item) % 4]


def write(header: str, rows: list[str]) -> str:
    return "\n".join([*([header] if header else []), *rows]) + "\n"


LOGS: dict[str, str] = {
    "yoochoose": write("", [f"{e.visit + 11},{at(e)}.123Z,{214_500_000 + e.item},{e.item % 3}" for e in EVENTS]),
    "diginetica": write(
        "sessionId;userId;itemId;timeframe;eventdate",
        [f"{e.visit};NA;{e.item + 9_000};{e.time % 10**6};{at(e, '%Y-%m-%d')}" for e in EVENTS],
    ),
    "retailrocket": write(
        "timestamp,visitorid,event,itemid,transactionid",
        [f"{e.time}007,{e.user},{kind(e)},{e.item},{e.visit if kind(e) == 'purchase' else ''}" for e in BY_TIME],
    ),
    "rees46": write(
        "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session",
        [
            f"{at(e, '%Y-%m-%d %H:%M:%S')} UTC,{kind(e)},{10**6 + e.item},{2053013555631882655 + e.item % 7},"
            f"electronics,apple,{e.item}.99,{520_000_000 + e.user},{e.visit:08x}-d8e-4d"
            for e in BY_TIME
        ],
    ),
    "movielens": write("userId,movieId,rating,timestamp", [f"{e.user},{e.item},3.5,{e.time}" for e in BY_USER]),
    "lastfm": write(
        "",
        [f"user_{e.user:06}\t{at(e)}Z\t{e.item % 9:08x}-f\tArtist {e.item % 9}\t{e.item:08x}-a\tT" for e in BY_USER],
    ),
    "coveo": write(
        "session_id_hash,event_type,product_action,product_sku_hash,server_timestamp_epoch_ms,hashed_url",
        [f"{e.visit:064x},event_product,{kind(e)},{e.item:064x},{e.time}000,{e.item + 5:064x}" for e in EVENTS],
    ),
    "official": write("SessionId\tItemId\tTime", [f"{e.visit}\t{e.item}\t{e.time}.0" for e in EVENTS]),
    "issue": write(
        "timestamp(ms),clicked_at,visit,product", [f"{e.time}000,{at(e)},{e.visit},{e.item}" for e in EVENTS]
    ),
    "german": write(
        "Sitzung;Zeitpunkt;Artikelnummer;Preis",
        [f"{e.visit};{at(e, '%d.%m.%Y %H:%M')};{e.item};{e.item},99" for e in EVENTS],
    ),
    "french": write(
        "id_visite,date_visite,nom_produit,id_produit",
        [f"{e.visit},{at(e, '%d/%m/%Y %H:%M')},Produit {e.item},{e.item}" for e in EVENTS],
    ),
    "spanish": write("id_sesion,fecha,producto", [f"{e.visit},{at(e)},p{e.item}" for e in EVENTS]),
    "portuguese": write("sessão,data_hora,código_produto", [f"{e.visit},{at(e)},p{e.item}" for e in EVENTS]),
    "polish": write("id_sesji,znacznik_czasu,produkt", [f"{e.visit},{at(e)},p{e.item}" for e in EVENTS]),
}  # fmt: skip
"""Name to content."""
