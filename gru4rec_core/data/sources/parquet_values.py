"""How do the values of a Parquet column become text?

DuckDB turns most of them into text, but it stops at some types, and at times outside their own range; these are
turned here into something that it can read.
"""

import pyarrow as pa
import pyarrow.compute as pc

from gru4rec_core.data.sources.base import MAX_TEXT
from gru4rec_core.errors import DataError

DAY_UNITS = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
_LONGEST_SECONDS = 9_223_372_036_854  # of a moment that has microseconds in 64 bits


def is_text(kind: pa.DataType) -> bool:
    """Whether values of this type are texts, or bytes that may be text."""
    kinds = pa.types
    return kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_binary(kind) or kinds.is_large_binary(kind)


def to_readable(column: pa.Array, name: str, file: str) -> pa.Array:
    """Values that DuckDB can cast to text: text is checked and cut, times out of range become missing.

    Args:
        column: As it was read.
        name: Of the column, for messages.
        file: Its name, for messages.

    Raises:
        DataError: Text that is not UTF-8.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        texts = _checked_text(column.dictionary, name, file)
        return pa.DictionaryArray.from_arrays(column.indices, texts)
    if is_text(kind) or pa.types.is_fixed_size_binary(kind) or pa.types.is_string_view(kind):
        return _checked_text(column, name, file)
    if pa.types.is_float16(kind):
        return column.cast(pa.float32())
    if pa.types.is_decimal256(kind):
        return column.cast(pa.string())
    if pa.types.is_time(kind):
        return _within(column, 0, DAY_UNITS[kind.unit] - 1)
    if pa.types.is_timestamp(kind) and kind.tz not in (None, "UTC"):  # the moment is the same; a zone may be unknown
        return to_readable(column.cast(pa.timestamp(kind.unit, "UTC")), name, file)
    if pa.types.is_timestamp(kind) and kind.unit in ("s", "ms"):
        most = _LONGEST_SECONDS * (1 if kind.unit == "s" else 1000)
        return _within(column, -most, most)
    return column


def to_preview(column: pa.Array, name: str, file: str) -> list[str]:
    """The values as texts for people, "" for a missing one, and for all of a column that is not text."""
    try:
        readable = to_readable(column, name, file)
    except DataError:  # refused where the column is mapped
        return [""] * len(column)
    try:
        texts = readable.cast(pa.string()).to_pylist()
    except pa.ArrowException:  # no text of it in Arrow: lists, objects and so on
        texts = [_describe(value) for value in readable]
    return ["" if text is None else text[: MAX_TEXT + 1] for text in texts]


def _describe(value: pa.Scalar) -> str | None:
    try:
        return None if not value.is_valid else str(value.as_py())
    except (ValueError, OverflowError, pa.ArrowException):
        return f"a value of type {value.type}"


def _checked_text(texts: pa.Array, name: str, file: str) -> pa.Array:
    """Text no longer than it needs to be for the rule on lengths to see it."""
    try:
        texts = texts.cast(pa.binary()) if pa.types.is_fixed_size_binary(texts.type) else texts
        texts = texts.cast(pa.large_string())
        texts.validate(full=True)
    except pa.ArrowInvalid as error:
        raise DataError(
            "The column holds bytes that are not UTF-8 text.",
            found=str(error),
            where=f"{file}, column {name}",
            remedy="Write the column as text or as numbers.",
        ) from None
    return pc.utf8_slice_codeunits(texts, 0, MAX_TEXT + 1)


def _within(column: pa.Array, first: int, last: int) -> pa.Array:
    numbers = column.cast(pa.int32() if column.type.bit_width == 32 else pa.int64())
    inside = pc.and_(pc.greater_equal(numbers, first), pc.less_equal(numbers, last))
    return pc.if_else(inside, column, pa.scalar(None, column.type))
