"""What *If you trained again* says; the page tests start further seeds."""

from types import SimpleNamespace

import pytest

from dashboard import more_seeds_form
from gru4rec_core.evaluation.comparison import compare_models
from gru4rec_core.evaluation.verdict import build_verdict
from tests.evaluation.conftest import model_of
from tests.evaluation.rank_lists import CONFIG, ranks


@pytest.fixture
def said(monkeypatch):
    written = []
    monkeypatch.setattr(more_seeds_form.widgets, "section", written.append)
    monkeypatch.setattr(more_seeds_form.widgets, "sentence", written.append)
    monkeypatch.setattr(more_seeds_form.messages, "show_aside", written.append)
    return written


def review_of(*models):
    return SimpleNamespace(result=SimpleNamespace(verdict=build_verdict(compare_models(models, CONFIG))))


def test_each_pair_of_the_verdict_has_its_sentence_and_a_sure_one_offers_nothing(said):
    bpr = model_of("bpr", *(ranks(n) for n in (500, 502, 504)))
    top1 = model_of("top1", *(ranks(n) for n in (300, 302, 304)))
    markov = model_of("markov", ranks(100), kind="baseline", label="Lookup table (Markov)")
    more_seeds_form.show_repeats(review_of(top1, bpr, markov))
    assert said[:3] == [
        "If you trained again",
        "If you trained both again, BPR would win in more than 99 of 100 repeats (between 99 and 100).",
        "If you trained BPR again, it would beat the lookup table in more than 99 of 100 repeats (between 99 and 100).",
    ]
    assert len(said) == 4


def test_that_one_run_cannot_tell_is_said_once(said, monkeypatch):
    monkeypatch.setattr(more_seeds_form, "_offer", lambda agreed, found: None)
    markov = model_of("markov", ranks(100), kind="baseline", label="Lookup table (Markov)")
    more_seeds_form.show_repeats(review_of(model_of("top1", ranks(300)), model_of("bpr", ranks(500)), markov))
    assert said[1] == "If you trained again: one run of each cannot tell whether BPR would win again."
    assert len(said) == 3


def test_models_that_cannot_be_compared_have_no_such_section(said):
    more_seeds_form.show_repeats(review_of(model_of("a", [1, 1, 1]), model_of("b", [1, 1])))
    assert said == []
