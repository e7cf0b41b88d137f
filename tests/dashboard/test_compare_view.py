"""Facts about the words of the Compare page."""

from types import SimpleNamespace

from dashboard.compare_view import _outcome_params

PAIR = (SimpleNamespace(name="top1", label="TOP1"), SimpleNamespace(name="bpr", label="BPR"))


def test_an_outcome_leads_to_its_sessions_with_the_same_pair():
    assert _outcome_params(PAIR, "only_b") == {"show": "only_b", "a": "top1", "b": "bpr"}
