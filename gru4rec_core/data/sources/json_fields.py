"""Which fields do JSON objects have, those inside each other too, and where in an object is each?"""

from collections.abc import Iterable, Sequence

from gru4rec_core.data.sources.base import MAX_COLUMNS

MAX_DEPTH = 5
"""Objects in objects beyond this are one field, as JSON."""

FieldPath = tuple[str, ...]
"""The keys that lead to a field, outermost first."""


def find_fields(objects: Sequence[dict[str, object]]) -> dict[str, FieldPath]:
    """Column to its field, by the names that people choose: the keys joined by dots, such as "product.sku".

    Fields of the objects themselves come first, then those inside, level by level, up to `MAX_COLUMNS` in all. A key
    whose values are all objects is no column of its own; lists are values. Where two fields have one name, such as
    `{"a.b": 1, "a": {"b": 2}}`, the one with fewer keys has it, and the other is called by its JSON pointer, "/a/b".
    """
    fields: dict[str, FieldPath] = {}
    level: dict[FieldPath, list[dict[str, object]]] = {(): list(objects)}
    for depth in range(1, MAX_DEPTH + 1):
        holds_value: dict[FieldPath, bool] = {}
        inside: dict[FieldPath, list[dict[str, object]]] = {}
        for outer, rows in level.items():
            for row in rows:
                for key, value in row.items():
                    path = (*outer, key)
                    is_object = isinstance(value, dict) and depth < MAX_DEPTH
                    holds_value[path] = holds_value.get(path, False) or not (is_object or value is None)
                    if isinstance(value, dict) and value and is_object:
                        inside.setdefault(path, []).append(value)
        for path, is_value in holds_value.items():
            if (is_value or path not in inside) and (depth == 1 or len(fields) < MAX_COLUMNS):
                fields[_free_name(path, fields)] = path
        level = inside
    return fields


def split_name(column: str) -> FieldPath:
    """Where the field of a name is most likely, in a file that has it only after its first rows."""
    return tuple(column.split("."))


def value_at(value: object, path: Iterable[str]) -> object:
    """The value of a field; None where it is missing."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def list_of_pointers(paths: Iterable[FieldPath]) -> str:
    """SQL for a list of JSON pointers, one per field."""
    return "[" + ", ".join(map(pointer_to, paths)) + "]"


def pointer_to(path: FieldPath) -> str:
    """SQL for the JSON pointer to a field."""
    return "'" + _pointer(path).replace("'", "''") + "'"


def _pointer(path: FieldPath) -> str:
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in path)


def _free_name(path: FieldPath, taken: Iterable[str]) -> str:
    name = ".".join(path)
    while name in taken:
        name = _pointer(path) if name == ".".join(path) else "/" + name
    return name
