"""The gate: one toy world per outcome, and what holds in every world."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gru4rec_core.config import ComparisonConfig
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.comparison import compare_models
from gru4rec_core.evaluation.gate import GateAnswer, choose_outcome, decide
from tests.evaluation.conftest import evaluation_of
from tests.evaluation.rank_lists import ranks

CONFIG = ComparisonConfig(deciding_k=3, margin=0.02, n_bootstrap=300, n_permutations=400)


def gate(candidate, current, config: ComparisonConfig = CONFIG) -> GateAnswer:
    models = [
        ModelResults(name, name, "gru4rec", (evaluation_of(values),))
        for name, values in (("current", current), ("candidate", candidate))
    ]
    return decide(compare_models(models, config).pair("current", "candidate"), config)


@pytest.mark.parametrize(
    ("candidate", "current", "outcome", "verdict"),
    [
        (ranks(1300), ranks(1000), "promote", "clear"),  # 300 sessions more, none fewer
        (ranks(1022), ranks(1000), "promote", "size-open"),
        (ranks(1000), ranks(1000), "promote", "equivalent"),
        (ranks(1000), ranks(1005), "promote", "equivalent"),
        (ranks(1000), ranks(1300), "keep", "clear"),
        (ranks(1000), ranks(1022), "keep", "size-open"),
        (ranks(1000), ranks(1000, first=200), "undecided", "undecided"),  # 200 sessions each way
        (ranks(1020, first=600), ranks(1000), "undecided", "undecided"),
        (ranks(1000), ranks(1020, first=600), "undecided", "undecided"),
        # Leads, if not surely; but a loss of 2 % is ruled out.
        (ranks(1020, first=100), ranks(1000), "promote", "undecided"),
    ],
)
def test_each_outcome(candidate, current, outcome, verdict):
    answer = gate(candidate, current)
    assert (answer.outcome, answer.verdict.kind) == (outcome, verdict)


def test_a_wider_margin_promotes_what_a_narrow_one_keeps():
    assert gate(ranks(1000), ranks(1040), CONFIG.replace(margin=0.10)).outcome == "promote"


def test_the_sentence_has_the_figures_and_the_reason():
    answer = gate(ranks(1000), ranks(1300))
    assert answer.sentence.startswith(
        "Keep the current model. In the top 3, the candidate had 50.0 and the current model 65.0 of 100 test sessions;"
        " the current model has "
    )
    assert answer.sentence.endswith("it is better, by more than the margin of 2 %.")
    assert answer.limits == ("One training run each: provisional.",)
    assert "\N{MINUS SIGN}" in gate(ranks(1000), ranks(1000, first=200)).sentence


def test_without_any_hit_nothing_is_decided():
    answer = gate(ranks(0), ranks(0))
    assert answer.outcome == "undecided"
    assert "has more hits: whether" in answer.sentence


def test_a_current_model_without_hits_is_no_obstacle():
    assert gate(ranks(500), ranks(0)).outcome == "promote"
    assert gate(ranks(0), ranks(500)).outcome == "keep"
    assert "∞" not in gate(ranks(500), ranks(0)).sentence


@pytest.mark.parametrize("candidate_leads", [True, False])
def test_limits_that_are_no_numbers_promote_nothing(candidate_leads):
    for interval in ((np.nan, np.nan), (-np.inf, np.inf)):
        assert choose_outcome("undecided", interval, 0.02, candidate_leads=candidate_leads) == "undecided"


@settings(max_examples=30)
@given(
    seed=st.integers(0, 2**16),
    n=st.integers(20, 200),
    rates=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    shared=st.floats(0, 1),
)
def test_swapping_two_models_promotes_both_only_where_they_are_equivalent(seed, n, rates, shared):
    rng = np.random.default_rng(seed)
    luck = rng.random(n)
    own = np.where(rng.random(n) < shared, luck, rng.random(n))
    a, b = (np.where(draw < rate, 1, 30) for draw, rate in zip((luck, own), rates, strict=True))
    forth, back = gate(a, b), gate(b, a)
    kinds = {forth.outcome, back.outcome}
    # Another order of the models draws the same sessions, so the verdict is the same.
    assert forth.verdict.kind == back.verdict.kind
    if forth.verdict.leader_value != forth.verdict.other_value:
        assert (kinds == {"promote"}) == (forth.verdict.kind == "equivalent")
    if forth.verdict.kind == "clear":
        assert {"promote", "keep"} == kinds
    assert kinds != {"keep"}
