"""Every setting is an option, and options become settings."""

import pytest

from gru4rec_core.cli.options import (
    build_training_config,
    change_test_rule,
    choose_judging,
    choose_plan,
    choose_recheck_rule,
    pick_fields,
    resolve_preset,
    split_names,
)
from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import ConfigError
from gru4rec_core.jobs.planning import default_plan


def test_every_setting_is_an_option(run) -> None:
    shown = run("train", "--help").out
    for field in TrainingConfig.model_fields:
        assert f"--{field.replace('_', '-')}" in shown
    for option in ("--protocol", "--test-days", "--test-from", "--unseen", "--split-seed"):
        assert option in shown


def test_a_renamed_option_gives_its_own_models_field() -> None:
    options = {"seed": 1, "split_seed": 2, "comparison_seed": 3, "k": 4, "n_hidden": "8,16", "test_from": "5"}
    assert pick_fields(TrainingConfig, options) == {"seed": 1, "n_hidden": (8, 16)}
    assert pick_fields(SplitConfig, options) == {"seed": 2, "test_from": 5.0}
    assert pick_fields(ComparisonConfig, options) == {"seed": 3, "deciding_k": 4}


def test_options_are_put_on_top_of_the_preset() -> None:
    assert build_training_config({"epochs": 2}, "modern") == TrainingConfig.preset("modern", epochs=2)
    assert build_training_config({}, None, loss="bpr") == TrainingConfig(loss="bpr")


def test_the_preset_paper_is_each_losss_own() -> None:
    assert [resolve_preset("paper", loss) for loss in ("top1", "bpr")] == ["paper-top1", "paper-bpr"]
    assert resolve_preset("quick", "bpr-max") == "quick"
    with pytest.raises(ConfigError, match="bpr-max"):
        resolve_preset("paper", "bpr-max")


def test_names_are_separated_by_commas() -> None:
    assert split_names(" a, b,,c ", "--items") == ["a", "b", "c"]
    with pytest.raises(ConfigError, match="--items"):
        split_names(" , ", "--items")


def test_what_no_option_says_is_the_datasets_default(workspace, letters_log) -> None:
    record = workspace.add_dataset(SessionDataset(letters_log()), "letters", time_unit="s")
    default = default_plan(workspace, record)
    assert default.test_rule.protocol == "time"
    choice = choose_plan(workspace, record, {}, None)
    assert (choice.test_rule, choice.n_seeds, choice.reason) == (default.test_rule, 3, default.reason)
    changed = choose_plan(workspace, record, {"unseen": "drop"}, 2)
    assert changed.test_rule == default.test_rule.replace(unseen="drop")
    assert (changed.n_seeds, changed.reason) == (2, default.test_rule_reason)
    given_rule = choose_plan(workspace, record, {"protocol": "session-holdout"}, 1)
    assert (given_rule.test_rule, given_rule.reason) == (SplitConfig(protocol="session-holdout"), "")
    assert choose_judging(record, {"margin": 0.1}) == ComparisonConfig(deciding_k=3, margin=0.1)


@pytest.mark.parametrize(
    ("command", "option", "default"),
    [
        ("train", "--epochs", "10"),
        ("train", "--n-hidden", "64"),
        ("train", "--protocol", "time where real dates span 14 days or more, else last-item"),
        ("compare", "--k", "3 up to 100 items, else 10"),
        ("evaluate", "--protocol", "the run's own"),
        ("evaluate", "--unseen", "the run's own"),
        ("evaluate", "--margin", "0.05"),
    ],
)
def test_help_says_what_an_option_left_out_means(run, command: str, option: str, default: str) -> None:
    text = " ".join(run(command, "--help").out.split())
    described = text[text.index(f" {option} ") :]
    assert described[described.index("[default: ") :].startswith(f"[default: {default}]")


@pytest.mark.parametrize(
    ("own", "changes", "more"),
    [
        ({}, {}, {}),
        ({"min_item_support": 2}, {"unseen": "drop"}, {"min_item_support": 2, "unseen": "drop"}),
        ({"protocol": "time", "test_days": 3}, {"unseen": "drop"}, None),
        ({"protocol": "time", "test_days": 3}, {"test_from": "2024-01-01"}, {"test_days": None}),
        ({"protocol": "time", "test_days": 3}, {"protocol": "last-item"}, {"test_days": None}),
    ],
)
def test_what_is_told_changes_the_runs_own_test_rule(own: dict, changes: dict, more: dict | None) -> None:
    changed = change_test_rule(SplitConfig(**own), changes)
    assert changed == SplitConfig(**{**own, **changes, **(more or {})})


def test_an_older_model_is_tested_as_the_dashboard_proposes_unless_a_cut_is_told(workspace, letters_log) -> None:
    record = workspace.add_dataset(SessionDataset(letters_log()), "letters", time_unit="s")
    fits, too_long = (SplitConfig(protocol="time", test_days=days) for days in (2, 9_999))
    assert choose_recheck_rule(workspace, record, fits, {}) == (fits, "")
    assert choose_recheck_rule(workspace, record, fits, {"unseen": "drop"}) == (fits.replace(unseen="drop"), "")
    assert choose_recheck_rule(workspace, record, too_long, {"test_days": 3}) == (fits.replace(test_days=3), "")
    rule, reason = choose_recheck_rule(workspace, record, too_long, {"unseen": "drop"})
    assert rule == default_plan(workspace, record).test_rule.replace(unseen="drop")
    assert "the last 9,999 days, does not fit this log" in reason
