"""The cells of the Keras notebook, one after the other, as its readers would type them here."""

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.evaluation.metrics import accuracy_at
from gru4rec_core.evaluation.scoring import evaluate
from gru4rec_core.model.gru4rec import Gru4Rec
from gru4rec_core.model.losses import TOP1


@pytest.fixture(scope="module")
def df() -> pd.DataFrame:
    """Twelve athletes who go round in three sports, each beginning somewhere."""
    sports = ["run", "bike", "swim"]
    rows = [(user, t, sports[(user + t) % 3]) for user in range(12) for t in range(4 + user % 4)]
    return pd.DataFrame(rows, columns=["session", "timestamp", "item"])


@pytest.fixture(scope="module")
def train_df(df: pd.DataFrame) -> pd.DataFrame:
    """All but the last item of each session."""
    return df[df.duplicated("session", keep="last")]


@pytest.fixture(scope="module")
def cells(df: pd.DataFrame, train_df: pd.DataFrame):
    """Dataset, model and reports after the training cell."""
    dataset = SessionDataset(train_df)
    model = Gru4Rec(n_classes=dataset.n_items, n_layers=1, n_hidden=64, loss=TOP1, batch_size=8)
    reports = model.fit(dataset, steps_per_epoch=800, epochs=2)
    return dataset, model, reports


def test_the_dataset_cell(cells, df: pd.DataFrame, train_df: pd.DataFrame) -> None:
    dataset, _, _ = cells
    assert (dataset.n_sessions, dataset.n_items, dataset.n_events) == (12, 3, len(df) - 12)
    assert dataset.item_to_id == {"run": 0, "bike": 1, "swim": 2}
    assert dataset.extract_session(0, one_hot_encoded=False) == ["run", "bike", "swim"]
    assert np.argmax(dataset.extract_session(1), axis=1).tolist() == [1, 2, 0, 1]
    pd.testing.assert_frame_equal(dataset.df, train_df.reset_index(drop=True), check_dtype=False)


def test_the_training_cell(cells) -> None:
    _, _, reports = cells
    assert [report.steps for report in reports] == [800, 800]
    assert reports[-1].accuracy > 0.9


def test_the_accuracy_cell(cells, df: pd.DataFrame) -> None:
    """Top-1 and top-3 accuracy on the last item of each session, predicted from all before it."""
    dataset, model, _ = cells
    whole = SessionDataset(df)
    items = dataset.vocabulary.encode(whole.vocabulary.decode(whole.items))
    whole = SessionDataset.from_arrays(items, whole.timestamps, whole.offsets, whole.session_ids, dataset.vocabulary)
    found = evaluate(model, EvaluationSet(whole, whole.lengths - 1))
    assert found.n_events == 12  # the notebook loses its last sessions
    assert accuracy_at(found, 1) == 1.0
    assert accuracy_at(found, 3) == 1.0


def test_the_hidden_states_cell(cells) -> None:
    dataset, model, _ = cells
    states = model.final_states(dataset)
    assert states.shape == (12, 64)
    assert np.isfinite(states).all()
    # Sessions that ended alike are nearer to each other than to others.
    last = [dataset.session(i)[-1] for i in range(12)]
    distance = np.linalg.norm(states[:, None] - states[None], axis=-1)
    same = np.equal.outer(last, last) & ~np.eye(12, dtype=bool)
    assert distance[same].mean() < distance[np.not_equal.outer(last, last)].mean()


def test_the_prediction_cell(cells) -> None:
    _, model, _ = cells
    assert model.recommend(["run"], k=1)[0][0] == "bike"
    assert model.recommend(["run", "bike"], k=1)[0][0] == "swim"
