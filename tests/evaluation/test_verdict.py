import json
import re

import numpy as np
import pytest

from gru4rec_core.config import ComparisonConfig
from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.comparison import compare, compare_models
from gru4rec_core.evaluation.pair_verdict import adjusted_p, build_pair_verdict, decide, upper_p
from gru4rec_core.evaluation.sensitivity import sessions_needed, smallest_visible_difference
from gru4rec_core.evaluation.verdict import build_verdict, compare_with_baselines
from gru4rec_core.evaluation.verdict_text import about, per_100

CONFIG = ComparisonConfig(deciding_k=3, n_bootstrap=500, n_permutations=1000)
N = 2000


def ranks(n_hits: int, n: int = N, first: int = 0) -> np.ndarray:
    """Hits in events first … first + n_hits - 1, misses elsewhere."""
    out = np.full(n, 30)
    out[first : first + n_hits] = 1
    return out


@pytest.fixture
def judge(make_results):
    """judge(top1 ranks, bpr ranks, markov hits, best-sellers hits, **facts of BPR) -> Verdict."""

    def build(top1, bpr, markov=300, popularity=60, config=CONFIG, **facts):
        n = len(top1[0]) if isinstance(top1, list) else len(top1)
        models = [
            make_results("top1", *(top1 if isinstance(top1, list) else [top1]), label="TOP1"),
            make_results("bpr", *(bpr if isinstance(bpr, list) else [bpr]), label="BPR", **facts),
            make_results("markov", ranks(markov, n), kind="baseline", label="Lookup table (Markov)"),
            make_results("popularity", ranks(popularity, n), kind="baseline", label="Best-sellers"),
        ]
        return build_verdict(compare_models(models, config))

    return build


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


def test_several_events_a_session_are_called_events(make_results):
    sessions = np.arange(N) // 2
    models = [make_results(name, ranks(n), sessions=sessions) for name, n in (("a", 400), ("b", 700))]
    assert "35.0 of 100 test events" in build_verdict(compare_models(models, CONFIG)).sentences[0]


def test_equivalent_even_if_the_interval_leaves_out_0(judge):
    # 25 of 1,525 hits more and no other difference: significant, and far below 5 %.
    said = judge(ranks(1500), ranks(1525))
    assert said.kind == "equivalent"
    assert said.better is None
    assert said.best == "bpr"
    assert said.numbers["p_value"] < 0.01
    assert said.sentences[0].startswith("Take either. 76.2 against 75.0 per 100; they differ by less than 5 %.")


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


def test_size_open(judge):
    bpr = ranks(510)
    bpr[:40] = 30  # 70 hits that TOP1 has not, 40 the other way: 6.8 ± 4.7 %
    said = judge(ranks(440), bpr)
    assert said.kind == "size-open"
    assert said.better == "bpr"
    assert re.fullmatch(
        r"BPR is better; by how much is open\. 23\.5 against 22\.0 per 100, "
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
        r"Not decided\. 22\.5 against 22\.0 per 100; anything from -[\d.]+ to [\d.]+ % is plausible\. "
        r"If this gap holds, about [\d,]+ test sessions would settle it\.",
        said.sentences[0],
    )
    d, h = said.numbers["centre"], said.numbers["half_width"]
    assert said.sessions_needed == int(np.ceil(N * (h / max(abs(d), 0.05 - abs(d))) ** 2))


def test_no_hit_at_all_is_undecided(judge):
    said = judge(ranks(0, 40), ranks(0, 40), markov=0, popularity=0)
    assert said.sentences[0] == "Not decided. 0.0 against 0.0 per 100; any difference is plausible."
    assert said.baselines.outcome == "undecided"
    json.dumps(said.to_json(), allow_nan=False)


def test_hits_against_none_are_told_in_hits(judge):
    said = judge(ranks(0, 100), ranks(50, 100), markov=10, popularity=0)
    assert said.kind == "clear"
    assert re.search(r"TOP1's for 0\.0: 50\.0 more \(95 %: [34]\d\.\d to 6\d\.\d\)\.$", said.sentences[0])
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


def test_limits_are_named(judge):
    assert judge(ranks(400), ranks(600)).limits == ("One training run each: provisional.",)
    said = judge(ranks(400), ranks(600), still_improving=True, seen_days=True)
    assert said.limits == (
        "One training run each: provisional.",
        "Still improving when stopped.",
        "Tested on days seen in training.",
    )
    assert judge([ranks(400)] * 2, [ranks(600)] * 2).limits == ()
    assert judge([ranks(400)] * 2, ranks(600)).limits == ("One training run of BPR: provisional.",)


def test_an_interval_without_0_that_the_test_does_not_confirm_is_explained(make_results):
    a, b = make_results("a", ranks(440)), make_results("b", ranks(500))
    pair = compare(a, b, CONFIG)
    said = build_pair_verdict(pair, CONFIG, adjusted=(0.046, 0.058))
    assert not said.confirmed
    assert said.kind == "undecided"
    models = compare_models([a, b, *(make_results(f"c{i}", ranks(440)) for i in range(3))], CONFIG)
    assert build_verdict(models).numbers["p_holm"] > build_verdict(models).numbers["p_value"]


def test_the_best_of_three_meets_the_second(make_results):
    models = [make_results(name, ranks(n)) for name, n in (("a", 600), ("b", 100), ("c", 400))]
    said = build_verdict(compare_models(models, CONFIG))
    assert said.better == "a"
    assert said.numbers["other"] == "c"
    assert said.numbers["n_models"] == 3


def test_three_pairs_are_adjusted_together(make_results):
    models = [make_results(name, ranks(n)) for name, n in (("a", 440), ("b", 420), ("c", 425))]
    comparison = compare_models(models, CONFIG)
    adjusted = adjusted_p(comparison.pairs, CONFIG)
    smallest = min(pair.deciding.p_value for pair in comparison.pairs)
    assert min(p for p, _ in adjusted) == pytest.approx(3 * smallest)
    assert all(bound >= p for p, bound in adjusted)


@pytest.mark.parametrize(
    ("low", "high", "confirmed", "kind"),
    [
        (0.06, 0.20, True, "clear"),
        (-0.20, -0.06, True, "clear"),
        (0.06, 0.20, False, "undecided"),
        (0.05, 0.20, True, "size-open"),
        (0.01, 0.20, True, "size-open"),
        (-0.20, -0.01, True, "size-open"),
        (0.01, 0.20, False, "undecided"),
        (0.01, 0.04, True, "equivalent"),
        (-0.04, 0.04, False, "equivalent"),
        (-0.04, 0.05, False, "undecided"),
        (-0.01, 0.20, True, "undecided"),
        (np.nan, np.nan, True, "undecided"),
        (-np.inf, np.inf, True, "undecided"),
        (np.inf, np.inf, True, "clear"),
    ],
)
def test_the_first_that_fits(low, high, confirmed, kind):
    assert decide(low, high, 0.05, confirmed) == kind


def test_a_p_value_near_5_percent_is_not_below_it_for_sure():
    assert upper_p(0.045, 2000) > 0.05
    assert upper_p(0.035, 2000) < 0.05
    assert upper_p(0.045, 200_000) < 0.05


@pytest.mark.parametrize(
    ("markov", "popularity", "outcome", "ending"),
    [
        (300, 60, "beaten", "it beats simple counting."),
        (595, 60, "as-well", "counting does as well."),
        (900, 60, "better", "counting does better."),
        (560, 60, "beaten", "it beats simple counting."),
    ],
)
def test_the_second_sentence_meets_the_strongest_baseline(judge, markov, popularity, outcome, ending):
    said = judge(ranks(400), ranks(600), markov, popularity)
    assert said.baselines.outcome == outcome
    assert said.sentences[1] == (
        f"Best model 30.0, Lookup table (Markov) {markov / 20:.1f}, best-sellers 3.0 per 100: {ending}"
    )


def test_counting_may_be_undecided(make_results, generator):
    n = 100
    models = [
        make_results("top1", generator.permutation(ranks(30, n))),
        make_results("markov", generator.permutation(ranks(27, n)), kind="baseline", label="Markov"),
    ]
    said = compare_with_baselines(compare_models(models, CONFIG))
    assert said.outcome == "undecided"
    assert said.sentence == "Best model 30.0, Markov 27.0 per 100: not decided."


def test_best_sellers_are_named_once_where_they_are_the_strongest(judge):
    said = judge(ranks(400), ranks(600), 50, 60)
    assert said.sentences[1] == "Best model 30.0, best-sellers 3.0 per 100: it beats simple counting."


def test_without_baselines_the_second_sentence_says_so(make_results):
    said = build_verdict(compare_models([make_results("a", ranks(400)), make_results("b", ranks(600))], CONFIG))
    assert said.sentences[1].endswith("whether it beats simple counting is not decided.")
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
    assert len(said["sentences"]) == 2


def test_sessions_needed_by_hand():
    assert sessions_needed(1000, 0.02, 0.06, 0.05) == 4000  # to show |gap| < 5 %: 0.06 / 0.03
    assert sessions_needed(1000, 0.08, 0.12, 0.05) == 2250  # to show a gap of 8 %: 0.12 / 0.08
    assert sessions_needed(1000, 0.08, 0.06, 0.05) is None  # it is not the number of sessions
    assert sessions_needed(1000, np.nan, np.inf, 0.05) is None


def test_the_smallest_visible_difference_shrinks_with_the_test():
    size = smallest_visible_difference
    assert size(4000, 4000, 0.2) == pytest.approx(size(1000, 1000, 0.2) / 2)
    assert size(1000, 10_000, 0.2) < size(1000, 1000, 0.2)
    assert size(1000, 10_000, 0.2) > size(10_000, 10_000, 0.2)
    assert size(1000, 1000, 0.8) < size(1000, 1000, 0.05)
    assert size(0, 0, 0.2) == size(10, 10, 0.0) == np.inf


def test_numbers_in_words():
    assert about(11_873) == "12,000"
    assert about(2_350_000) == "2,400,000"
    assert about(87) == "87"
    assert per_100(0.1325) == "13.2"
