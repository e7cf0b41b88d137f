"""Facts about the drawing of a session and of its guesses."""

import pytest

from dashboard import step_html
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.report.frames.session_steps import Guesses, Step
from tests.evaluation.conftest import evaluation_of

BPR = ModelResults("bpr", "BPR", "gru4rec", (evaluation_of([1]),))
NASTY = "<img src=x onerror=alert(1)>"


@pytest.fixture(autouse=True)
def light(monkeypatch):
    monkeypatch.setattr(step_html.theme, "is_dark", lambda: False)


def drawn(told, true, k=3, seeds=""):
    return step_html.guesses(BPR, ["run", NASTY, "swim"], told, true, k, seeds)


def test_every_guess_is_a_chip_and_the_true_item_has_a_tick():
    html = drawn(Guesses([4, 5, 6], 3.0), 6)
    assert html.count("<li") == 3
    assert '<li class="true"><span class="place">3</span>swim ✓</li>' in html
    assert html.count("✓") == 1


def test_rank_and_outcome_stand_beside_the_name_and_in_its_colour():
    assert "● rank 3: hit" in drawn(Guesses([4, 5, 6], 3.0), 6)
    assert "○ rank 1,234.5: not in the top 3" in drawn(Guesses([4, 5, 6], 1234.5), 9)
    assert "training never saw this item" in drawn(Guesses([4, 5, 6], float("inf")), -1)
    assert "--m:#D55E00" in drawn(Guesses([4, 5, 6], 3.0), 6)


def test_in_how_many_seeds_it_was_a_hit_is_said_where_there_are_several():
    assert "hit in 2 of 3 seeds" in drawn(Guesses([4, 5, 6], 3.0), 6, seeds="hit in 2 of 3 seeds")
    assert "seeds" not in drawn(Guesses([4, 5, 6], 3.0), 6)


def test_names_are_escaped():
    assert "<img" not in drawn(Guesses([4, 5, 6], 3.0), 6)
    assert "<img" not in step_html.came(NASTY)
    assert "<img" not in step_html.strip([[Step(0, 1, "tested", 0, {})]], [NASTY], 0, [BPR], 3, (0, 0))


def strip(groups, focus, left_out=(0, 0)):
    return step_html.strip(groups, ["run"] * len(groups), focus, [BPR], 3, left_out)


def test_the_step_that_is_looked_at_is_named_for_screen_readers():
    html = strip([[Step(0, 1, "trained", None, {})], [Step(1, 2, "tested", 0, {"bpr": 2.0})]], 1)
    assert html.count('aria-current="step"') == 1
    assert 'class="now tested" aria-current="step"' in html
    assert "✓" not in html + step_html.came("run")  # a tick marks a right guess, not what came
    assert 'title="Step 1, training data"' in html


def test_ranks_stand_below_the_tested_items_alone():
    html = strip([[Step(0, 1, "trained", None, {})], [Step(1, 2, "tested", 0, {"bpr": 7.0})]], 1)
    assert html.count("wb-mark") == 1
    assert "○ 7" in html


def test_repeats_are_one_chip_that_counts_their_hits():
    pair = [Step(0, 1, "tested", 0, {"bpr": 1.0}), Step(1, 1, "tested", 1, {"bpr": 9.0})]
    html = strip([pair], 5)
    assert "run ×2" in html
    assert "1 of 2 hit" in html


def test_what_is_not_drawn_is_said():
    html = strip([[Step(30, 1, "tested", 0, {})]], 30, (30, 1))
    assert "30 earlier items not shown" in html
    assert "1 later item not shown" in html
    assert "not shown" not in strip([[Step(0, 1, "tested", 0, {})]], 0)
