"""The page Compare: verdict first, then what it rests on."""

import json
import re

import pytest
import streamlit as st
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df

from dashboard import progress_view, self_check_view, sign_in, state
from gru4rec_core.evaluation.self_check import Sabotage, SelfCheck
from gru4rec_core.jobs import jobs
from gru4rec_core.report.glossary import OFFLINE_LIMITS
from gru4rec_core.results.comparison import build_comparison_result
from gru4rec_core.words import figure, signed
from gru4rec_core.workspace.backtests import backtest_folder, list_backtests
from gru4rec_core.workspace.decisions import list_decisions
from gru4rec_core.workspace.job_state import JobState, write_state
from tests.app_runs import is_dialog_open
from tests.chart_specs import charts


def texts(app) -> str:
    """Everything the page writes as HTML or text."""
    return "\n".join([*(one.body for one in app.get("html")), *(one.value for one in app.text)])


@pytest.fixture
def compare(finished, open_page):
    return open_page("compare")


def test_the_verdict_is_the_headline(compare):
    html = [one.body for one in compare.get("html")]
    first = next(body for body in html if 'role="heading"' in body)
    assert "of 100 test sessions" in first.replace("\N{NO-BREAK SPACE}", " ")
    assert any("One training run each: provisional." in body for body in html)


def strip(app) -> str:
    """The strip *Does it hold?*."""
    (html,) = [one.body for one in app.get("html") if 'class="wb-strip"' in one.body]
    return html


def test_the_strip_says_what_there_is_and_what_there_is_not(compare):
    html = strip(compare)
    assert "Tested on one period only" in html
    assert "One training run each" in html
    assert "top 3 (decides)" in html
    assert html.count("<li") == 5  # the list lengths


def test_the_strip_of_a_window_shows_all_windows_of_its_backtest(weekly, open_page):
    (record,) = list_backtests(weekly)
    html = strip(open_page("compare", comparison=record.comparison_ids[0]))
    assert all(period in html for period in (*record.periods, "all windows"))


def test_a_damaged_backtest_has_its_card(weekly, open_page):
    (record,) = list_backtests(weekly)
    (backtest_folder(weekly, record.id) / "backtest.json").write_text("", encoding="utf-8")
    app = open_page("compare", comparison=record.comparison_ids[0])
    assert "Backtest TOP1 against BPR is damaged." in texts(app)
    assert "Tested on one period only" in strip(app)
    assert "Backtest TOP1 against BPR is damaged." in texts(open_page("overview"))


@pytest.fixture
def details(finished, open_page):
    return open_page("compare", tab="Details")


FIRST_SCREEN = ["Of 100 test sessions:", "Hits in the top 3, best first"]


def test_square_and_ladder_come_first_and_one_tab_below_them_is_drawn(finished, open_page, compare):
    assert list(charts(compare)) == [
        *FIRST_SCREEN,
        "BPR against TOP1: what decides",
        "BPR against TOP1: other metrics",
    ]
    where = list(charts(open_page("compare", tab="Where")))
    assert where[:2] == FIRST_SCREEN
    assert where[-1] == "Accuracy over the length of the list"
    assert "By items seen before" in where
    assert list(charts(open_page("compare", tab="Details")))[2:3] == ["Validation hits, epoch by epoch"]


def test_differences_point_the_way_of_the_verdicts_sentence(finished, open_page):
    app = open_page("compare", a="bpr", b="top1")
    assert "BPR against TOP1: what decides" in charts(app)
    (differences,) = [one.value for one in app.dataframe if "difference" in one.value.columns]
    assert differences["difference"].iloc[0] == pytest.approx(
        differences["BPR per 100"].iloc[0] - differences["TOP1 per 100"].iloc[0]
    )


def test_the_open_tab_survives_the_deletion_of_the_comparison_elsewhere(finished, open_page):
    record = finished.comparisons()[0]
    app = open_page("compare", comparison=record.id, tab="Where", a="top1")
    finished.delete_comparison(record.id)
    app.run()
    assert not app.exception
    assert "2 runs on shop log, but no comparison to show" in texts(app)
    assert "a" not in app.query_params


def test_the_ladder_holds_models_and_baselines(compare):
    spec = charts(compare)["Hits in the top 3, best first"]
    labels = next(layer["encoding"]["y"]["sort"] for layer in spec["layer"] if "y" in layer["encoding"])
    assert set(labels) == {"TOP1", "BPR", "Best-sellers", "Lookup table (Markov)"}


def test_the_table_lists_every_method_with_its_accuracies(details):
    table = details.dataframe[0].value
    assert table["method"].tolist()[0] in {"TOP1", "BPR", "Best-sellers", "Lookup table (Markov)"}
    assert {"top 1", "top 3", "top 5", "top 10", "top 20", "MRR@20"} <= set(table.columns)
    assert table["top 3"].is_monotonic_decreasing


def test_each_outcome_leads_to_its_sessions(compare):
    links = [link for link in compare.get("page_link") if "hit" in link.proto.label or "only" in link.proto.label]
    shown = [link.proto.query_string for link in links]
    assert [query.split("show=")[1].split("&")[0] for query in shown] == ["both", "only_b", "only_a"]
    assert all("comparison=" in query for query in shown)
    pattern = r"[●◑◐○] (both hit|only BPR|only TOP1|neither): (\d+) \((\d+)\)"  # of 100, and of all test sessions
    lines = [re.fullmatch(pattern, link.proto.label) for link in compare.get("page_link")]
    figures = [(int(line[2]), int(line[3])) for line in lines if line]
    assert [sum(numbers) for numbers in zip(*figures, strict=True)] == [100, 600]


def test_settings_show_differences_first_and_everything_on_demand(details):
    def settings():
        return next(one.value for one in details.dataframe if "setting" in one.value.columns)

    assert settings()["setting"].tolist() == ["loss"]
    details.toggle(key="differences-only").set_value(False).run()
    assert "learning_rate" in settings()["setting"].tolist()


def test_another_list_length_is_drawn_and_kept_in_the_address(compare):
    compare.button_group(key="k-choice").set_value(5).run()
    assert "Hits in the top 5, best first" in charts(compare)
    assert compare.query_params["k"] == "5"


def test_what_it_rests_on_is_said(compare):
    said = texts(compare)
    assert "the same except for the loss" in said
    assert "accuracy@3, chosen before training" in said
    assert "1 per model" in said


def test_on_a_list_length_that_does_not_decide_card_and_link_name_the_one_that_does(finished, open_page):
    app = open_page("compare", k="5")
    assert "Decided by the top 3. The figures below are those of the top 5" in texts(app)
    app.button(key="copy-link").click().run()
    sentence, link = app.code[-1].value.splitlines()
    assert "top 3" in sentence
    assert link.endswith("k=3")


def test_the_way_on_leads_to_accuracy(compare):
    assert compare.button(key="to-accuracy").label == "See where they are wrong"


def test_without_data_it_says_so_and_leads_to_the_overview(open_page):
    app = open_page("compare")
    assert "the workspace has no data" in texts(app)
    assert app.button(key="to-overview").label == "Load a sample or your own log"


def test_without_results_it_leads_to_the_runs(finished, open_page):
    write_state(finished.run_folder(finished.runs()[0].id), JobState(state="failed", reason="power cut"))
    app = open_page("compare")
    assert "not finished" in texts(app)
    assert app.button(key="to-runs").label == "Look at its runs"


def test_while_jobs_are_at_work_the_page_waits_for_their_result(finished, open_page, monkeypatch):
    watched = []
    monkeypatch.setattr(progress_view, "is_active", lambda *args: True)
    monkeypatch.setattr(sign_in, "draw_again", lambda every, draw, *args: watched.append((every, draw, args)))
    write_state(finished.run_folder(finished.runs()[0].id), JobState(state="running"))
    assert "not finished" in texts(open_page("compare"))
    ((every, draw, args),) = watched
    assert every == progress_view.POLL_SECONDS

    monkeypatch.setattr(progress_view, "is_active", lambda *args: False)
    reruns = []
    monkeypatch.setattr(st, "rerun", lambda: reruns.append(True))
    monkeypatch.setattr(state, "workspace", lambda: finished)
    draw(*args)
    assert reruns == [True]


def test_warnings_are_counted_and_one_tap_away(details, finished):
    n = len(build_comparison_result(finished, finished.comparisons()[0].id).warnings)
    assert n
    assert any(one.label.startswith(f"{n} warning") for one in details.expander)
    assert "does not clearly beat the strongest baseline" in texts(details)


def in_words(app) -> str:
    """`texts` with plain spaces."""
    return texts(app).replace("\N{NO-BREAK SPACE}", " ")


def test_another_margin_is_drawn_at_once_and_marked_as_exploratory(compare):
    assert "Exploratory" not in in_words(compare)
    assert "keep the verdict by the original values" not in in_words(compare)
    compare.number_input(key="judging-margin").set_value(20.0).run()
    changed = "Exploratory: changed when the results were known (margin 20 % instead of 5 %)."
    assert changed in in_words(compare)
    assert "a difference under 20 %" in json.dumps(charts(compare)["BPR against TOP1: what decides"])
    compare.button(key="copy-link").click().run()
    sentence, link = compare.code[-1].value.splitlines()
    assert sentence.endswith(changed)
    assert "margin=20" in link
    compare.button(key="judging-back").click().run()
    assert "Exploratory" not in in_words(compare)
    assert "margin" not in compare.query_params


def test_another_level_is_computed_and_stands_in_the_link(compare):
    compare.button_group(key="judging-level").set_value(0.99).run()
    assert "level 99 % instead of 95 %" in in_words(compare)
    assert compare.query_params["level"] == "99"
    assert "99 % interval" in json.dumps(charts(compare)["Hits in the top 3, best first"])


def test_what_is_recorded_and_reported_stays_what_was_agreed(finished, open_page):
    app = open_page("compare", margin="50")
    kept = "The report and a recorded decision keep the verdict by the original values: margin 5 %, level 95 %."
    app.button(key="record-decision").click().run()
    assert in_words(app).count(kept) == 2  # below the buttons, and in the form
    assert "as it is now" not in in_words(app)
    app.radio(key="decision-choice-0").set_value("keep")
    app.text_input(key="decision-by-0").set_value("Ada")
    app.text_area(key="decision-why-0").set_value("why not")
    app.button(key="decision-record-0").click().run()
    (decision,) = list_decisions(finished)
    assert decision.config.margin == 0.05
    assert decision.verdict["numbers"]["margin"] == 0.05


def test_one_run_each_has_no_table_by_seed(compare):
    assert "One training run each: what luck does" in texts(compare)
    assert not [one for one in compare.dataframe if "seed" in one.value.columns]


def test_three_runs_each_have_a_table_by_seed(finished_seeds, open_page):
    table = next(one.value for one in open_page("compare").dataframe if "seed" in one.value.columns)
    assert table["seed"].tolist() == ["0", "1", "2", "mean"]


def test_two_other_models_can_be_set_side_by_side_unless_they_were_tested_differently(finished, open_page):
    record = finished.comparisons()[0]
    longer = finished.run(record.run_ids[0]).config.replace(epochs=9)
    other = finished.create_run(record.dataset_id, longer, record.split.replace(validation_fraction=0.2))
    write_state(finished.run_folder(other.id), JobState(state="done"))
    app = open_page("compare", margin="20", level="99")

    assert "picker-a" not in {box.key for box in app.selectbox}
    app.button(key="picker").click().run()
    app.selectbox(key="picker-a").set_value(other.id).run()
    assert "These two cannot be compared." in texts(app)
    assert app.button(key="picker-go").disabled
    bpr, top1 = (next(run.id for run in finished.runs() if run.config.loss == loss) for loss in ("bpr", "top1"))
    app.selectbox(key="picker-a").set_value(bpr)
    app.selectbox(key="picker-b").set_value(record.run_ids[0]).run()
    app.button(key="picker-go").click().run()
    assert not is_dialog_open(app)
    assert top1 == other.id
    newest = finished.comparisons()[0]
    assert newest.run_ids == (record.run_ids[1], record.run_ids[0])
    assert app.query_params["comparison"] == newest.id
    assert "exploratory" in texts(app)
    assert not {"margin", "level"} & set(app.query_params)
    assert "margin 20" not in in_words(app)
    assert app.number_input(key="judging-margin").value == 5


def test_what_an_offline_test_cannot_say_is_one_tap_away(compare):
    assert OFFLINE_LIMITS[0] in texts(compare)


@pytest.mark.parametrize("page", ["accuracy", "train"])
def test_the_same_warnings_stand_on_the_other_pages(finished, open_page, page):
    n = len(build_comparison_result(finished, finished.comparisons()[0].id).warnings)
    assert any(one.label.startswith(f"{n} warning") for one in open_page(page).expander)


def test_a_damaged_result_is_explained_where_it_would_be_shown(finished, open_page):
    record = finished.comparisons()[0]
    (finished.run_folder(record.run_ids[0]) / "predictions.parquet").write_bytes(b"PAR1 no more")
    for page in ("compare", "accuracy", "train"):
        app = open_page(page)
        assert not app.exception
        assert "predictions.parquet" in texts(app)


def test_the_report_can_be_downloaded(compare):
    labels = [element.proto.label for element in compare.get("download_button")]
    assert "Download report" in labels


def test_differences_are_written_as_in_the_report(compare):
    table = next(one for one in compare.dataframe if "difference" in one.value.columns)
    drawn = convert_arrow_bytes_to_pandas_df(table.proto.arrow_data.styler.display_values)
    assert drawn.iloc[:, 4].tolist() == [signed(value) for value in table.value["difference"]]
    assert drawn.iloc[:, 2].tolist() == [figure(value) for value in table.value.iloc[:, 2]]


def test_one_run_each_cannot_tell_who_would_win_again_and_two_more_seeds_of_each_are_offered(
    finished, open_page, monkeypatch
):
    handed = []
    monkeypatch.setattr(jobs, "submit_comparison", lambda workspace, comparison_id: handed.append(comparison_id))
    old = finished.comparisons()[0]
    app = open_page("compare", tab="How sure")
    assert "If you trained again: one run of each cannot tell whether" in texts(app)
    assert app.button(key="more-seeds").label == "Train two more seeds of each"
    assert "--seeds 3" in app.code[-1].value
    app.button(key="more-seeds").click().run()
    assert not app.exception
    (new,) = [one for one in finished.comparisons() if one.id != old.id]
    assert handed == [new.id]
    assert sorted(finished.run(run_id).config.seed for run_id in new.run_ids) == [0, 0, 1, 1, 2, 2]
    assert app.query_params["comparison"] == new.id


def test_with_several_seeds_the_verdict_says_how_often_its_winner_would_win_again(finished_seeds, open_page):
    said = texts(open_page("compare")).replace("\N{NO-BREAK SPACE}", " ")
    assert re.search(r"If you trained both again, \w+ would win in .* of 100 repeats", said)


def test_its_test_is_checked_by_a_job_and_its_answer_stands_on_the_page(finished, open_page, monkeypatch):
    record, asked = finished.comparisons()[0], []
    monkeypatch.setattr(jobs, "submit", lambda workspace, kind, job_id, **_: asked.append((kind, job_id)))
    app = open_page("compare", tab="How sure")
    app.button(key="self-check").click().run()
    assert asked == [("self-check", record.id)]
    wrong = SelfCheck("BPR", 1, 0, 0, 0.1, 0.05, Sabotage(0.1, 0.4, 0.36, False))
    monkeypatch.setattr(self_check_view, "read_self_check", lambda *_: wrong)
    st.cache_resource.clear()
    assert "do not rely on the verdict" in texts(open_page("compare", tab="How sure"))
