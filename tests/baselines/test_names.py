"""Every baseline has a name and a label."""

from gru4rec_core.baselines.names import (
    BASELINE_GROUPS,
    BASELINE_LABELS,
    DEFAULT_BASELINES,
    group_of,
    label_of,
    without_retired,
)
from gru4rec_core.baselines.registry import BASELINES


def test_every_baseline_has_its_name_and_its_label(train):
    assert tuple(BASELINE_LABELS) == tuple(BASELINES)
    assert set(BASELINE_LABELS) - set(DEFAULT_BASELINES) == {"slis", "slit"}
    assert [make().fit(train).name for make in BASELINES.values()] == list(BASELINES)


def test_every_baseline_is_in_one_group():
    assert [name for names in BASELINE_GROUPS.values() for name in names] == sorted(
        BASELINE_LABELS, key=lambda name: list(BASELINE_GROUPS).index(group_of(name))
    )


def test_what_an_earlier_version_computed_keeps_its_label():
    assert label_of("vs-knn") == "VS-kNN"
    assert label_of("v-sknn") == "V-SKNN"
    assert label_of("of a later version") == "of a later version"
    assert group_of("vs-knn") == group_of("of a later version") == "baseline"
    assert without_retired(["markov", "vs-knn"]) == ("markov",)
