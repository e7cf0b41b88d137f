"""Scores and figures of public implementations on a real log (see reference/session_baselines.md)."""

import os
from collections.abc import Callable
from functools import cache
from math import inf
from pathlib import Path

import numpy as np
import pytest

from gru4rec_core.baselines.base import FormulaBaseline
from gru4rec_core.baselines.histories import Histories
from gru4rec_core.baselines.rules import SequentialRules
from gru4rec_core.baselines.session_neighbours import STAN, VSKNN, VSTAN, Rarity
from gru4rec_core.baselines.slist import SLIS, SLIST, SLIT
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.vocabulary import ItemVocabulary

REFERENCE = Path(__file__).parents[1] / "reference" / "session_baselines.npz"
K = 20

CASES: dict[str, Callable[[], FormulaBaseline]] = {
    "sr_div": SequentialRules,
    "sr_linear": lambda: SequentialRules(decay="linear"),
    "vsknn": lambda: VSKNN(rarity=Rarity(0.0)),
    "vsknn_idf5": lambda: VSKNN(rarity=Rarity(least_idf=-inf)),
    "stan": STAN,
    "vstan": lambda: VSTAN(rarity=Rarity(least_idf=-inf)),
    "slist": SLIST,
    "slist_sr": lambda: SLIST(only_last=True),
    "slis": SLIS,
    "slit": SLIT,
}


class Reference:
    """The reference's log and events as this library sees them."""

    def __init__(self, path: Path) -> None:
        self.arrays = dict(np.load(path))
        self.vocabulary = ItemVocabulary(self.arrays["items"].tolist())
        self.train = self._dataset("train")
        self._test = self._dataset("test")
        self.target = self.vocabulary.encode(self.arrays["event_target"].tolist())
        sessions, lengths = self.arrays["event_session"], self.arrays["event_prefix_len"]
        self.histories = [self._test.session(s)[:n] for s, n in zip(sessions.tolist(), lengths.tolist(), strict=True)]

    def _dataset(self, part: str) -> SessionDataset:
        sessions = self.arrays[f"{part}_session"]
        starts = np.flatnonzero(np.r_[True, sessions[1:] != sessions[:-1]])
        return SessionDataset.from_arrays(
            self.vocabulary.encode(self.arrays[f"{part}_item"].tolist()),
            self.arrays[f"{part}_time"],
            np.r_[starts, len(sessions)],
            self.arrays[f"{part}_session_name"],
            self.vocabulary,
            "s",
        )

    @cache  # noqa: B019 - one reference per module
    def scores(self, case: str) -> np.ndarray:
        """float64 [n_events, n_items]."""
        baseline = CASES[case]().fit(self.train)
        return baseline.formula(Histories(self.histories, self.train.n_items))

    def ranks(self, case: str) -> tuple[np.ndarray, np.ndarray]:
        """Of the true items: ties in catalogue order, and below all that tie."""
        scores = self.scores(case)
        true = scores[np.arange(len(scores)), self.target][:, None]
        earlier = np.arange(scores.shape[1]) < self.target[:, None]
        greater, equal = scores > true, scores == true
        return 1 + (greater | (equal & earlier)).sum(axis=1), (greater | equal).sum(axis=1)


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference(Path(os.environ.get("SESSION_BASELINES", REFERENCE)))


@pytest.mark.parametrize("case", CASES)
def test_scores_are_those_of_the_public_implementation(reference: Reference, case: str) -> None:
    stored = reference.arrays[f"{case}_scores"].astype(np.float64)
    found = reference.scores(case)[reference.arrays["sample_event"]]
    largest = np.maximum(stored.max(axis=1, keepdims=True), np.finfo(float).tiny)
    ours = np.maximum(found.max(axis=1, keepdims=True), np.finfo(float).tiny)
    assert np.abs(found / ours - stored / largest).max() < 1e-5


@pytest.mark.parametrize("case", CASES)
def test_recall_and_mrr_are_those_of_the_public_implementation(reference: Reference, case: str) -> None:
    row = reference.arrays["case"].tolist().index(case)
    names = reference.arrays["metric_name"].tolist()
    expected = dict(zip(names, reference.arrays["metrics"][row].tolist(), strict=True))
    for treatment, rank in zip(("stable", "conservative"), reference.ranks(case), strict=True):
        assert (rank <= K).mean() == pytest.approx(expected[f"recall{K}_{treatment}"], abs=1e-6)
        assert np.where(rank <= K, 1 / rank, 0).mean() == pytest.approx(expected[f"mrr{K}_{treatment}"], abs=1e-6)
