"""Good logs in every format, damaged in seeded ways, and read by a plain reader of our own for comparison."""

import csv
import gzip
import io
import json
import random
import re
import zipfile
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.preview import inspect_log
from gru4rec_core.errors import DataError

ROWS = [(f"s{n // 3}", 1_700_000_000 + 7 * n, f"A{n % 5}") for n in range(60)]
NAMES = ("session", "timestamp", "item")
MAPPING = ColumnMapping(*NAMES)
ODD = ["\0", "\u2028", "\x85", "\x1b[31m", '"', "'", ",", ";", "\n", "\r", "\t", "\ufeff", "\ud7ff", "é", "😀", "-",
       "e999", "NaN", "\\N", "{", "}", "[", "\\ud800", "9" * 400, "=1+1", " "]  # fmt: skip
_SESSION, _ITEM = re.compile(r"s\d+"), re.compile(r"A\d+")

Event = tuple[str, float, str]


def _delimited(delimiter: str, quoted: bool = False) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL if quoted else 0)
    writer.writerows([NAMES, *ROWS])
    return out.getvalue().encode()


def _parquet(**options: Any) -> bytes:
    sink = pa.BufferOutputStream()
    columns = zip(*ROWS, strict=True)
    pq.write_table(pa.table(dict(zip(NAMES, map(pa.array, columns), strict=True))), sink, **options)
    return bytes(sink.getvalue().to_pybytes())


def _workbook() -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in [NAMES, *ROWS]:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def _zipped(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("log.csv", content)
    return out.getvalue()


TEXTS = {
    "csv": _delimited(","),
    "tsv": _delimited("\t"),
    "semicolon": _delimited(";"),
    "quoted": _delimited(",", quoted=True),
    "jsonl": "".join(json.dumps(dict(zip(NAMES, row, strict=True))) + "\n" for row in ROWS).encode(),
}
BINARIES = {
    "parquet": _parquet(),
    "parquet plain": _parquet(compression="none", use_dictionary=False),
    "parquet pages": _parquet(data_page_size=64, row_group_size=20, data_page_version="2.0"),
    "xlsx": _workbook(),
    "gzip": gzip.compress(TEXTS["csv"], mtime=0),
    "zip": _zipped(TEXTS["csv"]),
}
SEEDS = {**TEXTS, **BINARIES}


def mutate(seed: int) -> tuple[str, bytes]:
    """The kind of a good file, and what became of it."""
    chance = random.Random(seed)
    kind = chance.choice([*TEXTS, *TEXTS, *BINARIES])
    content = SEEDS[kind]
    packed = chance.random() < 0.5 and {"gzip": gzip.compress, "zip": _zipped}.get(kind)
    content = TEXTS["csv"] if packed else content
    for _ in range(chance.choice([1, 1, 2, 4])):
        content = chance.choice(_MUTATIONS)(chance, content)
    return kind, packed(content) if packed else content


def _flip_bits(chance: random.Random, content: bytes) -> bytes:
    out = bytearray(content)
    for _ in range(chance.choice([1, 1, 3, 10])):
        if out:
            out[chance.randrange(len(out))] ^= 1 << chance.randrange(8)
    return bytes(out)


def _truncate(chance: random.Random, content: bytes) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _splice(chance: random.Random, content: bytes) -> bytes:
    other = SEEDS[chance.choice([*SEEDS])]
    start, at = chance.randrange(len(other)), chance.randrange(len(content) + 1)
    return content[:at] + other[start : start + chance.randrange(200)] + content[at + chance.randrange(100) :]


def _repeat(chance: random.Random, content: bytes) -> bytes:
    start = chance.randrange(len(content) + 1)
    return content[: start + chance.randrange(300)] + content[start:]


def _insert(chance: random.Random, content: bytes) -> bytes:
    at = chance.randrange(len(content) + 1)
    odd = chance.choice(ODD).encode() if chance.random() < 0.8 else chance.randbytes(4)
    return content[:at] + odd + content[at:]


def _damage_ends(chance: random.Random, content: bytes) -> bytes:
    """The header of a text, the magic of a packed file, or the footer of a Parquet or ZIP file."""
    span = min(40, len(content))
    at = chance.randrange(span + 1) if chance.random() < 0.5 else len(content) - chance.randrange(span + 1)
    return content[:at] + chance.choice(ODD).encode() + content[at + 1 :]


_MUTATIONS = [_flip_bits, _truncate, _splice, _repeat, _insert, _damage_ends]


def check_files(first: int, n: int, folder: str) -> Counter[str]:
    """Reads files `first` to `first + n`: each is refused in words, or read as a plain reader reads it.

    Returns:
        How many were "refused", "accepted", and of these "recounted".
    """
    counts: Counter[str] = Counter()
    path = Path(folder) / "log"
    for seed in range(first, first + n):
        kind, content = mutate(seed)
        path.write_bytes(content)
        log = None
        try:
            with suppress(DataError):
                inspect_log(path)
            log = read_log(path, MAPPING)
        except DataError as refusal:
            error = refusal
        except BaseException as failure:
            raise AssertionError(f"mutated file {seed} ({kind}): {type(failure).__name__}: {failure}") from failure
        if log is None:
            assert error.rule, seed
            assert error.found or error.remedy, seed
            counts["refused"] += 1
            continue
        counts["accepted"] += 1
        summary, dataset = log.summary, log.dataset
        assert summary.rows_read == dataset.n_events + sum(summary.rejected_counts.values()), seed
        expected = plain_events(content)
        if expected is not None:
            counts["recounted"] += 1
            sessions = [str(name) for name in dataset.session_ids.repeat(dataset.lengths)]
            items = dataset.vocabulary.decode(dataset.items).tolist()
            read = Counter(filter(is_clean, zip(sessions, dataset.timestamps.tolist(), items, strict=True)))
            assert read == expected, f"mutated file {seed} ({kind}): {read - expected} more, {expected - read} less"
    return counts


def is_clean(event: tuple[Any, Any, Any]) -> bool:
    """Whether an event looks like those of the good file."""
    session, time, item = event
    return bool(_SESSION.fullmatch(session) and 1.6e9 < time < 1.8e9 and _ITEM.fullmatch(item))


def plain_events(content: bytes) -> Counter[Event] | None:
    """The events that look like those of the good file; None where quotes leave open what the rows are."""
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    if content.startswith(b"PAR1"):
        table = pq.read_table(io.BytesIO(content), columns=list(NAMES), use_threads=False)
        return _clean(list(zip(*(table[name].to_pylist() for name in NAMES), strict=True)))
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                return plain_events(archive.read(archive.namelist()[0]))
        sheet = openpyxl.load_workbook(io.BytesIO(content), data_only=True).worksheets[0]
        names, *rows = sheet.iter_rows(values_only=True)
        return _clean([tuple(row[names.index(name)] for name in NAMES) for row in rows])
    return _plain_text_events(content.decode("utf-8-sig"))


def _plain_text_events(text: str) -> Counter[Event] | None:
    # A byte order mark before a line is what is left where files were joined.
    lines = [line.removeprefix("\ufeff") for line in text.lstrip("\ufeff").split("\n") if line.strip()]
    if lines[0].lstrip().startswith("{"):
        return _plain_json_events(lines)
    if '"' in text:
        every = len(lines) * 6
        if text.count('"') != every or any(line.count('"') != 6 for line in lines):
            return None
    delimiter = next(d for d in ("\t", ";", ",") if lines[0].count(d) >= 2)
    names, *rows = [_split(line.removesuffix("\r"), delimiter) for line in lines]
    rows = [row for row in rows if len(row) == len(names)]
    return _clean([tuple(row[names.index(name)] for name in NAMES) for row in rows])


def _split(line: str, delimiter: str) -> list[str]:
    try:
        row = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:  # a carriage return inside the line
        row = line.split(delimiter)
    return [cell.strip(" ") for cell in row]


def _plain_json_events(lines: list[str]) -> Counter[Event] | None:
    rows = []
    for line in lines:
        line = re.sub(r",\s*}\s*$", "}", line)  # a last comma too many hides nothing
        try:
            pairs = json.loads(line, object_pairs_hook=list)
        except ValueError:
            continue
        if isinstance(pairs, list) and all(isinstance(pair, tuple) for pair in pairs):
            if len(dict(pairs)) < len(pairs):
                return None  # one name twice: which of the two counts is a matter of taste
            values = [dict(pairs).get(name) for name in NAMES]
            rows.append(tuple(value.strip(" ") if isinstance(value, str) else value for value in values))
    return _clean(rows)


def _clean(rows: list[tuple[Any, ...]]) -> Counter[Event]:
    events: Counter[Event] = Counter()
    for session, time, item in rows:
        try:
            # A byte order mark beside a time cannot be seen, and is no part of it.
            event = (str(session), float(time.strip("\ufeff") if isinstance(time, str) else time), str(item))
        except (TypeError, ValueError, OverflowError):
            continue
        if is_clean(event):
            events[event] += 1
    return events
