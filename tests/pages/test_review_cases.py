"""The review pages where the usual pair is missing: one model only, models that must not be compared."""

import json

import pytest

from gru4rec_core.config import ComparisonConfig
from tests.chart_specs import chart_title

PAGES = ("compare", "accuracy", "sessions", "try_it")


@pytest.fixture
def single(finished):
    """A comparison of one model with baselines alone."""
    run = next(run for run in finished.runs() if run.config.loss == "bpr")
    judging = ComparisonConfig(deciding_k=3)
    return finished.create_comparison(run.dataset_id, run.split, judging, [run.id], baselines=("popularity",))


@pytest.fixture
def leaking(finished):
    """A comparison whose models were trained on some of the test events."""
    record = finished.comparisons()[0]
    path = finished.split_folder(record.dataset_id, record.split) / "test" / "info.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"leaked_events": 5}))
    return record


def html(app) -> str:
    return "\n".join(one.body for one in app.get("html"))


@pytest.mark.parametrize("page", PAGES)
def test_one_model_alone_is_shown_beside_the_baselines(single, open_page, page):
    app = open_page(page, comparison=single.id)
    assert app.get("vega_lite_chart") or app.dataframe or "guesses-bpr" in html(app) or "wb-lists alone" in html(app)


def test_one_model_alone_has_no_verdict_and_says_so(single, open_page):
    assert "One model was trained" in html(open_page("compare", comparison=single.id))


def test_one_model_alone_has_no_outcomes_of_a_pair(single, open_page):
    app = open_page("sessions", comparison=single.id)
    assert app.button_group(key="chips").options == ["All 600"]
    assert app.selectbox(key="order").options == ["Random", "Worst miss", "Most confident miss"]


@pytest.mark.parametrize("page", PAGES)
def test_models_that_must_not_be_compared_are_not_set_side_by_side(leaking, open_page, page):
    app = open_page(page, comparison=leaking.id)
    titles = [chart_title(json.loads(one.proto.spec)) for one in app.get("vega_lite_chart")]
    assert not any("against" in title and "guess" not in title for title in titles)


def test_models_that_must_not_be_compared_say_why_and_the_way_out(leaking, open_page):
    said = html(open_page("compare", comparison=leaking.id))
    assert "cannot be compared" in said
    assert "was trained on 5 of the 600 test events" in said


def test_a_link_to_a_comparison_that_is_gone_shows_the_newest(finished, open_page):
    assert "which this workspace does not have" in html(open_page("compare", comparison="gone-12345678"))
