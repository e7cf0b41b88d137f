"""Results of models, written down as ranks."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.comparison import compare_models
from gru4rec_core.evaluation.scoring import Evaluation
from gru4rec_core.evaluation.verdict import build_verdict
from tests.evaluation.rank_lists import CONFIG, ranks

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
    """make_evaluation(ranks, sessions=None): one event per rank, by default one event per session."""
    return evaluation_of


def model_of(
    name: str,
    *seeds: Sequence[float],
    sessions: Sequence[int] | None = None,
    kind: str = "gru4rec",
    label: str | None = None,
    **facts: object,
) -> ModelResults:
    """A model's results with these ranks, one list per seed."""
    evaluations = tuple(evaluation_of(ranks, sessions) for ranks in seeds)
    return ModelResults(name, label or name.upper(), kind, evaluations, **facts)


@pytest.fixture
def make_results() -> Callable[..., ModelResults]:
    """make_results(name, ranks or list of ranks per seed, sessions=None, kind="gru4rec", **facts)."""

    return model_of


@pytest.fixture
def judge(make_results):
    """judge(top1 ranks, bpr ranks, markov hits, best-sellers hits, **facts of BPR) -> Verdict."""

    def build(top1, bpr, markov=300, popularity=60, config=CONFIG, **facts):
        n = len(top1[0]) if isinstance(top1, list) else len(top1)
        models = [
            make_results("top1", *(top1 if isinstance(top1, list) else [top1]), label="TOP1"),
            make_results("bpr", *(bpr if isinstance(bpr, list) else [bpr]), label="BPR", **facts),
            make_results("markov", ranks(markov, n), kind="baseline", label="Lookup table (Markov)"),
            make_results("popularity", ranks(popularity, n), kind="baseline", label="Best-sellers"),
        ]
        return build_verdict(compare_models(models, config))

    return build
