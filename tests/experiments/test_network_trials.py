"""A trial of a loss trains a network and reports each epoch's value; its best epoch counts."""

from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.splits import split
from gru4rec_core.experiments.network_trials import EPOCHS, PATIENCE, prepare_loss
from gru4rec_core.experiments.search import Hooks, search
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tunings import MethodTrials
from tests.experiments.test_tuning import add, cycle_log, make_tuning


def test_trials_learn_and_stop_by_themselves(workspace: Workspace) -> None:
    tuning = make_tuning(workspace, add(workspace), n_trials=2)
    parts = split(SessionDataset(cycle_log()), tuning.split)
    method = prepare_loss(tuning, "bpr", parts.train, parts.validation)
    assert (method.name, method.start["n_hidden"]) == ("bpr", 32)
    found = search(method, tuning, MethodTrials("bpr"), Hooks())
    first = found.trials[0]
    assert first.values is not None  # 32 units, 32 lanes and Adam at 0.001 lie in the space of a small log
    assert 1 < first.epochs <= len(first.curve) <= min(EPOCHS, first.epochs + PATIENCE)
    assert first.value == max(first.curve) > 3 / 8  # better than three of eight items drawn at random
    assert found.trials[1].settings.keys() >= {"n_hidden", "batch_size", "learning_rate"}
