"""JSON lines: keys, values of every type, broken lines, and sessions with a list of events."""

import json
from collections.abc import Mapping

from gru4rec_core.data.columns import ColumnMapping
from tests.data.corpus.line import HEADER, ROWS, lines, reads, refuses


def objects(*rows: Mapping[str, object]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def of_items(*items: object) -> str:
    """One session, s, of items at times 0, 1, …"""
    return objects(*({"session": "s", "timestamp": i, "item": item} for i, item in enumerate(items)))


def raw(*items: str) -> str:
    """The same of items that are JSON already."""
    return "".join(f'{{"session": "s", "timestamp": {i}, "item": {item}}}\n' for i, item in enumerate(items))


TOY_LINES = objects(*({"session": s, "timestamp": t, "item": i} for s, t, i in ROWS))
NESTED = objects(
    {"session": 1, "events": [{"aid": 7, "ts": 10, "type": "clicks"}, {"aid": 8, "ts": 20, "type": "carts"}]},
    {"session": 2, "events": [{"aid": 8, "ts": 15, "type": "clicks"}]},
)
OF_NESTED = ColumnMapping("session", "ts", "aid")
BY_KEY = ColumnMapping("s/1", 'the "time"', "it~em'")
WAY_OUT = ("item", "object", "list")

LINES = [
    reads("an object per line", TOY_LINES),
    reads("CRLF, blank lines, a byte order mark", "\ufeff\r\n" + TOY_LINES.replace("\n", "\r\n\r\n")),
    reads("a byte order mark on every line", "".join("\ufeff" + line for line in TOY_LINES.splitlines(keepends=True))),
    reads("no line end at the end", TOY_LINES.strip()),
    reads("a tab and spaces before an object", "\t  " + TOY_LINES),
    reads("UTF-16", TOY_LINES.encode("utf-16"), encoding="utf-16"),
    reads("keys in another order on each line", raw('"A"') + '{"item": "B", "session": "s", "timestamp": 1}\n', "s: A B"),
    reads("a key that first comes late", raw('"A"', '"B"') + '{"session": "s", "timestamp": 3, "item": "C", "price": 1}\n', "s: A B C"),
    reads("signs in keys", objects({"s/1": "s", 'the "time"': 1, "it~em'": "A"}, {"s/1": "s", 'the "time"': 2, "it~em'": "B"}), "s: A B", mapping=BY_KEY),
    reads("a list and an object beside what matters", objects(*({"session": "s", "timestamp": i, "item": c, "tags": ["x"], "geo": {"a": 1}} for i, c in enumerate("AB"))), "s: A B"),
    # values
    reads("numbers for names", of_items(7, 8), "s: 7 8"),
    reads("numbers beyond those that a float holds", of_items(9007199254740993, 9007199254740992, 18446744073709551616), "s: 9007199254740993 9007199254740992 18446744073709551616"),
    reads("whole numbers as floats", of_items(7.0, 8.0, 9.0), "s: 7 8 9"),
    reads("truth values", of_items(True, False), "s: true false"),
    reads("texts of numbers and numbers", of_items("7", 7, "07"), "s: 7 7 07"),
    reads("escaped letters are letters", raw('"\\u00e9"', '"é"', '"\\ud83c\\udfb8"', '"\\/"'), {"s": ["é", "é", "🎸", "/"]}),
    reads("escaped line ends and quotes", of_items("A\nB", 'A"B', "A\\B", "A\tB"), {"s": ["A\nB", 'A"B', "A\\B", "A\tB"]}),
    reads("spaces around texts", of_items(" A ", "A"), "s: A A"),
    reads("a zero character in a text", raw('"A"', '"B\\u0000C"', '"D"'), {"s": ["A", "B\0C", "D"]}),
    reads("half a pair of surrogates costs its line", raw('"A"', '"\\ud83d"', '"B"'), "s: A B", rejected=[(2, "")]),
    reads("half a pair of surrogates in another field costs its line", raw('"A"') + '{"session": "s", "timestamp": 1, "item": "B", "note": "\\udc00"}\n' + raw('"C"'), {"s": ["A", "C"]}, rejected=[(2, "JSON")]),
    reads("null, missing and empty", objects({"session": "s", "timestamp": 1, "item": "A"}, {"session": None, "timestamp": 1, "item": "A"}, {"session": "s", "timestamp": 1}, {"session": "s", "timestamp": "", "item": "A"}, {"session": "s", "timestamp": 2, "item": "B"}), "s: A B", rejected=[(2, "no session"), (3, "no item"), (4, "no timestamp")]),
    reads("null words as texts", of_items("A", "null", "NaN", "B"), "s: A B", rejected=[(2, "the item is a placeholder"), (3, "the item is a placeholder")]),
    reads("NaN as Python writes it", of_items("A", float("nan"), "B"), "s: A B", rejected=[(2, "")]),
    reads("times as texts and numbers", objects({"session": "s", "timestamp": "1717178400", "item": "A"}, {"session": "s", "timestamp": 1717178401, "item": "B"}), "s: A B", times=["2024-05-31T18:00:00", "2024-05-31T18:00:01"]),
    reads("times with a fraction", objects({"session": "s", "timestamp": 1717178400.5, "item": "A"}, {"session": "s", "timestamp": 1717178401, "item": "B"}), "s: A B", times=["2024-05-31T18:00:00.500000", "2024-05-31T18:00:01"]),
    reads("times with an exponent", raw('"A"').replace(" 0,", " 1.7171784e9,") + raw('"B"').replace(" 0,", " 1717178401,"), "s: A B", times=["2024-05-31T18:00:00", "2024-05-31T18:00:01"]),
    # items that are none
    reads("items that are objects", of_items({"id": 1}, {"id": 2}), "s: 1 2"),
    refuses("items that are objects too deep to look into", of_items(*({"a": {"b": {"c": {"d": {"id": i}}}}} for i in "AB")), *WAY_OUT, mapping=ColumnMapping("session", "timestamp", "item.a.b.c.d")),
    refuses("items that are lists", of_items(["A"], ["B"]), *WAY_OUT),
    reads("times that are objects, as MongoDB exports them", objects(*({"session": "s", "timestamp": {"$date": f"2024-05-31T18:00:0{i}Z"}, "item": "A"} for i in (1, 2))), "s: A A", times=["2024-05-31T18:00:01", "2024-05-31T18:00:02"]),
    # objects in objects
    reads("objects in objects", objects(*({"event": "view", "ts": t, "session": {"id": s, "device": "m"}, "product": {"sku": i, "name": f"Thing {i}", "price": {"amount": 1.5}}} for s, t, i in ROWS))),
    reads("events as Segment has them", objects(*({"anonymousId": "u", "timestamp": f"2024-05-31T18:00:0{i}Z", "properties": {"product_id": c, "name": "N"}, "context": {"page": {"url": "x"}}} for i, c in enumerate("ABA"))), {"u": ["A", "B", "A"]}, mapping=ColumnMapping("anonymousId", "timestamp", "properties.product_id")),
    reads("events as Mixpanel has them", objects(*({"event": "View", "properties": {"time": 1717178400 + i, "distinct_id": "u", "product_id": c}} for i, c in enumerate("ABA"))), {"u": ["A", "B", "A"]}, mapping=ColumnMapping("properties.distinct_id", "properties.time", "properties.product_id")),
    reads("events as Amplitude has them", objects(*({"event_type": "view", "session_id": s, "event_time": f"2024-05-31 18:00:{t}", "event_properties": {"item_id": i}} for s, t, i in ROWS))),
    reads("an object in some lines, a name in others", of_items("A", {"id": "B"}, "C"), "s: A C", rejected=[(2, "item")], mapping=ColumnMapping(*HEADER)),
    reads("an object missing in a line", objects({"session": "s", "timestamp": 1, "item": {"id": "A"}}, {"session": "s", "timestamp": 2, "item": None}, {"session": "s", "timestamp": 3}, {"session": "s", "timestamp": 4, "item": {"id": "B"}}), "s: A B", rejected=[(2, "no item"), (3, "no item")]),
    reads("a key with a dot beside an object", objects(*({"session": "s", "timestamp": i, "item.id": c, "item": {"id": "X"}} for i, c in enumerate("AB"))), "s: A B", mapping=ColumnMapping("session", "timestamp", "item.id")),
    reads("the field that such a key hides", objects(*({"session": "s", "timestamp": i, "item.id": "X", "item": {"id": c}} for i, c in enumerate("AB"))), "s: A B", mapping=ColumnMapping("session", "timestamp", "/item/id")),
    reads("objects beside and in a list of events", objects({"visit": {"id": 1}, "events": [{"product": {"sku": 7}, "ts": 10}, {"product": {"sku": 8}, "ts": 20}]}), "1: 7 8"),
    reads("a list of experiments beside objects", objects(*({"session": {"id": "s"}, "ts": i, "product": {"sku": c}, "experiments": [{"id": 1}]} for i, c in enumerate("AB"))), "s: A B"),
    reads("one item that is a list", of_items("A", ["B"], "C"), "s: A C", rejected=[(2, "item")]),
    # broken lines
    reads("broken lines", raw('"A"') + '{"session": "s", "times\nnull\n[1]\n"x"\n' + raw('"B"'), "s: A B", rejected=[(2, "JSON"), (3, "JSON"), (4, "JSON"), (5, "JSON")]),
    reads("a line cut off at the end", raw('"A"', '"B"', '"C"')[:-5], "s: A B", rejected=[(3, "JSON")]),
    reads("two objects on a line", raw('"A"', '"B"') + raw('"C"', '"D"').replace("\n", " ").strip(), "s: A B", rejected=[(3, "JSON")]),
    refuses("one list of objects", json.dumps([{"session": "s", "timestamp": 1, "item": "A"}]), "JSON list", "one object per line"),
    refuses("one object over several lines", json.dumps({"session": "s", "timestamp": 1, "item": "A"}, indent=1), "object"),
    refuses("objects without the columns", objects({"a": 1, "b": 2}, {"a": 2, "b": 3}), "recognised as the session"),
    reads("a key that comes twice has its first value", raw('"A", "item": "B"', '"C"'), "s: A C"),
    reads("times as Apache writes them", objects(*({"session": "s", "timestamp": f"[31/May/2024:18:00:0{i} +0000]", "item": i} for i in range(3))), "s: 0 1 2", times=["2024-05-31T18:00:00", "2024-05-31T18:00:01", "2024-05-31T18:00:02"]),
    reads("a time that only begins like a list", of_items("A", "B") + '{"session": "s", "timestamp": "[broken", "item": "C"}\n', "s: A B", rejected=[(3, "timestamp")]),
    reads("events with a list of objects beside", objects(*({"session": "s", "timestamp": i, "item": c, "recommended": [{"item": "X"}] * i} for i, c in enumerate("ABC"))), "s: A B C"),
    reads("events, few with a list of objects", objects(*({"session": "s", "timestamp": i, "item": c, **({"coupons": [{"id": 1}]} if c == "C" else {})} for i, c in enumerate("ABCD"))), "s: A B C D"),
    refuses("events read as sessions with a list, of which nothing is taken", objects(*({"session": "s", "timestamp": i, "item": c, "coupons": [{"id": 1}]} for i, c in enumerate("AB"))), "coupons", "--layout events", mapping=ColumnMapping(*HEADER), layout="nested"),
    # nested
    reads("sessions with their events", NESTED, "1: 7 8; 2: 8", mapping=OF_NESTED),
    reads("sessions with their events, recognised", NESTED.replace("aid", "item_id"), "1: 7 8; 2: 8"),
    reads("events with a list of pictures", objects(*({"session": "s", "timestamp": i, "item": c, "images": [{"url": "x"}] if i else []} for i, c in enumerate("ABC"))), "s: A B C"),
    reads("two lists, of which the second has the items", objects({"session": 1, "params": [{"key": "k", "value": 1}], "events": [{"item_id": 7, "ts": 10}, {"item_id": 8, "ts": 20}]}), "1: 7 8"),
    reads("a session without events", NESTED + '{"session": 3, "events": []}\n', "1: 7 8; 2: 8", mapping=OF_NESTED, rejected=[(3, "event")]),
    reads("a session whose events are none", NESTED + '{"session": 3, "events": "no"}\n', "1: 7 8; 2: 8", mapping=OF_NESTED, rejected=[(3, "event")]),
    reads("an event without an item", NESTED + '{"session": 3, "events": [{"ts": 3}, {"aid": 9, "ts": 4}]}\n', "1: 7 8; 2: 8; 3: 9", mapping=OF_NESTED, rejected=[(3, "no item")]),
    reads("events out of order in their session", '{"session": 1, "events": [{"aid": 8, "ts": 20}, {"aid": 7, "ts": 10}]}\n', "1: 7 8", mapping=OF_NESTED),
    reads("an object for an item in a CSV file", lines("s,1,A", 's,2,"{""a"": 1}"', "s,3,B"), "s: A B", rejected=[(3, "item")]),
]  # fmt: skip
