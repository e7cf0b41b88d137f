"""Verdicts read well: units, tie-breakers, limits, numbers."""

import json
import re
from dataclasses import replace

import numpy as np

from gru4rec_core.baselines.names import BASELINE_LABELS
from gru4rec_core.evaluation.comparison import compare_models
from gru4rec_core.evaluation.pair_verdict import build_pair_verdict
from gru4rec_core.evaluation.verdict import build_verdict
from gru4rec_core.evaluation.verdict_text import (
    deciding_note,
    limit_sentences,
    method_name,
)
from tests.evaluation.rank_lists import CONFIG, N, ranks


def test_several_events_a_session_are_called_events(make_results):
    sessions = np.arange(N) // 2
    models = [make_results(name, ranks(n), sessions=sessions) for name, n in (("a", 400), ("b", 700))]
    assert "35.0 of 100 test events" in build_verdict(compare_models(models, CONFIG)).sentences[0]


def test_equivalent_says_who_is_faster_and_who_shows_more(make_results):
    def sentence(seconds_a, seconds_b, wide=True):
        a = make_results("top1", ranks(1500), ranks(1500), label="TOP1", run_seconds=seconds_a)
        b = make_results("bpr", ranks(1500), ranks(1500), label="BPR", run_seconds=seconds_b)
        for evaluation in b.evaluations:
            evaluation.top_items[5:10, :3] = np.arange(20, 35).reshape(5, 3) if wide else 0
        return build_verdict(compare_models([a, b], CONFIG)).sentences[0]

    assert sentence((10, 11), (14, 15)).endswith(
        "less than 5 %. TOP1 trains faster, BPR recommends more of the catalogue."
    )
    assert sentence((14, 15), (10, 11)).endswith("BPR trains faster and recommends more of the catalogue.")
    assert sentence((14, 15), ()).endswith("less than 5 %. BPR recommends more of the catalogue.")
    assert sentence((12, 12), (12, 12), wide=False).endswith("less than 5 %.")


def test_no_gap_is_not_said_to_hold(judge):
    said = judge(ranks(200), ranks(200, first=100), markov=100)
    assert said.kind == "undecided"
    assert "If this gap holds" not in said.sentences[0]
    assert re.search(
        r" If they stay this even, about [\d,]+ test sessions would show that they differ by less than 5 %\.$",
        said.sentences[0],
    )


def test_what_another_list_length_decides_is_said():
    assert deciding_note(10, 10) == ""
    assert (
        deciding_note(10, 3)
        == "Decided by the top 10. The figures below are those of the top 3, which decides nothing."
    )


def test_baselines_are_named_as_in_a_sentence():
    names = [method_name(label) for label in BASELINE_LABELS.values()]
    assert names == [
        "best-sellers",
        "best-sellers of the session",
        "“last item again”",
        "the lookup table",
        "sequential rules",
        "Item kNN",
        "V-SKNN",
        "STAN",
        "VSTAN",
        "Linear autoregressive",
        "SLIS",
        "SLIT",
        "SLIST",
    ]


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
        "BPR was still improving when training stopped, by hits in the top 3.",
        "Tested on days seen in training.",
    )
    assert judge([ranks(400)] * 2, [ranks(600)] * 2, too_few_epochs=True).limits == (
        "Whether BPR improved to the end of training: too few epochs to tell (fewer than 4).",
    )
    assert judge([ranks(400)] * 2, [ranks(600)] * 2).limits == ()
    assert judge([ranks(400)] * 2, ranks(600)).limits == ("One training run of BPR: provisional.",)


def test_a_list_of_most_items_is_a_limit_and_tells_what_chance_hits(make_results):
    def limits(k: int) -> tuple[str, ...]:
        models = [make_results("top1", ranks(400)), make_results("bpr", ranks(600), label="BPR")]
        return build_verdict(compare_models(models, CONFIG.model_copy(update={"deciding_k": k}))).limits

    said = (
        "With 40 of 50 items in the list, chance alone hits 80.0 of 100: a shorter list would tell the models apart"
        " better."
    )
    assert said in limits(40)
    assert not any("chance alone" in limit for limit in limits(24))
    assert any("hits 50.0 of 100" in limit for limit in limits(25))
    assert "A list of 60 holds all 50 items: a shorter list would tell the models apart better." in limits(60)


def test_a_lead_that_the_test_does_not_confirm_is_said_plainly(make_results):
    models = [make_results("top1", ranks(400), label="TOP1"), make_results("bpr", ranks(420), label="BPR")]
    verdict = build_pair_verdict(compare_models(models, CONFIG).pairs[0], CONFIG)
    unconfirmed = replace(verdict, low=0.001, high=0.03, confirmed=False, p_value=0.0502)
    assert limit_sentences(unconfirmed, CONFIG)[-1] == (
        "The interval for BPR's lead leaves out 0, but the permutation test does not confirm the lead (p = 0.0502, not"
        " clearly below 0.05)."
    )


def test_best_sellers_are_named_once_where_they_are_the_strongest(judge):
    said = judge(ranks(400), ranks(600), 50, 60)
    assert said.sentences[1] == (
        "Best model against the baselines, in the top 3: BPR 30.0, best-sellers 3.0 of 100 test sessions; BPR beats the"
        " strongest baseline."
    )
