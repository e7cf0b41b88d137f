"""Verdicts read well: units, tie-breakers, limits, numbers."""

import json
import re

import numpy as np

from gru4rec_core.evaluation.comparison import compare_models
from gru4rec_core.evaluation.verdict import build_verdict
from gru4rec_core.evaluation.verdict_text import per_100, rounded_count
from tests.evaluation.rank_lists import CONFIG, N, ranks


def test_several_events_a_session_are_called_events(make_results):
    sessions = np.arange(N) // 2
    models = [make_results(name, ranks(n), sessions=sessions) for name, n in (("a", 400), ("b", 700))]
    assert "35.0 of 100 test events" in build_verdict(compare_models(models, CONFIG)).sentences[0]


def test_equivalent_says_who_is_faster_and_who_shows_more(make_results):
    def sentence(seconds_a, seconds_b, lists_b=20):
        a = make_results("top1", ranks(1500), label="TOP1", training_seconds=seconds_a)
        b = make_results("bpr", ranks(1500), label="BPR", training_seconds=seconds_b)
        b.evaluations[0].top_items[5, :3] = [lists_b, lists_b + 1, lists_b + 2]
        return build_verdict(compare_models([a, b], CONFIG)).sentences[0]

    assert sentence(10, 12).endswith("less than 5 %. TOP1 trains faster, BPR recommends more of the catalogue.")
    assert sentence(12, 10).endswith("BPR trains faster and recommends more of the catalogue.")
    assert sentence(12, None).endswith("less than 5 %. BPR recommends more of the catalogue.")
    assert sentence(12, 12, lists_b=0).endswith("less than 5 %.")


def test_hits_against_none_are_told_in_hits(judge):
    said = judge(ranks(0, 100), ranks(50, 100), markov=10, popularity=0)
    assert said.kind == "clear"
    assert re.search(r"TOP1's for 0\.0: 50\.0 more \(95 %: [34]\d\.\d to 6\d\.\d\)\.$", said.sentences[0])
    json.dumps(said.to_json(), allow_nan=False)


def test_limits_are_named(judge):
    assert judge(ranks(400), ranks(600)).limits == ("One training run each: provisional.",)
    said = judge(ranks(400), ranks(600), still_improving=True, overlaps_training_days=True)
    assert said.limits == (
        "One training run each: provisional.",
        "Still improving when stopped.",
        "Tested on days seen in training.",
    )
    assert judge([ranks(400)] * 2, [ranks(600)] * 2).limits == ()
    assert judge([ranks(400)] * 2, ranks(600)).limits == ("One training run of BPR: provisional.",)


def test_best_sellers_are_named_once_where_they_are_the_strongest(judge):
    said = judge(ranks(400), ranks(600), 50, 60)
    assert said.sentences[1] == "Best model 30.0, best-sellers 3.0 per 100: it beats simple counting."


def test_numbers_in_words():
    assert rounded_count(11_873) == "12,000"
    assert rounded_count(2_350_000) == "2,400,000"
    assert rounded_count(87) == "87"
    assert per_100(0.1325) == "13.2"
