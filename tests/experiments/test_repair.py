"""What is repaired is as it was, byte for byte where that can be; and nothing is guessed."""

import pytest

from gru4rec_core.errors import RunError
from gru4rec_core.experiments.repair import prepare_job, repair_now
from gru4rec_core.storage import read_json
from gru4rec_core.workspace import run_folder
from gru4rec_core.workspace.checksums import FILE
from gru4rec_core.workspace.damage import Damage
from gru4rec_core.workspace.integrity import find_damage
from gru4rec_core.workspace.job_state import read_state
from gru4rec_core.workspace.store import Workspace
from tests.damaged_files import DAMAGES, FILES, damage, find_file

CURES = {
    "predictions": "job",
    "weights": "train",
    "baseline": "job",
    "baseline's predictions": "job",
    "items": "",
    "timestamps": "",
    "offsets": "",
    "session ids": "",
}
"""How each file is mended, if not at once: this log came from a frame in memory, and no checkpoint is kept."""


def find_one(home: Workspace) -> Damage:
    (found,) = find_damage(home)
    return found


@pytest.mark.parametrize("file", [file for file in FILES if file not in CURES])
def test_what_can_be_repaired_at_once_is_as_it_was(home: Workspace, file: str) -> None:
    path = find_file(home.root, file)
    before = path.read_bytes()
    for how in DAMAGES:
        damage(home.root, file, how)
        for found in find_damage(home):
            assert found.cure == "now"
            repair_now(home, found)
        assert find_damage(home) == []
        if file in ("statistics", "summary"):  # computed when they are next asked for
            path.write_bytes(before)
        elif not file.endswith("state"):
            assert path.read_bytes() == before, how


@pytest.mark.parametrize("file", CURES)
def test_what_cannot_be_repaired_at_once_says_how_it_is_mended(home: Workspace, file: str) -> None:
    damage(home.root, file, "cut")
    found = find_one(home)
    assert found.cure == CURES[file]
    words = {"job": "Repair ", "train": "train the model again", "": "remove"}[found.cure]
    assert words in found.cure_sentence


def test_a_state_is_rebuilt_from_the_results(home: Workspace) -> None:
    path = damage(home.root, "state", "deleted")
    repair_now(home, find_one(home))
    state = read_state(path.parent)
    assert state.state == "done"
    assert state.seconds == pytest.approx(2.5)
    assert state.epochs == 3


def forget_texts(home: Workspace) -> None:
    """As an earlier version left it."""
    for path in home.root.rglob(FILE):
        path.unlink()


def test_without_a_kept_text_metrics_come_from_the_predictions(home: Workspace) -> None:
    forget_texts(home)
    path = find_file(home.root, "metrics")
    before = read_json(path, "a run")
    damage(home.root, "metrics", "emptied")
    repair_now(home, find_one(home))
    after = read_json(path, "a run")
    assert after["accuracy"] == before["accuracy"]
    assert after["mrr"] == before["mrr"]


def test_without_a_kept_text_the_good_lines_of_the_epochs_stay(home: Workspace) -> None:
    forget_texts(home)
    path = find_file(home.root, "epochs")
    path.write_bytes(path.read_bytes()[:-20] + b"\xff\n")
    found = find_one(home)
    assert "left out of the training curve" in found.cure_sentence
    repair_now(home, found)
    assert [row["epoch"] for row in run_folder.read_epoch_lines(path.parent)] == [1, 2]
    assert find_damage(home) == []


def test_without_a_kept_text_the_test_rule_comes_from_the_comparison_and_the_settings_from_nowhere(
    home: Workspace,
) -> None:
    forget_texts(home)
    damage(home.root, "run's split", "garbled")
    repair_now(home, find_one(home))
    assert find_damage(home) == []
    damage(home.root, "config", "garbled")
    found = find_one(home)
    assert found.cure == ""
    with pytest.raises(RunError, match=r"config\.json cannot be made again"):
        repair_now(home, found)


def test_what_is_tested_again_keeps_its_weights_and_loses_its_results(home: Workspace) -> None:
    path = damage(home.root, "predictions", "cut")
    prepare_job(home, find_one(home))
    assert read_state(path.parent).state == "lost"
    assert (path.parent / "weights.npz").exists()
    assert not (path.parent / "metrics.json").exists()
    assert find_damage(home) == []  # what is gone is to be made again


def test_what_is_trained_again_begins_anew(home: Workspace) -> None:
    path = damage(home.root, "weights", "garbled")
    prepare_job(home, find_one(home), train=True)
    assert not path.exists()
    assert home.epochs(path.parent.name).empty
    assert find_damage(home) == []


def test_a_split_is_never_cut_by_another_rule_than_its_own(home: Workspace) -> None:
    """The damaged file is a rule too, another one: its folder's name says which was meant."""
    path = find_file(home.root, "split's rule")
    before = path.read_bytes()
    path.write_bytes(before.replace(b'"seed": 0', b'"seed": 1'))
    damage(home.root, "train part", "cut")
    repair_now(home, find_one(home))
    assert path.read_bytes() == before
    assert find_damage(home) == []
    assert [folder.name for folder in path.parent.parent.iterdir()] == [path.parent.name]
