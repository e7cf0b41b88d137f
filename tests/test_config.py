"""Settings: frozen, validated, JSON; errors name the setting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru4rec_core.config import PRESETS, ComparisonConfig, SplitConfig, TrainingConfig, WindowConfig, default_deciding_k
from gru4rec_core.errors import ConfigError


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_holds_and_travels_as_json(name):
    config = TrainingConfig.preset(name)
    assert TrainingConfig.from_json(config.to_json()) == config


@given(st.lists(st.integers(1, 4096), min_size=1, max_size=8), st.sampled_from(["top1", "bpr"]), st.integers(0, 99))
def test_json_gives_back_what_went_in(widths, loss, seed):
    config = TrainingConfig(n_hidden=widths, loss=loss, seed=seed)
    assert TrainingConfig.from_json(config.to_json()) == config
    assert config.n_layers == len(widths)


def test_one_width_is_one_layer():
    assert TrainingConfig(n_hidden=100).n_hidden == (100,)


@pytest.mark.parametrize(("deciding", "shown"), [(1, 1), (20, 20), (50, 20)])
def test_screens_show_at_first_what_decides_as_far_as_they_can(deciding: int, shown: int):
    config = ComparisonConfig(deciding_k=deciding)
    assert config.shown_k == shown
    assert "shown_k" not in config.to_json()


def test_settings_are_frozen():
    with pytest.raises(Exception, match="frozen"):
        TrainingConfig().seed = 3


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"loss": "hinge"}, "loss"),
        ({"n_hidden": (0,)}, "1 to 4,096"),
        ({"learning_rate": 0}, "learning_rate"),
        ({"learning_rate": float("nan")}, "learning_rate"),
        ({"dropout_hidden": 1.0}, "dropout_hidden"),
        ({"logq": 1.0, "loss": "bpr"}, "logq corrects cross-entropy only"),
        ({"momentum": 0.5, "optimizer": "adam"}, "momentum belongs to adagrad"),
        ({"negatives": "in-batch", "batch_size": 1}, "batch_size 2 or more"),
        ({"epoch": 3}, "epoch"),
    ],
)
def test_a_setting_that_does_not_hold_is_named(settings, message):
    with pytest.raises(ConfigError, match=message):
        TrainingConfig(**settings)


def test_auto_takes_all_items_of_a_small_catalogue_and_samples_of_a_large_one():
    assert TrainingConfig().resolved(48).negatives == "all"
    assert TrainingConfig().resolved(10_000).negatives == "sampled"
    assert TrainingConfig(negatives="in-batch").resolved(48).negatives == "in-batch"


def test_early_stopping_watches_the_metric_that_decides_by_default():
    stops = TrainingConfig(early_stopping=True)
    assert stops.resolved(50).early_stopping_metric == "accuracy@3"
    assert stops.resolved(5000).early_stopping_metric == "accuracy@10"
    assert stops.watching(7).early_stopping_metric == "accuracy@7"
    assert stops.replace(early_stopping_metric="mrr@20").watching(7).early_stopping_metric == "mrr@20"
    with pytest.raises(ConfigError, match="early_stopping_metric"):
        TrainingConfig(early_stopping_metric="accuracy@0")


def test_a_run_of_before_that_watched_nothing_equals_one_of_today():
    old = '{"loss": "bpr", "early_stopping": false, "early_stopping_metric": "accuracy@3"}'
    assert TrainingConfig.from_json(old) == TrainingConfig(loss="bpr")
    stopped = '{"early_stopping": true, "early_stopping_metric": "accuracy@3"}'
    assert TrainingConfig.from_json(stopped).watching(10).early_stopping_metric == "accuracy@3"


def test_every_setting_says_what_it_means():
    for settings in (TrainingConfig, SplitConfig, ComparisonConfig, WindowConfig):
        for name, field in settings.model_fields.items():
            assert field.description, f"{settings.__name__}.{name} has no description"


def test_equal_test_rules_share_a_key_and_different_ones_do_not():
    assert SplitConfig().key() == SplitConfig().key()
    assert SplitConfig().key() != SplitConfig(unseen="drop").key()


@pytest.mark.parametrize(
    ("rule", "key"),
    [
        (SplitConfig(), "62f801ed7e62"),
        (SplitConfig(protocol="time", test_days=7), "60d452eff12b"),
        (SplitConfig(protocol="time", test_from="2023-11-18", unseen="drop"), "a9cf4e4dd09f"),
    ],
)
def test_a_rule_keeps_the_key_that_names_its_folder_on_disk(rule: SplitConfig, key: str):
    assert rule.key() == key
    assert "test_until" not in rule.to_json()
    assert SplitConfig.from_json(rule.to_json()) == rule
    assert SplitConfig(**rule.model_dump(exclude_defaults=True)) == rule


def test_a_test_that_ends_is_another_rule_and_travels_as_json():
    whole = SplitConfig(protocol="time", test_from="2023-11-18")
    assert "test_until" not in whole.model_dump(exclude={"seed"})
    assert whole.model_dump(exclude={"test_until"}) == whole.model_dump()
    week = whole.replace(test_until="2023-11-25")
    assert week.key() != whole.key()
    assert SplitConfig.from_json(week.to_json()) == week
    assert week.replace(test_until=None) == whole


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"protocol": "time", "test_days": 3, "test_until": "2020-01-01"}, "give both"),
        ({"protocol": "time", "test_days": 3, "test_from": "2020-01-01"}, "not both"),
        ({"test_days": 3}, "belong to the time rule"),
    ],
)
def test_contradicting_test_rules_are_refused(settings, message):
    with pytest.raises(ConfigError, match=message):
        SplitConfig(**settings)


def test_an_unknown_preset_lists_the_known():
    with pytest.raises(ConfigError, match="quick, notebook"):
        TrainingConfig.preset("fast")


def test_broken_json_says_where():
    with pytest.raises(ConfigError, match="line 1, column 2"):
        TrainingConfig.from_json("{oops")


def test_the_default_k_follows_the_catalogue():
    assert default_deciding_k(48) == 3
    assert default_deciding_k(217) == 10


def test_a_rule_is_written_without_its_defaults_too():
    assert SplitConfig(protocol="time", test_days=3).model_dump_json(exclude_defaults=True) == (
        '{"protocol":"time","test_days":3.0}'
    )
