"""Facts about names and ranks as people read them."""

import pytest

from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.report.labels import item_label, outcome_labels, rank_text, short, short_middle


def test_each_outcome_is_named_after_the_model_that_hit(results):
    assert outcome_labels(results("top1", [1]), results("bpr", [1])) == {
        "both": "both hit",
        "only_b": "only BPR",
        "only_a": "only TOP1",
        "neither": "neither",
    }


def test_an_item_is_called_by_its_name_where_the_log_had_one():
    vocabulary = ItemVocabulary(["a", "b"])
    names = {"b": "a boat"}
    assert [item_label(i, vocabulary, names) for i in (0, 1, -1)] == ["a", "a boat", "(unknown item)"]


def test_a_long_name_is_cut_to_one_line():
    assert short("a\n b  c") == "a b c"
    assert len(short("x" * 500)) == 60
    assert short("x" * 500).endswith("…")
    assert short_middle("clicks " + "x" * 500 + " 2008-08", 20) == "clicks xxx…x 2008-08"
    assert short_middle("two  words", 9) == "two words"


@pytest.mark.parametrize(
    ("rank", "text"),
    [
        (1.0, "● 1"),
        (3.0, "● 3"),
        (3.5, "○ 3.5"),
        (1234.0, "○ 1,234"),
        (float("inf"), "○ unknown"),
        (float("nan"), ""),
    ],
)
def test_a_rank_says_hit_or_miss_by_its_sign_too(rank, text):
    assert rank_text(rank, 3) == text
