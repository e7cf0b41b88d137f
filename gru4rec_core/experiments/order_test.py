"""Does order matter in a log? The two methods of the test, trained and tested here; TensorFlow is loaded here.

A lookup table and a small GRU predict the same events twice: after histories in order, learned from histories in
order, and after shuffled histories, learned from shuffled ones. What is to be predicted, the items of each history, the
settings and the steps of training are the same on both sides. All of it comes from the training part of the log's
default test rule: its test is not touched, and what is learned here goes no further.
"""

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from gru4rec_core.access.guard import check
from gru4rec_core.access.rights import Action
from gru4rec_core.baselines.base import Baseline
from gru4rec_core.baselines.markov import MarkovChain
from gru4rec_core.baselines.popularity import Popularity
from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig, default_deciding_k
from gru4rec_core.data.filters import select_sessions
from gru4rec_core.data.histories import last_steps, list_histories, shuffle_histories
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.data.splits import split
from gru4rec_core.evaluation.metrics import hits
from gru4rec_core.evaluation.order_share import METHODS, SIDES, Method, OrderHits, Side, estimate_share
from gru4rec_core.evaluation.scoring import Scorer, evaluate
from gru4rec_core.experiments.reporter import JobReporter, OnChange
from gru4rec_core.experiments.threads import limit_threads
from gru4rec_core.model.gru4rec import Gru4Rec
from gru4rec_core.model.history_training import fit_histories
from gru4rec_core.results import order
from gru4rec_core.results.order import OrderTest
from gru4rec_core.storage import exclusive_lock
from gru4rec_core.workspace.job_state import change_state, read_state
from gru4rec_core.workspace.store import Workspace

LONGEST_HISTORY = 20
"""Items of a history that are read, the last ones; the same ones in order and shuffled."""

MOST_PREDICTIONS = 60_000
"""Predictions, learned and tested together, above which sessions are drawn: the test then takes some 15 seconds."""

HELD_OUT = 0.2
"""Share of the sessions that are predicted; the others are learned from."""

SEEDS = (0, 1, 2)
"""Of the shuffles and of the GRU's first weights."""

LEAST_STEPS = 300
"""Steps that the GRU trains at least: in a small log it sees each event more often."""

SETTINGS = TrainingConfig(
    loss="cross-entropy",
    n_hidden=(32,),
    item_input="shared",
    n_sample=512,
    logq=1.0,
    optimizer="adagrad",
    learning_rate=0.2,
    batch_size=256,
    epochs=3,
)
"""Of the small GRU; on a log of 160,000 events it is as good as one trained session by session for as many epochs."""

_PATIENCE = 600.0  # seconds to wait for another process that runs the same test


OnProgress = Callable[[int, int], None]
"""Called with the training steps of the GRU done and those in all; may raise to stop."""


class _Histories(NamedTuple):
    """Histories to learn from, and histories to be tested on; the last event of each is the one to predict."""

    learned: SessionDataset
    tested: SessionDataset


def execute_order_test(
    workspace: Workspace, dataset_id: str, test_rule: SplitConfig, *, on_change: OnChange | None = None
) -> None:
    """Runs the order test of a log, unless its result is there; the result is stored beside the log.

    Of several processes that call this for one log, the first does the work and the others wait for it.

    Args:
        workspace: where the dataset is.
        dataset_id: its id.
        test_rule: the log's default one, whose training part is used.
        on_change: called with the state of the work, a few times a second.

    Raises:
        WorkbenchError: why it failed, or Cancelled; recorded in the job's state too.
    """
    record = workspace.dataset(dataset_id)
    check(workspace.root, Action.TRAIN, "order-test", record.id, record.name)
    folder = workspace.order_test_folder(record.id)
    with exclusive_lock(folder / "lock", timeout=_PATIENCE):
        if order.find_result(workspace, record) is not None:
            if read_state(folder).is_active:  # queued, and another process was faster
                change_state(folder, state="done", ended=time.time())
            return
        with JobReporter(folder, on_change, root=workspace.root) as job:
            job.report_progress(0, 0, threads=limit_threads(1))
            job.begin_phase("reading the log")
            train = split(workspace.open_dataset(record.id), test_rule).train
            job.begin_phase("predicting in order and shuffled")
            result = run_order_test(train, default_deciding_k(record.n_items), job.report_progress)
            order.store_result(workspace, record, result)


def run_order_test(train: SessionDataset, k: int, on_progress: OnProgress | None = None) -> OrderTest:
    """How much of what can be predicted is due to order, with the counts behind it.

    Args:
        train: sessions to learn from and, for a part of them, to predict.
        k: list length.
        on_progress: see `OnProgress`.

    Raises:
        DataError: too few sessions to hold any out.
    """
    started = time.monotonic()
    used = _draw(train)
    parts = split(used, SplitConfig(protocol="session-holdout", test_fraction=HELD_OUT, validation_fraction=0))
    whole = _Histories(*(list_histories(part, LONGEST_HISTORY) for part in (parts.train, parts.test.dataset)))
    config = SETTINGS.replace(epochs=_count_epochs(whole.learned.n_sessions))
    found: dict[tuple[Method, Side], list[np.ndarray]] = {(method, side): [] for method in METHODS for side in SIDES}
    n_trainings, n_done = len(SEEDS) * len(SIDES), 0

    def report(done: int, steps: int) -> None:
        if on_progress is not None:
            on_progress(n_done * steps + done, n_trainings * steps)

    for seed in SEEDS:
        generator = np.random.default_rng([seed, 3])
        shuffled = _Histories(*(shuffle_histories(part, generator) for part in whole))
        for side, histories in zip(SIDES, (whole, shuffled), strict=True):
            if side == "in_order" and found["table", side]:  # a table has no weights to draw: it is the same again
                found["table", side].append(found["table", side][0])
            else:
                found["table", side].append(_table_hits(histories, k))
            found["gru", side].append(_gru_hits(histories, config.replace(seed=seed), k, report))
            n_done += 1
    best_sellers = Popularity().fit(parts.train)
    hits_found = OrderHits(
        session=whole.tested.session_ids,
        popularity=_hits_of_pairs(best_sellers, _pairs(whole.tested)[:, [1, 1]], whole.tested, k),
        of={which: np.stack(seeds) for which, seeds in found.items()},
    )
    return OrderTest(
        share=estimate_share(hits_found, ComparisonConfig().confidence, np.random.default_rng(0)),
        k=k,
        n_learned=whole.learned.n_sessions,
        n_predictions=whole.tested.n_sessions,
        n_sessions=len(np.unique(whole.tested.session_ids)),
        n_used=used.n_sessions,
        n_offered=train.n_sessions,
        longest=LONGEST_HISTORY,
        single=float((whole.tested.lengths == 2).mean()),
        seconds=time.monotonic() - started,
    )


def _draw(train: SessionDataset) -> SessionDataset:
    """All sessions, or as many, drawn at random, as make up about `MOST_PREDICTIONS`."""
    n_predictions = train.n_events - train.n_sessions
    if n_predictions <= MOST_PREDICTIONS:
        return train
    order_of_draw = np.random.default_rng([0, 4]).permutation(train.n_sessions)
    n_drawn = int(np.searchsorted(np.cumsum(train.lengths[order_of_draw] - 1), MOST_PREDICTIONS, side="right"))
    chosen = np.zeros(train.n_sessions, bool)
    chosen[order_of_draw[: max(n_drawn, 2)]] = True
    return select_sessions(train, chosen)


def _count_epochs(n_learned: int) -> int:
    return max(SETTINGS.epochs, -(-LEAST_STEPS // -(-n_learned // SETTINGS.batch_size)))


def _table_hits(histories: _Histories, k: int) -> np.ndarray:
    """Whether the lookup table had each event in its top k, bool [n]. It reads the last item of a history alone."""
    table = MarkovChain().fit(last_steps(histories.learned))
    return _hits_of_pairs(table, _pairs(histories.tested), histories.tested, k)


def _gru_hits(histories: _Histories, config: TrainingConfig, k: int, on_progress: OnProgress) -> np.ndarray:
    model = Gru4Rec.from_config(histories.learned.n_items, config)
    fit_histories(model, histories.learned, on_progress)
    return _hits(model, histories.tested, k)


def _hits(scorer: Scorer, tested: SessionDataset, k: int) -> np.ndarray:
    evaluation = evaluate(scorer, EvaluationSet(tested, tested.lengths - 1), 1)
    return hits(evaluation.ranks(), k) > 0


def _pairs(histories: SessionDataset) -> np.ndarray:
    """The last item of each history and the item to predict, int32 [n, 2]."""
    return last_steps(histories).items.reshape(-1, 2)


def _hits_of_pairs(scorer: Baseline, pairs: np.ndarray, histories: SessionDataset, k: int) -> np.ndarray:
    """Hits of what looks at the last item at most: each distinct pair is ranked once."""
    distinct, which = np.unique(pairs, axis=0, return_inverse=True)
    n = len(distinct)
    as_sessions = SessionDataset.from_arrays(
        distinct.ravel(), np.zeros(2 * n, np.int64), np.arange(0, 2 * n + 1, 2), np.arange(n), histories.vocabulary
    )
    return _hits(scorer, as_sessions, k)[which]
