"""Real sizes: ten million events are cut, scheduled and accounted for, every one."""

import numpy as np
import pytest

from gru4rec_core.config import SplitConfig
from gru4rec_core.data.batching import PassPlan
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.splits import split
from gru4rec_core.data.vocabulary import ItemVocabulary

pytestmark = pytest.mark.scale


@pytest.fixture(scope="module")
def large_log() -> SessionDataset:
    generator = np.random.default_rng(1)
    lengths = generator.geometric(1 / 5, 2_000_000)
    offsets = np.r_[0, np.cumsum(lengths)]
    n = int(offsets[-1])
    starts = np.sort(generator.integers(1_600_000_000, 1_610_000_000, len(lengths)))
    times = np.repeat(starts, lengths) + np.arange(n) - np.repeat(offsets[:-1], lengths)
    items = generator.integers(0, 50_000, n).astype(np.int32)
    vocabulary = ItemVocabulary([f"item {i}" for i in range(50_000)])
    return SessionDataset.from_arrays(items, times, offsets, np.arange(len(lengths)), vocabulary)


@pytest.mark.parametrize("protocol", ["last-item", "time", "session-holdout"])
def test_every_event_of_ten_million_is_in_one_part(large_log, protocol):
    summary = split(large_log, SplitConfig(protocol=protocol)).summary
    parts = summary.train_events + summary.validation_events + summary.test_events + summary.dropped_events
    assert parts == summary.log_events == large_log.n_events


def test_a_pass_over_ten_million_events_holds_every_transition_once(large_log):
    plan = PassPlan(large_log, 64, np.random.default_rng(0).permutation(large_log.n_sessions))
    seen = sum(plan.steps(first, first + 4096).n_transitions for first in range(0, plan.n_steps, 4096))
    assert seen == plan.n_transitions == int((large_log.lengths - 1).sum())
