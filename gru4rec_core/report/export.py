"""What does a table say of itself when it leaves the page?

A file in a mail or a spreadsheet has no page around it: every row carries where its figures come from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, log10
from typing import Any

import pandas as pd

from gru4rec_core.config import PROTOCOL_LABELS, SplitConfig
from gru4rec_core.evaluation.rate_intervals import level_text

MOST_DIGITS = 4
"""Significant digits of a figure at most; more would claim what no test can tell apart."""


@dataclass(frozen=True)
class TableSource:
    """Where the figures of a table come from; what does not apply is None and gets no column.

    Attributes:
        dataset, comparison: names.
        split: the test rule.
        k: list length of the figures without one of their own.
        n_events: test events behind the figures; with fewer of them, figures have fewer digits.
        confidence: level of the intervals in the table.
    """

    dataset: str
    comparison: str | None = None
    split: SplitConfig | None = None
    k: int | None = None
    n_events: int | None = None
    confidence: float | None = None


def export_table(table: pd.DataFrame, source: TableSource) -> pd.DataFrame:
    """The table as it is downloaded: its source in columns after its own, numbers rounded to what is known.

    Columns that are added: dataset, comparison, test rule, test settings (JSON of what differs from the defaults),
    k, test events, interval level. A column that the table has already stays as it is.

    Args:
        table: as it is shown; not altered.
        source: where its figures come from.
    """
    digits = known_digits(source.n_events)
    rounded = table.assign(
        **{
            str(name): table[name].map(lambda value: round_to(value, digits))
            for name in table
            if _has_floats(table[name])
        }
    )
    added: dict[str, Any] = {name: value for name, value in _columns(source).items() if name not in table}
    return rounded.assign(**added)


def add_intervals(table: pd.DataFrame, rates: pd.DataFrame, k: int, labels: Mapping[str, str]) -> pd.DataFrame:
    """A table with a row per method and, in further columns, the hits per 100 in the top k and their interval.

    Args:
        table: with the methods' labels in the column "method".
        rates: `evaluation.slices.whole_rates` of the methods.
        k: list length of these rates.
        labels: what the table calls a method, by its name.
    """
    named = rates.assign(method=rates["name"].map(labels))[["method", "hits", "low", "high"]]
    columns = {"hits": f"accuracy@{k} per 100", "low": f"accuracy@{k} from", "high": f"accuracy@{k} to"}
    return table.merge(named.rename(columns=columns), on="method", how="left")


def known_digits(n_events: int | None) -> int:
    """How many significant digits a rate over so many events has: those of the number of events, 2 to `MOST_DIGITS`.

    >>> known_digits(60), known_digits(200), known_digits(15_212)
    (2, 3, 4)
    """
    return MOST_DIGITS if n_events is None else max(2, min(MOST_DIGITS, ceil(log10(max(n_events, 1)))))


def round_to(value: float, digits: int) -> float:
    """A number with so many significant digits; digits before the decimal point stay.

    >>> round_to(53.7318, 4), round_to(0.0004998, 3), round_to(123456.7, 2)
    (53.73, 0.0005, 123457.0)
    """
    if value != value or value in (0.0, float("inf"), float("-inf")):
        return value
    return round(value, max(0, digits - 1 - int(log10(abs(value)) // 1)))


def _has_floats(column: pd.Series) -> bool:
    return bool(pd.api.types.is_float_dtype(column))


def _columns(source: TableSource) -> dict[str, object]:
    split = source.split
    values = {
        "dataset": source.dataset,
        "comparison": source.comparison,
        "test rule": PROTOCOL_LABELS[split.protocol].lower() if split else None,
        "test settings": split.model_dump_json(exclude_defaults=True) if split else None,
        "k": source.k,
        "test events": source.n_events,
        "interval level": level_text(source.confidence) if source.confidence else None,
    }
    return {name: value for name, value in values.items() if value is not None}
