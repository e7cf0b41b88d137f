"""A trial of a loss trains a network and reports each epoch's value; its best epoch counts."""

from collections.abc import Callable
from functools import cache

import pytest

from gru4rec_core.experiments.network_trials import EPOCHS, PATIENCE
from gru4rec_core.experiments.tuning import execute_tuning
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tunings import MethodTrials
from tests.experiments.test_tuning import add, make_tuning, values_of

Tune = Callable[[bool], MethodTrials]


@pytest.fixture(scope="module")
def tune(tmp_path_factory: pytest.TempPathFactory) -> Tune:
    """tune(poisoned): two trials of BPR, on the plain log or on the one whose test part is poisoned; tuned once each.

    The first trial has the loss's own settings, the second ones drawn at random.
    """

    @cache
    def tuned(poisoned: bool) -> MethodTrials:
        workspace = Workspace(tmp_path_factory.mktemp("tuned") / "workspace")
        tuning = make_tuning(workspace, add(workspace, poisoned=poisoned), n_trials=2)
        return execute_tuning(workspace, tuning, "bpr")

    return tuned


def test_trials_learn_and_stop_by_themselves(tune: Tune) -> None:
    found = tune(False)
    first = found.trials[0]
    assert (found.method, first.values["n_hidden"]) == ("bpr", 32)
    # 32 units, 32 lanes and Adam at 0.001 lie in the space of a small log.
    assert 1 < first.epochs <= len(first.curve) <= min(EPOCHS, first.epochs + PATIENCE)
    assert first.value == max(first.curve) > 3 / 8  # better than three of eight items drawn at random
    assert found.trials[1].settings.keys() >= {"n_hidden", "batch_size", "learning_rate"}


def test_what_comes_after_the_cut_changes_no_trial(tune: Tune) -> None:
    clean, poisoned = values_of(tune(False)), values_of(tune(True))
    assert clean == poisoned
    assert len(clean) == 2
