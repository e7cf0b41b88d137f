"""Facts about the steps of a session."""

from types import SimpleNamespace

import numpy as np
import pytest

from dashboard import steps_view
from gru4rec_core.report.frames.sessions import Step

ITEMS = ["run", "swim", "<b>bike</b>"]
REVIEW = SimpleNamespace(item=lambda item: ITEMS[item])


def test_the_true_item_is_marked_among_the_guesses_and_names_are_escaped():
    step = Step(1, 1, False, {"bpr": [2, 1]}, {"bpr": 2.0})
    cell = steps_view._guess_cell(REVIEW, step, "bpr", 3)
    assert cell == '● 2<br>1. &lt;b&gt;bike&lt;/b&gt;, <span class="true">2. swim ✓</span>'


@pytest.mark.parametrize(("position", "text"), [(0, "nothing seen yet"), (3, "")])
def test_a_step_without_guesses_says_why(position: int, text: str):
    assert steps_view._guess_cell(REVIEW, Step(position, 1, False, {}, {}), "bpr", 3) == text


@pytest.mark.parametrize(
    ("trained", "predicted", "validation"),
    [([1, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]), ([0, 0, 0, 0], [0, 1, 1, 1], [0, 0, 0, 0])],
)
def test_the_validation_step_is_neither_learnt_nor_tested(trained, predicted, validation):
    events = SimpleNamespace(dataset=SimpleNamespace(offsets=np.array([0, 4])), predicted=np.array(predicted, bool))
    review = SimpleNamespace(events=events, split=SimpleNamespace(trained=np.array(trained, bool)))
    assert steps_view._find_validation(review, 0).tolist() == [bool(value) for value in validation]


def test_a_training_step_is_tagged():
    row = steps_view._row(REVIEW, (), Step(4, 0, True, {}, {}), 3, is_validation=False)
    assert row == ["5", 'run <span class="tag">training data</span>']
