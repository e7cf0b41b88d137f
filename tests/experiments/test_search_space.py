"""Search spaces are data; each range has its reason, and fits the settings it is for."""

import optuna
import pytest

from gru4rec_core.baselines.registry import BASELINES
from gru4rec_core.baselines.settings import make_baseline, read_settings
from gru4rec_core.config import LOSS_LABELS, TrainingConfig
from gru4rec_core.experiments.network_settings import change, flatten
from gru4rec_core.experiments.search_space import SearchSpace, Setting, search_space, tunable_methods

LARGE, SMALL = 10_000_000, 1000


def space_of(method: str, n_events: int = SMALL, negatives: str = "all") -> SearchSpace:
    fixed = {"loss": method, "negatives": negatives} if method in LOSS_LABELS else {}
    return search_space(method, n_events, fixed)


def draw(space: SearchSpace, n: int = 30) -> list[dict]:
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    return [space.suggest(study.ask()) for _ in range(n)]


@pytest.mark.parametrize("method", tunable_methods())
@pytest.mark.parametrize("n_events", [SMALL, LARGE])
def test_whatever_is_drawn_can_be_used_and_found_again(method: str, n_events: int) -> None:
    space = space_of(method, n_events, "sampled")
    assert all(len(setting.why) > 10 for setting in space.settings)
    for values in draw(space):
        settings = space.to_settings(values)
        assert space.distributions(values).keys() == values.keys()
        if method in LOSS_LABELS:
            config = change(TrainingConfig(loss=method, negatives="sampled"), settings)
            assert {**flatten(config), **settings} == flatten(config)
            assert space.locate(flatten(config)) is not None
        else:
            assert method in BASELINES
            assert read_settings(make_baseline(method, settings), settings) == settings


def test_only_settings_that_count_are_searched() -> None:
    names = {setting.name for setting in space_of("top1").settings}
    assert names == {
        "n_hidden", "batch_size", "optimizer", "learning_rate", "adam_learning_rate", "momentum", "dropout_input",
        "dropout_hidden",
    }  # fmt: skip
    assert {setting.name for setting in space_of("bpr-max").settings} - names == {"bpreg", "elu_param"}
    assert {setting.name for setting in space_of("cross-entropy").settings} - names == {"logq"}
    assert {setting.name for setting in space_of("top1", negatives="sampled").settings} - names == {"sample_alpha"}
    for values in draw(space_of("top1")):
        assert ("momentum" in values) == (values["optimizer"] == "adagrad")
        assert ("adam_learning_rate" in values) == (values["optimizer"] == "adam")


def test_small_logs_have_narrower_ranges() -> None:
    units = {n: next(s for s in space_of("top1", n).settings if s.name == "n_hidden") for n in (SMALL, LARGE)}
    assert (units[LARGE].low, units[LARGE].high) == (64, 512)
    assert (units[SMALL].low, units[SMALL].high) == (32, 128)


def test_a_start_outside_the_space_is_not_forced_into_it() -> None:
    space = space_of("top1")
    assert space.locate(flatten(TrainingConfig.preset("quick")))["adam_learning_rate"] == 0.001
    assert space.locate(flatten(TrainingConfig.preset("paper-top1"))) is None  # 100 units lie between the steps


def test_a_grid_holds_its_own_points() -> None:
    rate = Setting("rate", "float", "why", "rate", low=0.01, high=0.25, step=0.005)
    assert rate.holds(0.085)
    assert not rate.holds(0.0875)
    assert not rate.holds(0.3)
    assert SearchSpace((rate,)).to_settings({"rate": 0.01 + 7 * 0.005}) == {"rate": 0.045}
    smooth = Setting("rate", "float", "why", "rate", low=0.0003, high=0.010004, log=True)
    assert (smooth.tidy(0.0068702287), smooth.tidy(0.010004), smooth.tidy(0.00030049)) == (0.00687, 0.01, 0.0003)
