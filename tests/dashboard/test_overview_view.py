"""Facts about the words of the Overview."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from dashboard.overview_view import age, best_model_sentence


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (5, "just now"),
        (89, "just now"),
        (95, "1 minute ago"),
        (3_599, "59 minutes ago"),
        (7_300, "2 hours ago"),
        (86_500, "1 day ago"),
        (300_000, "3 days ago"),
    ],
)
def test_an_age_is_put_into_words(seconds: int, words: str):
    assert age(datetime.now(UTC) - timedelta(seconds=seconds)) == words


MODELS = pd.DataFrame(
    {
        "name": ["top1", "bpr", "popularity"],
        "label": ["TOP1", "BPR", "Best-sellers"],
        "kind": ["gru4rec", "gru4rec", "baseline"],
        "accuracy@3": [0.9, 0.962, 0.61],
    }
)


def test_the_best_model_stands_beside_best_sellers():
    assert best_model_sentence(MODELS, 3) == "Best model: BPR, 96.2 of 100 in the top 3, best-sellers 61.0."


def test_without_best_sellers_the_model_stands_alone():
    assert best_model_sentence(MODELS[:2], 3) == "Best model: BPR, 96.2 of 100 in the top 3."


@pytest.mark.parametrize(("models", "k"), [(MODELS[2:], 3), (MODELS, 7)])
def test_nothing_is_said_without_a_trained_model_or_its_figure(models: pd.DataFrame, k: int):
    assert best_model_sentence(models, k) == ""
