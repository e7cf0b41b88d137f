"""Every file of the corpus is read, or refused, as expected (tests/data/corpus)."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from gru4rec_core.data.import_types import ImportedLog
from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.locations import FolderLog
from gru4rec_core.data.preview import inspect_log
from gru4rec_core.errors import DataError
from tests.data.corpus import exports, ids, json_lines, packed, parquet, refused, text, times
from tests.data.corpus.line import Line
from tests.data.logs import list_rejected, sessions

SUBJECTS = {
    "text": text,
    "times": times,
    "ids": ids,
    "JSON": json_lines,
    "Parquet": parquet,
    "packed": packed,
    "refused": refused,
    "exports": exports,
}
CORPUS = [(subject, line) for subject, module in SUBJECTS.items() for line in module.LINES]
PER_SECOND = {"s": 1, "ms": 1_000, "us": 10**6, "ns": 10**9}


@pytest.mark.parametrize("line", [pytest.param(line, id=f"{subject}: {line.name}") for subject, line in CORPUS])
def test_a_file_becomes_what_it_should(line: Line, tmp_path: Path) -> None:
    path = write(line, tmp_path)
    if line.sessions is None:
        with pytest.raises(DataError) as caught:
            read(line, path)
        missing = [part for part in line.says if part not in str(caught.value)]
        assert not missing, str(caught.value)
    else:
        log = read(line, path)
        assert list(sessions(log).items()) == list(line.sessions.items())
        assert line.times is None or list_times(log) == line.times
        check_rejected(log, line)
        n_events = sum(map(len, line.sessions.values()))
        assert (log.summary.rows_kept, log.summary.rows_filtered) == (n_events, line.filtered)
        assert log.summary.rows_read == n_events + line.filtered + len(line.rejected)
        assert log.summary.rows_read == n_events + line.filtered + sum(log.summary.rejected_counts.values())
    look(line, path)


def write(line: Line, folder: Path) -> Path:
    path = folder / line.reading.file
    if isinstance(line.content, dict):
        for name, content in line.content.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(content)
    elif line.content is not None:
        path.write_bytes(line.content)
    return path


def location(line: Line, path: Path) -> Path | FolderLog:
    return FolderLog(str(path)) if isinstance(line.content, dict) and line.sessions is not None else path


def read(line: Line, path: Path) -> ImportedLog:
    _, mapping, encoding, options = line.reading
    return read_log(location(line, path), mapping, encoding=encoding, options=options)


def look(line: Line, path: Path) -> None:
    """A form shows the beginning of every file that is read; of the others, it may have to say why not."""
    try:
        inspect_log(location(line, path), encoding=line.reading.encoding, options=line.reading.options)
    except DataError:
        assert line.sessions is None


def list_times(log: ImportedLog) -> list[str | float]:
    """Of all events: ISO texts in UTC, numbers where they are no dates."""
    unit = log.summary.time_unit
    numbers = np.asarray(log.dataset.timestamps).tolist()
    if unit is None:
        return numbers
    start = dt.datetime(1970, 1, 1)
    return [(start + dt.timedelta(microseconds=round(n * 10**6 / PER_SECOND[unit]))).isoformat() for n in numbers]


def check_rejected(log: ImportedLog, line: Line) -> None:
    found = list_rejected(log)
    assert [place for place, _ in found] == [place for place, _ in line.rejected], found
    assert all(part in reason for (_, reason), (_, part) in zip(found, line.rejected, strict=True)), found


def test_the_corpus_is_large_and_each_line_has_a_name_of_its_own() -> None:
    names = [(subject, line.name) for subject, line in CORPUS]
    assert len(set(names)) == len(names) >= 150
