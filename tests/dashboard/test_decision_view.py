"""What the view of decisions says of each outcome, as far as it needs no page."""

from typing import get_args

from dashboard.decision_view import _SIGNS
from gru4rec_core.evaluation.decision_check import DecisionCheck


def test_every_outcome_of_a_check_has_its_sign():
    assert set(_SIGNS) == set(get_args(DecisionCheck))
