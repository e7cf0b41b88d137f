"""Public logs as people download them: a small file of each form, with values made up here, and what must come of it.

Every file tells the same story: twelve visits of four people, two days apart, some items dearer to one than to another.
"""

import io
import json
import random
import uuid
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import openpyxl

Sequences = list[list[str]]


class Event(NamedTuple):
    """An event of the story."""

    visit: int
    person: int
    position: int
    at: datetime
    item: int

    @property
    def seconds(self) -> int:
        return int(self.at.timestamp())


def _tell_story() -> list[Event]:
    chance = random.Random(9)
    events = []
    for visit in range(12):
        begin = datetime(2014, 4, 7, 10, tzinfo=UTC) + timedelta(days=2 * visit, minutes=7 * visit)
        for position in range(chance.randint(2, 5)):
            at = begin + timedelta(seconds=95 * position)
            events.append(Event(visit, visit % 4, position, at, chance.randrange(8)))
    return events


STORY = _tell_story()


def _sequences(
    name_of: Callable[[int], object], by: Callable[[Event], object] = lambda event: event.visit
) -> Sequences:
    """The items of each session, sorted; a session is what `by` says, by default a visit."""
    sessions: dict[object, list[str]] = {}
    for event in STORY:
        sessions.setdefault(by(event), []).append(str(name_of(event.item)))
    return sorted(sessions.values())


@dataclass(frozen=True)
class KnownFormat:
    """A file of a known form.

    Attributes:
        file: Its name.
        content: Its bytes.
        sequences: The items of each session, sorted.
        columns: Role to column, as the summary of an import names them.
        unit: Of the times.
        gap: The pause that must end a visit, in minutes.
        n_rejected: Rows that are no events.
    """

    file: str
    content: bytes = field(repr=False)
    sequences: Sequences = field(repr=False)
    columns: dict[str, str]
    unit: str | None = "s"
    gap: float | None = None
    n_rejected: int = 0


def _lines(rows: Iterable[Iterable[object]], delimiter: str = ",", header: str = "") -> bytes:
    lines = [header] if header else []
    lines += [delimiter.join(map(str, row)) for row in rows]
    return ("\n".join(lines) + "\n").encode()


def _uuid(*parts: object) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(map(str, parts))))


def _ms_of_day(event: Event) -> int:
    return 1_000 * (95 * event.position + 3)


def _zipped(name: str, content: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return sink.getvalue()


def _workbook(header: list[str], rows: Iterable[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in (header, *rows):
        book.worksheets[0].append(row)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def _sku(item: int) -> int:
    return 214_536_500 + 17 * item


def _yoochoose() -> KnownFormat:
    rows = [(e.visit + 1, f"{e.at:%Y-%m-%dT%H:%M:%S}.{277 + e.position}Z", _sku(e.item), e.item % 2) for e in STORY]
    columns = {"session": "column 1", "timestamp": "column 2", "item": "column 3"}
    return KnownFormat("yoochoose-clicks.dat", _lines(rows), _sequences(_sku), columns, "ms")


def _diginetica() -> KnownFormat:
    rows = [(e.visit + 1, "NA", 81_766 + e.item, _ms_of_day(e), f"{e.at:%Y-%m-%d}") for e in reversed(STORY)]
    columns = {"session": "sessionId", "timestamp": "eventdate + timeframe", "item": "itemId"}
    content = _lines(rows, ";", "sessionId;userId;itemId;timeframe;eventdate")
    return KnownFormat("train-item-views.csv", content, _sequences(lambda i: 81_766 + i), columns)


def _retailrocket() -> KnownFormat:
    kinds = ["view", "view", "addtocart", "view", "transaction"]
    rows = [
        (1_000 * e.seconds + 327, 257_597 + e.person, kinds[e.position], 355_900 + e.item, 4 if e.position == 4 else "")
        for e in sorted(STORY, key=lambda e: (e.position, e.visit))
    ]
    columns = {"user": "visitorid", "timestamp": "timestamp", "item": "itemid"}
    content = _lines(rows, ",", "timestamp,visitorid,event,itemid,transactionid")
    return KnownFormat("events.csv", content, _sequences(lambda i: 355_900 + i), columns, "ms", gap=30)


def _rees46() -> KnownFormat:
    header = "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session"
    rows = [
        (f"{e.at:%Y-%m-%d %H:%M:%S} UTC", "cart" if e.position == 3 else "view", 44_600_062 + e.item,
         2_103_807_459_595_387_724 + e.item % 3, "" if e.item % 2 else "electronics.audio", f"brand{e.item % 3}",
         f"{35.79 + e.item:.2f}", 541_312_140 + e.person, _uuid("visit", e.visit))
        for e in STORY
    ]  # fmt: skip
    columns = {"session": "user_session", "timestamp": "event_time", "item": "product_id"}
    return KnownFormat("2019-Oct.csv", _lines(rows, ",", header), _sequences(lambda i: 44_600_062 + i), columns)


def _clothing(item: int) -> str:
    return f"{'ABC'[item % 3]}{item + 10}"


def _e_shop() -> KnownFormat:
    header = (
        "year;month;day;order;country;session ID;page 1 (main category);page 2 (clothing model);colour;location;"
        "model photography;price;price 2;page"
    )
    rows = [
        (2008, e.at.month, e.at.day, e.position + 1, 29, e.visit + 1, e.item % 4 + 1, _clothing(e.item), e.item + 1,
         e.item % 6 + 1, e.item % 2 + 1, 28 + 5 * e.item, e.item % 2 + 1, e.item % 5 + 1)
        for e in reversed(STORY)
    ]  # fmt: skip
    columns = {
        "session": "session ID", "timestamp": "year + month + day + order", "item": "page 2 (clothing model)",
    }  # fmt: skip
    content = _lines(rows, ";", header)
    return KnownFormat("e-shop clothing 2008.csv", content, _sequences(_clothing), columns, "ms")


def _ratings(delimiter: str, header: str, file: str, columns: dict[str, str]) -> KnownFormat:
    half = 0.5 if header else 0
    rows = [(e.person + 1, 1_193 + e.item, e.item % 4 + 1 + half, e.seconds) for e in STORY]
    content = _lines(rows, delimiter, header)
    return KnownFormat(file, content, _sequences(lambda i: 1_193 + i), columns, gap=30)


_RATED = {"user": "userId", "timestamp": "timestamp", "item": "movieId"}
_RATED_BY_POSITION = {"user": "column 1", "timestamp": "column 4", "item": "column 2"}


def _lastfm() -> KnownFormat:
    rows = [
        (f"user_{e.person + 1:06}", f"{e.at:%Y-%m-%dT%H:%M:%SZ}", _uuid("artist", e.item % 3), f"Artist {e.item % 3}",
         _uuid("track", e.item), f"Track Number {e.item}")
        for e in reversed(STORY)
    ]  # fmt: skip
    columns = {"user": "column 1", "timestamp": "column 2", "item": "column 5", "item_name": "column 6"}
    file = "userid-timestamp-artid-artname-traid-traname.tsv"
    return KnownFormat(file, _lines(rows, "\t"), _sequences(lambda i: _uuid("track", i)), columns, gap=30)


def _tmall() -> KnownFormat:
    rows = [(e.person + 1, 1_500 + e.item, e.visit + 1, f"{float(e.seconds):.1f}") for e in STORY]
    columns = {"session": "session_id", "timestamp": "timestamp", "item": "item_id"}
    content = _lines(rows, "\t", "user_id\titem_id\tsession_id\ttimestamp")
    return KnownFormat("dataset15.csv", content, _sequences(lambda i: 1_500 + i), columns)


def _otto() -> KnownFormat:
    visits: dict[int, list[dict[str, object]]] = {}
    for e in STORY:
        kind = "carts" if e.position == 3 else "clicks"
        visits.setdefault(e.visit, []).append({"aid": 1_517_000 + e.item, "ts": 1_000 * e.seconds + 25, "type": kind})
    rows = [json.dumps({"session": 11 + visit, "events": events}) for visit, events in visits.items()]
    columns = {"session": "session", "timestamp": "ts", "item": "aid"}
    content = ("\n".join(rows) + "\n").encode()
    return KnownFormat("otto-train.jsonl", content, _sequences(lambda i: 1_517_000 + i), columns, "ms")


def _gru4rec() -> KnownFormat:
    rows = [(e.visit + 1, _sku(e.item), f"{e.seconds}.{277 + e.position}") for e in STORY]
    columns = {"session": "SessionId", "timestamp": "Time", "item": "ItemId"}
    content = _lines(rows, "\t", "SessionId\tItemId\tTime")
    return KnownFormat("rsc15_train_full.txt", content, _sequences(_sku), columns)


def _hash(*parts: object) -> str:
    return _uuid(*parts).replace("-", "") * 2


def _coveo() -> KnownFormat:
    header = "session_id_hash,event_type,product_action,product_sku_hash,server_timestamp_epoch_ms,hashed_url"
    rows: list[tuple[object, ...]] = []
    for e in STORY:
        visit, url = _hash("visit", e.visit), _hash("url", e.item)
        rows.append((visit, "event_product", "detail", _hash("sku", e.item), 1_000 * e.seconds, url))
        if e.position == 1:
            rows.append((visit, "pageview", "", "", 1_000 * e.seconds + 40, url))
    columns = {"session": "session_id_hash", "timestamp": "server_timestamp_epoch_ms", "item": "product_sku_hash"}
    n_pageviews = len(rows) - len(STORY)
    content = _lines(rows, ",", header)
    sequences = _sequences(lambda i: _hash("sku", i))
    return KnownFormat("browsing_train.csv", content, sequences, columns, "ms", n_rejected=n_pageviews)


def _kaggle_fashion() -> KnownFormat:
    header = "t_dat,customer_id,article_id,price,sales_channel_id"
    rows = [
        (f"{e.at:%Y-%m-%d}", _hash("person", e.person), f"06637130{e.item:02}", f"0.0508{e.item}{e.visit:02}", 2)
        for e in STORY
    ]
    columns = {"user": "customer_id", "timestamp": "t_dat", "item": "article_id"}
    content = _lines(rows, ",", header)
    return KnownFormat("transactions_train.csv", content, _sequences(lambda i: f"06637130{i:02}"), columns, gap=30)


def _fitrec() -> KnownFormat:
    sports = ["run", "bike", "walk", "mountain bike", "swim", "row", "skate", "core training"]
    workouts = [
        {
            "altitude": [41.6, 40.6], "gender": "male", "heart_rate": [100 + e.item, 111],
            "userId": 10_921_900 + e.person, "id": 396_826_500 + 10 * e.visit + e.position, "sport": sports[e.item],
            "timestamp": [e.seconds + 86_400 * e.position, e.seconds + 86_400 * e.position + 8],
        }
        for e in STORY
    ]  # fmt: skip
    columns = {"session": "userId", "timestamp": "timestamp", "item": "sport"}
    content = "".join(f"{workout}\n" for workout in workouts).encode()  # as Python writes it: with single quotes
    sequences = _sequences(lambda i: sports[i], by=lambda e: e.person)
    return KnownFormat("endomondoHR.json", content, sequences, columns)


def _words() -> list[list[str]]:
    visits: dict[int, list[str]] = {}
    for e in STORY:
        visits.setdefault(e.visit, []).append(f"item{e.item}")
    return list(visits.values())


def _session_per_line() -> KnownFormat:
    columns = {"session": "line", "timestamp": "order", "item": "item"}
    content = _lines(_words(), " ")
    return KnownFormat("sessions.txt", content, _sequences(lambda i: f"item{i}"), columns, None)


def _wide() -> KnownFormat:
    rows = [[f"visitor{n}", *words, *[""] * (5 - len(words))] for n, words in enumerate(_words())]
    columns = {"session": "user", "timestamp": "order", "item": "item"}
    content = _lines(rows, ",", "user,item1,item2,item3,item4,item5")
    return KnownFormat("baskets.csv", content, _sequences(lambda i: f"item{i}"), columns, None)


def _excel() -> KnownFormat:
    rows = [[e.visit + 1, e.at.replace(tzinfo=None), f"item {e.item}"] for e in STORY]
    columns = {"session": "Session ID", "timestamp": "Event time", "item": "Product"}
    content = _workbook(["Session ID", "Event time", "Product"], rows)
    return KnownFormat("visits.xlsx", content, _sequences(lambda i: f"item {i}"), columns)


_GRU4REC = _gru4rec()

KNOWN_FORMATS: dict[str, KnownFormat] = {
    "YOOCHOOSE clicks": _yoochoose(),
    "Diginetica": _diginetica(),
    "RetailRocket": _retailrocket(),
    "REES46": _rees46(),
    "UCI e-shop clothing": _e_shop(),
    "MovieLens CSV": _ratings(",", "userId,movieId,rating,timestamp", "ratings.csv", _RATED),
    "MovieLens dat": _ratings("::", "", "ratings.dat", _RATED_BY_POSITION),
    "MovieLens 100K": _ratings("\t", "", "u.data", _RATED_BY_POSITION),
    "Last.fm 1K": _lastfm(),
    "Tmall": _tmall(),
    "OTTO": _otto(),
    "GRU4Rec TSV": _GRU4REC,
    "Coveo": _coveo(),
    "Kaggle fashion": _kaggle_fashion(),
    "FitRec": _fitrec(),
    "session per line": _session_per_line(),
    "wide table": _wide(),
    "ZIP": KnownFormat(
        "rsc15.zip", _zipped("rsc15_train_full.txt", _GRU4REC.content), _GRU4REC.sequences, _GRU4REC.columns
    ),
    "Excel": _excel(),
}
