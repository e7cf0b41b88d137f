"""Facts about the words for the conditions that a link sets."""

from types import SimpleNamespace

import pytest

from dashboard import session_filters

BPR = SimpleNamespace(name="bpr", label="BPR")


@pytest.fixture
def link(monkeypatch):
    def with_params(**params: str) -> None:
        monkeypatch.setattr(session_filters, "st", SimpleNamespace(query_params=params))

    return with_params


def test_each_condition_is_said(link):
    link(came="shoe", rank="11-", length="2-5", by="bpr", kind="position:2", whole="1")
    assert session_filters.describe_filters((BPR,)) == (
        "the next item is “shoe”; items in the session: 2 to 5; rank of the item that came: 11 or more; "
        "guesses and rank of BPR; by items seen before: 2"
    )


def test_a_part_of_a_name_and_a_whole_one_are_told_apart(link):
    link(guess="shoe")
    assert session_filters.describe_filters((BPR,)) == "a guess contains “shoe”"


def test_conditions_are_counted_and_a_model_alone_is_none(link):
    link(came="shoe", rank="11-", by="bpr", show="both", whole="1")
    assert session_filters.count_filters() == 2
    link()
    assert session_filters.count_filters() == 0
    assert session_filters.describe_filters((BPR,)) == ""
