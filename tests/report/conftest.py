"""Methods with known ranks, for charts and their tables."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.scoring import Evaluation

N_ITEMS = 30


def evaluation(ranks: Sequence[int], *, sessions: Sequence[int] | None = None) -> Evaluation:
    """Event e comes in session e (or as given), its true item is e % 30, at the given rank; rank 0 is an unknown item.

    The first guess is the true item at rank 1, else item 29.
    """
    n = len(ranks)
    rank = np.asarray(ranks, np.int32)
    target = np.where(rank > 0, np.arange(n) % N_ITEMS, -1).astype(np.int32)
    top = np.tile(np.arange(N_ITEMS - 1, N_ITEMS - 21, -1, dtype=np.int32), (n, 1))
    top[rank == 1, 0] = target[rank == 1]
    session = np.arange(n, dtype=np.int32) if sessions is None else np.asarray(sessions, np.int32)
    return Evaluation(
        session=session,
        session_id=np.array([f"s{one}" for one in session]),
        position=np.full(n, 2, np.int32),
        target=target,
        greater=np.where(rank > 0, rank - 1, N_ITEMS).astype(np.int32),
        equal=np.zeros(n, np.int32),
        top_items=top,
        top_scores=np.zeros((n, 20), np.float32),
        n_items=N_ITEMS,
    )


@pytest.fixture(scope="session")
def results() -> Callable[..., ModelResults]:
    """results("bpr", [1, 4, 0]): a method with one seed a list of ranks."""

    def build(name: str, *ranks: Sequence[int], kind: str = "gru4rec", label: str | None = None, sessions=None):
        evaluations = tuple(evaluation(one, sessions=sessions) for one in ranks)
        return ModelResults(name=name, label=label or name.upper(), kind=kind, evaluations=evaluations)

    return build
