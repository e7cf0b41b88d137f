"""The self-check needs stored weights and test events alone, and is made once."""

from dataclasses import replace

import numpy as np
import pytest

from gru4rec_core.errors import RunError
from gru4rec_core.results import self_check
from gru4rec_core.results.comparison import build_comparison_result
from gru4rec_core.results.self_check import add_noise, make_self_check, read_self_check, shuffle_weights


@pytest.fixture
def result(trained):
    return build_comparison_result(trained[0], trained[1].id)


def test_it_is_made_once_and_then_read(trained, result, monkeypatch):
    steps = []
    found = make_self_check(trained[0], result, steps.append)
    assert found.works
    assert steps == list(range(len(steps)))
    monkeypatch.setattr(self_check, "carry_out_checks", lambda *_: pytest.fail("made again"))
    assert make_self_check(trained[0], result) == read_self_check(trained[0], result) == found


def test_a_model_that_is_all_noise_hits_less(trained, result):
    blend = self_check._blend(trained[0], result, None)
    assert blend(1.0).mean() < blend(0.0).mean()
    assert len(blend(0.0)) == result.split.test.events().target.size


def test_without_noise_the_weights_stay_and_noise_keeps_their_size():
    arrays = {"Wy": np.arange(6, dtype=np.float32).reshape(2, 3)}
    noise = shuffle_weights(arrays, np.random.default_rng(0))
    assert sorted(noise["Wy"].ravel()) == [0, 1, 2, 3, 4, 5]
    assert (add_noise(arrays, noise, 0.0)["Wy"] == arrays["Wy"]).all()
    assert (add_noise(arrays, noise, 1.0)["Wy"] == noise["Wy"]).all()
    assert add_noise(arrays, noise, 0.5)["Wy"].dtype == np.float32


def test_a_single_model_has_no_verdict_to_check(trained, result):
    alone = replace(result, verdict=None)
    assert read_self_check(trained[0], alone) is None
    with pytest.raises(RunError, match="verdict on two models"):
        make_self_check(trained[0], alone)
