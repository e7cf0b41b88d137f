"""What runs will take is known well enough to refuse them in time, and never less than they take."""

import pytest

from gru4rec_core import disk
from gru4rec_core.config import TrainingConfig
from gru4rec_core.disk import folder_size
from gru4rec_core.errors import DiskFull
from gru4rec_core.experiments import space
from gru4rec_core.model.network import Gru4RecNetwork


@pytest.mark.parametrize(
    "settings",
    [{"n_hidden": (5,)}, {"n_hidden": (5, 3), "item_input": "separate", "embedding_size": 7}, {"item_input": "shared"}],
)
def test_weights_are_counted_as_the_network_has_them(settings: dict[str, object]) -> None:
    config = TrainingConfig(**{"n_hidden": (4,), **settings})
    assert space.count_weights(config, 11) == Gru4RecNetwork(11, config).count_params()


def test_a_finished_run_and_baseline_take_no_more_than_was_expected(trained) -> None:
    workspace, comparison = trained
    for run in map(workspace.run, comparison.run_ids):
        metrics, folder = workspace.metrics(run.id), workspace.run_folder(run.id)
        texts = sum(folder_size(path) for path in folder.iterdir() if path.suffix in (".json", ".jsonl", ".txt"))
        head = 20_000  # of a Parquet file, whatever is in it
        most = space.run_bytes(run.config, workspace.dataset(run.dataset_id).n_items, metrics["n_events"])
        assert most / 10 < folder_size(folder) - texts < most + head


def test_what_does_not_fit_is_refused_with_how_much_it_takes(trained, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace, comparison = trained
    runs = [workspace.run(run_id) for run_id in comparison.run_ids]
    space.require_room_for(workspace, comparison.dataset_id, comparison.split, runs, ("markov",))
    monkeypatch.setattr(disk, "free_bytes", lambda path: disk.MARGIN)
    with pytest.raises(DiskFull, match=r"Training and testing 2 runs and 1 baseline takes about"):
        space.require_room_for(workspace, comparison.dataset_id, comparison.split, runs, ("markov",))
    space.require_room_for(workspace, comparison.dataset_id, comparison.split, [])  # nothing to do
