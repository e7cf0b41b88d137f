"""Packed files, workbooks and folders."""

import datetime as dt
import gzip
import io
import zipfile
from typing import Any

import openpyxl

from tests.data.corpus.json_lines import TOY_LINES
from tests.data.corpus.line import HEADER, ROWS, reads, refuses, table
from tests.data.corpus.parquet import WHOLE

CSV = table().encode()
HALF = len(CSV) // 2


def zipped(*files: tuple[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", how) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return sink.getvalue()


def workbook(*sheets: list[tuple[Any, ...]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def sheet(*rows: tuple[Any, ...]) -> bytes:
    return workbook([HEADER, *rows])


EVENING, LATER = dt.datetime(2024, 5, 31, 18), dt.datetime(2024, 6, 1, 9, 5, 7)
TIMES = ["2024-05-31T18:00:00", "2024-06-01T09:05:07"]
OTHER = table([("s3", 50, "C"), ("s3", 60, "A")]).encode()

LINES = [
    # gzip
    reads("CSV, gzipped", gzip.compress(CSV), file="log.csv.gz"),
    reads("CSV, gzipped, whatever its name", gzip.compress(CSV), file="log.parquet"),
    reads("JSON lines, gzipped", gzip.compress(TOY_LINES.encode())),
    reads("Parquet, gzipped", gzip.compress(WHOLE)),
    reads("UTF-16, gzipped", gzip.compress(table().encode("utf-16")), encoding="utf-16"),
    reads("gzip in two parts", gzip.compress(CSV[:HALF]) + gzip.compress(CSV[HALF:])),
    refuses("gzip cut off", gzip.compress(CSV)[:-12], "gzipped", "cut off"),
    refuses("gzip with something behind it", gzip.compress(CSV) + b"behind", "gzipped"),
    refuses("gzip of nothing", gzip.compress(b""), "empty"),
    refuses("gzip in gzip", gzip.compress(gzip.compress(CSV)), "gzipped file inside"),
    # ZIP
    reads("CSV, zipped", zipped(("log.csv", CSV)), file="log.zip"),
    reads("CSV, zipped but not packed", zipped(("log.csv", CSV), how=zipfile.ZIP_STORED)),
    refuses("a ZIP that lost bytes at the beginning", b"PK\3\4" + zipped(("log.csv", CSV))[9:], "ZIP", "cut off"),
    reads("JSON lines, zipped", zipped(("log.jsonl", TOY_LINES.encode()))),
    reads("Parquet, zipped", zipped(("log.parquet", WHOLE))),
    reads("a ZIP of a Mac", zipped(("log.csv", CSV), ("__MACOSX/._log.csv", b"\0"))),
    reads("a ZIP with a folder", zipped(("logs/", b""), ("logs/log.csv", CSV))),
    refuses("a ZIP of two files", zipped(("a.csv", CSV), ("b.csv", CSV)), "exactly one file", "2 files", "a.csv"),
    refuses("a ZIP of none", zipped(), "ZIP"),
    refuses("a ZIP in a ZIP", zipped(("a.zip", zipped(("log.csv", CSV)))), "ZIP archive", "inside another"),
    refuses("a ZIP cut off", zipped(("log.csv", CSV))[:-10], "ZIP archive"),
    refuses("a ZIP packed by bzip2", zipped(("log.csv", CSV), how=zipfile.ZIP_BZIP2), "ZIP archive"),
    refuses("a text of Word", zipped(("word/document.xml", b"<x/>"), ("[Content_Types].xml", b"<x/>")), "ZIP archive"),
    # workbooks
    reads("a workbook", sheet(*ROWS), file="log.xlsx"),
    reads("a workbook with dates", sheet(("s", EVENING, "A"), ("s", LATER, "B")), "s: A B", times=TIMES),
    reads("a workbook with dates as texts", sheet(*(("s", time, "A") for time in TIMES)), "s: A A", times=TIMES),
    reads("a workbook with numbers for names", sheet((1, 1, 7.0), (1, 2, 8)), "1: 7 8"),
    reads("a workbook with leading zeros in texts", sheet(("s", 1, "007"), ("s", 2, 7)), "s: 007 7"),
    reads("a workbook with empty rows and cells", sheet(("s", 1, "A"), (None, None, None), ("s", 2, None), ("s", 3, "B")), "s: A B", rejected=[(4, "no item")]),
    reads("a workbook with errors for items", sheet(("s", 1, "A"), ("s", 2, "#N/A"), ("s", 3, "B")), "s: A B", rejected=[(3, "no item")]),
    reads("a workbook with empty rows above", workbook([(), (), HEADER, *ROWS])),
    reads("a workbook with other columns", workbook([("note", *HEADER), *(("x", *row) for row in ROWS)])),
    reads("a workbook of two sheets, the first counts", workbook([HEADER, *ROWS], [("a", "b"), (1, 2)])),
    refuses("a workbook whose first sheet is empty", workbook([], [HEADER, *ROWS]), "first sheet", "the first one"),
    refuses("a workbook with a header and nothing below", sheet(), "header and no rows below"),
    refuses("a workbook cut off", sheet(*ROWS)[:-200], "ZIP archive"),
    # folders
    reads("a folder of two files", {"a.csv": CSV, "b.csv": OTHER}, "s1: A B; s2: B C A; s3: C A", file="logs"),
    reads("a session spread over two files", {"a.csv": CSV, "b.csv": table([("s1", 12, "C")]).encode()}, "s1: A C B; s2: B C A", file="logs"),
    reads("a folder of Parquet", {"a.parquet": WHOLE}, file="logs"),
]  # fmt: skip
