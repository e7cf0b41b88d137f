"""Results of models, written down as ranks."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.scoring import Evaluation

N_ITEMS = 50


def evaluation_of(ranks: Sequence[float], sessions: Sequence[int] | None = None) -> Evaluation:
    """An evaluation with these ranks (1-based; half places are ties with one other item)."""
    ranks = np.asarray(ranks, dtype=np.float64)
    n = len(ranks)
    session = np.arange(n) if sessions is None else np.asarray(sessions)
    # Place of each event in its session, from 1: one event came before it.
    position = 1 + pd.Series(session).groupby(session).cumcount().to_numpy()
    return Evaluation(
        session=session.astype(np.int32),
        session_id=session,
        position=position.astype(np.int32),
        target=np.zeros(n, np.int32),
        greater=np.floor(ranks - 1).astype(np.int32),
        equal=(2 * (ranks - np.floor(ranks))).astype(np.int32),
        top_items=np.tile(np.arange(20, dtype=np.int32), (n, 1)),
        top_scores=np.tile(np.arange(20, 0, -1, dtype=np.float32), (n, 1)),
        n_items=N_ITEMS,
    )


@pytest.fixture
def make_evaluation() -> Callable[..., Evaluation]:
    """make_evaluation(ranks, sessions=None): one event a rank, by default one event a session."""
    return evaluation_of


@pytest.fixture
def make_results() -> Callable[..., ModelResults]:
    """make_results(name, ranks or list of ranks a seed, sessions=None, kind="gru4rec", **facts)."""

    def build(
        name: str,
        *seeds: Sequence[float],
        sessions: Sequence[int] | None = None,
        kind: str = "gru4rec",
        label: str | None = None,
        **facts: object,
    ) -> ModelResults:
        evaluations = tuple(evaluation_of(ranks, sessions) for ranks in seeds)
        return ModelResults(name, label or name.upper(), kind, evaluations, **facts)

    return build
