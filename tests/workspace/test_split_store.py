"""Facts about the part of a split that pages read."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from gru4rec_core.config import SplitConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.splits import split
from gru4rec_core.errors import RunError
from gru4rec_core.workspace import split_store
from gru4rec_core.workspace.split_store import load_split, open_split


def test_trained_events_are_those_of_training(workspace, letters_log):
    """The last item's rule leaves the tested item and the validation's out of training, and nothing else."""
    record = workspace.add_dataset(SessionDataset(letters_log()), "letters", time_unit="s")
    rule = SplitConfig(protocol="last-item", validation_fraction=0.3)
    split, stored = load_split(workspace, record.id, rule), open_split(workspace, record.id, rule)
    dataset = stored.test.dataset
    assert stored.trained.sum() == split.train.n_events
    assert not (stored.trained & stored.test.predicted).any()
    watched = np.isin(dataset.session_ids, split.validation.dataset.session_ids)
    untrained = np.add.reduceat(~stored.trained, dataset.offsets[:-1])
    np.testing.assert_array_equal(untrained, np.where(watched, 2, 1))
    assert watched.any()
    last_two = dataset.positions >= np.repeat(dataset.lengths - 2, dataset.lengths)
    assert (stored.trained | last_two).all()


@pytest.mark.parametrize("protocol", ["time", "session-holdout"])
def test_other_rules_train_on_no_session_they_test(workspace, letters_log, protocol):
    record = workspace.add_dataset(SessionDataset(letters_log()), "letters", time_unit="s")
    assert not open_split(workspace, record.id, SplitConfig(protocol=protocol)).trained.any()


def test_a_part_that_an_earlier_version_kept_is_made_anew(workspace, letters_log):
    record, rule = workspace.add_dataset(SessionDataset(letters_log()), "letters", time_unit="s"), SplitConfig()
    key = open_split(workspace, record.id, rule).test_key
    (workspace.split_folder(record.id, rule) / "test" / "trained.npy").unlink()
    again = open_split(workspace, record.id, rule)
    assert again.test_key == key
    assert again.trained.any()


def test_a_stored_split_is_the_split(trained) -> None:
    home, comparison = trained
    fresh = load_split(home, comparison.dataset_id, comparison.split)
    stored = open_split(home, comparison.dataset_id, comparison.split)
    np.testing.assert_array_equal(stored.test.predicted, fresh.test.predicted)
    np.testing.assert_array_equal(stored.test.dataset.items, fresh.test.dataset.items)
    np.testing.assert_array_equal(stored.train_counts, fresh.train.counts())
    assert stored.test.dataset.vocabulary == fresh.train.vocabulary
    assert stored.summary["test_predicted"] == fresh.test.n_predicted
    assert stored.leaked_events == 0


@pytest.mark.parametrize("protocol", ["last-item", "time", "session-holdout"])
def test_a_log_is_cut_once(workspace, letters_log, monkeypatch: pytest.MonkeyPatch, protocol: str) -> None:
    record = workspace.add_dataset(SessionDataset(letters_log()), "letters", time_unit="s")
    rule = SplitConfig(protocol=protocol, validation_fraction=0.2)
    fresh = split(workspace.open_dataset(record.id), rule)
    load_split(workspace, record.id, rule)
    monkeypatch.delattr(split_store, "split")
    stored = load_split(workspace, record.id, rule)
    assert stored.summary == fresh.summary
    assert stored.train.vocabulary is stored.validation.dataset.vocabulary is stored.test.dataset.vocabulary
    np.testing.assert_array_equal(stored.validation.predicted, fresh.validation.predicted)
    np.testing.assert_array_equal(stored.test.predicted, fresh.test.predicted)
    pairs = [
        (stored.train, fresh.train),
        (stored.validation.dataset, fresh.validation.dataset),
        (stored.test.dataset, fresh.test.dataset),
    ]
    for after, before in pairs:
        for name in ("items", "timestamps", "offsets", "session_ids"):
            np.testing.assert_array_equal(getattr(after, name), getattr(before, name))
            assert getattr(after, name).dtype == getattr(before, name).dtype
        assert after.vocabulary == before.vocabulary
        assert after.time_unit == before.time_unit == "s"


def test_a_split_without_validation_has_none(workspace, letters_log) -> None:
    record = workspace.add_dataset(SessionDataset(letters_log()), "letters", time_unit="s")
    rule = SplitConfig(validation_fraction=0)
    assert load_split(workspace, record.id, rule).validation is None
    assert load_split(workspace, record.id, rule).validation is None


def test_two_that_cut_at_once_read_the_same(workspace, letters_log) -> None:
    record = workspace.add_dataset(SessionDataset(letters_log()), "letters", time_unit="s")
    with ThreadPoolExecutor(4) as pool:
        splits = list(pool.map(lambda _: load_split(workspace, record.id, SplitConfig()), range(4)))
    for other in splits[1:]:
        np.testing.assert_array_equal(other.train.items, splits[0].train.items)
    assert {path.name for path in workspace.split_folder(record.id, SplitConfig()).iterdir()} == {
        "checksums.json",
        "split.json",
        "cut.lock",
        "train",
        "validation",
        "test",
    }


@pytest.mark.parametrize("file", ["train/items.npy", "validation/predicted.npy", "test/trained.npy", "test/info.json"])
@pytest.mark.parametrize("read", [load_split, open_split])
def test_a_damaged_part_is_cut_again(workspace, letters_log, file: str, read) -> None:
    record = workspace.add_dataset(SessionDataset(letters_log()), "letters", time_unit="s")
    rule = SplitConfig(validation_fraction=0.3)
    before = load_split(workspace, record.id, rule)
    items, predicted = before.train.items.copy(), before.test.predicted.copy()  # they are maps of the stored files
    damaged = workspace.split_folder(record.id, rule) / file
    damaged.write_bytes(damaged.read_bytes()[:20])
    read(workspace, record.id, rule)
    after = load_split(workspace, record.id, rule)
    np.testing.assert_array_equal(after.train.items, items)
    np.testing.assert_array_equal(after.test.predicted, predicted)
    assert open_split(workspace, record.id, rule).trained.any()


def test_a_split_of_a_damaged_log_names_the_logs_own_file(workspace, letters_log) -> None:
    record = workspace.add_dataset(SessionDataset(letters_log()), "letters", time_unit="s")
    load_split(workspace, record.id, SplitConfig())
    for path in (
        workspace.dataset_folder(record.id) / "items.npy",
        workspace.split_folder(record.id, SplitConfig()) / "test" / "items.npy",
    ):
        path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(RunError, match=str(workspace.dataset_folder(record.id) / "items.npy")):
        load_split(workspace, record.id, SplitConfig())
