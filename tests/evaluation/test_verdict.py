"""Verdicts: the five answers, the sentence on the baselines, and their JSON."""

import json
import re

import numpy as np
import pytest

from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.comparison import compare_models
from gru4rec_core.evaluation.verdict import build_verdict, compare_with_baselines
from tests.evaluation.rank_lists import CONFIG, N, ranks


def test_clear(judge):
    said = judge(ranks(400), ranks(600))
    assert said.kind == "clear"
    assert said.better == said.best == "bpr"
    assert re.fullmatch(
        r"BPR is better\. The next item was in its top 3 for 30\.0 of 100 test sessions, TOP1's for 20\.0: "
        r"\d\d % more \(95 %: \d\d to \d\d %\)\.",
        said.sentences[0],
    )
    assert said.numbers["relative"] == pytest.approx(0.5)
    assert said.sessions_needed is None


def test_the_same_the_other_way_round(judge):
    said = judge(ranks(600), ranks(400))
    assert said.better == "top1"
    assert said.sentences[0].startswith("TOP1 is better. The next item was in its top 3 for 30.0 of 100")


def test_equivalent_even_if_the_interval_leaves_out_0(judge):
    # 25 of 1,525 hits more and no other difference: significant, and far below 5 %.
    said = judge(ranks(1500), ranks(1525))
    assert said.kind == "equivalent"
    assert said.better is None
    assert said.best == "bpr"
    assert said.numbers["p_value"] < 0.01
    assert said.sentences[0].startswith(
        "Take either. In the top 3: BPR 76.2, TOP1 75.0 of 100 test sessions; they differ by less than 5 %,"
        " though BPR's lead is probably not just chance."
    )


def test_size_open(judge):
    bpr = ranks(510)
    bpr[:40] = 30  # 70 hits that TOP1 has not, 40 the other way: 6.8 ± 4.7 %
    said = judge(ranks(440), bpr)
    assert said.kind == "size-open"
    assert said.better == "bpr"
    assert re.fullmatch(
        r"BPR is better; by how much is open\. In the top 3: BPR 23\.5, TOP1 22\.0 of 100 test sessions, "
        r"[12]\.\d to 1[12] % more; under 5 % may not matter to you\.",
        said.sentences[0],
    )


def test_undecided_says_what_would_settle_it(judge):
    top1, bpr = ranks(440), ranks(470)
    bpr[:20] = 30
    said = judge(top1, bpr)
    assert said.kind == "undecided"
    assert said.better is None
    assert said.sessions_needed > N
    assert re.fullmatch(
        r"Not decided\. In the top 3: BPR 22\.5, TOP1 22\.0 of 100 test sessions; "
        r"anything from −[\d.]+ to [\d.]+ % is plausible\. "
        r"If this gap holds, about [\d,]+ test sessions would settle it\.",
        said.sentences[0],
    )
    d, h = said.numbers["centre"], said.numbers["half_width"]
    assert said.sessions_needed == int(np.ceil(N * (h / max(abs(d), 0.05 - abs(d))) ** 2))


def test_no_hit_at_all_is_undecided(judge):
    said = judge(ranks(0, 40), ranks(0, 40), markov=0, popularity=0)
    assert said.sentences[0] == (
        "Not decided. In the top 3: BPR 0.0, TOP1 0.0 of 100 test sessions; any difference is plausible."
    )
    assert said.baselines.outcome == "undecided"
    json.dumps(said.to_json(), allow_nan=False)


def test_two_models_that_agree_on_ten_sessions_are_not_called_equal(judge):
    assert judge(ranks(5, 10), ranks(5, 10), markov=1, popularity=0).kind == "undecided"


def test_not_comparable_says_why_and_what_to_do(make_results):
    a = make_results("top1", [1, 2], label="TOP1", tested_on="the last item of 2 sessions")
    b = make_results("bpr", [1, 2, 3], label="BPR", tested_on="the last 14 days")
    said = build_verdict(compare_models([a, b], CONFIG))
    assert said.kind == "invalid"
    assert said.sentences[0] == (
        "These two cannot be compared. BPR was tested on the last 14 days, TOP1 on the last item of 2 sessions."
    )
    assert "whose top 3 is better" in said.sentences[1]
    assert said.remedy == "Re-test both on one test part."
    assert said.better is None
    assert said.baselines is None
    json.dumps(said.to_json())


def test_a_seed_that_points_the_other_way_takes_better_away(judge):
    agree = judge([ranks(400), ranks(410)], [ranks(600), ranks(500)])
    disagree = judge([ranks(400), ranks(410)], [ranks(800), ranks(405)])
    assert agree.kind == "clear"
    assert disagree.kind == "undecided"
    assert "The training runs disagree on which is better: more of them would help." in disagree.limits
    assert disagree.sessions_needed is None


def test_the_best_of_three_meets_the_second(make_results):
    models = [make_results(name, ranks(n)) for name, n in (("a", 600), ("b", 100), ("c", 400))]
    said = build_verdict(compare_models(models, CONFIG))
    assert said.better == "a"
    assert said.numbers["other"] == "c"
    assert said.numbers["n_models"] == 3


@pytest.mark.parametrize(
    ("markov", "popularity", "outcome", "ending"),
    [
        (300, 60, "beaten", "BPR beats the strongest baseline."),
        (595, 60, "as-well", "the strongest baseline does as well."),
        (900, 60, "better", "the strongest baseline does better."),
        (560, 60, "beaten", "BPR beats the strongest baseline."),
    ],
)
def test_the_second_sentence_meets_the_strongest_baseline(judge, markov, popularity, outcome, ending):
    said = judge(ranks(400), ranks(600), markov, popularity)
    assert said.baselines.outcome == outcome
    assert said.baselines.sentence == (
        f"Best model against the baselines, in the top 3: BPR 30.0, the lookup table {markov / 20:.1f}, best-sellers"
        f" 3.0 of 100 test sessions; {ending}"
    )
    assert said.baseline_leads == (outcome == "better")
    assert said.baseline_leads or said.sentences[1] == said.baselines.sentence


def test_a_baseline_ahead_of_every_model_is_the_headline(judge):
    said = judge(ranks(400), ranks(600), 900, 60, still_improving=True)
    assert said.kind == "clear"  # between the models
    assert said.sentences[0] == (
        "Neither. The lookup table had 45.0 of 100 test sessions in its top 3, the best model, BPR, 30.0."
    )
    assert said.sentences[1].startswith("Between the models: BPR is better. The next item was in its top 3 for 30.0")
    steps = " ".join(said.to_json()["next_steps"])
    assert "more epochs, with early stopping: BPR was still improving when stopped." in steps
    assert "Tune" in steps
    assert "“modern”" in steps
    assert "use the lookup table" in steps


@pytest.mark.parametrize("markov", [595, 605, 300])  # equivalent, a hair ahead, behind
def test_a_baseline_that_is_not_surely_ahead_is_no_headline(judge, markov):
    said = judge(ranks(400), ranks(600), markov, 60)
    assert not said.baseline_leads
    assert said.next_steps == ()
    assert said.sentences[0].startswith("BPR is better.")


def test_a_baseline_must_be_ahead_of_every_model(make_results):
    models = [make_results(name, ranks(n), label=name.upper()) for name, n in (("a", 600), ("b", 400), ("c", 300))]
    markov = make_results("markov", ranks(900), kind="baseline", label="Lookup table (Markov)")
    assert build_verdict(compare_models([*models, markov], CONFIG)).sentences[0].startswith("None of the models. The")
    # Its seeds differ so much that nothing is better than it.
    shaky = make_results("d", ranks(1000), ranks(100), label="D")
    assert not build_verdict(compare_models([*models, shaky, markov], CONFIG)).baseline_leads


def test_counting_may_be_undecided(make_results, generator):
    n = 100
    models = [
        make_results("top1", generator.permutation(ranks(30, n))),
        make_results("markov", generator.permutation(ranks(27, n)), kind="baseline", label="Markov"),
    ]
    said = compare_with_baselines(compare_models(models, CONFIG))
    assert said.outcome == "undecided"
    assert said.sentence == (
        "Best model against the baselines, in the top 3: TOP1 30.0, Markov 27.0 of 100 test sessions; whether TOP1"
        " beats the strongest baseline is not decided."
    )


def test_without_baselines_the_second_sentence_says_so(make_results):
    said = build_verdict(compare_models([make_results("a", ranks(400)), make_results("b", ranks(600))], CONFIG))
    assert said.sentences[1].endswith("whether it beats one is not decided.")
    assert said.baselines.outcome == "no-baseline"


def test_one_model_has_no_verdict_but_meets_counting(make_results):
    models = [make_results("a", ranks(400)), make_results("markov", ranks(100), kind="baseline")]
    comparison = compare_models(models, CONFIG)
    with pytest.raises(RunError, match="Train a second model"):
        build_verdict(comparison)
    assert compare_with_baselines(comparison).outcome == "beaten"


def test_counting_needs_a_model(make_results):
    models = [make_results(name, ranks(100), kind="baseline") for name in ("markov", "popularity")]
    with pytest.raises(RunError, match="no GRU4Rec model"):
        compare_with_baselines(compare_models(models, CONFIG))


def test_the_verdict_is_plain_json(judge):
    said = json.loads(json.dumps(judge(ranks(400), ranks(600)).to_json(), allow_nan=False))
    assert said["kind"] == "clear"
    assert said["numbers"]["k"] == 3
    assert said["counting"]["outcome"] == "beaten"
    assert said["baseline_leads"] is said["counting"]["leads"] is False
    assert said["next_steps"] == []
    assert len(said["sentences"]) == 2
