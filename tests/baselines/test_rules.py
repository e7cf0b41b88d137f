"""Sequential rules, by hand and against a plain implementation."""

import numpy as np
import pytest

from gru4rec_core.baselines import rules as rules_module
from gru4rec_core.baselines.histories import Histories
from gru4rec_core.baselines.rules import SequentialRules
from gru4rec_core.errors import ConfigError


def formula(baseline: SequentialRules, history: list[int]) -> list[float]:
    return baseline.formula(Histories([np.array(history, np.int32)], baseline.n_items))[0].tolist()


def test_what_came_soon_after_weighs_more(dataset_of):
    train = dataset_of([[0, 1, 2], [0, 2]], 4)
    # After 0: 1 once at distance 1; 2 once at distance 2 and once at distance 1.
    assert formula(SequentialRules().fit(train), [3, 0]) == [0, 1 / 1.5, 1, 0]
    assert formula(SequentialRules(decay="linear").fit(train), [0]) == pytest.approx([0, 0.9 / 1.7, 1, 0])
    assert formula(SequentialRules(steps=1).fit(train), [0]) == [0, 1, 1, 0]


def test_an_item_that_nothing_followed_has_no_rule_and_best_sellers_come(dataset_of, ranking):
    rules = SequentialRules().fit(dataset_of([[0, 1, 2], [0, 2]], 4))
    assert formula(rules, [2]) == formula(rules, []) == [0, 0, 0, 0]
    assert ranking(rules, [2]) == ranking(rules, []) == [0, 2, 1, 3]


def test_an_item_may_follow_itself(dataset_of):
    assert formula(SequentialRules().fit(dataset_of([[0, 0, 1]], 2)), [0]) == [1 / 1.5, 1]


@pytest.mark.parametrize("pairs", [2**23, 1])
@pytest.mark.parametrize(("steps", "decay"), [(10, "inverse"), (3, "inverse"), (10, "linear")])
def test_rules_are_those_of_a_plain_implementation(monkeypatch, dataset_of, random_sessions, pairs, steps, decay):
    monkeypatch.setattr(rules_module, "_PAIRS_PER_BLOCK", pairs)
    sessions = [*random_sessions(40, 8), list(range(8)) * 2]
    expected = np.zeros((8, 8))
    for session in sessions:
        for later, item in enumerate(session):
            for distance in range(1, min(steps, later) + 1):
                weight = 1 / distance if decay == "inverse" else 1 - distance / 10
                expected[session[later - distance], item] += weight
    expected /= np.maximum(expected.max(axis=1, keepdims=True), 1e-9)
    rules = SequentialRules(steps, decay).fit(dataset_of(sessions, 8))
    assert [formula(rules, [item]) for item in range(8)] == pytest.approx(expected)


@pytest.mark.parametrize("settings", [{"steps": 0}, {"steps": 11, "decay": "linear"}, {"decay": "steep"}])
def test_settings_out_of_their_range_are_refused(settings):
    with pytest.raises(ConfigError):
        SequentialRules(**settings)
