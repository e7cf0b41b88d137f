"""What do closed-form linear models of whole sessions predict: SLIST and its parts SLIS and SLIT?"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import psutil
from scipy import linalg, sparse

from gru4rec_core.baselines.base import FormulaBaseline, require_above, require_at_least
from gru4rec_core.baselines.histories import Histories, session_blocks
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.times import day_length
from gru4rec_core.errors import ConfigError, Refused

MAX_ITEMS = 20_000
"""The most items that SLIST takes unless told otherwise: its matrices then take 9.6 GB."""

MEMORY_SHARE = 0.6
"""Of this machine's memory, that the matrices may take."""

_MATRICES = 3  # float64 [n_items, n_items]: G and H, and as much again for products and for the solution's copy
_PAIRS_PER_BLOCK = 2**22
"""Most pairs of events of one session that are written out at once."""


def required_bytes(n_items: int) -> int:
    """Memory that fitting takes for its matrices, in bytes."""
    return _MATRICES * 8 * n_items**2


@dataclass(frozen=True)
class Decays:
    """How fast what is further away counts less; each is the distance at which it counts 1/e.

    Attributes:
        input: items from the cut of a session, in the rows of SLIT.
        history: items from the end of the history that is scored.
        age: days from the end of the training log.

    Raises:
        ConfigError: one of them is not above 0.
    """

    input: float = 1.0
    history: float = 1.0
    age: float = 256.0

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            require_above(f"decay of {name}", value, 0)


class SLIST(FormulaBaseline):
    """A linear model of items that are together in a session (SLIS) and of items that follow others (SLIT).

    Choi et al. 2021 (Session-aware Linear Item-Item Models). Both parts are rows of inputs x and targets y, weighted by
    the age of their session, w = exp(-age / decays.age), age in days at the end of the training log:

    - SLIS, one row per session: x = 1 / |Y| at each distinct item, y = 1 at each;
    - SLIT, one row per session and cut c: x = exp(-(c - p) / decays.input) at the items of the places p ≤ c, divided by
      its sum; y = exp(-(p - c - 1) / decays.input) at those of the places p > c; repeats add.

    With G and H the weighted sums of x xᵀ and x yᵀ over the rows, `together` of SLIS and 1 - together of SLIT,
    B = (G + ridge · I)⁻¹ H, and score(i) = Σ over places p of exp(-(L - p) / decays.history) B[x_p, i], divided by the
    largest. Scores may be below 0. In a log without dates, sessions have no age.

    Args:
        together: α, the share of SLIS, in [0, 1].
        ridge: λ, above 0.
        decays: see `Decays`.
        only_last: whether the input of a SLIT row is its last item alone (the direction "sr" of the public program).
        max_items: a larger catalogue is refused, and so is one whose matrices would take more than `MEMORY_SHARE` of
            this machine's memory.

    Raises:
        ConfigError: a setting out of its range.
        Refused: fitting to too large a catalogue.
    """

    name = "slist"

    def __init__(
        self,
        together: float = 0.2,
        ridge: float = 10.0,
        decays: Decays | None = None,
        only_last: bool = False,
        max_items: int = MAX_ITEMS,
    ) -> None:
        super().__init__()
        if not 0 <= together <= 1:
            raise ConfigError(
                "The share of SLIS is between 0 and 1.", found=str(together), where="together", remedy="Use e.g. 0.2."
            )
        require_above("ridge", ridge, 0)
        require_at_least("max_items", max_items, 1)
        self.together = together
        self.ridge = ridge
        self.decays = decays or Decays()
        self.only_last = only_last
        self.max_items = max_items

    def _fit(self, train: SessionDataset) -> None:
        n = train.n_items
        self._check_size(n)
        weights = self._session_weights(train)
        left, right = np.zeros((n, n)), np.zeros((n, n), order="F")  # as LAPACK solves in place
        for share, rows in ((self.together, self._whole_sessions), (1 - self.together, self._cut_sessions)):
            if share == 0:
                continue
            for inputs, targets, owner in rows(train):
                scaled = sparse.csr_array(inputs.T.multiply(share * weights[owner][None, :]))
                _add(left, scaled @ inputs)
                _add(right, scaled @ targets)
        left[np.diag_indices(n)] += self.ridge
        factor = linalg.cho_factor(left.T, lower=True, overwrite_a=True, check_finite=False)  # symmetric
        solution = linalg.cho_solve(factor, right, overwrite_b=True, check_finite=False)
        del factor, left
        self.weights = np.ascontiguousarray(solution)  # whole rows are read when histories are scored

    def _check_size(self, n_items: int) -> None:
        room = MEMORY_SHARE * psutil.virtual_memory().total
        if n_items <= self.max_items and required_bytes(n_items) <= room:
            return
        most = min(self.max_items, int((room / required_bytes(1)) ** 0.5))
        raise Refused(
            f"{self.name.upper()} takes at most {most:,} items on this machine.",
            found=f"{n_items:,} items: its matrices would take {required_bytes(n_items) / 1e9:.1f} GB",
            where=f"baseline {self.name}",
            remedy="Leave out rare items (min_item_support of the test rule).",
        )

    def _session_weights(self, train: SessionDataset) -> np.ndarray:
        """By the age of each session's last event, float64 [n_sessions]."""
        unit = train.unit_or_guess()
        ends = train.timestamps[train.offsets[1:] - 1]
        if unit is None or not len(ends):
            return np.ones(train.n_sessions)
        return np.exp((ends - train.timestamps.max()) / day_length(unit) / self.decays.age)

    def _whole_sessions(self, train: SessionDataset) -> Iterator[tuple[sparse.csr_array, sparse.csr_array, np.ndarray]]:
        """The rows of SLIS: inputs, targets, the session of each row."""
        owner = np.repeat(np.arange(train.n_sessions), train.lengths)
        keys = np.unique(owner * train.n_items + train.items)
        rows, items = keys // train.n_items, keys % train.n_items
        sizes = np.bincount(rows, minlength=train.n_sessions)
        shape = (train.n_sessions, train.n_items)
        inputs = sparse.coo_array((1 / sizes[rows], (rows, items)), shape).tocsr()
        targets = sparse.coo_array((np.ones(len(rows)), (rows, items)), shape).tocsr()
        yield inputs, targets, np.arange(train.n_sessions)

    def _cut_sessions(self, train: SessionDataset) -> Iterator[tuple[sparse.csr_array, sparse.csr_array, np.ndarray]]:
        """The rows of SLIT, some sessions at a time: inputs, targets, the session of each row."""
        for first, last in session_blocks(train.lengths**2, _PAIRS_PER_BLOCK):
            yield self._cut_block(train, first, last)

    def _cut_block(
        self, train: SessionDataset, first: int, last: int
    ) -> tuple[sparse.csr_array, sparse.csr_array, np.ndarray]:
        lengths = train.lengths[first:last]
        cuts = np.maximum(lengths - 1, 0)
        owner = np.repeat(np.arange(first, last), cuts)  # one row per cut
        row_of_session = np.r_[0, np.cumsum(cuts)[:-1]]
        cut = np.arange(len(owner)) - np.repeat(row_of_session, cuts)  # the place of its last input, from 0
        # Every row beside every place of its session.
        width = np.repeat(lengths, cuts)
        row = np.repeat(np.arange(len(owner)), width)
        place = np.arange(len(row)) - np.repeat(np.cumsum(width) - width, width)
        item = train.items[train.offsets[owner[row]] + place]
        distance = place - cut[row]
        shape = (len(owner), train.n_items)

        def rows_of(chosen: np.ndarray, values: np.ndarray) -> sparse.csr_array:
            return sparse.coo_array((values, (row[chosen], item[chosen])), shape).tocsr()  # repeats add

        before, after = distance <= 0, distance > 0
        if self.only_last:
            before = distance == 0
        inputs = rows_of(before, np.exp(distance[before] / self.decays.input))
        inputs = sparse.csr_array(inputs.multiply(1 / inputs.sum(axis=1)[:, None]))
        return inputs, rows_of(after, np.exp(-(distance[after] - 1) / self.decays.input)), owner

    def formula(self, histories: Histories) -> np.ndarray:
        ends = np.cumsum(histories.lengths)
        back = ends[histories.rows] - 1 - np.arange(len(histories.items))
        decayed = sparse.csr_array(
            (np.exp(-back / self.decays.history), histories.items, np.r_[0, ends]), shape=(histories.n, self.n_items)
        )
        scores = np.asarray(decayed @ self.weights)
        largest = scores.max(axis=1, keepdims=True, initial=-np.inf) if histories.n else np.empty((0, 1))
        return scores / np.where(largest > 0, largest, 1.0)


class SLIS(SLIST):
    """The part of SLIST about items that are together in a session: SLIST with `together` 1."""

    name = "slis"

    def __init__(self, ridge: float = 10.0, decays: Decays | None = None, max_items: int = MAX_ITEMS) -> None:
        super().__init__(1.0, ridge, decays, max_items=max_items)


class SLIT(SLIST):
    """The part of SLIST about items that follow others: SLIST with `together` 0."""

    name = "slit"

    def __init__(self, ridge: float = 10.0, decays: Decays | None = None, max_items: int = MAX_ITEMS) -> None:
        super().__init__(0.0, ridge, decays, max_items=max_items)


def _add(total: np.ndarray, part: sparse.csr_array) -> None:
    """Adds a sparse matrix to a dense one in place."""
    coo = part.tocoo()
    total[coo.row, coo.col] += coo.data  # each cell occurs once in a product in CSR form
