"""Names of sessions and items, and the words for a missing one."""

import datetime as dt
from typing import Any

from gru4rec_core.data.columns import ColumnMapping
from tests.data.corpus.line import Line, lines, reads, refuses, table


def items(name: str, *texts: str, read_as: tuple[str, ...] | None = None, **reading: Any) -> Line:
    """A line for one session of these items, which are read as they are unless told otherwise."""
    rows = [("s", i, text) for i, text in enumerate(texts)]
    return reads(name, table(rows), {"s": list(texts if read_as is None else read_as)}, **reading)


USERS = [
    ("u", "2024-05-31 18:00", "A"),
    ("u", "2024-05-31 18:30", "B"),
    ("u", "2024-05-31 19:01", "C"),
    ("v", "2024-05-31 18:10", "D"),
]
VISITS = {"u#2024-05-31T18:00:00": ["A", "B"], "u#2024-05-31T19:01:00": ["C"], "v#2024-05-31T18:10:00": ["D"]}
BY_GAP = ColumnMapping(None, "timestamp", "item", user="user", session_gap_minutes=30)
KINDS = [("s", 1, "A", "view"), ("s", 2, "B", "buy"), ("s", 3, "C", "view"), ("s", 4, "D", "")]
VIEWS = ColumnMapping("session", "timestamp", "item", event_column="event", keep_events=("view",))

# visitor, number of the visitor's visit from 1, seconds, item
NUMBERED = [
    (v, 1 + n, 1717178400 + 90_000 * n + 60 * i + 7 * v, f"A{(v + n + i) % 4}")
    for v in (1, 2, 3, 4)
    for n in range(3)
    for i in range(2)
]
VISITS_OF_EACH = {
    f"{v}#{dt.datetime.fromtimestamp(t, dt.UTC):%Y-%m-%dT%H:%M:%S}": [item, NUMBERED[row + 1][3]]
    for row, (v, _, t, item) in enumerate(NUMBERED)
    if row % 2 == 0
}

LINES = [
    # names that must not be merged
    items("leading zeros", "007", "07", "7", "0"),
    items("integers beyond those that a float holds", "9007199254740993", "9007199254740992", "18446744073709551616", "18446744073709551617"),
    items("versions", "1.0", "1.10", "1.1", "1"),
    items("exponents", "1e5", "100000", "1E5"),
    items("capitals", "a", "A", "Straße", "STRASSE", "ı", "i"),
    items("letters that look alike", "A", "\u0410", "\u0391", "\uff21"),
    items("accents in one character and in two", "\u00e9", "e\u0301"),
    items("characters that nobody sees", "ab", "a\u200bb", "a\u00adb", "a\ufeffb"),
    items("text from right to left", "שלום", "\u202eabc", "abc"),
    items("pictures of several characters", "👩‍👩‍👧", "👩", "🇩🇪", "🇩"),
    items("hexadecimal numbers", "0x1F", "31", "0X1f"),
    items("thousands separated", "1,234", "1234", "1.234", "1 234"),
    items("signs", "+1", "-1", "1", "-0", "0"),
    items("UUIDs", "550e8400-e29b-41d4-a716-446655440000", "550E8400-E29B-41D4-A716-446655440000"),
    items("truth values", "true", "True", "false", "0"),
    items("formulas of spreadsheets", "=1+1", "@SUM(A1)", "+49 30 123", "-"),
    items("HTML and Markdown", "<script>alert(1)</script>", "**bold**", "[a](b)", "`x`", "&amp;"),
    items("SQL and brackets", "'; DROP TABLE block; --", "{a}", "[x", "$kinds"),
    items("paths and addresses", "/etc/passwd", "..\\..\\x", "https://example.org/?a=b&c=d"),
    items("numbers as texts that are dates elsewhere", "2024-05-31", "1717178400", "31/05/2024"),
    items("commas and line ends", "A,B", "A\nB", 'A "B"', "A;B"),
    items("a text as long as allowed", "x" * 1_000, "x" * 999 + "y"),
    items("a text as long as allowed, of wide characters", "字" * 1_000, "🎸" * 1_000),
    reads("a text longer than allowed", table([("s", 1, "A"), ("s", 2, "x" * 1_001), ("x" * 1_001, 3, "B"), ("s", 4, "C")]), "s: A C", rejected=[(3, "1,000"), (4, "1,000")]),
    reads("sessions with leading zeros", lines("01,1,A", "1,2,B", "01,3,C", "1,4,D"), "01: A C; 1: B D"),
    reads("an item and a session of one name", lines("A,1,A", "A,2,B", "B,1,B"), "A: A B; B: B"),
    reads("sessions that are numbers keep the order of the file", lines("10,1,A", "9,1,B", "10,2,C", "100,2,D"), "10: A C; 9: B; 100: D"),
    # whole numbers that were floats
    items("whole numbers as floats", "1.0", "2.0", "30.0", read_as=("1", "2", "30")),
    reads("sessions as floats", lines("1.0,1,A", "1.0,2,B", "12.0,3,C"), "1: A B; 12: C"),
    items("prices are no whole numbers", "1.0", "2.5", "3.0"),
    # words for a missing value
    *[
        reads(f"an item called {word}", lines("s,1,A", f"s,2,{word}", "s,3,B"), "s: A B", rejected=[(3, "the item is a placeholder")])
        for word in ("NaN", "nan", "None", "NULL", "null", "\\N", "NaT", "<NA>")
    ],
    *[
        reads(f"a session called {word}", lines("s,1,A", f"{word},2,A", f"{word},3,B", "s,4,B"), "s: A B", rejected=[(3, "the session is a placeholder"), (4, "the session is a placeholder")])
        for word in ("NaN", "None", "NULL", "\\N")
    ],
    *[
        reads(f"a time called {word}", lines("s,1,A", f"s,{word},B", "s,3,C"), "s: A C", rejected=[(3, "the timestamp is a placeholder")])
        for word in ("NaN", "None", "NULL", "\\N", "NaT")
    ],
    items("words that begin like missing values", "Nancy", "nullify", "None of these", "N", "nano"),
    items("missing values kept as text", "NaN", "NULL", "None", "\\N", keep_null_words=True),
    reads("an empty item stays missing though null words are kept", lines("s,1,A", "s,2,", "s,3,NULL"), "s: A NULL", rejected=[(3, "no item")], keep_null_words=True),
    reads("only spaces", lines("s,1,A", "s,2,   ", "  ,3,A", "s,4,B"), "s: A B", rejected=[(3, "no item"), (4, "no session")]),
    reads("only wide spaces", lines("s,1,A", "s,2,\u00a0\u3000", "s,4,B"), "s: A B", rejected=[(3, "no item")]),
    reads("a whole empty row of delimiters", lines("s,1,A", ",,", "s,4,B"), "s: A B", rejected=[(3, "no session")]),
    # users and kinds of events
    reads("visits cut out of a user's events", table(USERS, header=("user", "timestamp", "item")), VISITS, mapping=BY_GAP),
    reads("a user who is missing", table([*USERS, ("", "2024-06-01", "E")], header=("user", "timestamp", "item")), VISITS, mapping=BY_GAP, rejected=[(6, "no user")]),
    reads("a user whose events are out of order", table(USERS[::-1], header=("user", "timestamp", "item")), {"v#2024-05-31T18:10:00": ["D"], **{k: v for k, v in VISITS.items() if k[0] == "u"}}, mapping=BY_GAP),
    reads("a column that numbers the visits of each visitor", table(NUMBERED, header=("visitor_id", "visit_num", "time", "item")), VISITS_OF_EACH),
    refuses("users with times that are no dates", table([(v, t % 1000, item) for v, n, t, item in NUMBERED], header=("user_id", "time", "item")), "not dates", "--time-format s"),
    reads("events of a kind to keep", table(KINDS, header=("session", "timestamp", "item", "event")), "s: A C", mapping=VIEWS, filtered=2),
    reads("a bad row of a kind to keep, and one of another", table([*KINDS, ("s", "x", "E", "view"), ("s", "x", "E", "buy")], header=("session", "timestamp", "item", "event")), "s: A C", mapping=VIEWS, filtered=3, rejected=[(6, "timestamp")]),
]  # fmt: skip
