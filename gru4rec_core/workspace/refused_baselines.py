"""Which baselines refused a log, and why?

A method that does not take a log, such as one whose matrices would not fit into memory, costs its own row and no more:
what it said stands beside the results of the others, in `baselines/NAME.refused.json`.
"""

from collections.abc import Iterable
from pathlib import Path

from gru4rec_core.errors import Refused, RunError
from gru4rec_core.storage import read_json, write_json

_ENDING = ".refused.json"


def write(folder: Path, name: str, refused: Refused) -> None:
    """Writes down why a baseline was not computed; `folder` is that of the split's baselines."""
    values = {"rule": refused.rule, "found": refused.found, "where": refused.where, "remedy": refused.remedy}
    write_json(folder / f"{name}{_ENDING}", values)


def read(folder: Path, names: Iterable[str]) -> dict[str, Refused]:
    """Why those of these baselines that refused the log did so, by name."""
    found = {}
    for name in names:
        path = folder / f"{name}{_ENDING}"
        if path.exists():
            found[name] = _read(path)
    return found


def is_settled(folder: Path, name: str) -> bool:
    """Whether nothing is left to compute: the baseline has its results, or refused the log."""
    return (folder / f"{name}.json").exists() or (folder / f"{name}{_ENDING}").exists()


def is_refusal(path: Path) -> bool:
    """Whether a file says that a baseline refused the log."""
    return path.name.endswith(_ENDING)


def _read(path: Path) -> Refused:
    try:
        values = read_json(path, "a baseline")
        return Refused(values["rule"], found=values["found"], where=values["where"], remedy=values["remedy"])
    except (RunError, KeyError, TypeError):  # damaged: that it refused is known still
        return Refused("It did not take this log.")
