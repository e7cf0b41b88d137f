"""Parquet: every type that a session, a time or an item may have, and files that are damaged or empty."""

import datetime as dt
import decimal
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.data.corpus.line import ROWS, Line, reads, refuses

EVENING, LATER = dt.datetime(2024, 5, 31, 18), dt.datetime(2024, 6, 1, 9, 5, 7)
TIMES = ["2024-05-31T18:00:00", "2024-06-01T09:05:07"]
DAYS = ["2024-05-31T00:00:00", "2024-06-01T00:00:00"]
ROLES = ("session", "timestamp", "item")


def write(table: pa.Table, **options: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()


def columns(**changed: object) -> bytes:
    """A session, s, of items A and B at times 1 and 2, with other columns in their place."""
    return write(pa.table({"session": ["s", "s"], "timestamp": [1, 2], "item": ["A", "B"]} | changed))


def items(
    name: str, values: pa.Array, *expected: str, rejected: tuple[int, ...] = (), placeholders: tuple[int, ...] = ()
) -> Line:
    """A line for one session of these items; in these rows there is none, or a placeholder such as NaN."""
    n = len(values)
    content = columns(session=["s"] * n, timestamp=list(range(n)), item=values)
    reasons = [(i, "no item") for i in rejected] + [(i, "the item is a placeholder") for i in placeholders]
    return reads(name, content, {"s": list(expected)}, rejected=reasons)


def times(name: str, values: pa.Array, expected: Sequence[str | float] = TIMES) -> Line:
    return reads(name, columns(timestamp=values), "s: A B", times=expected)


def stamps(unit: str, zone: str | None = None) -> pa.Array:
    return pa.array([EVENING, LATER], pa.timestamp(unit, zone))


TOY_TABLE = pa.table(dict(zip(ROLES, map(list, zip(*ROWS, strict=True)), strict=True)))
WHOLE = write(TOY_TABLE)
SAME_NAMES = pa.Table.from_arrays(
    [pa.array(["s", "s"]), pa.array([1, 2]), pa.array(["A", "B"]), pa.array(["C", "D"])], names=[*ROLES, "item"]
)

LINES = [
    reads("a plain table", WHOLE),
    reads("a name that says CSV", WHOLE, file="log.csv"),
    reads("row groups of one row", write(TOY_TABLE, row_group_size=1)),
    *[reads(f"packed by {codec}", write(TOY_TABLE, compression=codec)) for codec in ("gzip", "zstd", "brotli", "lz4")],
    reads("version 1 of the format", write(TOY_TABLE, version="1.0", data_page_version="1.0")),
    reads("version 2 of the pages", write(TOY_TABLE, data_page_version="2.0")),
    reads("no dictionaries", write(TOY_TABLE, use_dictionary=False)),
    reads("names in capitals, and others", write(TOY_TABLE.rename_columns(["Session ID", "Time", "ITEM"]).append_column("__index_level_0__", pa.array(range(5))))),
    # items
    items("items as integers", pa.array([7, 8], pa.int32()), "7", "8"),
    items("items as large integers", pa.array([2**64 - 1, 2**63], pa.uint64()), str(2**64 - 1), str(2**63)),
    items("items as floats", pa.array([7.0, None, 8.0]), "7", "8", rejected=(2,)),
    items("items as floats with NaN", pa.array([7.0, float("nan"), 8.0]), "7", "8", placeholders=(2,)),
    items("items as floats up to the last exact one", pa.array([2.0**53 - 1, 7.0]), str(2**53 - 1), "7"),
    reads("an item as a float beyond the exact ones", columns(session=["s"] * 3, timestamp=[1, 2, 3], item=[7.0, 9.1e15, 8.0]), "s: 7 8", rejected=[(2, "whole numbers or text")]),
    refuses("items as floats beyond the exact ones", columns(session=["s"] * 2, timestamp=[1, 2], item=[9.1e15, 9.2e15]), "item", "floating-point"),
    refuses("sessions as small floats beyond the exact ones", columns(session=pa.array([2e7, 2e7], pa.float32()), timestamp=[1, 2], item=["A", "B"]), "session", "floating-point"),
    items("items as half floats", pa.array(np.array([7, 8], np.float16)), "7", "8"),
    items("items as decimals", pa.array([decimal.Decimal("7.50"), decimal.Decimal("8.00")], pa.decimal128(10, 2)), "7.50", "8.00"),
    items("items as wide decimals", pa.array([decimal.Decimal(10**50), decimal.Decimal(10**50 + 1)], pa.decimal256(60, 0)), str(10**50), str(10**50 + 1)),
    items("items as a dictionary", pa.array(["B", "A", "B", None]).dictionary_encode(), "B", "A", "B", rejected=(4,)),
    items("items as a dictionary of integers", pa.array([8, 7, 8]).dictionary_encode(), "8", "7", "8"),
    items("items as large texts", pa.array(["A", "B"], pa.large_string()), "A", "B"),
    items("items as bytes that are UTF-8", pa.array(["é".encode(), b"B"], pa.binary()), "é", "B"),
    items("items as truth values", pa.array([True, False]), "true", "false"),
    items("items as days", pa.array([dt.date(2024, 5, 31), dt.date(2024, 6, 1)]), "2024-05-31", "2024-06-01"),
    items("items that are missing, empty, or null words", pa.array(["A", None, "", " ", "NaN", "B"]), "A", "B", rejected=(2, 3, 4), placeholders=(5,)),
    items("texts with leading zeros", pa.array(["007", "7"]), "007", "7"),
    reads("a text longer than allowed", columns(session=["s"] * 3, timestamp=[1, 2, 3], item=["A", "x" * 1_001, "B"]), "s: A B", rejected=[(2, "1,000")]),
    refuses("items as bytes that are no text", columns(item=pa.array([b"\xff\xfe", b"\xff"], pa.binary())), "item"),
    refuses("items as lists", columns(item=[["A"], ["B"]]), "item", "list"),
    refuses("items as structures", columns(item=[{"id": 1}, {"id": 2}]), "item"),
    reads("lists and structures beside what matters", columns(tags=[["x"], []], geo=[{"a": 1}, None], map=pa.array([[("k", 1)], []], pa.map_(pa.string(), pa.int64()))), "s: A B"),
    reads("a column without any value", columns(note=pa.nulls(2)), "s: A B"),
    refuses("items without any value", columns(item=pa.nulls(2)), "no item"),
    reads("sessions as floats", columns(session=[1.0, 1.0]), "1: A B"),
    reads("sessions without end", columns(session=[1.0, 1.0, float("inf"), float("-inf")], timestamp=[1, 2, 3, 4], item=list("ABCD")), "1: A B", rejected=[(3, "no session"), (4, "no session")]),
    reads("sessions that are missing", columns(session=pa.array([1.0, 1.0, float("nan"), None]), timestamp=[1, 2, 3, 4], item=list("ABCD")), "1: A B", rejected=[(3, "the session is a placeholder"), (4, "no session")]),
    # times
    *[times(f"timestamps of unit {unit}", stamps(unit)) for unit in ("s", "ms", "us", "ns")],
    *[times(f"timestamps of unit {unit} with a zone", stamps(unit, "Europe/Berlin")) for unit in ("ms", "us", "ns")],
    times("a zone that is an offset", stamps("us", "+05:30")),
    times("days", pa.array([EVENING.date(), LATER.date()], pa.date32()), DAYS),
    times("days in milliseconds", pa.array([EVENING, LATER], pa.date64()), DAYS),
    times("times as texts", pa.array(TIMES)),
    times("times as a dictionary of texts", pa.array(TIMES).dictionary_encode()),
    times("seconds as integers", pa.array([1717178400, 1717232707])),
    times("seconds as floats", pa.array([1717178400.0, 1717232707.5]), [TIMES[0], TIMES[1] + ".500000"]),
    times("plain small integers", pa.array([1, 2], pa.int8()), [1, 2]),
    times("seconds as decimals", pa.array([decimal.Decimal(1717178400), decimal.Decimal(1717232707)])),
    times("nanoseconds of a timestamp, cut to micro", pa.array([1717178400000000001, 1717232707000000999], pa.timestamp("ns"))),
    reads("times that are missing", columns(session=["s"] * 3, timestamp=pa.array([EVENING, None, LATER]), item=list("ABC")), "s: A C", times=TIMES, rejected=[(2, "no timestamp")]),
    reads("times beyond the calendar", columns(session=["s"] * 4, timestamp=pa.array([0, 1, 2**62, -(2**62)], pa.timestamp("us")), item=list("ABCD")), "s: A B", rejected=[(3, "timestamp"), (4, "timestamp")]),
    reads("times before 1970", columns(timestamp=pa.array([-2, -1], pa.timestamp("ms"))), "s: A B", times=["1969-12-31T23:59:59.998000", "1969-12-31T23:59:59.999000"]),
    refuses("times of day without a day", columns(timestamp=pa.array([dt.time(18), dt.time(19)])), "timestamp"),
    refuses("truth values for times", columns(timestamp=[True, False]), "timestamp"),
    refuses("lists for times", columns(timestamp=[[1], [2]]), "timestamp"),
    # the file
    refuses("two columns of one name", write(SAME_NAMES), "item", "name"),
    refuses("a table without rows", write(TOY_TABLE.slice(0, 0)), "no events"),
    refuses("a table without columns", write(pa.table({})), "column"),
    refuses("cut off", WHOLE[:-10], "Parquet", "damaged"),
    refuses("cut off after four bytes", WHOLE[:4], "Parquet", "damaged"),
    refuses("a hole in the middle", WHOLE[:40] + b"\0" * 60 + WHOLE[100:], "Parquet"),
    refuses("only the beginning and the end", b"PAR1" + b"\0" * 20 + b"PAR1", "Parquet"),
]  # fmt: skip
