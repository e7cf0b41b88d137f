"""An old model is tested on new events beside what counting would do today."""

import json

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.config import ComparisonConfig, SplitConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.pair_verdict import build_pair_verdict
from gru4rec_core.experiments.baselines import execute_baselines
from gru4rec_core.results.recheck import Recheck, RecheckPlan, describe_retraining, recheck_run
from gru4rec_core.workspace.split_store import load_split, open_split

JUDGING = ComparisonConfig(deciding_k=3, n_bootstrap=200, n_permutations=200)
RULE = SplitConfig(protocol="time", test_fraction=0.5)
LAST = SplitConfig()


def baseline_wins(found: Recheck) -> bool:
    """Whether the strongest baseline is better than the old model."""
    strongest = found.against_baselines.strongest
    pair = build_pair_verdict(found.comparison.pair("old", strongest), JUDGING)
    return bool(pair.better and pair.pair.b.name == strongest)


@pytest.fixture
def later(trained, letters_log):
    """A later log that has two letters more."""
    home, _ = trained
    record = home.add_dataset(SessionDataset(letters_log(first=1, letters="cabdefghij")), "later", time_unit="s")
    for rule in (RULE, LAST):
        execute_baselines(home, record.id, rule)
    return record


def test_an_old_model_is_tested_on_a_later_log(trained, later) -> None:
    home, comparison = trained
    found = recheck_run(home, RecheckPlan(comparison.run_ids[0], later.id, RULE, JUDGING))
    assert [row["name"] for row in found.models][:2] == ["old", "popularity"]
    assert 0.1 < found.unknown < 0.3
    test = open_split(home, later.id, RULE).test
    days = pd.to_datetime(np.asarray(test.dataset.timestamps)[test.predicted], unit="s").floor("D")
    mondays = (days - pd.to_timedelta(days.day_of_week, unit="D")).value_counts().sort_index()
    tested = found.by_week[found.by_week["popularity"].notna()]
    assert list(tested["week"]) == list(mondays.index)
    assert list(tested["n_events"]) == list(mondays)
    mean = (tested["old"] * tested["n_events"]).sum() / tested["n_events"].sum()
    assert mean == pytest.approx(found.models[0]["accuracy@3"])
    assert "of 100 test" in found.against_baselines.sentence
    assert all(row["repeat_share@3"] is not None and row["mean_popularity@3"] > 0 for row in found.models)
    printed = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert printed["by_week"][0]["week"] == found.by_week["week"].iloc[0].strftime("%Y-%m-%d")


def test_before_it_is_trained_again_it_is_said_from_how_much_it_learns(trained, later) -> None:
    home, comparison = trained
    run = home.run(comparison.run_ids[0])
    new, old = (
        load_split(home, of, rule).train.n_sessions for of, rule in ((later.id, RULE), (run.dataset_id, run.split))
    )
    assert describe_retraining(home, run, later.id, RULE) == (
        f"It learns from this log alone, anew: {new} sessions. The old model learnt from {old}."
    )


def test_before_the_test_part_the_old_model_stands_alone(trained, later) -> None:
    home, comparison = trained
    found = recheck_run(home, RecheckPlan(comparison.run_ids[0], later.id, RULE, JUDGING))
    alone = found.by_week[found.by_week["popularity"].isna()]
    assert len(alone)
    assert alone["week"].max() < found.by_week.loc[found.by_week["popularity"].notna(), "week"].min()
    before = found.whole.by_week.head(len(alone))
    assert alone["old"].tolist() == before["hits"].tolist()
    assert alone[["week", "n_events", "unknown"]].equals(before[["week", "n_events", "unknown"]])
    printed = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert printed["by_week"][0]["popularity"] is None
    assert printed["whole_log"]["rate"] == found.whole.rate


def test_of_the_log_that_it_learnt_from_there_is_no_whole(trained) -> None:
    home, comparison = trained
    found = recheck_run(home, RecheckPlan(comparison.run_ids[0], comparison.dataset_id, comparison.split, JUDGING))
    assert found.whole is None
    assert found.to_json()["whole_log"] is None


def test_unknown_items_are_misses_of_the_old_model(trained, later) -> None:
    home, comparison = trained
    evaluation = (
        recheck_run(home, RecheckPlan(comparison.run_ids[0], later.id, RULE, JUDGING))
        .comparison.models[0]
        .evaluations[0]
    )
    assert evaluation.n_items == 8
    assert set(pd.unique(evaluation.target)) <= set(range(-1, 8))


def test_items_that_the_new_training_part_lacks_are_told_apart(trained, letters_log) -> None:
    home, comparison = trained
    log = pd.concat([letters_log(first=3, letters="cdefghij"), letters_log(first=4, letters="abcdefghij")])
    record = home.add_dataset(SessionDataset(log), "new letters", time_unit="s")
    rule = SplitConfig(protocol="time", test_from=str(1_700_000_000 + 20_000 * 800))
    execute_baselines(home, record.id, rule)
    found = recheck_run(home, RecheckPlan(comparison.run_ids[0], record.id, rule, JUDGING))
    asked = log[log.duplicated("session") & log["session"].str.startswith("s4")]["item"]
    # The model knows a and b, which only the test has; it does not know i and j.
    assert found.not_in_training == pytest.approx(asked.isin(["a", "b"]).mean())
    assert found.unknown == pytest.approx(asked.isin(["a", "b", "i", "j"]).mean())
    weeks = found.by_week[found.by_week["popularity"].notna()]
    weekly = (weeks["not_in_training"] * weeks["n_events"]).sum() / weeks["n_events"].sum()
    assert weekly == pytest.approx(found.not_in_training)
    parts = (100 * found.not_in_training, 100 * asked.isin(["i", "j"]).mean())
    words = "this log's own training part ({:.1f}) or else the old model ({:.1f}) does not have"
    assert words.format(*parts) in found.unknown_sentence
    assert found.to_json()["not_in_training_share"] == found.not_in_training


def test_a_model_is_not_tested_on_what_it_learnt(trained) -> None:
    home, comparison = trained
    execute_baselines(home, comparison.dataset_id, RULE)
    with pytest.raises(RunError, match="were in its training part"):
        recheck_run(home, RecheckPlan(comparison.run_ids[0], comparison.dataset_id, RULE, JUDGING))


def test_its_own_test_rule_is_always_possible(trained) -> None:
    home, comparison = trained
    run_id = comparison.run_ids[0]
    found = recheck_run(home, RecheckPlan(run_id, comparison.dataset_id, comparison.split, JUDGING))
    assert found.models[0]["accuracy@3"] == pytest.approx(home.metrics(run_id)["accuracy"]["3"])
    assert found.unknown == 0


def test_then_and_now_are_the_rates_of_both_tests(trained, later) -> None:
    home, comparison = trained
    run_id = comparison.run_ids[0]
    found = recheck_run(home, RecheckPlan(run_id, later.id, LAST, JUDGING))
    assert found.incomparable == ""
    assert found.change.then == pytest.approx(home.metrics(run_id)["accuracy"]["3"])
    assert found.change.now == pytest.approx(found.models[0]["accuracy@3"])
    printed = found.to_json()
    assert printed["change"]["now"] == found.change.now
    assert printed["recommendation"] == found.advice.recommendation
    assert printed["reason"] == found.advice.sentence


def test_under_another_test_rule_then_and_now_are_not_compared(trained, later) -> None:
    home, comparison = trained
    found = recheck_run(home, RecheckPlan(comparison.run_ids[0], later.id, RULE, JUDGING))
    assert found.change is None
    assert found.incomparable.endswith("its own test had the test rule last item, this one has later days.")
    assert "fallen" not in found.advice.sentence
    assert "lost" not in found.advice.sentence
    assert found.to_json()["incomparable"] == found.incomparable


def test_with_sessions_in_both_tests_then_and_now_are_not_compared(trained, letters_log) -> None:
    home, comparison = trained
    longer = pd.concat([letters_log(), letters_log(first=2)])
    record = home.add_dataset(SessionDataset(longer), "longer", time_unit="s")
    execute_baselines(home, record.id, LAST)
    found = recheck_run(home, RecheckPlan(comparison.run_ids[0], record.id, LAST, JUDGING))
    assert found.change is None
    own = open_split(home, comparison.dataset_id, LAST).test
    shared = np.isin(own.dataset.session_ids, open_split(home, record.id, LAST).test.dataset.session_ids)
    n_shared = own.dataset.lengths[shared].sum()
    assert found.incomparable.endswith(f"its own test had {n_shared:,} events of these sessions too.")


def test_in_its_own_test_nothing_has_changed(trained) -> None:
    home, comparison = trained
    found = recheck_run(home, RecheckPlan(comparison.run_ids[0], comparison.dataset_id, comparison.split, JUDGING))
    assert found.change is None
    assert found.incomparable == ""
    assert found.advice.recommendation == ("retrain" if baseline_wins(found) else "keep")


def test_the_advice_follows_the_verdicts_on_the_pairs(trained, later) -> None:
    home, comparison = trained
    found = recheck_run(home, RecheckPlan(comparison.run_ids[0], later.id, LAST, JUDGING))
    needs_training = baseline_wins(found) or found.change.fell_by_more_than(JUDGING.margin)
    assert found.advice.recommendation == ("retrain" if needs_training else "keep")
