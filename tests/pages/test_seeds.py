"""Several seeds: one named seed for guesses and ranks, the majority for outcomes, on every page alike."""

import re
from html import escape

import numpy as np
import pytest

from dashboard.widgets import plain_label
from gru4rec_core.evaluation.event_orders import order_events
from gru4rec_core.evaluation.seed_outcomes import hit_counts, is_hit, rate, shared_seed
from gru4rec_core.evaluation.slices import event_kinds, select_slice
from gru4rec_core.model.inference import NumpyGru4Rec
from gru4rec_core.report.labels import rank_text
from gru4rec_core.results.comparison import build_comparison_result


@pytest.fixture
def result(finished_seeds):
    return build_comparison_result(finished_seeds, finished_seeds.comparisons()[0].id)


def texts(app) -> str:
    """Captions and HTML, with plain spaces."""
    written = [*(one.value for one in app.caption), *(one.body for one in app.get("html"))]
    return "\n".join(written).replace("\N{NO-BREAK SPACE}", " ")


def rows(app) -> dict[int, str]:
    """The list of sessions: label of each row by the row number of its prediction."""
    keys = {button.key: button.label for button in app.button if button.key.startswith("open-")}
    return {int(key.removeprefix("open-")): label for key, label in keys.items()}


def other_seed(result) -> int:
    return (shared_seed(result.comparison.models[:2], 3) + 1) % 3


def test_list_and_session_show_one_seeds_rank_and_guess_together(open_page, result):
    event, seed = int(order_events("random", result.comparison.models[:2], 3)[0]), other_seed(result)
    app = open_page("sessions", seed=str(seed), event=str(event))
    names = result.split.test.dataset.vocabulary.items
    for model in result.comparison.models[:2]:
        one = model.evaluations[seed]
        guess = plain_label(names[one.top_items[event, 0]], 32)
        assert f"{model.label} {rank_text(one.ranks()[event], 3)}, guessed {guess}" in rows(app)[event]
        drawn = re.search(rf'aria-label="{model.label}">.*?</section>', texts(app))[0]
        assert f"rank {one.ranks()[event]:.0f}:" in drawn
        assert f"hit in {hit_counts(model, 3)[event]} of 3 seeds" in drawn
        assert f'<span class="place">1</span>{escape(names[one.top_items[event, 0]])}' in drawn
    assert any(one.value.endswith(f", seed {seed}") for one in app.text)


def test_at_first_it_is_the_seed_nearest_the_mean(open_page, result):
    nearest = shared_seed(result.comparison.models[:2], 3)
    switch = open_page("sessions").button_group(key="seed-choice")
    assert switch.value == str(nearest)
    assert switch.options[nearest] == f"{nearest} (nearest the mean)"


def test_the_switch_is_kept_from_page_to_page(open_page, result):
    seed = other_seed(result)
    app = open_page("sessions")
    app.button_group(key="seed-choice").set_value(str(seed)).run()
    assert app.query_params["seed"] == str(seed)
    app.query_params.clear()  # as the links of the sidebar do
    app.switch_page("pages/try_it.py").run()
    assert app.button_group(key="seed-choice").value == str(seed)


def test_try_it_asks_the_run_of_the_chosen_seed(finished_seeds, open_page, result, monkeypatch):
    loaded = []
    load = NumpyGru4Rec.load
    monkeypatch.setattr(NumpyGru4Rec, "load", lambda folder: loaded.append(folder.name) or load(folder))
    open_page("try_it", seed="2", items="1,2")
    assert loaded == [result.run_ids["top1"][2], result.run_ids["bpr"][2]]


def test_a_wrong_seed_in_a_link_is_said(open_page, result):
    app = open_page("sessions", seed="7")
    assert "The link names seed 7, which these models were not trained with." in texts(app)
    assert app.button_group(key="seed-choice").value == str(shared_seed(result.comparison.models[:2], 3))
    app.run()
    assert "The link names seed" not in texts(app)


def test_chips_and_square_count_by_majority_and_say_so(open_page, result):
    a, b = result.comparison.models[:2]
    hit_a, hit_b = is_hit(a, 3), is_hit(b, 3)
    chips = open_page("sessions").button_group(key="chips")
    assert chips.label == "Which sessions, by majority of the seeds"
    only_b = int((hit_b & ~hit_a).sum())
    assert f"only BPR {only_b}" in chips.options
    for page in ("overview", "compare", "sessions"):
        said = texts(open_page(page))
        assert f"by majority of the 3 seeds: TOP1 hit {hit_a.sum()}, BPR hit {hit_b.sum()} of 600." in said
        assert f"TOP1 {100 * rate(a, 'accuracy@3'):.1f}, BPR {100 * rate(b, 'accuracy@3'):.1f} per 100" in said


def test_the_weakest_slice_counts_the_misses_that_its_button_shows(open_page, result):
    app = open_page("accuracy", model="bpr")
    number = int(re.search(r"By majority of its 3 seeds it missed (\d+) of (\d+) such test sessions", texts(app))[1])
    app.button(key="to-misses").click().run()
    cut, value = app.query_params["kind"].split(":")
    bpr = result.comparison.models[1]
    kinds = event_kinds(bpr.evaluations[0], result.split.test, np.asarray(result.split.train_counts))
    kind = select_slice(kinds, cut, value)
    assert number == (kind & ~is_hit(bpr, 3)).sum()
    assert any(one.value.endswith(f" of {number} sessions") for one in app.text)


def test_with_one_seed_nothing_of_this_is_shown(finished, open_page):
    for page in ("overview", "compare", "accuracy", "sessions", "try_it"):
        app = open_page(page)
        assert "seed" not in re.sub(r"<style.*?</style>", "", "\n".join(one.value for one in app.caption))
        assert not [group for group in app.button_group if group.key == "seed-choice"]
    assert not [label for label in rows(open_page("sessions")).values() if "seed" in label]


def test_a_seed_in_a_link_to_one_run_each_is_said_to_be_wrong(finished, open_page):
    assert "There is one run of each model." in texts(open_page("sessions", seed="2"))
    assert "The link names" not in texts(open_page("sessions", seed="0"))
