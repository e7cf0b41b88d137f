"""Facts about the words of the Compare page."""

from types import SimpleNamespace

import pytest

from dashboard.compare_view import _describe_end_of_training, _outcome_params, outcome_labels

PAIR = (SimpleNamespace(name="top1", label="TOP1"), SimpleNamespace(name="bpr", label="BPR"))


def test_each_outcome_is_named_after_the_model_that_hit():
    assert outcome_labels(PAIR) == {
        "both": "both hit",
        "only_b": "only BPR",
        "only_a": "only TOP1",
        "neither": "neither",
    }


def test_an_outcome_leads_to_its_sessions_with_the_same_pair():
    assert _outcome_params(PAIR, "only_b") == {"show": "only_b", "a": "top1", "b": "bpr"}


@pytest.mark.parametrize(
    ("improving", "validation_fraction", "text"),
    [
        (True, 0.1, "still improving when stopped: BPR"),
        (False, 0.1, "no longer improving when stopped"),
        (False, 0.0, "whether still improving is not known, without validation sessions"),
    ],
)
def test_what_is_said_about_the_end_of_training_is_known(improving: bool, validation_fraction: float, text: str):
    contenders = [SimpleNamespace(label="TOP1", still_improving=False)]
    contenders.append(SimpleNamespace(label="BPR", still_improving=improving))
    record = SimpleNamespace(split=SimpleNamespace(validation_fraction=validation_fraction))
    assert _describe_end_of_training(SimpleNamespace(contenders=contenders, record=record)) == text
