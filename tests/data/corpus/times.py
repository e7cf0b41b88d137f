"""Times: each notation, what could mean two things, zones, and what is no time at all."""

from tests.data.corpus.line import at, lines, means, reads, refuses

EVENING = "2024-05-31T18:00:00"
NEXT = "2024-06-01T09:05:07"
NOON, MIDNIGHT = "2024-06-01T12:00:00", "2024-06-01T00:00:00"
DAYS = [f"{day:02}/06/2024" for day in range(1, 13)]  # days that could be months

LINES = [
    # numbers
    means("seconds", {"1717178400": EVENING, "1717232707": NEXT}),
    means("milliseconds", {"1717178400000": EVENING, "1717232707250": NEXT + ".250000"}),
    means("microseconds", {"1717178400000000": EVENING, "1717232707000001": NEXT + ".000001"}),
    means("nanoseconds", {"1717178400000000000": EVENING, "1717232707000000000": NEXT}),
    means("seconds with a fraction", {"1717178400.25": EVENING + ".250000", "1717232707": NEXT}),
    means("seconds as a float", {"1717178400.0": EVENING, "1717232707.0": NEXT}),
    means("seconds with an exponent", {"1.7171784e9": EVENING, "1.717232707E+09": NEXT}),
    means("seconds with a plus", {"+1717178400": EVENING, "+1717232707": NEXT}),
    means("plain numbers", {"3": 3, "1": 1, "-2": -2}),
    means("plain numbers with fractions", {"0.5": 0.5, "0.25": 0.25, "1": 1}),
    means("plain numbers beyond those that a float holds", {"-9007199254740992": -9007199254740992, "-9007199254740993": -9007199254740993, "5": 5}),
    means("numbers without an end", {"1": 1, "2": 2, "inf": None, "-Infinity": None, "1e999": None}),
    means("numbers that are none", {"1": 1, "2": 2, "1,000": None, "0x10": None, "1 000": None, "12 o'clock": None}),
    means("words that DuckDB takes for times", {EVENING: EVENING, NEXT: NEXT, "now": None, "today": None, "epoch": None, "infinity": None}),
    reads("milliseconds chosen where seconds are mixed in", at(1717178400, 1717178401000, 1717178402000), "s: 0 1 2", time_format="ms"),
    # digits of dates
    # ISO
    means("ISO with a T", {EVENING: EVENING, NEXT: NEXT}),
    means("ISO with a space", {"2024-05-31 18:00:00": EVENING, "2024-06-01 09:05:07": NEXT}),
    means("ISO to the minute", {"2024-05-31 18:00": EVENING, "2024-06-01T00:00": MIDNIGHT}),
    means("ISO days", {"2024-06-01": MIDNIGHT, "2024-05-31": "2024-05-31T00:00:00"}),
    means("ISO with Z", {EVENING + "Z": EVENING, NEXT + "Z": NEXT}),
    means("ISO with offsets", {"2024-05-31T20:00:00+02:00": EVENING, "2024-06-01T05:05:07-0400": NEXT, "2024-06-01T14:00:00+02": NOON}),
    means("ISO with an offset of half an hour", {"2024-05-31T23:30:00+05:30": EVENING, "2024-06-01T14:50:07+05:45": NEXT}),
    means("ISO with milliseconds", {EVENING + ".250Z": EVENING + ".250000", NEXT + ".000Z": NEXT}),
    means("ISO with microseconds", {EVENING + ".000001": EVENING + ".000001", NEXT: NEXT}),
    means("ISO with nanoseconds, cut to micro", {EVENING + ".123456789": EVENING + ".123456", NEXT: NEXT}),
    means("ISO with slashes", {"2024/05/31 18:00:00": EVENING, "2024/06/01 09:05:07": NEXT}),
    means("ISO without leading zeros", {"2024-5-31 18:00:00": EVENING, "2024-6-1 9:05:07": NEXT}),
    means("ISO with UTC after it", {"2024-05-31 18:00:00 UTC": EVENING, "2024-06-01 09:05:07 UTC": NEXT}),
    # dates as people write them
    # which number is the day, which year
    means("years of two digits among numbers", {"1": 1, "2": 2, "24-06-02": None}),
    # beyond the calendar
    means("the first and the last year", {"1678-01-01": "1678-01-01T00:00:00", "2261-12-31T23:59:59": "2261-12-31T23:59:59"}),
    means("before 1970", {"1969-12-31T23:59:59": "1969-12-31T23:59:59", "1950-01-01": "1950-01-01T00:00:00"}),
    means("days that are not in the calendar", {"2024-02-29": "2024-02-29T00:00:00", "2024-03-01": "2024-03-01T00:00:00", "2023-02-29": None, "2024-04-31": None, "2024-13-01": None, "2024-00-10": None}),
    means("hours that are not on the clock", {EVENING: EVENING, NEXT: NEXT, "2024-06-01 25:00": None, "2024-06-01 12:60": None, "2024-06-01T23:59:61": None}),
    # zones
    means("a zone named in the text wins", {"2024-05-31T18:00:00Z": EVENING, "2024-06-01T05:05:07-04:00": NEXT}, time_zone="Europe/Berlin"),
    means("an hour without a zone, which UTC does not skip", {"2024-03-31 01:59": "2024-03-31T01:59:00", "2024-03-31 02:30": "2024-03-31T02:30:00"}),
    means("numbers have no zone", {"1717178400": EVENING, "1717232707": NEXT}, time_zone="Asia/Tokyo"),
    # kinds mixed, and no times
    means("a few numbers among dates", {EVENING: EVENING, NEXT: NEXT, "17": None}),
    means("a few dates among numbers", {"17": 17, "18": 18, EVENING: None}),
    means("a few empty times", {"17": 17, "": None, "18": 18}, reason="no timestamp"),
    refuses("words for times", at("noon", "evening"), "timestamp", "noon"),
    refuses("times of day without a day", at("18:00:00", "18:05:00"), "timestamp", "18:00:00"),
    refuses("months", at("2024-05", "2024-06"), "timestamp", "2024-05"),
    refuses("weeks", at("2024-W22-5", "2024-W22-6"), "timestamp", "2024-W22-5"),
    reads("spaces around times", lines("s, 1717178400 ,A", "s,1717178401  ,B"), "s: A B", times=[EVENING, "2024-05-31T18:00:01"]),
    means("times in the order of numbers, not of texts", {"9": 9, "10": 10, "-1": -1}),
]  # fmt: skip
