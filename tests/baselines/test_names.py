"""Every baseline has a name and a label."""

from gru4rec_core.baselines.names import BASELINE_LABELS, DEFAULT_BASELINES
from gru4rec_core.baselines.registry import BASELINES


def test_every_baseline_has_its_name_and_its_label(train):
    assert tuple(BASELINE_LABELS) == tuple(BASELINES) == DEFAULT_BASELINES
    assert [make().fit(train).name for make in BASELINES.values()] == list(BASELINES)
