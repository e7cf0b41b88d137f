"""Which rows of a file are events, and how do they become a dataset?"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.file_format import LogFile, hash_file
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.sources import MAX_TEXT, RAW_LENGTH
from gru4rec_core.data.times import UNITS, guess_unit, iso_times
from gru4rec_core.data.vocabulary import ItemVocabulary, number_by_appearance
from gru4rec_core.errors import DataError

MAX_REJECTED = 1_000  # rejected rows kept as a sample; all are counted

NO_TIME = "the timestamp is neither a number nor an ISO date"
NOT_LIKE_MOST = "the timestamp is a {}, most are {}s"


@dataclass(frozen=True)
class ImportSummary:
    """What became of each row of a file.

    rows_read = rows_kept + rows_filtered + the sum of rejected_counts.

    Attributes:
        file: Name for people.
        format: For people, such as "CSV, gzipped".
        encoding: Of a text file; "" for Parquet.
        size: Bytes of the file as it lies there.
        sha256: Of the same bytes.
        columns: The mapping used: role to column.
        session_gap_minutes: When visits were cut out of a user's events.
        rows_read: Rows with content, the header not counted.
        rows_kept: Events of the dataset.
        rows_filtered: Rows of kinds of event that were not wanted.
        rejected_counts: Reason to number of rows, most frequent first.
        rejected: The first 1,000 of them: place (line of a text file or row of Parquet, from 1), reason, found.
        place: What `place` counts: "line" or "row".
        time_kind: "dates", when the file gave dates, else "numbers".
        time_unit: Of the timestamps kept: "s", "ms", "us", "ns" since 1970, or None for numbers that are no dates.
        n_sessions, n_items: Of the dataset.
        tied_timestamps: Events at the same time as the event before, in the same session; file order decides there.
        sessions_out_of_order: Sessions whose events did not stand in time order in the file.
        one_item_sessions: Sessions of one event: nothing to predict in them.
    """

    file: str
    format: str
    encoding: str
    size: int
    sha256: str
    columns: dict[str, str]
    session_gap_minutes: float | None
    rows_read: int
    rows_kept: int
    rows_filtered: int
    rejected_counts: dict[str, int]
    rejected: pd.DataFrame = field(repr=False, compare=False)
    place: str
    time_kind: str
    time_unit: str | None
    n_sessions: int
    n_items: int
    tied_timestamps: int
    sessions_out_of_order: int
    one_item_sessions: int

    @property
    def rows_rejected(self) -> int:
        return sum(self.rejected_counts.values())

    def to_json(self) -> dict[str, Any]:
        """Everything but the rejected rows, in JSON's own types."""
        return {name: value for name, value in self.__dict__.items() if name != "rejected"}


@dataclass(frozen=True)
class ImportedLog:
    """A log that was read.

    Attributes:
        dataset: The kept events; sessions in the order they first appear in the file. Sessions and items are text.
        summary: What became of each row.
        item_names: Item to the name to show, where a column for it was mapped; the first name an item comes with.
    """

    dataset: SessionDataset
    summary: ImportSummary
    item_names: dict[str, str] = field(default_factory=dict)


# One row of a block, judged. The first rule that is broken gives the reason. A moment starts with a digit: DuckDB also
# takes "epoch", "now" or "infinity" for one.
_JUDGE = f"""
SELECT *, CASE
    WHEN fault IS NOT NULL THEN fault
    WHEN NOT wanted THEN NULL
    WHEN coalesce(owner, '') = '' THEN 'no {{owner}}'
    WHEN coalesce(item, '') = '' THEN 'no item'
    WHEN coalesce(time, '') = '' THEN 'no timestamp'
    WHEN length(owner) > {MAX_TEXT} THEN 'a {{owner}} longer than {MAX_TEXT:,} characters'
    WHEN length(item) > {MAX_TEXT} THEN 'an item longer than {MAX_TEXT:,} characters'
    WHEN number IS NULL AND moment IS NULL THEN '{NO_TIME}'
    WHEN NOT isfinite(number) THEN 'the timestamp is no finite number'
  END AS reason
FROM (
  SELECT place, fault, raw, owner, item, {{name}} AS name, time, number, {{wanted}} AS wanted,
    CASE WHEN number IS NOT NULL THEN try_cast(time AS BIGINT) END AS whole,
    CASE WHEN number IS NULL AND time[1] BETWEEN '0' AND '9'
         THEN epoch_us(try_cast(time AS TIMESTAMPTZ)) END AS moment
  FROM (SELECT place, fault, raw, {{event}} AS event, {{item_name}} AS item_name, trim(owner) AS owner,
          trim(item) AS item, trim(timestamp) AS time, try_cast(trim(timestamp) AS DOUBLE) AS number FROM block))
"""


class _Encoder:
    """Text to numbers, by first appearance."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def encode(self, values: pa.ChunkedArray) -> np.ndarray:
        """int32 [n]."""
        encoded = values.combine_chunks().dictionary_encode()
        texts = encoded.dictionary.to_pylist()
        unknown = [text for text in texts if text not in self.numbers]
        self.numbers.update(zip(unknown, range(len(self.numbers), len(self.numbers) + len(unknown)), strict=True))
        return np.fromiter(map(self.numbers.__getitem__, texts), np.int32, len(texts))[encoded.indices.to_numpy()]

    def texts(self) -> np.ndarray:
        """The texts by number, object [n]."""
        out = np.empty(len(self.numbers), object)
        out[:] = list(self.numbers)
        return out


WHOLE, FRACTION, DATE = 0, 1, 2  # kinds of timestamps


class EventPile:
    """Takes a file's rows block by block, keeps the events as numbers, counts the others.

    Args:
        file: For messages and the summary.
        place: What rows are counted by: "line" or "row".
        mapping: What the columns mean.
        max_rows: Most rows of a file.
    """

    def __init__(self, file: LogFile, place: str, mapping: ColumnMapping, max_rows: int) -> None:
        self._file, self._place, self._mapping, self._max_rows = file, place, mapping, max_rows
        self._owners, self._item_texts = _Encoder(), _Encoder()
        self._blocks: list[tuple[np.ndarray, ...]] = []  # owner, item int32, time int64 (bits), kind int8
        self._first_of_kind: dict[bool, list[tuple[int, str, str]]] = {True: [], False: []}
        self._n_of_kind: Counter[bool] = Counter()
        self._rejected: list[tuple[int, str, str]] = []  # place, reason, found
        self._counts: Counter[str] = Counter()
        self._names: dict[str, str] = {}
        self._rows = self._filtered = 0
        roles = mapping.columns()
        owner = "session" if mapping.session is not None else "user"
        wanted = "coalesce(list_contains($kinds, event), false)" if mapping.keep_events else "true"
        self._query = (
            _JUDGE.replace("{owner}", owner)
            .replace("{wanted}", wanted)
            .replace("{name}", "item_name" if mapping.item_name else "NULL::VARCHAR")
            .replace("{event}", "trim(event)" if "event" in roles else "NULL::VARCHAR")
            .replace("{item_name}", "trim(item_name)" if mapping.item_name else "NULL::VARCHAR")
        )

    def add(self, connection: duckdb.DuckDBPyConnection, block: pa.Table) -> None:
        """Judges one block (see sources.py).

        Raises:
            DataError: More rows than a file may have.
        """
        self._rows += block.num_rows
        if self._rows > self._max_rows:
            raise DataError(
                f"A log has at most {self._max_rows:,} rows.",
                found="more",
                where=self._file.name,
                remedy="Cut the log into parts.",
            )
        connection.register("block", block)
        kinds = {"kinds": list(self._mapping.keep_events)} if self._mapping.keep_events else None
        rows = connection.sql(self._query, params=kinds).to_arrow_table()
        self._reject(rows)
        unwanted = pc.and_(pc.is_null(rows["reason"]), pc.invert(rows["wanted"]))
        self._filtered += int(pc.sum(unwanted).as_py() or 0)
        self._keep(rows.filter(pc.and_(pc.is_null(rows["reason"]), rows["wanted"])))

    def _reject(self, rows: pa.Table) -> None:
        bad = rows.filter(pc.is_valid(rows["reason"]))
        for reason in pc.value_counts(bad["reason"]).to_pylist():
            self._counts[reason["values"]] += reason["counts"]
        for row in bad.slice(0, max(0, MAX_REJECTED - len(self._rejected))).to_pylist():
            fields = (row["owner"], row["time"], row["item"])
            found = row["raw"] or ", ".join("" if value is None else value for value in fields)
            self._rejected.append((row["place"], row["reason"], found[:RAW_LENGTH]))

    def _keep(self, rows: pa.Table) -> None:
        if rows.num_rows == 0:
            return
        whole = rows["whole"].fill_null(0).to_numpy()
        number = rows["number"].fill_null(0.0).to_numpy()
        moment = rows["moment"].fill_null(0).to_numpy()
        is_date = pc.is_valid(rows["moment"]).to_numpy()
        is_whole = pc.is_valid(rows["whole"]).to_numpy() & (number == whole)
        kind = np.where(is_date, DATE, np.where(is_whole, WHOLE, FRACTION)).astype(np.int8)
        time = np.where(is_date, moment, np.where(is_whole, whole, number.view(np.int64)))
        items = self._item_texts.encode(rows["item"])
        self._blocks.append((self._owners.encode(rows["owner"]), items, time, kind))
        for date in (False, True):
            self._n_of_kind[date] += int((is_date == date).sum())
            examples = self._first_of_kind[date]
            if len(examples) < MAX_REJECTED:
                some = np.flatnonzero(is_date == date)[: MAX_REJECTED - len(examples)]
                for row in rows.select(["place", "owner", "time", "item"]).take(some).to_pylist():
                    found = f"{row['owner']}, {row['time']}, {row['item']}"
                    examples.append((row["place"], NOT_LIKE_MOST, found[:RAW_LENGTH]))
        if self._mapping.item_name:
            self._name(items, rows["name"])

    def _name(self, items: np.ndarray, names: pa.ChunkedArray) -> None:
        texts = list(self._item_texts.numbers)
        named = pc.fill_null(pc.not_equal(names, ""), False)
        shown, first = np.unique(items[named.to_numpy()], return_index=True)
        for item, name in zip(shown, names.filter(named).take(first).to_pylist(), strict=True):
            self._names.setdefault(texts[item], name)

    def finish(self) -> ImportedLog:
        """The dataset and the summary of all rows.

        Raises:
            DataError: No row is an event, no session has two, or visits cannot be cut out of times without a unit.
        """
        dates = self._n_of_kind[True] > self._n_of_kind[False]
        self._check_any_event()
        owner, item, time, kind = (np.concatenate(parts) for parts in zip(*self._blocks, strict=True))
        self._blocks.clear()
        if self._n_of_kind[not dates]:
            self._reject_other_kind(dates)
            like_most = (kind == DATE) == dates
            owner, item, time, kind = owner[like_most], item[like_most], time[like_most], kind[like_most]
        timestamps, unit = _dates(time) if dates else _numbers(time, kind)
        order, ties_out_of_order = _time_order(owner, timestamps)
        owner, item, timestamps = owner[order], item[order], timestamps[order]
        starts_visit = np.r_[True, owner[1:] != owner[:-1]]
        texts = self._owners.texts()
        if self._mapping.session_gap_minutes is not None:
            starts_visit |= self._pauses(timestamps, unit)
            starts = np.flatnonzero(starts_visit)
            assert unit is not None  # else no pause could be told
            session_ids = _visit_names(owner[starts], texts, timestamps[starts], unit)
        else:
            starts = np.flatnonzero(starts_visit)
            session_ids = texts[owner[starts]]
        dataset = _dataset(item, timestamps, starts, session_ids, self._item_texts.texts(), unit)
        self._check_sessions(dataset)
        return ImportedLog(dataset, self._summary(dataset, dates, unit, ties_out_of_order), self._names)

    def _pauses(self, timestamps: np.ndarray, unit: str | None) -> np.ndarray:
        """Whether a pause that ends a visit lies before the event, bool [n_events]."""
        gap = self._mapping.session_gap_minutes
        assert gap is not None
        if unit is None:
            raise DataError(
                "Visits are cut out of a user's events by pauses in minutes, so times must be dates.",
                found=f"numbers from {timestamps.min():g} to {timestamps.max():g}",
                where=f"{self._file.name}, column {self._mapping.timestamp}",
                remedy="Name a session column, or write the times as ISO dates.",
            )
        return np.r_[True, np.diff(timestamps) > gap * 60 * UNITS[unit]]

    def _reject_other_kind(self, dates: bool) -> None:
        reason = NOT_LIKE_MOST.format(*(("number", "date") if dates else ("date", "number")))
        self._counts[reason] += self._n_of_kind[not dates]
        others = [(place, reason, found) for place, _, found in self._first_of_kind[not dates]]
        self._rejected = sorted(self._rejected + others)[:MAX_REJECTED]

    def _check_any_event(self) -> None:
        if self._blocks:
            return
        name = self._file.name
        if self._rows == 0:
            raise DataError(
                "A log has a header and at least one event.",
                found="a header and nothing below it",
                where=name,
                remedy="Export the events too.",
            )
        if not self._counts:
            raise DataError(
                "At least one event is of a kind to keep.",
                found=f"{self._filtered:,} rows, all of other kinds",
                where=f"{name}, column {self._mapping.event_column}",
                remedy="Choose kinds that stand in this column.",
            )
        reason, n = self._counts.most_common(1)[0]
        place, _, found = next(bad for bad in self._rejected if bad[1] == reason)
        column = self._mapping.timestamp if "timestamp" in reason else ""
        raise DataError(
            "At least one row of a log is an event: a session, a time and an item.",
            found=f"{self._rows:,} rows, none of them usable; {n:,} because {reason}, such as {found!r}",
            where=f"{name}, {self._place} {place}" + (f", column {column}" if column else ""),
            remedy="Map the timestamp to a column of numbers or of ISO dates like 2024-05-31T18:00."
            if column
            else "Check the mapping of the columns and the delimiter.",
        )

    def _check_sessions(self, dataset: SessionDataset) -> None:
        if dataset.n_events > dataset.n_sessions:
            return
        raise DataError(
            "A session has at least two events, or there is nothing to predict.",
            found=f"{dataset.n_sessions:,} sessions, all of one event",
            where=f"{self._file.name}, column {next(iter(self._mapping.columns().values()))}",
            remedy="Map the session to the column that the events of one visit share; it must not name single events.",
        )

    def _summary(self, dataset: SessionDataset, dates: bool, unit: str | None, out_of_order: int) -> ImportSummary:
        file, mapping = self._file, self._mapping
        same_session = np.ones(dataset.n_events, bool)
        same_session[dataset.offsets[:-1]] = False
        ties = (np.diff(dataset.timestamps) == 0) & same_session[1:]
        roles = mapping.columns()
        roles = {("session" if mapping.session is not None else "user"): roles.pop("owner"), **roles}
        return ImportSummary(
            file=file.name,
            format=file.format_name,
            encoding="" if file.format == "parquet" else file.encoding,
            size=file.path.stat().st_size,
            sha256=hash_file(file.path),
            columns=roles,
            session_gap_minutes=mapping.session_gap_minutes,
            rows_read=self._rows,
            rows_kept=dataset.n_events,
            rows_filtered=self._filtered,
            rejected_counts=dict(self._counts.most_common()),
            rejected=pd.DataFrame(self._rejected, columns=pd.Index(["place", "reason", "found"])).astype(
                {"place": np.int64, "reason": "str", "found": "str"}
            ),
            place=self._place,
            time_kind="dates" if dates else "numbers",
            time_unit=unit,
            n_sessions=dataset.n_sessions,
            n_items=dataset.n_items,
            tied_timestamps=int(ties.sum()),
            sessions_out_of_order=out_of_order,
            one_item_sessions=int((dataset.lengths == 1).sum()),
        )


def _dates(microseconds: np.ndarray) -> tuple[np.ndarray, str]:
    """Dates in the coarsest unit that holds them exactly, int64 [n]."""
    for unit in ("s", "ms"):
        step = 10**6 // UNITS[unit]
        if not (microseconds % step).any():
            return microseconds // step, unit
    return microseconds, "us"


def _numbers(bits: np.ndarray, kind: np.ndarray) -> tuple[np.ndarray, str | None]:
    """Numbers as they stood, int64 [n], float64 where one has a fraction; and their unit since 1970, if any."""
    timestamps = bits if (kind == WHOLE).all() else np.where(kind == WHOLE, bits, bits.view(np.float64))
    return timestamps, guess_unit(timestamps.min(), timestamps.max())


def _time_order(owner: np.ndarray, timestamps: np.ndarray) -> tuple[np.ndarray, int]:
    """The order by owner, then time, ties as in the file; and how many owners were out of time order in the file."""
    order = np.arange(len(owner))
    if (np.diff(owner) < 0).any():
        order = np.argsort(owner, kind="stable")
    sorted_owner, sorted_times = owner[order], timestamps[order]
    backwards = (np.diff(sorted_times) < 0) & (sorted_owner[1:] == sorted_owner[:-1])
    if not backwards.any():
        return order, 0
    return np.lexsort((timestamps, owner)), len(np.unique(sorted_owner[1:][backwards]))


def _visit_names(owner: np.ndarray, texts: np.ndarray, starts: np.ndarray, unit: str) -> np.ndarray:
    """Names of visits cut out of users' events: user, #, when it began (UTC); object [n_visits].

    By their number, another export of the same events would give a visit another name; the test of an old model on
    a later export could then not tell which events the model has learnt from.
    """
    users = pa.array(texts).take(pa.array(owner))
    names = pc.binary_join_element_wise(users, pa.array(iso_times(starts, unit)), "#")
    return names.to_numpy(zero_copy_only=False)


def _dataset(
    item: np.ndarray,
    timestamps: np.ndarray,
    starts: np.ndarray,
    session_ids: np.ndarray,
    texts: np.ndarray,
    unit: str | None,
) -> SessionDataset:
    """The dataset, its items numbered by first appearance in it."""
    used, new_ids = number_by_appearance(item, len(texts))
    vocabulary = ItemVocabulary(texts[used])
    offsets = np.r_[starts, len(item)].astype(np.int64)
    return SessionDataset.from_arrays(new_ids[item], timestamps, offsets, session_ids, vocabulary, unit)
