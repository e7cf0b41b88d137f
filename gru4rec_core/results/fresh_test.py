"""How does a finished model do on events that it never saw? Nothing is trained, and NumPy is enough."""

from dataclasses import dataclass

import numpy as np

from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.errors import RunError
from gru4rec_core.evaluation import metrics
from gru4rec_core.evaluation.comparability import ModelResults, count_leaked
from gru4rec_core.evaluation.scoring import Progress, evaluate
from gru4rec_core.model.inference import NumpyGru4Rec
from gru4rec_core.results.model_table import Row, build_row
from gru4rec_core.workspace import run_folder
from gru4rec_core.workspace.records import RunRecord
from gru4rec_core.workspace.split_store import StoredSplit, load_split
from gru4rec_core.workspace.store import Workspace


@dataclass(frozen=True)
class ModelRuns:
    """A trained model: its runs, one per seed, and what it is called in a test."""

    name: str
    label: str
    runs: tuple[RunRecord, ...]


def evaluate_on_split(
    workspace: Workspace, model: ModelRuns, split: StoredSplit, k: int, on_progress: Progress | None = None
) -> tuple[ModelResults, Row]:
    """A model's results on a test part, and its row of the table of models.

    An item that the log of the test has and the model does not know is a miss; so is one that only the test part has.

    Args:
        workspace: where its runs are.
        model: the model.
        split: the test part.
        k: the deciding list length.
        on_progress: called with the events tested and the events there are, run by run.

    Raises:
        RunError: a run is not done, or has learnt from the test events.
    """
    evaluations, summaries = [], []
    for run in model.runs:
        workspace.metrics(run.id)  # raises when the run is not done
        train = load_split(workspace, run.dataset_id, run.split).train
        _refuse_leak(run, train, split)
        scorer = NumpyGru4Rec.load(workspace.run_folder(run.id))
        events = renumber_items(split.test, scorer.vocabulary)
        evaluations.append(evaluate(scorer, events, max(run_folder.TOP_K, k), on_progress))
        summaries.append(metrics.summarise(evaluations[-1], events=events, train_counts=train.counts()))
    results = ModelResults(
        name=model.name,
        label=model.label,
        kind="gru4rec",
        evaluations=tuple(evaluations),
        test_key=split.test_key,
    )
    return results, build_row(results, summaries, split, k)


def unknown_share(results: ModelResults) -> float:
    """Share of test events whose next item is not in the log's training part or not known to the model, 0 to 1."""
    return float((results.evaluations[0].target < 0).mean())


def share_not_in_training(split: StoredSplit) -> float:
    """The part of every model's `unknown_share` that the log's own training part does not have, 0 to 1.

    Whether a model knows such an item is not asked: it is a miss for all of them.
    """
    return float((split.test.events().target < 0).mean())


def _refuse_leak(run: RunRecord, train: SessionDataset, split: StoredSplit) -> None:
    leaked = count_leaked(train, split.test)
    if leaked:
        raise RunError(
            "A model must be tested on events it has not learnt from.",
            found=f"{leaked:,} of the {split.test.n_predicted:,} test events were in its training part",
            where=f"run {run.id}",
            remedy="Test on a later log, on sessions after its training (--protocol time), or under its own test rule.",
        )


def renumber_items(test: EvaluationSet, vocabulary: ItemVocabulary) -> EvaluationSet:
    """The test events with the ids of another vocabulary; -1 for items it does not know."""
    new = test.dataset
    # The last place stands for items that the new log's own training part does not know: id -1 picks it.
    new_to_old = np.append(vocabulary.encode(new.vocabulary.items), -1)
    sessions = SessionDataset.from_arrays(
        new_to_old[np.asarray(new.items)], new.timestamps, new.offsets, new.session_ids, vocabulary, new.time_unit
    )
    return EvaluationSet(sessions, predicted=test.predicted)
