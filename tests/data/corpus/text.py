"""Delimited text: delimiters, quotes, line ends, encodings, headers, ragged rows."""

from gru4rec_core.data.columns import ColumnMapping
from tests.data.corpus.line import ROWS, lines, reads, refuses, table

BY_PLACE = ColumnMapping("column 1", "column 2", "column 3", has_header=False)
QUOTED_ALL = "".join(f'"{s}";"{t}";"{i}"\n' for s, t, i in [("session", "timestamp", "item"), *ROWS])
ACCENTS = table([("s", 1, "é"), ("s", 2, "ü")])
JAPANESE = table([("s", 1, "ポーチ"), ("s", 2, "表")])  # their second bytes are | and \ in Shift JIS
SPREAD = table([(s, t, i, "") for s, t, i in ROWS], header=("session", "timestamp", "item", ""))

LINES = [
    # delimiters
    reads("comma", table()),
    reads("tab", table(delimiter="\t")),
    reads("semicolon", table(delimiter=";")),
    reads("bar", table(delimiter="|")),
    reads("two colons", table().replace(",", "::")),
    reads("a comma inside fields delimited by semicolons", table([("s,1", 1, "A,B"), ("s,1", 2, "C")], ";"), {"s,1": ["A,B", "C"]}),
    reads("semicolons inside fields delimited by commas", table([("s", 1, "A;B;C;D"), ("s", 2, "E;F;G;H")]), "s: A;B;C;D E;F;G;H"),
    reads("a bar in every item", table([("s", 1, "A|B"), ("s", 2, "C|D")]), "s: A|B C|D"),
    reads("a delimiter at the end of every line, also of the header", SPREAD),
    reads("a session per line", "A B C\nB C\nA\n", {"1": ["A", "B", "C"], "2": ["B", "C"], "3": ["A"]}, file="log.txt"),
    # line ends
    reads("CRLF", table(end="\r\n")),
    reads("LF and CRLF mixed", "session,timestamp,item\r\ns1,10,A\ns1,20,B\r\ns2,15,B\ns2,30,C\r\ns2,40,A"),
    reads("no line end at the end", table().rstrip("\n")),
    reads("CRLF and no line end at the end", table(end="\r\n").rstrip("\r\n")),
    reads("blank lines before the header", "\n\r\n  \n" + table()),
    reads("blank lines between", table().replace("\n", "\n\n")),
    reads("blank lines at the end", table() + "\n\n   \n"),
    refuses("carriage returns only", table(end="\r"), "carriage return", "line end"),
    reads("line separators of Unicode inside items", lines("s,1,A\u2028B", "s,2,C\x85D", "s,3,E\x0bF", "s,4,G\x1cH"), {"s": ["A\u2028B", "C\x85D", "E\x0bF", "G\x1cH"]}),
    # quotes
    reads("everything in quotes", QUOTED_ALL),
    reads("a delimiter in quotes", lines('s,1,"A,B"', "s,2,C"), {"s": ["A,B", "C"]}),
    reads("quotes in quotes", lines('s,1,"A ""B"""', "s,2,C"), {"s": ['A "B"', "C"]}),
    reads("a quoted quote at the start", lines('s,1,"""A"', "s,2,C"), {"s": ['"A', "C"]}),
    reads("a line end in quotes", lines('s,1,"A\nB"', "s,2,C", "s,x,D"), {"s": ["A\nB", "C"]}, rejected=[(5, "timestamp")]),
    reads("a line end in the header", 'session,timestamp,"item"," a\nnote"\ns,1,A,x\ns,2,B,y\n', "s: A B"),
    reads("a quote inside a field", lines('s,1,5" pipe', "s,2,C"), {"s": ['5" pipe', "C"]}),
    reads("two quotes inside a field", lines('s,1,5" by 3" pipe', "s,2,C"), {"s": ['5" by 3" pipe', "C"]}),
    reads("a quote left open costs its line", lines("s,1,A", 's,2,"B', "s,3,C", "s,4,D"), "s: A C D", rejected=[(3, "quote")]),
    reads("a quote left open on the last line", lines("s,1,A", "s,2,B") + 's,3,"C', "s: A B", rejected=[(4, "quote")]),
    reads("single quotes are part of the text", lines("s,1,'A'", "s,2,B"), {"s": ["'A'", "B"]}),
    reads("an empty field in quotes", lines("s,1,A", 's,2,""', "s,3,B"), "s: A B", rejected=[(3, "no item")]),
    reads("spaces around fields", lines(" s , 1 , A ", "s,2,  A"), "s: A A"),
    reads("spaces inside quotes", lines('" s ",1,"A "', "s,2,A"), "s: A A"),
    reads("spaces inside fields", lines("s,1,A B", "s,2,A  B"), {"s": ["A B", "A  B"]}),
    # headers
    reads("names in another order, with others", table([(1, "x", "A", "s"), (2, "y", "B", "s")], header=("timestamp", "note", "item", "session")), "s: A B"),
    reads("names in capitals with spaces", table(header=("Session ID", "Time Stamp", "ITEM-ID"))),
    reads("a hash before the first name", "#" + table()),
    reads("spaces around names", table(header=(" session ", "timestamp ", " item"))),
    reads("no header", table(header=()), mapping=BY_PLACE),
    reads("no header and CRLF and a byte order mark", "\ufeff" + table(header=(), end="\r\n"), mapping=BY_PLACE),
    reads("a hundred columns", table([(*row, *range(97)) for row in ROWS], header=("session", "timestamp", "item", *(f"n{i}" for i in range(97))))),
    refuses("a header and nothing below", table([]), "header and nothing below"),
    refuses("two columns of one name", table(header=("session", "item", "item")), "name of its own", "item twice"),
    refuses("no column of an item", table(header=("session", "timestamp", "zzz")), "session, timestamp", "zzz", "Map"),
    refuses("a column that is not there", table(), "session, timestamp, item", "column visit", mapping=ColumnMapping("visit", "timestamp", "item")),
    # ragged rows
    reads("a field too few", lines("s,1,A", "s,2", "s,3,B"), "s: A B", rejected=[(3, "2 fields")]),
    reads("a field too many", lines("s,1,A", "s,2,B,C", "s,3,B"), "s: A B", rejected=[(3, "4 fields")]),
    reads("a comment among the rows", lines("s,1,A", "# the shop was closed", "s,2,B"), "s: A B", rejected=[(3, "1 field")]),
    reads("a sum below the rows", lines("s,1,A", "s,2,B", "total,,2"), "s: A B", rejected=[(4, "no timestamp")]),
    reads("the header once more, where files were joined", lines("s,1,A", "session,timestamp,item", "s,2,B"), "s: A B", rejected=[(3, "timestamp")]),
    reads("a delimiter at the end of one line", lines("s,1,A", "s,2,B,", "s,3,C"), "s: A C", rejected=[(3, "4 fields")]),
    refuses("a delimiter at the end of every line but the header", lines("s,1,A,", "s,2,B,"), "4 fields instead of 3"),
    # sessions
    reads("sessions interleaved", lines("b,1,A", "a,1,B", "b,2,C", "a,2,D"), "b: A C; a: B D"),
    reads("a session out of order", lines("s,3,C", "s,1,A", "s,2,B"), "s: A B C", times=[1, 2, 3]),
    reads("ties keep the order of the file", lines("s,1,C", "s,1,A", "s,1,B", "s,0,D"), "s: D C A B"),
    reads("the same event twice", lines("s,1,A", "s,1,A"), "s: A A"),
    reads("sessions of one event beside a longer one", lines("a,1,A", "b,2,B", "b,3,C"), "a: A; b: B C"),
    refuses("only sessions of one event", lines("a,1,A", "b,2,B"), "two events", "2 sessions"),
    refuses("a single event", lines("a,1,A"), "two events"),
    reads("a million places apart", lines("s,1,A", *["\n"] * 500, "s,2,B"), "s: A B"),
    # encodings
    reads("UTF-8 with a byte order mark", "\ufeff" + table()),
    reads("a byte order mark before a quoted name", "\ufeff" + QUOTED_ALL),
    reads("UTF-16", table().encode("utf-16"), encoding="utf-16"),
    reads("UTF-16, big end first, without a mark", table().encode("utf-16-be"), encoding="utf-16-be"),
    reads("UTF-32", table().encode("utf-32"), encoding="utf-32"),
    reads("Latin-1", ACCENTS.encode("latin-1"), "s: é ü", encoding="latin-1"),
    reads("Windows-1252", ACCENTS.replace("ü", "€").encode("cp1252"), "s: é €", encoding="windows-1252"),
    reads("Shift JIS", JAPANESE.encode("shift_jis"), "s: ポーチ 表", encoding="shift_jis"),
    reads("GB 18030", JAPANESE.encode("gb18030"), "s: ポーチ 表", encoding="gb18030"),
    reads("letters of many alphabets in UTF-8", table([("s", 1, "日本"), ("s", 2, "Ωмега"), ("s", 3, "🎸"), ("s", 4, "שלום")]), "s: 日本 Ωмега 🎸 שלום"),
    refuses("UTF-16 taken for UTF-8", table().encode("utf-16"), "UTF-16", "name its encoding"),
    refuses("UTF-32 taken for UTF-8", table().encode("utf-32"), "UTF-32", "name its encoding"),
    refuses("UTF-32 taken for UTF-16", table().encode("utf-32"), "UTF-32", encoding="utf-16"),
    refuses("Latin-1 taken for UTF-8", ACCENTS.encode("latin-1"), "byte 0xe9", "line 2", "byte 27"),
    refuses("a character cut off at the end", ACCENTS.strip().encode()[:-1], "no UTF-8", "line 3"),
    refuses("UTF-16 cut off in the middle of a character", table().encode("utf-16")[:-1], "utf-16", encoding="utf-16"),
    refuses("rot13 is no encoding of text", table(), "encoding", "rot13", encoding="rot13"),
    refuses("base64 is no encoding of text", table(), "encoding", "base64", encoding="base64"),
    refuses("an encoding that nobody knows", table(), "encoding", "utf-9", encoding="utf-9"),
    refuses("a zero byte on a line", lines("s,1,A", "s,2,B\0"), "zero byte"),
    refuses("a zero byte far down", lines("s,1,A") + "s,2,B\n" * 20_000 + "s,3,\0\n", "zero byte", "line 20003"),
]  # fmt: skip
