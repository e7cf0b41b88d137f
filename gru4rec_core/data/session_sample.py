"""Which sessions of a log does a sample keep?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gru4rec_core.data.missing import SESSION_NULL_WORDS, is_null_word
from gru4rec_core.data.row_rules import trim_texts
from gru4rec_core.errors import DataError

_COMPACT_AT = 1 << 20  # hashes waiting to be merged


@dataclass(frozen=True)
class SampleCounts:
    """What a sample kept. Users are counted where visits are cut out of their events, else sessions.

    Attributes:
        share: As asked for.
        seed: As asked for.
        kept: Sessions or users kept.
        of: Of how many in the file.
        rows_left_out: Rows of those that were not kept.
    """

    share: float
    seed: int
    kept: int
    of: int
    rows_left_out: int


class SessionSample:
    """Keeps whole sessions while a file is read, and counts them.

    A session is kept or left out by a hash of its text and the seed: always the same ones, whatever the order of the
    file; and a larger share keeps those of a smaller one, too. It takes eight bytes per session of the file.

    Args:
        share: Of the sessions to keep, in (0, 1].
        seed: The same seed keeps the same sessions.
        keep_null_words: Words for a missing value are names of sessions like any others.
    """

    def __init__(self, share: float, seed: int, keep_null_words: bool = False) -> None:
        self._share, self._seed, self._keep_null_words = share, seed, keep_null_words
        self._key = f"{seed:016d}"[-16:]  # pandas hashes with a key of 16 bytes
        self._limit = np.uint64(min(share * 2.0**64, 2.0**64 - 1025))
        self._seen = np.empty(0, np.uint64)
        self._waiting: list[np.ndarray] = []
        self._n_left_out = 0

    def keep(self, block: pa.Table) -> pa.Table:
        """The rows of a block (columns: sources/base.py) that are in the sample, and those that name no session."""
        if self._share == 1:
            return block
        owners = trim_texts(block["owner"])
        texts, number = owners.dictionary.to_numpy(zero_copy_only=False), owners.indices.to_numpy()
        hashes = pd.util.hash_array(texts, hash_key=self._key, categorize=False)
        names = texts != ""
        if not self._keep_null_words:
            names &= ~is_null_word(owners.dictionary, SESSION_NULL_WORDS).to_numpy(zero_copy_only=False)
        is_named = names[number] & pc.is_null(block["fault"]).to_numpy()
        self._count(hashes[np.unique(number[is_named])])
        is_kept = (hashes < self._limit)[number] | ~is_named
        self._n_left_out += int((~is_kept).sum())
        return block.filter(pa.array(is_kept))

    def _count(self, hashes: np.ndarray) -> None:
        self._waiting.append(hashes)
        if sum(map(len, self._waiting)) > max(_COMPACT_AT, len(self._seen)):
            self._merge()

    def _merge(self) -> None:
        self._seen = np.unique(np.concatenate([self._seen, *self._waiting]))
        self._waiting.clear()

    def finish(self, where: str) -> SampleCounts | None:
        """What was kept; None where everything is.

        Args:
            where: The file, for the message.

        Raises:
            DataError: Nothing was kept.
        """
        if self._share == 1:
            return None
        self._merge()
        n_kept = int(np.searchsorted(self._seen, self._limit))
        if n_kept == 0 and len(self._seen):
            raise DataError(
                "The sample would be empty.",
                found=f"none of {len(self._seen):,} sessions for a fraction of {self._share:g} and seed {self._seed}",
                where=where,
                remedy="Use a larger fraction, or another seed.",
            )
        return SampleCounts(self._share, self._seed, n_kept, len(self._seen), self._n_left_out)
