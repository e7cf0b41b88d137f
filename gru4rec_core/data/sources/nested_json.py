"""How are JSON lines read that hold a session each, with a list of its events?"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
import pyarrow as pa

from gru4rec_core.data.column_words import find_candidates
from gru4rec_core.data.file_format import LogFile
from gru4rec_core.data.reading_options import Layout
from gru4rec_core.data.sources.base import PREVIEW_ROWS, RAW_LENGTH, ReadRequest, check_columns, run_query
from gru4rec_core.data.sources.json_fields import (
    FieldPath,
    find_fields,
    list_of_pointers,
    pointer_to,
    split_name,
    value_at,
)
from gru4rec_core.data.sources.json_lines import NOT_JSON, as_text, first_objects, list_keys
from gru4rec_core.data.text_records import read_records
from gru4rec_core.errors import DataError

NO_EVENT = "the list of events is empty or missing"
BLOCK_BYTES = 4 << 20


def holds_events(objects: list[dict[str, object]]) -> bool:
    """Whether objects are sessions with a list of their events.

    Most have the list, and it has an item or a time. An object that has both is an event itself, whatever its lists
    hold, such as the pictures of a review.
    """
    key = find_event_list(objects)
    if key is None or 2 * sum(isinstance(row.get(key), list) for row in objects) <= len(objects):
        return False
    inner = _roles_of(_inner_fields(objects, key))
    own_fields = _own_fields(objects)
    # With items in the list, fields inside the object's own objects hardly say more: a price list, a device, a place.
    own = _roles_of(name for name, path in own_fields.items() if len(path) == 1 or "item" not in inner)
    return not own or (len(own) < 2 and bool(inner))


def find_event_list(objects: list[dict[str, object]]) -> str | None:
    """The key whose values are mostly lists of objects; None where there is none.

    Of several, the one whose objects look most like events counts: with an item, or with a time.
    """
    lists = []
    for key in dict.fromkeys(key for row in objects for key in row):
        values = [row[key] for row in objects if row.get(key)]
        n_lists = sum(isinstance(value, list) and isinstance(value[0], dict) for value in values)
        if 2 * n_lists > len(values):
            lists.append(key)
    roles = {key: _roles_of(_inner_fields(objects, key)) for key in lists}
    return max(lists, key=lambda key: ("item" in roles[key], len(roles[key])), default=None)


def _roles_of(names: Iterable[str]) -> set[str]:
    """Which of time and item the names of fields suggest."""
    candidates = find_candidates(list(names))
    return {role for role in ("timestamp", "item") if candidates[role]}


def _own_fields(objects: list[dict[str, object]]) -> dict[str, FieldPath]:
    """The fields of the objects that are not lists, by name."""
    fields = find_fields(objects)
    lists = {
        name
        for name, path in fields.items()
        if any(isinstance(value_at(row, path), list) for row in objects)
        and not any(isinstance(value_at(row, path), str | int | float) for row in objects)
    }
    return {name: path for name, path in fields.items() if name not in lists}


def _inner_fields(objects: list[dict[str, object]], key: str) -> dict[str, FieldPath]:
    """The fields of the objects in a list, by name."""
    return find_fields([event for row in objects for event in _events_of(row, key)])


def _events_of(row: dict[str, object], key: str) -> list[dict[str, object]]:
    events = row.get(key)
    return [event for event in events if isinstance(event, dict)] if isinstance(events, list) else []


@dataclass(frozen=True)
class NestedJson:
    """A session per line. Columns are the session's own fields and those of its events.

    A field of the events that the session has too is called after the list, such as "events.type".

    Args:
        file: Of JSON lines.
        key: Of the list of events.
    """

    file: LogFile
    key: str
    place: str = "line"
    layout: Layout = "nested"

    @cached_property
    def _first_objects(self) -> list[dict[str, object]]:
        return first_objects(self.file)

    def names_columns(self) -> bool:
        return True

    def columns(self, has_header: bool) -> list[str]:
        names = list(self._fields)
        check_columns(names, self.file.name)
        return names

    def keys(self) -> list[str]:
        """The names of the objects' own fields, whatever is inside them."""
        return list_keys(self._first_objects)

    @cached_property
    def _fields(self) -> dict[str, tuple[bool, FieldPath]]:
        """Column to whether it is of the events, and where it is."""
        objects = self._first_objects
        fields = {name: (False, path) for name, path in _own_fields(objects).items() if path != (self.key,)}
        for name, path in _inner_fields(objects, self.key).items():
            while name in fields:
                name = f"{self.key}.{name}"
            fields[name] = (True, path)
        return fields

    def _field(self, column: str) -> tuple[bool, FieldPath]:
        return self._fields.get(column, (False, split_name(column)))

    def head(self, has_header: bool) -> pd.DataFrame:
        fields = self._fields.values()
        rows = [
            [as_text(value_at(event if of_event else row, path)) for of_event, path in fields]
            for row in self._first_objects
            for event in _events_of(row, self.key)
        ]
        return pd.DataFrame(rows[:PREVIEW_ROWS], columns=pd.Index(list(self._fields)), dtype="str")

    def blocks(self, request: ReadRequest) -> Iterator[pa.Table]:
        self._check_takes_list(request.roles)
        query = self._query(request.roles)
        for records in read_records(self.file, request.on_bytes, BLOCK_BYTES):
            table = pa.table({"place": records.lines, "text": records.text})
            yield run_query(request.connection, table, query)

    def _check_takes_list(self, roles: Mapping[str, str]) -> None:
        """Each event of a line would be the same one, as often as the list is long."""
        of_event = {role: column for role, column in roles.items() if role == "item" or role.startswith("timestamp")}
        if "item" in of_event and not any(self._field(column)[0] for column in of_event.values()):
            raise DataError(
                f"If each line is read as a session with a list, item or time must come from the list {self.key}.",
                found=", ".join(of_event.values()) + ", fields of the line itself",
                where=self.file.name,
                remedy="Choose fields of the list; or, if each line is one event, choose that under "
                "“What does a row hold?” (with the command: --layout events).",
            )

    def _query(self, roles: Mapping[str, str]) -> str:
        """One row per event; one with a fault for a line that gives none."""
        fields = {role: self._field(column) for role, column in roles.items()}
        of_events = [role for role, (of_event, _) in fields.items() if of_event]
        of_session = [role for role in roles if role not in of_events]
        inner = list_of_pointers(fields[role][1] for role in of_events)
        outer = list_of_pointers(fields[role][1] for role in of_session)
        events = pointer_to((self.key,))
        source = {role: f"e[{i + 1}]" for i, role in enumerate(of_events)}
        source |= {role: f"p[{i + 1}]" for i, role in enumerate(of_session)}
        texts = ", ".join(f'{source[role]} AS "{role}"' for role in roles)
        return f"""
          WITH lines AS (
            SELECT place, trim(text, chr(10) || chr(13) || chr(9) || ' ') AS t FROM block),
          parsed AS (
            SELECT place, t, json_valid(t) AND left(t, 1) = '{{' AS is_object FROM lines WHERE t <> ''),
          listed AS (
            SELECT place, t, is_object,
              CASE WHEN is_object THEN json_extract_string(t, {outer}) END AS p,
              CASE WHEN is_object AND json_type(t, {events}) = 'ARRAY'
                   THEN json_extract(json_extract(t, {events}), '$[*]') END AS list
            FROM parsed),
          events AS (
            SELECT place, t, is_object, p,
              unnest(CASE WHEN len(list) > 0 THEN list ELSE [NULL::JSON] END) AS event
            FROM listed),
          split AS (
            SELECT place, t, p, json_extract_string(event, {inner}) AS e,
              CASE WHEN NOT is_object THEN '{NOT_JSON}' WHEN event IS NULL THEN '{NO_EVENT}' END AS fault
            FROM events)
          SELECT place, {texts}, fault, CASE WHEN fault IS NOT NULL THEN left(t, {RAW_LENGTH}) END AS raw FROM split"""
