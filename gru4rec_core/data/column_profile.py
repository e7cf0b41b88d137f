"""What does a column hold, judged by a sample of its values?"""

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gru4rec_core.data.time_formats import TimeFormat, recognise_time_formats
from gru4rec_core.data.times import UNITS

Kind = Literal["empty", "constant", "time", "kinds", "price", "decimal", "count", "id", "text"]

MAX_KINDS = 50
MAX_COUNT = 1_000
_FIRST_LOOK, _SECOND_LOOK = 50, 3_000  # distinct values tried as times
_TIME_SHARE = 0.5  # of the values that must be times
_FIRST_LIKELY, _LAST_LIKELY = 725_846_400e6, 1_988_150_400e6  # 1993 and 2033 in microseconds since 1970
_MISSING = pa.array(["", "nan", "none", "null", "\\n", "n/a", "na"])
_WHOLE = r"^[+-]?\d+(\.0*)?$"
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_CENTS = r"^[+-]?\d+(\.\d{1,2})?$"
_ANALYTICS_VISITOR = r"^\d{1,10}\.1\d{9}$"  # of Google Analytics: a random number, and when the visitor first came
_DECIMAL_COMMA = r"^[+-]?\d+,\d{1,2}$"
_DIGIT, _LETTERS = re.compile(r"[0-9]"), re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class ColumnProfile:
    """A column of a sample.

    Attributes:
        name: Of the column.
        kind: What its values are: a time, one of few kinds (words that repeat), a price (with cents), another decimal
            number, a small count, an id, or longer text.
        time_formats: The notations in which its values are times, likeliest first.
        codes: int32 [n_rows], which of `values` each row has; -1 where it has none.
        values: The distinct values, in order of appearance, without spaces around them.
        number_share: The share of the distinct values that are numbers.
    """

    name: str
    kind: Kind
    time_formats: tuple[TimeFormat, ...]
    codes: np.ndarray = field(repr=False)
    values: pa.Array = field(repr=False)
    number_share: float

    @property
    def is_number(self) -> bool:
        """All values are numbers."""
        return self.number_share == 1

    @property
    def n_filled(self) -> int:
        return int((self.codes >= 0).sum())

    @property
    def n_distinct(self) -> int:
        return len(self.values)

    @property
    def filled_share(self) -> float:
        return self.n_filled / max(len(self.codes), 1)

    @property
    def example(self) -> str:
        """The first value, shortened, in quotes."""
        return repr(self.values[0].as_py()[:40]) if len(self.values) else "''"

    @property
    def rows_per_value(self) -> float:
        return self.n_filled / max(self.n_distinct, 1)

    @property
    def description(self) -> str:
        """For people, such as "seconds since 1970" or "a few recurring words"."""
        if self.kind == "time":
            label = self.time_formats[0].label
            return (
                label if self.is_number else "dates" if len(self.time_formats) == 1 else "dates, day and month unclear"
            )
        if self.kind in ("id", "constant"):
            what = ("numbers" if "." in self.example else "whole numbers") if self.is_number else "text"
            return f"{what}, one value" if self.kind == "constant" else what
        return _DESCRIPTIONS[self.kind]

    @cached_property
    def seconds(self) -> np.ndarray:
        """The time of each row in seconds since 1970, float64 [n_rows]; NaN where it is none."""
        moments = np.full(self.n_distinct + 1, np.nan)
        if self.time_formats and self.n_distinct:
            readings = self.time_formats[0].read(self.values)
            moments[:-1][readings.is_read] = readings.moments[readings.is_read] / 1e6
        return moments[self.codes]


_DESCRIPTIONS = {
    "empty": "empty",
    "kinds": "a few recurring words",
    "price": "decimal numbers, like prices",
    "decimal": "decimal numbers",
    "count": "small whole numbers",
    "text": "longer text",
}


def profile_column(name: str, texts: pa.ChunkedArray) -> ColumnProfile:
    """Looks at the values of one column, given as text."""
    trimmed = pc.fill_null(pc.utf8_trim_whitespace(texts.combine_chunks().cast(pa.string())), "")
    missing = pc.is_in(pc.utf8_lower(trimmed), _MISSING)
    encoded = pc.if_else(missing, None, trimmed).dictionary_encode()
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int32)
    values = encoded.dictionary
    number_share = pc.mean(pc.match_substring_regex(values, _NUMBER)).as_py() or 0.0
    formats = _find_time_formats(values)
    kind = _kind_of(codes, values, number_share == 1, formats)
    return ColumnProfile(name, kind, formats, codes, values, number_share)


def _kind_of(codes: np.ndarray, values: pa.Array, is_number: bool, formats: tuple[TimeFormat, ...]) -> Kind:
    n_filled = int((codes >= 0).sum())
    if n_filled == 0:
        return "empty"
    if len(values) == 1 and n_filled > 1:
        return "constant"
    if formats and (not is_number or _are_likely_moments(formats[0], values)):
        return "time"
    if is_number:
        return _kind_of_number(values)
    if _all_match(values, _DECIMAL_COMMA):
        return "price"
    if (
        len(values) <= MAX_KINDS
        and 3 * len(values) <= n_filled
        and not (_any_match(values, r".{41}") or _all_match(values, r"\d"))
    ):
        return "kinds"
    lengths = pc.mean(pc.utf8_length(values)).as_py()
    return "text" if lengths > 20 and pc.mean(pc.count_substring(values, " ")).as_py() >= 2 else "id"


def _kind_of_number(values: pa.Array) -> Kind:
    if _all_match(values, _ANALYTICS_VISITOR):
        return "id"
    if not _all_match(values, _WHOLE):
        return "price" if _all_match(values, _CENTS) else "decimal"
    numbers = values.cast(pa.float64()).to_numpy()
    return "count" if len(values) <= MAX_KINDS and numbers.min() >= 0 and numbers.max() < MAX_COUNT else "id"


def _are_likely_moments(form: TimeFormat, values: pa.Array) -> bool:
    """Whether numbers are rather moments of a log than ids: many ids would be seconds of the 1970s."""
    if form.name not in UNITS:
        return True
    readings = form.read(values)
    moments = readings.moments[readings.is_read]
    return bool((moments >= _FIRST_LIKELY).all() and (moments <= _LAST_LIKELY).all())


def _find_time_formats(values: pa.Array) -> tuple[TimeFormat, ...]:
    """The notations that most values have; the import rejects those that have another."""
    if len(values) == 0:
        return ()
    spread = values.take(pa.array(np.unique(np.linspace(0, len(values) - 1, _SECOND_LOOK, dtype=np.int64))))
    first = recognise_time_formats(spread.slice(0, _FIRST_LOOK).to_pylist())
    first = first or recognise_time_formats(_of_most_frequent_shape(spread).slice(0, _FIRST_LOOK).to_pylist())
    shares = [float(form.read(spread).is_read.mean()) for form in first]
    best = max(shares, default=0.0)
    return tuple(form for form, share in zip(first, shares, strict=True) if share == best >= _TIME_SHARE)


def _of_most_frequent_shape(values: pa.Array) -> pa.Array:
    """The values that look most alike, digits and letters aside."""
    # By Python: Arrow compiles an expression at each call, and one with all letters of Unicode takes 2.5 ms.
    shapes = np.array([_LETTERS.sub("a", _DIGIT.sub("9", text)) for text in values.to_pylist()], object)
    ((shape, _),) = Counter(shapes.tolist()).most_common(1)
    return values.filter(pa.array(shapes == shape))


def _all_match(values: pa.Array, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(values, pattern)).as_py())


def _any_match(values: pa.Array, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(values, pattern)).as_py())
