"""The workspace that `benchmarks.pages` opens: one large comparison, and fifty other runs beside it.

Nothing is trained: weights are random and predictions are drawn, with ranks as they are in real logs. So it is built in
a minute, and what the pages have to read, count and draw is of the real size.
"""

import numpy as np

from benchmarks.fabricated_run import store_random_model
from benchmarks.logs import generated_log
from gru4rec_core.baselines.names import DEFAULT_BASELINES
from gru4rec_core.config import MAX_LIST_LENGTH, ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import Split
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.evaluation import metrics
from gru4rec_core.evaluation.scoring import Evaluation
from gru4rec_core.results.summary import precompute_summaries
from gru4rec_core.storage import write_json
from gru4rec_core.workspace import run_folder
from gru4rec_core.workspace.job_state import JobState, write_state
from gru4rec_core.workspace.records import ComparisonRecord, DatasetOrigin, RunRecord
from gru4rec_core.workspace.split_store import load_split
from gru4rec_core.workspace.store import Workspace

N_EVENTS, N_ITEMS, DAYS = 500_000, 5_000, 120.0
TEST_DAYS = 37.0  # gives some 130,000 test events
N_OTHERS = 50
_START = 1_700_000_000


def build(workspace: Workspace) -> ComparisonRecord:
    """The large comparison: three seeds of TOP1 and of BPR beside the baselines. The others come first."""
    for number in range(N_OTHERS // 10):
        log = _with_dates(generated_log(3_000, 100, seed=1 + number))
        for loss in range(5):
            _compare(workspace, log, f"small log {number}", (2 * loss, 2 * loss + 1), SplitConfig())
    log = _with_dates(generated_log(N_EVENTS, N_ITEMS))
    rule = SplitConfig(protocol="time", test_days=TEST_DAYS)
    return _compare(workspace, log, "large log", (0, 1, 2), rule)


def build_many(workspace: Workspace, n_datasets: int, runs_per_dataset: int) -> None:
    """Many small datasets, each with one finished comparison of some runs of TOP1 and as many of BPR."""
    for number in range(len(workspace.datasets()), n_datasets):
        log = _with_dates(generated_log(3_000, 100, seed=100 + number))
        _compare(workspace, log, f"log {number:02d}", tuple(range(runs_per_dataset // 2)), SplitConfig())


def _with_dates(log: SessionDataset) -> SessionDataset:
    """The same sessions over four months, half a minute between two events, with names for items."""
    starts = np.sort(np.random.default_rng(0).uniform(_START, _START + 86_400 * DAYS, log.n_sessions)).astype(np.int64)
    within = np.arange(log.n_events) - np.repeat(log.offsets[:-1], log.lengths)
    times = np.repeat(starts, log.lengths) + 30 * within
    names = [f"product {number:04d}, a name of usual length" for number in range(log.n_items)]
    return SessionDataset.from_arrays(
        np.asarray(log.items), times, np.asarray(log.offsets), log.session_ids, ItemVocabulary(names)
    )


def _compare(
    workspace: Workspace, log: SessionDataset, name: str, seeds: tuple[int, ...], rule: SplitConfig
) -> ComparisonRecord:
    known = [record for record in workspace.datasets() if record.name == name]
    dataset = known[0] if known else workspace.add_dataset(log, name, DatasetOrigin("upload"), time_unit="s")
    runs = [
        workspace.create_run(dataset.id, TrainingConfig(loss=loss, n_hidden=(64,), seed=seed), rule)
        for loss in ("top1", "bpr")
        for seed in seeds
    ]
    comparison = workspace.create_comparison(
        dataset.id, rule, ComparisonConfig(deciding_k=10), [run.id for run in runs], baselines=DEFAULT_BASELINES
    )
    split = load_split(workspace, dataset.id, rule)
    for place, run in enumerate(runs):
        _finish(workspace, run, split, np.random.default_rng([place, dataset.n_items]))
    folder = workspace.split_folder(dataset.id, rule) / "baselines"
    folder.mkdir(parents=True, exist_ok=True)
    for place, baseline in enumerate(DEFAULT_BASELINES):
        drawn = _draw_predictions(split, 0.95 - 0.05 * place, np.random.default_rng([place, 1]))
        values = metrics.summarise(drawn, events=split.test, train_counts=split.train.counts())
        run_folder.save_evaluation(drawn, values | {"name": baseline}, folder, baseline)
    write_state(folder, JobState(state="done"))
    precompute_summaries(workspace, dataset.id)  # as a worker does at the end
    return comparison


def _finish(workspace: Workspace, run: RunRecord, split: Split, generator: np.random.Generator) -> None:
    folder = workspace.run_folder(run.id)
    store_random_model(folder, split.train.vocabulary, run.config.n_hidden[0], generator)
    write_json(folder / "environment.json", {"seconds": {"reading": 1.0, "training": 60.0, "testing": 5.0}})
    for epoch in range(1, 11):
        rates = {f"accuracy@{k}": 0.02 * k * (1 - 0.5**epoch) for k in range(1, MAX_LIST_LENGTH + 1)}
        report = {"epoch": epoch, "epochs": 10, "loss": 1 / epoch, "validation": rates, "seconds": 6.0}
        run_folder.append_epoch(folder, report)
    drawn = _draw_predictions(split, 1.0 if run.config.loss == "bpr" else 0.98, generator)
    run_folder.save_evaluation(
        drawn, metrics.summarise(drawn, events=split.test, train_counts=split.train.counts()), folder
    )
    write_state(folder, JobState(state="done", started=0.0, ended=66.0, epoch=10, epochs=10))


def _draw_predictions(split: Split, skill: float, generator: np.random.Generator) -> Evaluation:
    """Ranks that are small where an event is easy, which it is for all models alike, and lists that agree with them."""
    index, n_items = split.test.events(), split.train.n_items
    n = len(index.target)
    easy = np.random.default_rng(7).random(n)
    noise = generator.exponential(1.0, n)
    greater = np.minimum((noise * n_items ** (easy**skill)).astype(np.int32), n_items - 1)
    greater[index.target < 0] = n_items
    first = generator.integers(0, n_items, n, dtype=np.int32)
    top_items = (first[:, None] + np.arange(MAX_LIST_LENGTH, dtype=np.int32)) % n_items
    # The true item stands where its rank says, and nowhere else.
    rows, columns = np.nonzero(top_items == index.target[:, None])
    top_items[rows, columns] = (first[rows] - 1) % n_items
    shown = np.flatnonzero(greater < MAX_LIST_LENGTH)
    top_items[shown, greater[shown]] = index.target[shown]
    scores = -np.sort(-generator.normal(size=(n, MAX_LIST_LENGTH)).astype(np.float32), axis=1)
    return Evaluation(
        session=index.session,
        session_id=np.asarray(split.test.dataset.session_ids)[index.session],
        position=index.position,
        target=index.target,
        greater=greater,
        equal=np.zeros(n, np.int32),
        top_items=top_items,
        top_scores=scores,
        n_items=n_items,
    )
