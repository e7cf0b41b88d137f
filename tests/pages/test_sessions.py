"""The page Sessions: predictions beside what came."""

import json
import re

import numpy as np
import pytest

from gru4rec_core.report.frames.sessions import random_events
from gru4rec_core.results.comparison import build_comparison_result


@pytest.fixture
def result(finished):
    return build_comparison_result(finished, finished.comparisons()[0].id)


@pytest.fixture
def sessions(finished, open_page):
    return open_page("sessions")


def listed(app):
    return next(one.value for one in app.dataframe if "came next ✓" in one.value.columns)


def steps(app) -> str:
    return next(one.body for one in app.get("html") if 'data-kind="steps"' in one.body)


def count(app, chip: str) -> int:
    label = next(text for text in app.button_group(key="chips").options if text.startswith(chip))
    return int(re.sub(r"\D", "", label.removeprefix(chip)))


def test_it_begins_with_the_same_random_sessions_for_everybody(sessions, result):
    ids = result.comparison.models[0].evaluations[0].session_id[random_events(600)[:25]]
    assert listed(sessions)["session"].tolist() == [str(one) for one in ids]


def test_rows_hold_what_came_and_each_models_guess_and_rank(sessions, result):
    one = result.comparison.models[0].evaluations[0]
    event = random_events(600)[0]
    row = listed(sessions).iloc[0]
    names = result.split.test.dataset.vocabulary.items
    assert row["came next ✓"] == names[one.target[event]]
    assert row["TOP1: first guess"].removesuffix(" ✓") == names[one.top_items[event, 0]]
    assert row["TOP1: rank"] == one.ranks()[event]


def test_chips_count_every_session_once(sessions):
    assert sum(count(sessions, chip) for chip in ("both hit", "only TOP1", "only BPR", "neither")) == 600
    assert count(sessions, "Random") == 50


def test_a_chip_shows_its_sessions_and_stays_in_the_address(sessions):
    sessions.button_group(key="chips").set_value("only_b").run()
    table = listed(sessions)
    assert sessions.query_params["show"] == "only_b"
    assert (table["BPR: rank"] <= 3).all()
    assert (table["TOP1: rank"] > 3).all()


def test_a_link_opens_the_chip_and_the_session(finished, open_page, result):
    event = int(np.flatnonzero(result.comparison.models[0].evaluations[0].ranks() > 3)[0])
    app = open_page("sessions", show="neither", event=str(event))
    assert app.button_group(key="chips").value == "neither"
    assert "step by step" in "".join(one.body for one in app.get("html"))
    assert "TOP1 guessed" in steps(app)


def test_steps_end_with_the_stored_rank_and_mark_training_data(finished, open_page, result):
    one = result.comparison.models[0].evaluations[0]
    event = int(np.flatnonzero(one.position == 4)[0])
    body = steps(open_page("sessions", event=str(event)))
    rows = re.findall(r'<tr class="(\w*)">(.*?)</tr>', body, re.S)[-5:]
    assert [kind for kind, _ in rows] == ["trained"] * 4 + [""]
    assert "training data" in rows[0][1]
    rank = one.ranks()[event]
    assert f"{'●' if rank <= 3 else '○'} {rank:.0f}" in rows[-1][1]


def test_item_names_reach_the_steps_as_text(finished, open_page, result):
    names = result.split.test.dataset.vocabulary.items
    nasty = next(i for i, name in enumerate(names) if "onerror" in name)
    event = int(np.flatnonzero(result.comparison.models[0].evaluations[0].target == nasty)[0])
    app = open_page("sessions", event=str(event))
    assert "<img" not in "".join(one.body for one in app.get("html"))
    assert "&lt;img src=x" in steps(app)
    assert not [one for one in app.markdown if "onerror" in one.value]


def test_filters_narrow_the_list_and_can_be_cleared(sessions):
    sessions.button_group(key="chips").set_value("neither").run()
    sessions.text_input(key="filter-came").set_value("ITEM B").run()
    assert set(listed(sessions)["came next ✓"]) == {"item B"}
    assert sessions.query_params["came"] == "ITEM B"
    sessions.text_input(key="filter-came").set_value("no such item").run()
    assert any("No session matches" in one.value for one in sessions.text)
    sessions.button(key="clear-filters").click().run()
    assert len(listed(sessions)) == 25
    assert "came" not in sessions.query_params


def test_the_number_of_items_seen_narrows_too(finished, open_page):
    app = open_page("sessions", show="neither", shortest="3", longest="3")
    assert set(listed(app)["seen"]) == {3}


def test_the_list_is_paged(finished, open_page):
    first = listed(open_page("sessions"))["session"].tolist()
    second = listed(open_page("sessions", page="2"))["session"].tolist()
    assert len(first) == len(second) == 25
    assert not set(first) & set(second)


@pytest.mark.parametrize("address", [{"event": "999999"}, {"event": "-1"}, {"page": "abc"}, {"show": "nonsense"}])
def test_a_broken_address_still_opens_the_page(finished, open_page, address):
    assert len(listed(open_page("sessions", **address))) == 25


def test_the_way_on_takes_the_session_along(finished, open_page):
    app = open_page("sessions", event="7")
    assert app.button(key="to-try-wide").label == "Try this session"


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
def test_every_kind_of_slice_narrows_the_list(finished, open_page, result, kind):
    app = open_page("sessions", show="neither", kind=kind)
    assert app.selectbox(key="filter-kind").value == kind
    lengths = {str(name): n for name, n in zip(result.split.test.dataset.session_ids, _lengths(result), strict=True)}
    table = listed(app)
    assert len(table)
    if kind == "position:2":
        assert set(table["seen"]) == {2}
    if kind == "length:4-5":
        assert {lengths[session] for session in table["session"]} == {4, 5}


def _lengths(result) -> list[int]:
    return result.split.test.dataset.lengths.tolist()


def test_a_kind_that_does_not_exist_asks_nothing(finished, open_page):
    app = open_page("sessions", kind="popularity:<b>")
    assert app.selectbox(key="filter-kind").value is None
    assert "kind" not in app.query_params


def test_items_are_shown_by_the_names_the_log_gave_them(finished, open_page):
    record = finished.datasets()[0]
    items = finished.open_dataset(record.id).vocabulary.items
    names = {str(item): f"name of {place}" for place, item in enumerate(items)}
    (finished.dataset_folder(record.id) / "item_names.json").write_text(json.dumps(names), encoding="utf-8")
    table = open_page("sessions").dataframe[0].value
    assert all(name.startswith("name of ") for name in table["seen last"])


def test_the_item_that_watched_training_is_not_called_training_data(finished, open_page, result):
    trained = np.asarray(result.split.trained)
    one = result.comparison.models[0].evaluations[0]
    offsets = np.asarray(result.split.test.dataset.offsets)
    before = offsets[one.session] + one.position - 1
    event = int(np.flatnonzero(~trained[before] & (one.position == 4))[0])
    app = open_page("sessions", event=str(event))
    rows = re.findall(r'<tr class="(\w*)">(.*?)</tr>', steps(app), re.S)[-5:]
    assert [kind for kind, _ in rows] == ["trained"] * 3 + ["", ""]
    assert [">validation<" in row for _, row in rows] == [False, False, False, True, False]
    assert any("only used to watch training" in one.value for one in app.caption)


def test_a_link_to_a_session_that_is_not_listed_shows_its_steps_on_a_phone_too(finished, open_page, sessions, result):
    listed_ids = {name.rsplit("-", 1)[1] for name in (b.key for b in sessions.button) if name.startswith("open-")}
    other = next(e for e in range(len(result.comparison.models[0].evaluations[0].session)) if str(e) not in listed_ids)

    def hidden_on_a_phone(event: str) -> bool:
        return any("steps-wide" in one.body for one in open_page("sessions", event=event).get("html"))

    assert hidden_on_a_phone(min(listed_ids)), "there the card has them"
    assert not hidden_on_a_phone(str(other))
