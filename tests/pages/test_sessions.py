"""The page Sessions: a list, and beside it the session that is open."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from dashboard import session_list, widgets
from dashboard.session_list import PAGE_SIZE as N
from gru4rec_core.evaluation.categories import category_codes, category_hits
from gru4rec_core.evaluation.event_orders import order_events
from gru4rec_core.evaluation.slices import event_kinds, select_slice
from gru4rec_core.report.labels import item_label, rank_text
from gru4rec_core.results.comparison import build_comparison_result
from gru4rec_core.words import counted
from tests.app_runs import run_open


@pytest.fixture
def result(finished):
    return build_comparison_result(finished, finished.comparisons()[0].id)


@pytest.fixture
def pair(result):
    return result.comparison.models[:2]


@pytest.fixture
def sessions(finished, open_page):
    return open_page("sessions")


def listed(app) -> list[int]:
    """Row numbers of the predictions in the list, in order."""
    return [int(button.key.removeprefix("open-")) for button in app.button if button.key.startswith("open-")]


def row(app, event: int) -> str:
    return app.button(key=f"open-{event}").label


def bodies(app) -> str:
    return "".join(one.body for one in app.get("html"))


def guesses(app, name: str) -> str:
    return re.search(rf'<ol class="wb-guesses" data-kind="guesses-{name}">.*?</ol>', bodies(app))[0]


def strip(app) -> list[str]:
    body = re.search(r'<ol class="wb-strip".*?</ol>', bodies(app))[0]
    return re.findall(r"<li .*?</li>", body)


def step_text(app) -> str:
    return next(one.value for one in app.text if one.value.startswith("Step "))


def count(app, chip: str) -> int:
    label = next(text for text in app.button_group(key="chips").options if text.startswith(chip))
    return int(re.sub(r"\D", "", label.removeprefix(chip)))


def test_it_begins_with_the_same_random_sessions_for_everybody_and_the_first_one_open(sessions, pair):
    order = order_events("random", pair, 3)
    assert listed(sessions) == order[:N].tolist()
    one = pair[0].evaluations[0]
    assert f"Session {one.session_id[order[0]]}:" in bodies(sessions)


def test_rows_hold_what_came_and_each_models_guess_and_rank(sessions, result, pair):
    one = pair[0].evaluations[0]

    def called(item: int) -> str:
        return widgets.plain_label(item_label(item, result.split.test.dataset.vocabulary, {}), 32)

    for event in listed(sessions):
        text = row(sessions, event)
        assert f"**{called(one.target[event])}** came next" in text
        for model in pair:
            its = model.evaluations[0]
            rank, guess = rank_text(its.ranks()[event], 3), called(its.top_items[event, 0])
            assert f"{model.label} {widgets.plain_label(rank)}, guessed {guess}" in text


def test_every_guess_of_both_models_is_shown_and_the_true_one_has_a_tick(finished, open_page, pair):
    hit = int(np.flatnonzero(pair[1].evaluations[0].ranks() == 2)[0])
    app = open_page("sessions", event=str(hit), k="5")
    assert all(guesses(app, name).count("<li") == 5 for name in ("top1", "bpr"))
    assert re.search(r'class="true"><span class="place">2</span>[^<]* ✓', guesses(app, "bpr"))
    assert "● rank 2: hit" in bodies(app)


def test_chips_count_every_session_once(sessions):
    assert sum(count(sessions, chip) for chip in ("both hit", "only TOP1", "only BPR", "neither")) == 600
    assert count(sessions, "All") == 600


def test_a_chip_shows_its_sessions_and_stays_in_the_address(sessions, pair):
    sessions.button_group(key="chips").set_value("only_b").run()
    assert sessions.query_params["show"] == "only_b"
    events = listed(sessions)
    assert (pair[1].evaluations[0].ranks()[events] <= 3).all()
    assert (pair[0].evaluations[0].ranks()[events] > 3).all()


def test_a_link_opens_the_chip_and_the_session(finished, open_page, pair):
    event = int(np.flatnonzero(pair[0].evaluations[0].ranks() > 3)[0])
    app = open_page("sessions", show="neither", event=str(event))
    assert app.button_group(key="chips").value == "neither"
    assert f"Session {pair[0].evaluations[0].session_id[event]}:" in bodies(app)


def test_the_keys_go_through_the_list_and_turn_its_page(sessions, pair):
    order = order_events("random", pair, 3)
    assert sessions.button(key="session-up").disabled
    sessions.button(key="session-down").click().run()
    assert sessions.query_params["event"] == str(order[1])
    for _ in range(N - 1):
        sessions.button(key="session-down").click().run()
    assert sessions.query_params["event"] == str(order[N])
    assert listed(sessions) == order[N : 2 * N].tolist()
    sessions.button(key="session-up").click().run()
    assert listed(sessions) == order[:N].tolist()


def test_a_tap_opens_a_session_and_the_keys_step_through_it(finished, open_page, pair):
    event = int(np.flatnonzero(pair[0].evaluations[0].position == 4)[0])
    app = open_page("sessions", event=str(event))
    assert step_text(app) == "Step 5 of 5"
    assert app.button(key="step-right").disabled
    app.button(key="step-left").click().run()
    assert step_text(app) == "Step 4 of 5"
    assert app.query_params["step"] == "4"
    other = listed(app)[0]
    app.button(key=f"open-{other}").click().run()
    assert app.query_params["event"] == str(other)
    assert "step" not in app.query_params


def test_steps_that_were_training_data_or_watched_it_say_so(finished, open_page, result, pair):
    one, trained = pair[0].evaluations[0], np.asarray(result.split.trained)
    before = np.asarray(result.split.test.dataset.offsets)[one.session] + one.position - 1
    event = int(np.flatnonzero(~trained[before] & (one.position == 4))[0])
    cells = strip(open_page("sessions", event=str(event)))
    assert [re.search(r'class="\w+ (\w+)"', cell)[1] for cell in cells][-2:] == ["validation", "tested"]
    assert all("trained" in cell for cell in cells[:-2])
    assert any(
        "used only to check progress" in one.value for one in open_page("sessions", event=str(event), step="4").caption
    )
    assert any("proves nothing" in one.value for one in open_page("sessions", event=str(event), step="2").caption)
    assert "nothing was guessed" in bodies(open_page("sessions", event=str(event), step="1"))


def test_item_names_reach_the_session_as_text(finished, open_page, result, pair):
    names = result.split.test.dataset.vocabulary.items
    nasty = next(i for i, name in enumerate(names) if "onerror" in name)
    event = int(np.flatnonzero(pair[0].evaluations[0].target == nasty)[0])
    app = open_page("sessions", event=str(event))
    assert "<img" not in bodies(app)
    assert "&lt;img src=x" in bodies(app)
    assert not [one for one in app.markdown if "onerror" in one.value]


def test_filters_narrow_the_list_and_can_be_cleared(sessions, result, pair):
    sessions.button_group(key="chips").set_value("neither")
    run_open(sessions, "filters")
    sessions.text_input(key="filter-came").set_value("ITEM B")
    run_open(sessions, "filters")
    item_b = result.split.test.dataset.vocabulary.items.tolist().index("item B")
    assert set(pair[0].evaluations[0].target[listed(sessions)]) == {item_b}
    assert sessions.query_params["came"] == "ITEM B"
    assert "the next item contains “ITEM B”" in bodies(sessions)
    sessions.text_input(key="filter-came").set_value("no such item")
    run_open(sessions, "filters")
    assert any("No session matches" in one.value for one in sessions.text)
    sessions.button(key="clear-filters").click()
    run_open(sessions, "filters")
    assert sessions.text_input(key="filter-came").value == ""
    assert len(listed(sessions)) == N
    assert "came" not in sessions.query_params


def test_nothing_of_the_filters_is_drawn_while_they_are_closed(sessions):
    assert not [box for box in (*sessions.text_input, *sessions.number_input) if box.key.startswith("filter-")]


def test_what_was_cleared_while_closed_is_not_asked_for_again_by_the_next_link(finished, open_page):
    app = open_page("sessions", came="no such item")
    app.button(key="clear-filters").click().run()
    app.query_params["came"] = "item B"
    run_open(app, "filters")
    assert app.text_input(key="filter-came").value == "item B"


WRONG = {
    "show": ("half", "outcome half, which cannot be chosen here"),
    "order": ("x", "order x, which cannot be chosen here"),
    "by": ("nobody", "model nobody, which cannot be chosen here"),
    "kind": ("length:<b>", "kind of session length:&lt;b&gt;, which cannot be chosen here"),
    "step": ("99", "step 99, which this session does not have"),
    "length": ("x-y", "items in the session x-y, which is no range of whole numbers such as 2-5"),
    "rank": ("9" * 20, f"rank of the item that came {'9' * 20}, which is no range of whole numbers such as 2-5"),
}


def test_what_a_link_names_wrongly_is_said_and_leaves_the_address(finished, open_page):
    app = open_page("sessions", **{name: value for name, (value, _) in WRONG.items()})
    told = bodies(app)
    for name, (_, sentence) in WRONG.items():
        assert f"The link names {sentence}" in told
        assert name not in app.query_params
    assert len(listed(app)) == N
    assert "The link names" not in bodies(app.run())


def test_a_session_is_found_by_the_name_that_is_shown(sessions, pair):
    name = f"Session {pair[0].evaluations[0].session_id[0]}"
    run_open(sessions, "filters")
    sessions.text_input(key="filter-name").set_value(name)
    run_open(sessions, "filters")
    assert listed(sessions)
    assert all(name in row(sessions, event) for event in listed(sessions))


def test_a_link_carries_every_filter(finished, open_page, pair):
    app = open_page(
        "sessions", guess="item A", rank="4-9", by="bpr", length="3-", place="-4", whole="1", show="neither"
    )
    closed = listed(app)
    run_open(app, "filters")
    assert listed(app) == closed
    one, lengths = pair[1].evaluations[0], app.number_input(key="filter-length-from").value
    assert lengths == 3
    assert (one.ranks()[listed(app)] >= 4).all()
    assert (one.ranks()[listed(app)] <= 9).all()
    assert (one.position[listed(app)] <= 3).all()
    assert "rank of the item that came: 4 to 9; guesses and rank of BPR" in bodies(app)
    app.number_input(key="filter-rank-to").set_value(5)
    run_open(app, "filters")
    assert app.query_params["rank"] == "4-5"


def test_near_misses_can_be_asked_for_where_categories_are_known(finished, open_page, result, pair):
    app = open_page("sessions", near="1")
    assert "The link names misses of the right category, which need an item table with categories." in bodies(app)
    assert "near" not in app.query_params
    items = [str(item) for item in result.split.test.dataset.vocabulary.items]
    kinds = {item: f"kind {place % 3}" for place, item in enumerate(items)}
    finished.set_item_table(
        result.dataset.id, pd.DataFrame({"item": items, "name": items, "category": list(kinds.values())})
    )
    app = open_page("sessions", near="1", by="bpr")
    assert "Only sessions where the right category was guessed, but not the item; guesses and rank of BPR" in bodies(
        app
    )
    run_open(app, "filters")
    assert app.checkbox(key="filter-near").value
    one, codes = pair[1].evaluations[0], category_codes(result.split.test.dataset.vocabulary, kinds)
    expected = category_hits(one, codes, 3) & (one.ranks() > 3)
    assert expected.any()
    order = order_events("random", pair, 3)
    assert listed(app) == order[expected[order]][:N].tolist()
    app.button(key="clear-in-form").click().run()
    assert "near" not in app.query_params


def test_the_worst_miss_comes_first_where_it_is_asked_for(finished, open_page, pair):
    app = open_page("sessions", order="worst-miss")
    assert app.selectbox(key="order").value == "worst-miss"
    worst = max(model.evaluations[0].ranks()[np.isfinite(model.evaluations[0].ranks())].max() for model in pair)
    assert max(model.evaluations[0].ranks()[listed(app)[0]] for model in pair) == worst


@pytest.mark.parametrize(
    "address",
    [{"event": "999999"}, {"event": "-1"}, {"show": "nonsense"}, {"order": "x"}, {"rank": "a-b"}, {"step": "99"}],
)
def test_a_broken_address_still_opens_the_page(finished, open_page, address):
    assert len(listed(open_page("sessions", **address))) == N


def test_an_event_that_is_not_there_is_said_and_leaves_the_address(finished, open_page):
    app = open_page("sessions", event="999999")
    assert "The link names event 999999, which this comparison does not have." in bodies(app)
    assert "event" not in app.query_params


def test_a_session_that_is_not_in_the_list_is_open_all_the_same(finished, open_page, pair):
    hit = int(np.flatnonzero(pair[0].evaluations[0].ranks() == 1)[0])
    app = open_page("sessions", show="neither", event=str(hit))
    assert f"Session {pair[0].evaluations[0].session_id[hit]}:" in bodies(app)
    assert any("not in this list" in one.value for one in app.caption)


def test_the_way_on_takes_the_items_seen_along(finished, open_page, result, pair):
    one = pair[0].evaluations[0]
    event = int(np.flatnonzero(one.position == 3)[0])
    app = open_page("sessions", event=str(event))
    app.button(key="to-try").click().run()
    history = result.split.test.dataset.session(int(one.session[event]))[:3]
    assert app.query_params["items"] == ",".join(str(item) for item in history if item >= 0)


def test_without_data_it_leads_to_the_overview(open_page):
    assert open_page("sessions").button(key="to-overview")


def test_the_misses_of_one_method_are_a_chip_where_a_link_asks_for_them(finished, open_page, result):
    app = open_page("sessions", show="missed", missed="markov")
    markov = next(one for one in result.comparison.models if one.name == "markov")
    assert app.button_group(key="chips").value == "missed"
    assert count(app, "Lookup table \\(Markov\\) missed") == int((markov.evaluations[0].ranks() > 3).sum())
    app.button_group(key="chips").set_value("both").run()
    assert app.query_params["show"] == "both"


@pytest.mark.parametrize("kind", ["position:2", "length:4-5", "popularity:rare items", "repeat:new"])
def test_every_kind_of_slice_narrows_the_list(finished, open_page, result, pair, kind):
    app = open_page("sessions", show="neither", kind=kind)
    run_open(app, "filters")
    assert app.selectbox(key="filter-kind").value == kind
    one, other = (model.evaluations[0] for model in pair)
    of_kind = select_slice(event_kinds(one, result.split.test, result.split.train_counts), *kind.split(":"))
    expected = of_kind & (one.ranks() > 3) & (other.ranks() > 3)
    order = order_events("random", pair, 3)
    assert expected.any()
    assert listed(app) == order[expected[order]][:N].tolist()
    assert f"1 of {counted(int(expected.sum()), 'session')}" in [one.value for one in app.text]


def test_a_kind_that_does_not_exist_asks_nothing(finished, open_page):
    app = open_page("sessions", kind="popularity:<b>")
    run_open(app, "filters")
    assert app.selectbox(key="filter-kind").value is None
    assert "kind" not in app.query_params


def test_items_are_shown_and_found_by_the_names_the_log_gave_them(finished, open_page):
    record = finished.datasets()[0]
    items = finished.open_dataset(record.id).vocabulary.items
    names = {str(item): f"name of {place}" for place, item in enumerate(items)}
    (finished.dataset_folder(record.id) / "item_names.json").write_text(json.dumps(names), encoding="utf-8")
    app = open_page("sessions", came="name of 1", whole="1")
    assert all("**name of 1** came next" in row(app, event) for event in listed(app))


def test_what_is_listed_can_be_taken_along(finished, open_page, monkeypatch, pair):
    tables: list[pd.DataFrame] = []
    monkeypatch.setattr(session_list, "safe_csv", lambda table: tables.append(table) or b"")
    monkeypatch.setattr(session_list.st, "download_button", lambda *_, data, **__: data())
    open_page("sessions", show="neither", place="3-3")
    [table] = tables
    neither = (pair[0].evaluations[0].ranks() > 3) & (pair[1].evaluations[0].ranks() > 3)
    assert len(table) == int((neither & (pair[0].evaluations[0].position == 2)).sum())
    assert {"dataset", "comparison", "test rule", "k", "BPR: rank", "TOP1: guess 3"} <= set(table.columns)
