"""The right category is counted in a comparison's deciding top k, as plain values."""

import json

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.evaluation.categories import category_codes, category_hits
from gru4rec_core.results.comparison import build_comparison_result
from gru4rec_core.results.right_category import right_category

VOWELS = {letter: "vowel" if letter in "ae" else "consonant" for letter in "abcdefgh"}


def test_the_rates_are_those_of_the_deciding_list(trained) -> None:
    home, comparison = trained
    result = build_comparison_result(home, comparison.id)
    assert right_category(home, result) is None
    table = pd.DataFrame({"item": list(VOWELS), "name": "", "category": list(VOWELS.values())})
    home.set_item_table(comparison.dataset_id, table)
    try:
        printed = json.loads(json.dumps(right_category(home, result)))
    finally:
        home.set_item_table(comparison.dataset_id, None)
    assert printed["k"] == comparison.config.deciding_k == 3
    assert {one["name"] for one in printed["models"]} == {model.name for model in result.comparison.models}
    codes = category_codes(result.split.test.dataset.vocabulary, VOWELS)
    rates = dict(zip(result.models["name"], result.models["accuracy@3"], strict=True))
    for one in printed["models"]:
        model = next(model for model in result.comparison.models if model.name == one["name"])
        assert one["category"] == pytest.approx(np.mean([category_hits(e, codes, 3).mean() for e in model.evaluations]))
        assert one["item"] == pytest.approx(rates[one["name"]])
        assert one["first"] == pytest.approx(np.mean([category_hits(e, codes, 1).mean() for e in model.evaluations]))
        assert 0 <= one["first_low"] <= one["first"] <= one["first_high"] <= 1
        assert one["first"] <= one["category"]
        assert 0 <= one["low"] <= one["category"] <= one["high"] <= 1
        assert one["item"] <= one["category"]
