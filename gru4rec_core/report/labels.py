"""How are items, ranks and names from files written for people: on screens and in the report?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf, isnan

from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.evaluation.comparability import ModelResults

LONGEST_NAME = 60
"""Characters of a name that are shown unless a caller says otherwise."""

UNKNOWN_ITEM = "(unknown item)"


def short(name: object, limit: int = LONGEST_NAME) -> str:
    """A name as it is shown: one line, at most `limit` characters. Not escaped."""
    text = " ".join(str(name).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def short_middle(name: object, limit: int = LONGEST_NAME) -> str:
    """The same, cut in the middle: names of logs often begin alike and differ at the end.

    >>> short_middle("clicks-2008-08-germany", 15)
    'clicks-…germany'
    """
    text = " ".join(str(name).split())
    if len(text) <= limit:
        return text
    n_end = (limit - 1) // 2
    return f"{text[: limit - 1 - n_end]}…{text[len(text) - n_end :]}"


def describe_lone_model(left_out: str) -> str:
    """What stands in the verdict's place where a comparison has one model.

    Args:
        left_out: which of its runs are damaged and left out, as a sentence; "" for none.
    """
    which = "can be read" if left_out else "was trained"
    return f"One model {which}: there are only baselines to compare it with."


def item_label(item_id: int, vocabulary: ItemVocabulary, names: Mapping[str, str]) -> str:
    """The name of an item.

    Args:
        item_id: -1 is an item that training never saw.
        vocabulary: the items by id.
        names: names to show instead of items, where the log had some.
    """
    if item_id < 0:
        return UNKNOWN_ITEM
    item = str(vocabulary.items[item_id])
    return names.get(item, item)


def tell_apart(labels: Sequence[str]) -> list[str]:
    """The labels, repeated ones with a number: two items of the same name must not share a row or column.

    >>> tell_apart(["shoe", "hat", "shoe"])
    ['shoe', 'hat', 'shoe (2)']
    """
    seen: dict[str, int] = {}
    out = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        out.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return out


def rank_text(rank: float, k: int) -> str:
    """ "● 2" for a hit in the top k, "○ 37" for a miss; "○ unknown" for an item that training never saw."""
    if isnan(rank):
        return ""
    if rank == inf:
        return "○ unknown"
    number = f"{rank:,.0f}" if float(rank).is_integer() else f"{rank:,.1f}"
    return f"{'●' if rank <= k else '○'} {number}"


def outcome_line(label: str, of_hundred: int, count: int) -> str:
    """An outcome in the legend of the square of 100, the same on screens and in the report: "only BPR: 3 (250)"."""
    return f"{label}: {of_hundred} ({count:,})"


def outcome_labels(a: ModelResults, b: ModelResults) -> dict[str, str]:
    """What each outcome of a pair is called, by its name, in the order of `OUTCOMES`."""
    return {"both": "both hit", "only_b": f"only {b.label}", "only_a": f"only {a.label}", "neither": "neither"}
