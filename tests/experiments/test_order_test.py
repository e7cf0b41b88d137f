"""The order test finds what is true of worlds whose answer is known, and is run once per log."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.config import SplitConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import Cancelled, DataError
from gru4rec_core.experiments import order_test
from gru4rec_core.experiments.order_test import execute_order_test, run_order_test
from gru4rec_core.results.order import OrderTest, find_result
from gru4rec_core.workspace.checksums import read_checksums
from gru4rec_core.workspace.job_state import JobState, read_state, write_state
from gru4rec_core.workspace.store import Workspace
from tests.order_results import order_result

N_ITEMS = 20
"""Of every world, so that what is compiled for one serves the others."""


def world(n_sessions: int, session: Callable[[np.random.Generator], np.ndarray]) -> SessionDataset:
    generator = np.random.default_rng(1)
    rows = [(s, t, int(item)) for s in range(n_sessions) for t, item in enumerate(session(generator))]
    return SessionDataset(pd.DataFrame(rows, columns=["session", "timestamp", "item"]))


def cycle(generator: np.random.Generator) -> np.ndarray:
    """After each item comes the next one, round and round: the items of a long history are all there are."""
    return (generator.integers(N_ITEMS) + np.arange(100)) % N_ITEMS


def bag(generator: np.random.Generator) -> np.ndarray:
    """Items drawn from the session's own topic."""
    return 5 * generator.integers(4) + generator.choice(5, 8)


def mixture(generator: np.random.Generator) -> np.ndarray:
    """A topic whose next item is half the time the following one, else any."""
    items = [int(generator.integers(5))]
    while len(items) < 8:
        items.append((items[-1] + 1) % 5 if generator.random() < 0.5 else int(generator.integers(5)))
    return 5 * generator.integers(4) + np.array(items)


def noise(generator: np.random.Generator) -> np.ndarray:
    return generator.choice(N_ITEMS, 8, p=np.arange(1, N_ITEMS + 1) / 210)


def test_where_order_is_everything_it_explains_nearly_all() -> None:
    found = run_order_test(world(30, cycle), k=1)
    assert found.share.share is not None
    assert found.share.share.low > 0.9
    assert found.share.best("in_order") > 0.99
    assert (found.n_used, found.n_offered, found.n_sessions) == (30, 30, 6)


def test_where_order_is_nothing_its_interval_holds_0() -> None:
    found = run_order_test(world(300, bag), k=3)
    assert found.share.share is not None
    assert 0 in found.share.share
    assert found.share.predictable.low > 0.3
    assert found.single == pytest.approx(1 / 7)


def test_where_it_is_half_of_it_both_sides_are_seen() -> None:
    """The topic alone gives one hit in five, the item before it 0.6: about half of what best-sellers leave."""
    found = run_order_test(world(300, mixture), k=1)
    assert found.share.share is not None
    assert 0.3 < found.share.share.low < found.share.share.high < 0.8
    assert found.share.rates["table", "in_order"].value == pytest.approx(0.6, abs=0.06)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """The GRU is hardly trained, where a test is not about what it learns."""
    monkeypatch.setattr(order_test, "SEEDS", (0,))
    monkeypatch.setattr(order_test, "LEAST_STEPS", 10)


@pytest.mark.usefixtures("short")
def test_where_nothing_can_be_predicted_there_is_no_share() -> None:
    assert run_order_test(world(300, noise), k=3).share.share is None


@pytest.mark.usefixtures("short")
def test_above_a_size_sessions_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_test, "MOST_PREDICTIONS", 700)
    found = run_order_test(world(300, bag), k=3)
    assert (found.n_used, found.n_offered, found.n_learned + found.n_predictions) == (100, 300, 700)


def test_a_log_that_cannot_be_held_out_is_refused(make_dataset) -> None:
    with pytest.raises(DataError):
        run_order_test(make_dataset("ab"), k=1)


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> list[SessionDataset]:
    """In place of the test itself; holds the parts of logs that it was called for."""
    calls: list[SessionDataset] = []

    def run(train: SessionDataset, k: int, on_progress: Callable[[int, int], None]) -> OrderTest:
        calls.append(train)
        on_progress(1, 2)
        return order_result()

    monkeypatch.setattr(order_test, "run_order_test", run)
    return calls


def test_the_result_is_kept_once_with_its_checksum(workspace: Workspace, dataset, stub) -> None:
    for _ in range(2):
        execute_order_test(workspace, dataset.id, SplitConfig())
    assert len(stub) == 1
    assert find_result(workspace, dataset) == order_result()
    folder = workspace.order_test_folder(dataset.id)
    assert read_state(folder).state == "done"
    assert list(read_checksums(folder)) == ["result.json"]


def test_no_test_event_is_seen(workspace: Workspace, dataset, stub) -> None:
    execute_order_test(workspace, dataset.id, SplitConfig(validation_fraction=0))
    whole = workspace.open_dataset(dataset.id)
    assert stub[0].n_events == whole.n_events - whole.n_sessions  # all but the last item of each session


def test_a_queued_job_that_finds_the_result_there_is_done(workspace: Workspace, dataset, stub) -> None:
    execute_order_test(workspace, dataset.id, SplitConfig())
    write_state(workspace.order_test_folder(dataset.id), JobState(state="queued"))
    execute_order_test(workspace, dataset.id, SplitConfig())
    assert read_state(workspace.order_test_folder(dataset.id)).state == "done"


def test_it_stops_when_asked(workspace: Workspace, dataset, stub) -> None:
    folder = workspace.order_test_folder(dataset.id)
    folder.mkdir(parents=True)
    (folder / "cancel").touch()
    with pytest.raises(Cancelled):
        execute_order_test(workspace, dataset.id, SplitConfig())
    assert read_state(folder).state == "cancelled"
    assert find_result(workspace, dataset) is None
