"""SLIST and its parts, by hand and against a plain implementation with dense matrices."""

from math import exp
from types import SimpleNamespace

import numpy as np
import pytest

from gru4rec_core.baselines import slist as slist_module
from gru4rec_core.baselines.histories import Histories
from gru4rec_core.baselines.slist import SLIS, SLIST, SLIT, Decays, required_bytes
from gru4rec_core.errors import ConfigError, Refused

DAY = 86_400
START = 1_700_000_000


def plain_weights(sessions: list[list[int]], ages: list[float], together: float, ridge: float, n: int) -> np.ndarray:
    """B of reference/session_baselines.md, row by row; input decay 2, age decay 8."""
    left, right = ridge * np.eye(n), np.zeros((n, n))
    for session, age in zip(sessions, ages, strict=True):
        weight = exp(-age / 8)
        whole = np.zeros(n)
        whole[list(set(session))] = 1.0
        left += together * weight * np.outer(whole, whole) / whole.sum() ** 2
        right += together * weight * np.outer(whole, whole) / whole.sum()
        for cut in range(1, len(session)):
            inputs, targets = np.zeros(n), np.zeros(n)
            for place, item in enumerate(session, 1):
                if place <= cut:
                    inputs[item] += exp(-(cut - place) / 2)
                else:
                    targets[item] += exp(-(place - cut - 1) / 2)
            inputs /= inputs.sum()
            left += (1 - together) * weight * np.outer(inputs, inputs)
            right += (1 - together) * weight * np.outer(inputs, targets)
    return np.linalg.solve(left, right)


def formula(baseline: SLIST, history: list[int]) -> np.ndarray:
    return baseline.formula(Histories([np.array(history, np.int32)], baseline.n_items))[0]


@pytest.mark.parametrize("pairs", [2**22, 1])
@pytest.mark.parametrize("together", [0.0, 0.3, 1.0])
def test_weights_are_those_of_a_plain_implementation(monkeypatch, dataset_of, random_sessions, together, pairs):
    monkeypatch.setattr(slist_module, "_PAIRS_PER_BLOCK", pairs)
    sessions = random_sessions(30, 6)
    times = [START + DAY * (i // 3) for i in range(30)]
    slist = SLIST(together, 2.0, Decays(input=2.0, age=8.0)).fit(dataset_of(sessions, 6, times))
    ages = [(max(times) - time) / DAY for time in times]
    assert slist.weights == pytest.approx(plain_weights(sessions, ages, together, 2.0, 6), abs=1e-12)


def test_one_session_by_hand(dataset_of):
    train = dataset_of([[0, 1]], 3)
    # One row: input item 0, target item 1. B[0, 1] = 1 / (1 + ridge).
    assert SLIT(ridge=1.0).fit(train).weights == pytest.approx(np.array([[0, 0.5, 0], [0, 0, 0], [0, 0, 0]]))
    # One row: input a half each, target both: (x xᵀ + I)⁻¹ x yᵀ = 1/3 in the four cells.
    assert SLIS(ridge=1.0).fit(train).weights[:2, :2] == pytest.approx(np.full((2, 2), 1 / 3))


def test_scores_add_up_over_the_history_and_the_last_item_weighs_most(dataset_of):
    slit = SLIT(ridge=1.0).fit(dataset_of([[0, 1], [2, 3]], 4))
    assert formula(slit, [0]) == pytest.approx([0, 1, 0, 0])
    assert formula(slit, [2, 0, 2]) == pytest.approx([0, exp(-1) / (1 + exp(-2)), 0, 1])
    assert formula(slit, [1]).tolist() == formula(slit, []).tolist() == [0, 0, 0, 0]


def test_old_sessions_count_less(dataset_of):
    slit = SLIT(decays=Decays(age=1.0)).fit(dataset_of([[0, 1], [0, 2]], 3, times=[START, START + DAY]))
    assert formula(slit, [0]) == pytest.approx([0, exp(-1), 1])


def test_the_input_may_be_the_last_item_alone(dataset_of):
    slist = SLIST(0.0, 1.0, only_last=True).fit(dataset_of([[0, 1, 2]], 3))
    assert slist.weights == pytest.approx(np.array([[0, 1, exp(-1)], [0, 0, 1], [0, 0, 0]]) / 2)


def test_a_large_catalogue_is_refused_with_the_memory_it_would_take(monkeypatch, dataset_of):
    monkeypatch.setattr(slist_module.psutil, "virtual_memory", lambda: SimpleNamespace(total=2**40))
    with pytest.raises(Refused, match=r"SLIST takes at most 20,000 items on .*20,001 items: .*9\.6 GB"):
        SLIST().fit(dataset_of([[0, 1]], 20_001))
    with pytest.raises(Refused, match="at most 2 items"):
        SLIT(max_items=2).fit(dataset_of([[0, 1]], 3))
    monkeypatch.setattr(slist_module.psutil, "virtual_memory", lambda: SimpleNamespace(total=10 * required_bytes(1)))
    with pytest.raises(Refused, match="at most 2 items"):
        SLIST().fit(dataset_of([[0, 1]], 3))
    assert required_bytes(20_000) == 9_600_000_000


@pytest.mark.parametrize(
    ("make", "where"),
    [
        (lambda: SLIST(1.5), "together"),
        (lambda: SLIST(ridge=0), "ridge"),
        (lambda: SLIT(max_items=0), "max_items"),
        (lambda: Decays(input=0), "decay of input"),
        (lambda: Decays(history=-1), "decay of history"),
        (lambda: Decays(age=0), "decay of age"),
    ],
)
def test_settings_out_of_their_range_are_refused(make, where):
    with pytest.raises(ConfigError) as caught:
        make()
    assert caught.value.where == where
