"""A request that makes no sense is refused before anything is written."""

import pytest

from gru4rec_core.config import TrainingConfig
from gru4rec_core.errors import ConfigError
from gru4rec_core.workspace.request_validation import validate_baselines, validate_configs, validate_distinct


def test_baselines_are_known_and_named_once() -> None:
    validate_baselines(["popularity", "markov"])
    validate_baselines([])
    with pytest.raises(ConfigError, match=r"A baseline is one of: .*popularity.*'popular'"):
        validate_baselines(["popularity", "popular"])
    with pytest.raises(ConfigError, match="A baseline is one of"):
        validate_baselines(["stan~e7750a5f"])  # nobody says which settings these are
    validate_baselines(["stan~e7750a5f"], {"stan~e7750a5f": {"age": 20.0}})
    with pytest.raises(ConfigError, match=r"given once.*markov more than once.*baselines"):
        validate_baselines(["markov", "popularity", "markov"])


def test_names_are_given_once() -> None:
    validate_distinct(["top1", "bpr"], "--losses")
    with pytest.raises(ConfigError, match=r"bpr, top1 more than once.*--losses"):
        validate_distinct(["top1", "bpr", "top1", "bpr"], "--losses")


def test_compared_runs_differ() -> None:
    validate_configs([TrainingConfig(), TrainingConfig(seed=1)])
    with pytest.raises(ConfigError, match="differ in a setting or in their seed"):
        validate_configs([TrainingConfig(), TrainingConfig()])
