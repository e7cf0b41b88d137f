"""In which notation are most of a file's times that are texts, and is it certain?"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from gru4rec_core.data.time_formats import TEXT_FORMATS, TimeFormat, find_telling_example
from gru4rec_core.data.time_patterns import Readings
from gru4rec_core.errors import DataError
from gru4rec_core.words import counted

_SAMPLE = 1_000  # texts across the file that decide which notations are tried on all
_FEW = 0.01
"""Share of the texts that only the other order of day and month can read, up to which they are slips."""


class Candidate(NamedTuple):
    """A notation, and what the texts mean in it."""

    form: TimeFormat
    readings: Readings
    n_rows: int


def list_candidates(texts: pa.Array, n_rows: np.ndarray) -> list[Candidate]:
    """The notations in which any of the texts can be read, those of the most rows first.

    Args:
        texts: Distinct, without spaces around them.
        n_rows: int64 [n], how many rows have each text.
    """
    sample = texts.take(pa.array(np.unique(np.linspace(0, len(texts) - 1, _SAMPLE).astype(np.int64))))
    tried = [form for form in TEXT_FORMATS if form.read(sample).is_read.any()]
    readings = {form: form.read(texts) for form in tried}
    candidates = [Candidate(form, read, int(n_rows[read.is_read].sum())) for form, read in readings.items()]
    return sorted(candidates, key=lambda candidate: -candidate.n_rows)


def require_certain(candidates: list[Candidate], texts: pa.Array, n_rows: np.ndarray, where: str) -> Candidate:
    """The first candidate, where nothing speaks for another.

    Args:
        candidates: Of `list_candidates`, at least one.
        texts, n_rows: As given to it.
        where: File and column, for the message.

    Raises:
        DataError: The day could be the month, or years have two digits; the message names the candidates.
    """
    best = candidates[0]
    rivals = [c for c in candidates[1:] if sorted(c.form.name) == sorted(best.form.name)]  # the same parts, reordered
    if best.form.must_be_chosen:
        raise _ask("Two-digit years are ambiguous, so the notation must be chosen.", [best, *rivals], texts, where)
    for rival in rivals:
        n_best, n_rival = _n_only(best, rival, n_rows), _n_only(rival, best, n_rows)
        if n_best == n_rival == 0:
            raise _ask("It is not clear which number is the day and which is the month.", [best, rival], texts, where)
        if n_rival > _FEW * (n_best + n_rival):
            raise _contradictory((best, n_best), (rival, n_rival), where)
    return best


def _n_only(one: Candidate, other: Candidate, n_rows: np.ndarray) -> int:
    """Rows that one notation reads and the other does not."""
    return int(n_rows[one.readings.is_read & ~other.readings.is_read].sum())


def _ask(rule: str, candidates: list[Candidate], texts: pa.Array, where: str) -> DataError:
    is_read_by_all = np.logical_and.reduce([candidate.readings.is_read for candidate in candidates])
    examples = texts.filter(pa.array(is_read_by_all)).slice(0, _SAMPLE).to_pylist() or [texts[0].as_py()]
    example = find_telling_example(examples, [candidate.form for candidate in candidates])
    meanings = " or ".join(f"{c.form.explain(example)} ({c.form.label})" for c in candidates if c.form.explain(example))
    names = " or ".join(f"--time-format {candidate.form.name}" for candidate in candidates)
    return DataError(
        rule,
        found=f"{example}, which could be {meanings}; no row of the file decides",
        where=where,
        remedy="Choose the notation on the page (“What do these times mean?”), or use the command `import` with "
        f"{names}.",
    )


def _contradictory(best: tuple[Candidate, int], rival: tuple[Candidate, int], where: str) -> DataError:
    found = " and ".join(f"{counted(n, 'row')} of only {c.form.label}" for c, n in (best, rival))
    names = " or ".join(f"--time-format {candidate.form.name}" for candidate, _ in (best, rival))
    return DataError(
        "Some dates can only have the day first, others only the month.",
        found=found,
        where=where,
        remedy="Write all dates in one order. Or choose one of the two, and rows in the other are left out: use the "
        f"command `import` with {names}.",
    )
