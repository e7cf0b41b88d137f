"""Are lines of words sessions, their items separated by spaces; or a table, a server's log, or prose?"""

import re
from collections.abc import Iterable, Sequence

from gru4rec_core.data.file_format import DELIMITERS
from gru4rec_core.data.spaced_tables import refuse_columns_of_times, refuse_named_columns
from gru4rec_core.errors import DataError

_COMMON_LOG = re.compile(r"\S+ \S+ .*\[\d{1,2}/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] ")
_MOMENT = re.compile(r"(^|\W)(\d\d:\d\d:\d\d|\d{4}-\d\d-\d\d)(\D|$)")
_WORD = re.compile(r"[^\W\d_]+")
_LITTLE = """the a an of and to in is for with that this you are on or be it from by as not
    der die das und zu den von ist mit nicht ein eine auf für im dem le la les de des et un une est pour dans que qui
    el los las y en por para con una il lo gli di che per non een het van op na do nie z w jest się o os da em um uma"""
_LITTLE_WORDS = frozenset(_LITTLE.split())
_FEWEST_LITTLE = 3  # different ones
_PROSE_SHARE = 0.08  # of the words: in prose a fifth to a half are little ones
_TO_TABLE = (
    "Turn it into CSV with columns for the visitor, the time and the page. For logs of Apache and nginx: "
    '(echo visitor,time,page; awk \'{print $1 "," substr($4, 2) "," $7}\' access.log) > log.csv'
)


def are_sessions(lines: Sequence[str], name: str) -> bool:
    """Whether lines hold a session each: several words on at least half of them, and no delimiter.

    Args:
        lines: The first of a file, none blank.
        name: Of the file, for messages.

    Raises:
        DataError: Words separated by spaces that are something else.
    """
    if _most(_COMMON_LOG.match(line) for line in lines) or any(line.startswith("#Fields:") for line in lines):
        raise _server_log(lines[0], name)
    if any(delimiter in line for line in lines for delimiter in DELIMITERS):
        return False
    words = [line.split() for line in lines]
    if 2 * sum(len(words_of_line) > 1 for words_of_line in words) < len(lines):
        return False
    refuse_named_columns(words, name)
    if _most(_MOMENT.search(line) for line in lines):
        raise _server_log(lines[0], name)
    refuse_columns_of_times(words, name)
    _refuse_prose(lines, name)
    return True


def _most(matches: Iterable[re.Match[str] | None]) -> bool:
    found = [match is not None for match in matches]
    return 2 * sum(found) > len(found)


def _server_log(line: str, name: str) -> DataError:
    return DataError(
        "A log must be a table, JSON lines or a session per line.",
        found=f"lines as a server writes them, such as {line[:100]}",
        where=name,
        remedy=_TO_TABLE,
    )


def _refuse_prose(lines: Sequence[str], name: str) -> None:
    words = _WORD.findall(" ".join(lines).lower())
    little = [word for word in words if word in _LITTLE_WORDS and len(word) > 1]
    if len(set(little)) >= _FEWEST_LITTLE and len(little) > _PROSE_SHARE * len(words):
        raise DataError(
            "A line of a log without columns must be a session: its items, separated by spaces.",
            found=f"prose, such as {lines[0][:100]}",
            where=name,
            remedy="Choose the file with the log. If the words are items after all, choose one session per "
            "line under “What does a row hold?” (with the command: --layout session-per-line).",
        )
