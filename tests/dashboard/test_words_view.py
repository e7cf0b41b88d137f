"""Facts about the explanation of words on every page."""

import pytest

from dashboard.words_view import words_html
from gru4rec_core.baselines.names import BASELINE_LABELS

# The terms of the plan of the screens; each has to be explained one tap away.
WORDS = (
    *("Session", "Hits in the top k", "accuracy@k", "recall@k", "MRR@k", "NDCG@k", "TOP1", "BPR", "Interval", "Seed"),
    *(
        "Best-sellers",
        "Lookup table",
        "Last item (test rule)",
        "Later days (test rule)",
        "Offline test",
        "Baseline",
        "Margin",
    ),
)


@pytest.mark.parametrize("word", [*WORDS, *BASELINE_LABELS.values()])
def test_every_word_of_the_screens_is_explained(word):
    names = [part.split("</dt>")[0] for part in words_html().split("<dt>")[1:]]
    assert any(word in name for name in names)
