"""Facts about guesses of the right category."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.evaluation.categories import category_codes, category_hits, category_rates
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.metrics import hits
from gru4rec_core.evaluation.scoring import Evaluation


def evaluation(target, top, n_items: int = 5) -> Evaluation:
    """Events of a session each, whose true item has the rank that the lists give it (below them: 5)."""
    target, top = np.asarray(target, np.int32), np.asarray(top, np.int32)
    places = [list(row).index(item) if item in row else n_items - 1 for item, row in zip(target, top, strict=True)]
    greater = np.where(target < 0, n_items, places).astype(np.int32)
    n = np.arange(len(target), dtype=np.int32)
    zeros = np.zeros(len(target), np.int32)
    return Evaluation(n, n, zeros + 1, target, greater, zeros, top, top.astype(np.float32), n_items)


CODES = np.array([0, 0, 1, 1, -1])


def test_a_category_has_a_number_and_an_item_without_one_has_none():
    vocabulary = ItemVocabulary(["a", "b", "c", "d"])
    assert category_codes(vocabulary, {"a": "x", "d": "x", "b": "y"}).tolist() == [0, 1, -1, 0]
    assert category_codes(vocabulary, {}).tolist() == [-1] * 4


def test_another_item_of_the_category_is_the_right_kind():
    #      itself | its like | the other kind | no category, another | no category, itself | unknown to training
    found = evaluation([0, 0, 0, 4, 4, -1], [[0, 2], [1, 2], [2, 3], [0, 1], [4, 0], [0, 1]])
    assert category_hits(found, CODES, 2).tolist() == [True, True, False, False, True, False]
    assert category_hits(found, CODES, 1).tolist() == [True, True, False, False, True, False]


@given(st.integers(0, 2**32 - 1), st.integers(1, 3))
def test_the_right_item_is_always_the_right_kind(seed: int, k: int):
    rng = np.random.default_rng(seed)
    top = np.array([rng.permutation(5)[:3] for _ in range(20)])
    found = evaluation(rng.integers(-1, 5, 20), top)
    assert (category_hits(found, CODES, k) >= (hits(found.ranks(), k) > 0)).all()


def test_rates_are_means_over_seeds_with_an_interval_best_first():
    good = evaluation([0, 0, 0, 0], [[0, 2], [1, 2], [2, 3], [1, 3]])
    worse = evaluation([0, 0, 0, 0], [[2, 3], [1, 2], [2, 3], [2, 3]])
    models = [
        ModelResults("popularity", "Best-sellers", "baseline", (worse,)),
        ModelResults("bpr", "BPR", "gru4rec", (good, worse)),
    ]
    table = category_rates(models, CODES, 1, 0.95)
    assert table["name"].tolist() == ["bpr", "popularity"]
    assert table[["first", "first_low", "first_high"]].to_numpy() == pytest.approx(
        table[["category", "low", "high"]].to_numpy()
    )
    assert table["category"].tolist() == pytest.approx([50.0, 25.0])
    assert table["item"].tolist() == pytest.approx([12.5, 0.0])
    assert (table["low"] < table["category"]).all()
    assert (table["category"] < table["high"]).all()


def test_the_first_guess_tells_apart_what_long_lists_do_not():
    # Every list of three holds both categories, so its category is always right.
    good = evaluation([0, 0, 2, 2], [[1, 2, 3], [0, 3, 2], [3, 1, 0], [0, 1, 2]])
    worse = evaluation([0, 0, 2, 2], [[2, 1, 3], [3, 0, 2], [1, 3, 0], [0, 1, 2]])
    models = [
        ModelResults("popularity", "Best-sellers", "baseline", (worse,)),
        ModelResults("bpr", "BPR", "gru4rec", (good,)),
    ]
    table = category_rates(models, CODES, 3, 0.95)
    assert table["category"].tolist() == [100.0, 100.0]
    assert table["name"].tolist() == ["bpr", "popularity"]
    assert table["first"].tolist() == [75.0, 0.0]
    assert (table["first_low"] <= table["first"]).all()
    assert (table["first"] <= table["first_high"]).all()
