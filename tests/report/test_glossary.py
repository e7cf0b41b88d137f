"""Facts about the words that screens and the report explain."""

import pytest

from gru4rec_core.baselines.names import BASELINE_LABELS, RETIRED_LABELS
from gru4rec_core.report.glossary import BASELINE_MEANINGS, OFFLINE_LIMITS, TERMS, explain


def test_every_baseline_has_a_sentence():
    assert list(BASELINE_MEANINGS) == [*BASELINE_LABELS, *RETIRED_LABELS]


def test_each_word_is_explained_once_and_in_a_sentence():
    assert len({term.name for term in TERMS}) == len(TERMS)
    texts = [*(term.meaning for term in TERMS), *BASELINE_MEANINGS.values(), *OFFLINE_LIMITS]
    assert all(text.endswith(".") for text in texts)


def test_what_an_offline_test_cannot_say_names_clicks_and_revenue():
    assert "clicks" in OFFLINE_LIMITS[0]
    assert "revenue" in OFFLINE_LIMITS[0]


def test_a_word_is_found_by_the_beginning_of_its_name():
    assert explain("Hits in the top k").startswith("Of 100 predictions")
    with pytest.raises(KeyError):
        explain("Clicks")
