"""Any log, written in any dialect, is read back as it was; what to expect is worked out in plain Python."""

import csv
import datetime as dt
import gzip
import io
import itertools
import json
import unicodedata
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.import_types import ImportedLog
from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.reading_options import ReadingOptions

START = dt.datetime(1970, 1, 1)
MICROSECOND = dt.timedelta(microseconds=1)
PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
IN_INDIA = dt.timedelta(hours=5, minutes=30)
MISSING = (
    "nan", "-nan", "none", "null", "\\n", "nat", "<na>", "na", "n/a", "#n/a", "<null>", "(null)", "undefined", "#null!",
    "#value!", "#ref!",
)  # fmt: skip
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1", "windows-1252", "iso-8859-2", "shift_jis", "gb18030")
NAMES = (
    ("session", "timestamp", "item"), ("SessionId", "Time", "ItemId"), ("visit id", "event_time", "product-id"),
    ("wer", "wann", "was"), ("a/b", 'the "time"', "it~em'"),
)  # fmt: skip
EXTRA = ("note", "colour", "x/y")
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "+05:30", "-11:00")


class Event(NamedTuple):
    """An event of a log: `at` is microseconds since 1970, or a plain number."""

    session: str
    at: int
    item: str


class Notation(NamedTuple):
    """A notation of times.

    Attributes:
        write: A moment in UTC, and the clock of the file's zone at that moment, to text; of numbers, the number.
        step: Microseconds to which it is exact.
        option: How it is called, where the file alone does not tell.
    """

    write: Callable[[dt.datetime, dt.datetime], str | int | float]
    step: int = 10**6
    option: str | None = None


def of_pattern(pattern: str, step: int = 10**6) -> Notation:
    """By the clock of the file's zone; the pattern is named, as days could be months."""
    return Notation(lambda _, clock: clock.strftime(pattern), step, pattern)


def count(moment: dt.datetime, unit: str) -> int:
    return (moment - START) // MICROSECOND * PER_SECOND[unit] // 10**6


NOTATIONS: dict[str, Notation] = {
    "seconds": Notation(lambda utc, _: count(utc, "s")),
    "seconds as text": Notation(lambda utc, _: str(count(utc, "s"))),
    "milliseconds": Notation(lambda utc, _: count(utc, "ms"), 1_000),
    "microseconds": Notation(lambda utc, _: count(utc, "us"), 1),
    "nanoseconds": Notation(lambda utc, _: count(utc, "ns"), 1),
    "seconds with a fraction": Notation(lambda utc, _: count(utc, "us") / 10**6, 250_000),
    "ISO, UTC": Notation(lambda utc, _: utc.isoformat() + "Z", 1),
    "ISO, with an offset": Notation(lambda utc, _: (utc + IN_INDIA).isoformat(" ") + "+05:30", 1),
    "ISO, the zone's clock": Notation(lambda _, clock: clock.isoformat(), 1),
    "ISO, a space": Notation(lambda _, clock: str(clock), 1),
    "digits": Notation(lambda _, clock: int(f"{clock:%Y%m%d%H%M%S}")),
    "day/month/year": of_pattern("%d/%m/%Y %H:%M:%S"),
    "month/day/year": of_pattern("%m/%d/%Y %I:%M:%S %p"),
    "day.month.year": of_pattern("%d.%m.%Y %H:%M:%S"),
    "month's name": of_pattern("%d %b %Y %H:%M:%S"),
    "two-digit years": of_pattern("%d.%m.%y %H:%M:%S"),
}  # fmt: skip


@dataclass(frozen=True)
class Dialect:
    """How a log is written. Of the fields, each form uses those that mean something in it."""

    form: str
    encoding: str
    packing: str
    names: tuple[str, str, str]
    order: tuple[str, ...]
    notation: str
    zone: str
    delimiter: str
    quoting: int
    line_end: str
    has_blank_lines: bool
    parquet_time: str
    parquet_text: str

    @property
    def options(self) -> ReadingOptions:
        is_typed = self.form == "parquet" and self.parquet_time != "text"
        option = None if is_typed else NOTATIONS[self.notation].option
        return ReadingOptions(time_format=option, time_zone=self.zone)

    @property
    def step(self) -> int:
        steps = {"s": 10**6, "ms": 1_000, "us": 1, "ns": 1, "text": NOTATIONS[self.notation].step}
        return steps[self.parquet_time] if self.form == "parquet" else NOTATIONS[self.notation].step


def is_plain(text: str, encoding: str) -> bool:
    """Whether a text is a name that every reader takes as it is: no missing value, no number, no space around it."""
    if text.lower() in MISSING or text.startswith(("[", "{")):
        return False
    try:
        float(text)
    except ValueError:
        survives = text.encode(encoding, "replace").decode(encoding, "replace") == text
        return text == text.strip() and len(text) > 1 and text.isprintable() and survives
    return False


@st.composite
def dialects(draw: st.DrawFn) -> Dialect:
    form = draw(st.sampled_from(["delimited", "delimited", "jsonl", "parquet"]))
    names = draw(st.sampled_from(NAMES))
    columns = [*names, *draw(st.lists(st.sampled_from(EXTRA), unique=True))]
    return Dialect(
        form,
        draw(st.sampled_from(ENCODINGS)),
        draw(st.sampled_from(["", "", "gzip", "zip"])),
        names,
        tuple(draw(st.permutations(columns))),
        draw(st.sampled_from(sorted(NOTATIONS))),
        draw(st.sampled_from(ZONES)),
        draw(st.sampled_from([",", "\t", ";", "|"])),
        draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])),
        draw(st.sampled_from(["\n", "\r\n"])),
        draw(st.booleans()),
        draw(st.sampled_from(["s", "ms", "us", "ns", "text"])),
        draw(st.sampled_from(["string", "large_string", "binary", "dictionary"])),
    )


def letters_of(encoding: str) -> st.SearchStrategy[str]:
    """Characters that an encoding has."""
    # Hypothesis would try each of Unicode's with the encoding, which takes 5 s of each process.
    if encoding in ("utf-8", "utf-16", "utf-32", "gb18030"):  # have all of them
        return st.characters(codec="utf-8", exclude_categories=["C"], exclude_characters="¥‾")
    return st.sampled_from(few_letters_of(encoding))


@cache
def few_letters_of(encoding: str) -> str:
    """The characters of an encoding with one or two bytes for each."""
    codes = itertools.chain(((one,) for one in range(256)), itertools.product(range(128, 256), range(256)))
    letters = {bytes(code).decode(encoding, "ignore") for code in codes}
    plain = (letter for letter in letters if len(letter) == 1 and unicodedata.category(letter)[0] != "C")
    return "".join(sorted(set(plain) - set("¥‾")))


@st.composite
def logs(draw: st.DrawFn, dialect: Dialect) -> list[Event]:
    """Events in any order; the first two are of one session and differ in time, so that there is a log."""
    encoding = "utf-8" if dialect.form == "parquet" else dialect.encoding.removesuffix("-sig")
    letters = st.text(letters_of(encoding), min_size=2, max_size=6)
    signs = st.text("ab ,;|\t\"'\\#", min_size=2, max_size=6)
    numbers = st.one_of(st.integers(10, 10**20).map(str), st.integers(10, 99).map("00{}".format))
    names = numbers | (signs | letters).filter(lambda text: is_plain(text, encoding))
    some_names = draw(st.lists(names, min_size=1, max_size=6))
    first = draw(st.integers(10**8, 15 * 10**8))  # 1973 to 2017, so two digits of a year are enough
    offsets = st.integers(0, 3 * 10**14).map(lambda n: n // dialect.step * dialect.step)
    events = draw(
        st.lists(st.builds(Event, st.sampled_from(some_names), offsets, st.sampled_from(some_names)), max_size=20)
    )
    one, two = some_names[0], some_names[-1]
    events = [Event(one, 0, two), Event(one, dialect.step, one), *events]
    events = [event._replace(at=first * 10**6 + event.at) for event in events]
    return [event._replace(at=away_from_changes(event.at, dialect.zone)) for event in events]


def zone_of(name: str) -> dt.tzinfo:
    return (
        ZoneInfo(name) if name[0].isalpha() else dt.datetime.fromisoformat(f"2000-01-01T00:00{name}").tzinfo or dt.UTC
    )


def clock_of(at: int, zone: str) -> dt.datetime:
    """What the zone's clock shows; its `fold` tells which of two equal hours."""
    return (START + at * MICROSECOND).replace(tzinfo=dt.UTC).astimezone(zone_of(zone))


def away_from_changes(at: int, zone: str) -> int:
    """The same moment, or three hours later where the zone's clock shows its hour twice."""
    clock = clock_of(at, zone)
    is_twice = clock.replace(fold=0).utcoffset() != clock.replace(fold=1).utcoffset()
    return at + 3 * 3_600 * 10**6 if is_twice else at


def written_time(event: Event, dialect: Dialect) -> str | int | float:
    utc = START + event.at * MICROSECOND
    return NOTATIONS[dialect.notation].write(utc, clock_of(event.at, dialect.zone).replace(tzinfo=None))


def to_row(event: Event, number: int, dialect: Dialect) -> dict[str, Any]:
    """The cells of an event by column."""
    session, time, item = dialect.names
    cells = {session: event.session, time: written_time(event, dialect), item: event.item}
    return {column: cells.get(column, f"{column}, {number}") for column in dialect.order}


def write(events: Sequence[Event], dialect: Dialect) -> bytes:
    writers = {"delimited": write_delimited, "jsonl": write_json, "parquet": write_parquet}
    content = writers[dialect.form](events, dialect)
    if dialect.packing == "gzip":
        return gzip.compress(content)
    if dialect.packing == "zip":
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("log", content)
        return sink.getvalue()
    return content


def write_delimited(events: Sequence[Event], dialect: Dialect) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=dialect.delimiter, quoting=dialect.quoting, lineterminator=dialect.line_end)  # type: ignore[arg-type]
    writer.writerow(dialect.order)
    for i, event in enumerate(events):
        writer.writerow(to_row(event, i, dialect).values())
        text.write(dialect.line_end if dialect.has_blank_lines and i % 3 == 0 else "")
    return text.getvalue().encode(dialect.encoding)


def write_json(events: Sequence[Event], dialect: Dialect) -> bytes:
    lines = [json.dumps(to_row(event, i, dialect), ensure_ascii=i % 2 == 0) for i, event in enumerate(events)]
    return "".join(line + dialect.line_end for line in lines).encode(dialect.encoding)


def write_parquet(events: Sequence[Event], dialect: Dialect) -> bytes:
    session, time, item = dialect.names
    rows = [to_row(event, i, dialect) for i, event in enumerate(events)]
    cells = {column: pa.array([row[column] for row in rows]) for column in dialect.order}
    for column in (session, item):
        cells[column] = as_type(cells[column], dialect.parquet_text)
    if dialect.parquet_time != "text":
        moments = pa.array([event.at for event in events], pa.timestamp("us", "UTC"))
        cells[time] = moments.cast(pa.timestamp(dialect.parquet_time, dialect.zone))
    sink = io.BytesIO()
    pq.write_table(pa.table(cells), sink, row_group_size=7)
    return sink.getvalue()


def as_type(texts: pa.Array, kind: str) -> pa.Array:
    """Integers where all are numbers without leading zeros; else texts of the type."""
    values = texts.to_pylist()
    if all(value.isdecimal() and value[0] != "0" and int(value) < 2**63 for value in values):
        return pa.array([int(value) for value in values])
    if kind == "dictionary":
        return texts.dictionary_encode()
    return texts.cast({"string": pa.string(), "large_string": pa.large_string(), "binary": pa.binary()}[kind])


def expected(events: Sequence[Event]) -> list[tuple[str, list[tuple[int, str]]]]:
    """Each session with its moments and items: sessions as they first appear, ties as in the file."""
    by_session: dict[str, list[tuple[int, str]]] = {}
    for event in events:
        by_session.setdefault(event.session, []).append((event.at, event.item))
    return [(name, sorted(rows, key=lambda row: row[0])) for name, rows in by_session.items()]


def found(log: ImportedLog) -> list[tuple[str, list[tuple[int, str]]]]:
    dataset, unit = log.dataset, log.summary.time_unit
    assert unit is not None
    items = dataset.vocabulary.decode(np.asarray(dataset.items)).tolist()
    moments = [round(time * 10**6) // PER_SECOND[unit] for time in np.asarray(dataset.timestamps).tolist()]
    rows = list(zip(moments, items, strict=True))
    bounds = dataset.offsets.tolist()
    return [(name, rows[bounds[i] : bounds[i + 1]]) for i, name in enumerate(dataset.session_ids.tolist())]


def check(data: st.DataObject, folder: Path) -> None:
    dialect = data.draw(dialects())
    events = data.draw(logs(dialect))
    path = folder / "log"
    path.write_bytes(write(events, dialect))
    names_are_usual = NAMES.index(dialect.names) < 3
    mapping = None if names_are_usual else ColumnMapping(*dialect.names)
    log = read_log(path, mapping, encoding=dialect.encoding, options=dialect.options)
    assert found(log) == expected(events)
    assert log.summary.rows_read == log.summary.rows_kept == len(events)


UNHURRIED = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=40, derandomize=True, **UNHURRIED)
@given(st.data())
def test_a_log_in_any_dialect_is_read_back(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    check(data, tmp_path_factory.getbasetemp())


@pytest.mark.fuzz
@settings(max_examples=5_000, **UNHURRIED)
@given(st.data())
def test_many_logs_in_any_dialect_are_read_back(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    check(data, tmp_path_factory.getbasetemp())
