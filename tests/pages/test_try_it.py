"""The page Try it: a strip of items, two lists of guesses."""

import re
from html import unescape

import numpy as np
import pytest

from gru4rec_core.model.inference import NumpyGru4Rec


@pytest.fixture
def vocabulary(finished):
    return NumpyGru4Rec.load(finished.run_folder(finished.runs()[0].id)).vocabulary


@pytest.fixture
def tried(finished, open_page):
    return open_page("try_it", items="4,5,6")


def lists(app) -> dict[str, list[str]]:
    """Items of each drawn list, best first, by the model's label."""
    body = next(one.body for one in app.get("html") if "wb-lists" in one.body)
    sections = re.findall(r'<section [^>]*aria-label="(.*?)">(.*?)</section>', body)
    return {label: [unescape(name) for name in re.findall(r'class="name">(.*?)<', rows)] for label, rows in sections}


def test_it_begins_with_the_items_of_a_real_session(finished, open_page):
    app = open_page("try_it")
    assert app.query_params["items"]
    assert any("came next" in one.body for one in app.get("html"))


def test_both_models_list_their_best_items(tried, finished, vocabulary):
    assert set(lists(tried)) == {"TOP1", "BPR"}
    run = next(run for run in finished.runs() if run.config.loss == "bpr")
    scores = NumpyGru4Rec.load(finished.run_folder(run.id)).scores([np.array([4, 5, 6])])[0]
    best = [vocabulary.items[i] for i in np.argsort(-scores)[:10]]
    assert lists(tried)["BPR"] == best


def test_what_came_is_told_only_while_the_strip_is_that_session(finished, open_page):
    app = open_page("try_it")
    event, items = app.query_params["event"], app.query_params["items"]
    told = "".join(one.body for one in open_page("try_it", event=event, items=items).get("html"))
    assert "What came next in this session" in told
    changed = "".join(one.body for one in open_page("try_it", event=event, items=f"{items},3").get("html"))
    assert "What came next in this session" not in changed


def test_it_says_that_scores_are_no_probabilities_and_how_much_is_in_both_lists(tried):
    both = set(lists(tried)["TOP1"]) & set(lists(tried)["BPR"])
    [said] = [one.value for one in tried.caption if "not probabilities" in one.value]
    assert said.endswith(f"{len(both)} of 10 items are in both lists.")


def test_it_begins_with_few_enough_items_to_read(finished, open_page):
    assert 2 <= len(open_page("try_it").query_params["items"].split(",")) <= 8


def test_of_a_long_session_the_latest_items_are_drawn_and_all_count(finished, open_page):
    items = ",".join(str(i % 9) for i in range(30))
    app = open_page("try_it", items=items)
    assert len(app.button_group[0].options) == 12
    assert app.button_group[0].options[-1].startswith("30")
    app.button(key="strip-all").click().run()
    assert len(app.button_group[0].options) == 30
    assert app.query_params["items"] == items


def test_an_added_item_changes_the_lists_and_the_address(tried, vocabulary):
    before = lists(tried)
    tried.selectbox(key="strip-add-3").set_value(9).run()
    assert tried.query_params["items"] == "4,5,6,9"
    assert lists(tried) != before


def test_a_chosen_item_moves_and_goes(tried):
    tried.button_group(key="strip-0-4,5,6").set_value(2).run()
    tried.button(key="strip-move earlier").click().run()
    assert tried.query_params["items"] == "4,6,5"
    assert tried.button_group(key="strip-0-4,6,5").value == 1
    tried.button(key="strip-remove").click().run()
    assert tried.query_params["items"] == "4,5"


def test_nothing_moves_before_an_item_is_chosen(tried):
    assert all(tried.button(key=f"strip-{name}").disabled for name in ("move earlier", "move later", "remove"))


def test_an_empty_strip_still_gives_guesses(tried):
    tried.button(key="strip-clear").click().run()
    tried.button(key="strip-clear-all").click().run()
    assert tried.query_params["items"] == ""
    assert all(len(names) == 10 for names in lists(tried).values())


def test_leaving_each_item_out_shows_how_the_guesses_move(tried, finished):
    body = next(one.body for one in tried.get("html") if 'data-kind="left-out"' in one.body)
    assert body.count("<tr>") == 1 + 4
    assert "nothing" in body


def test_names_with_markup_are_shown_letter_by_letter(finished, open_page, vocabulary):
    nasty = [i for i, name in enumerate(vocabulary.items) if "pixel" in name or "onerror" in name]
    app = open_page("try_it", items=",".join(map(str, nasty)))
    labels = app.button_group[0].options
    assert any(r"\<img" in label for label in labels)
    assert any(r"\!\[pixel\]\(http" in label for label in labels)
    assert "<img" not in "".join(one.body for one in app.get("html"))


@pytest.mark.parametrize("items", ["", "999999", "x,y", "4,,5", "-3,4"])
def test_a_broken_address_still_opens_the_page(finished, open_page, items):
    assert lists(open_page("try_it", items=items))


@pytest.mark.parametrize(
    ("items", "said", "kept"),
    [
        ("4,999999", "The link names item 999999, which this comparison does not have. The others are below.", "4"),
        ("x,77", "The link names items x, 77, which this comparison does not have.", ""),
        ("4,5", "", "4,5"),
    ],
)
def test_items_that_are_not_there_are_said_and_left_out(finished, open_page, items, said, kept):
    app = open_page("try_it", items=items)
    told = [one.body for one in app.get("html") if "The link names" in one.body]
    assert len(told) == bool(said)
    assert said in "".join(told)
    assert [app.query_params["items"]] in (kept, [kept], [[kept]])


def test_the_address_of_the_view_can_be_copied(tried):
    assert "items=4%2C5%2C6" in tried.code[-1].value


def test_without_data_it_leads_to_the_overview(open_page):
    assert open_page("try_it").button(key="to-overview")
