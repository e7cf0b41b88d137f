"""Facts about the way from the weakest slice to its misses."""

from types import SimpleNamespace

import pandas as pd

from dashboard.accuracy_view import misses_params

BPR = SimpleNamespace(name="bpr")


def test_the_link_names_the_model_and_the_slice_of_the_headline():
    weakest = pd.Series({"slice": "length", "value": "4-5"})
    assert misses_params(BPR, weakest) == {"show": "missed", "missed": "bpr", "kind": "length:4-5"}


def test_without_a_weakest_slice_the_link_leads_to_all_misses():
    assert misses_params(BPR, None) == {"show": "missed", "missed": "bpr"}
