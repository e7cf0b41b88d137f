"""Are the words of lines the columns of a table, separated by spaces, rather than the items of sessions?"""

import pyarrow as pa

from gru4rec_core.data.column_profile import profile_column
from gru4rec_core.data.column_words import find_candidates
from gru4rec_core.errors import DataError

_TIME_WORDS = 5  # of the longest notation with spaces, such as "Fri May 31 18:00:00 2024"


def refuse_named_columns(lines: list[list[str]], name: str) -> None:
    """Refuses lines of which the first names the columns of the others.

    Args:
        lines: The first lines of a file without a delimiter, by their words.
        name: Of the file, for messages.

    Raises:
        DataError: They are a table.
    """
    if len(set(map(len, lines[1:] or lines))) == 1 and _names_columns(lines[0]):
        raise _is_table("columns separated by spaces: " + " ".join(lines[0])[:100], f"{name}, line 1")


def refuse_columns_of_times(lines: list[list[str]], name: str) -> None:
    """Refuses lines that all have a time in the same place.

    Args:
        lines: The first lines of a file without a delimiter, by their words.
        name: Of the file, for messages.

    Raises:
        DataError: They are a table.
    """
    time = _find_time(lines[1:] or lines)
    if time is not None:
        raise _is_table(f"columns separated by spaces, one of them a time, such as {time}", name)


def _names_columns(words: list[str]) -> bool:
    by_role = find_candidates(words)
    has_owner = bool(by_role["session"] or by_role["user"])
    return has_owner + bool(by_role["timestamp"]) + bool(by_role["item"]) >= 2


def _find_time(lines: list[list[str]]) -> str | None:
    """The time of the first line, where all lines have one in the same place; None where they have none.

    Numbers are times only where all lines have the same number of words, and other words are none: ids can look like
    seconds since 1970.
    """
    n_words = min(map(len, lines))
    if n_words < 3:
        return None
    single = [_time_kind([line[i] for line in lines]) for i in range(n_words)]
    if "number" in single and len(set(map(len, lines))) == 1 and set(single) != {"number"}:
        return lines[0][single.index("number")]
    for length in range(1, _TIME_WORDS + 1):
        for i in range(n_words - length + 1):
            if _time_kind([" ".join(line[i : i + length]) for line in lines]) == "date":
                return " ".join(lines[0][i : i + length])
    return None


def _time_kind(texts: list[str]) -> str:
    """Whether texts are dates, numbers that are moments ("number"), or neither ("")."""
    profile = profile_column("", pa.chunked_array([texts]))
    if profile.is_number:
        return "number" if profile.kind == "time" else ""
    return "date" if profile.time_formats else ""


def _is_table(found: str, where: str) -> DataError:
    return DataError(
        "The columns of a table must be separated by a comma, a tab, a semicolon, | or ::.",
        found=found,
        where=where,
        remedy="Save the file as CSV. If each line is a session's items, choose one session per line under “What does "
        "a row hold?” (with the command: --layout session-per-line).",
    )
