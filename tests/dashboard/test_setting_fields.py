"""Facts about the widgets that make settings: every setting has one, within its own range."""

import pytest

from dashboard import setting_fields
from gru4rec_core.config import TrainingConfig
from gru4rec_core.errors import ConfigError


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
    assert setting_fields._parse_widths(text) == widths


@pytest.mark.parametrize("text", ["", "wide", "64; 32", "-1", "1.5"])
def test_widths_that_are_none_are_refused_with_a_remedy(text: str):
    with pytest.raises(ConfigError) as caught:
        setting_fields._parse_widths(text)
    assert "Write 64" in caught.value.remedy
