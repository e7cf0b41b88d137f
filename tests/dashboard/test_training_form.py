"""Facts about the widgets that make settings: every setting has one, within its own range."""

import pytest

from dashboard import setting_fields, training_form
from gru4rec_core.config import TrainingConfig
from gru4rec_core.errors import ConfigError
from gru4rec_core.workspace.records import DatasetRecord


def a_record(n_items: int = 48, generated: bool = False) -> DatasetRecord:
    return DatasetRecord(
        id="log-1",
        name="log",
        content_hash="x",
        n_sessions=10,
        n_items=n_items,
        n_events=100,
        first_time=0,
        last_time=1,
        generated=generated,
    )


def test_every_training_setting_has_a_place_in_the_form():
    placed = {name for names in setting_fields.GROUPS.values() for name in names}
    assert placed == set(TrainingConfig.model_fields) - {"loss", "seed"}


def test_every_setting_says_what_it_means():
    assert all(field.description for field in TrainingConfig.model_fields.values())


@pytest.mark.parametrize("name", ["learning_rate", "dropout_input", "batch_size", "epochs", "momentum", "n_sample"])
def test_the_bounds_of_a_widget_are_themselves_allowed(name: str):
    field = TrainingConfig.model_fields[name]
    whole = field.annotation is int
    extra = {"optimizer": "adagrad"} if name == "momentum" else {}
    for bound in setting_fields._bounds(field, whole=whole):
        assert getattr(TrainingConfig(**{name: bound}, **extra), name) == bound


@pytest.mark.parametrize(("text", "widths"), [("64", (64,)), ("100, 100", (100, 100)), (" 8,,16 ", (8, 16))])
def test_widths_are_read_from_text(text: str, widths: tuple[int, ...]):
    assert setting_fields._widths(text) == widths


@pytest.mark.parametrize("text", ["", "wide", "64; 32", "-1", "1.5"])
def test_widths_that_are_none_are_refused_with_a_remedy(text: str):
    with pytest.raises(ConfigError) as caught:
        setting_fields._widths(text)
    assert "Write 64" in caught.value.remedy


def test_the_default_plan_is_top1_against_bpr_with_the_same_settings():
    plan = training_form.default_plan(a_record(generated=True))
    assert plan.losses == ("top1", "bpr")
    assert len(plan.configs) == 2
    assert plan.configs[0].replace(loss="bpr") == plan.configs[1]


@pytest.mark.parametrize(("n_items", "k"), [(48, 3), (100, 3), (101, 10)])
def test_the_list_length_that_decides_follows_the_catalogue(n_items: int, k: int):
    assert training_form.default_plan(a_record(n_items)).comparison.deciding_k == k


def test_a_real_log_gets_three_seeds_a_sample_one():
    assert training_form.default_seeds(a_record()) == 3
    assert training_form.default_seeds(a_record(generated=True)) == 1


def test_logq_is_given_to_cross_entropy_only():
    values = {"logq": 1.0}
    assert training_form._fitting(values, "cross-entropy")["logq"] == 1.0
    assert TrainingConfig(**training_form._fitting(values, "bpr")).logq == 0.0
