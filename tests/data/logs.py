"""Small logs in every format, and how to look at what was read from them."""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from gru4rec_core.data.import_types import ImportedLog
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet

Write = Callable[..., Path]
"""Writes content (text or bytes) to a file of a name ("log.csv" by default) and returns its path."""

ROWS = [("s1", 10, "A"), ("s1", 20, "B"), ("s2", 15, "B"), ("s2", 30, "C"), ("s2", 40, "A")]
CSV = "session,timestamp,item\n" + "".join(f"{s},{t},{i}\n" for s, t, i in ROWS)


def parquet_bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return sink.getvalue().to_pybytes()


FORMATS: dict[str, bytes] = {
    "CSV": CSV.encode(),
    "TSV": CSV.replace(",", "\t").encode(),
    'delimited by ";"': CSV.replace(",", ";").encode(),
    'delimited by "|"': CSV.replace(",", "|").encode(),
    "JSON lines": "".join(json.dumps({"session": s, "timestamp": t, "item": i}) + "\n" for s, t, i in ROWS).encode(),
    "Parquet": parquet_bytes(pa.Table.from_pandas(pd.DataFrame(ROWS, columns=["session", "timestamp", "item"]))),
}


def sessions(log: ImportedLog) -> dict[str, list[str]]:
    """Session to its items, oldest first."""
    dataset = log.dataset
    return {
        str(name): dataset.vocabulary.decode(dataset.session(i)).tolist() for i, name in enumerate(dataset.session_ids)
    }


def list_rejected(log: ImportedLog) -> list[tuple[int, str]]:
    """Line or row, and reason, of each rejected row."""
    return list(zip(log.summary.rejected.place.tolist(), log.summary.rejected.reason.tolist(), strict=True))


DAY = 86_400
START = 1_700_006_400  # a midnight


Log = list[tuple[int, int, int]]
"""Rows of session, timestamp, item."""


def dataset_of(rows: Log) -> SessionDataset:
    return SessionDataset(pd.DataFrame(rows, columns=["session", "timestamp", "item"]))


def of_sessions(*parts: tuple[int, str]) -> SessionDataset:
    """Sessions as (day they start, items one second apart)."""
    return dataset_of([
        (session, START + day * DAY + second, item)  # type: ignore[misc]
        for session, (day, items) in enumerate(parts)
        for second, item in enumerate(items)
    ])  # fmt: skip


def texts(dataset: SessionDataset) -> list[str]:
    """The items of each session as one string, unknown ones as "?"."""
    decode = dataset.vocabulary.decode
    return ["".join(item or "?" for item in decode(dataset.session(i))) for i in range(dataset.n_sessions)]


def list_predicted(evaluation: EvaluationSet) -> list[tuple[int, int]]:
    """Session and position of each predicted event."""
    index = evaluation.events()
    return list(zip(index.session.tolist(), index.position.tolist(), strict=True))
