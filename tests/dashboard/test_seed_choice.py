"""Facts about the seed whose guesses are shown."""

from types import SimpleNamespace

from dashboard.seed_choice import SeedChoice, seed_names


def review_of(**seeds):
    """A comparison whose models were trained with these seeds."""
    runs = [
        SimpleNamespace(id=f"{name}-{seed}", config=SimpleNamespace(seed=seed))
        for name, of_model in seeds.items()
        for seed in of_model
    ]
    ids = {name: tuple(f"{name}-{seed}" for seed in of_model) for name, of_model in seeds.items()}
    return SimpleNamespace(runs=runs, result=SimpleNamespace(run_ids=ids))


def names_of(**seeds):
    return seed_names(review_of(**seeds), [SimpleNamespace(name=name) for name in seeds])


def test_seeds_are_called_by_the_number_they_were_trained_with():
    assert names_of(top1=[0, 1, 2], bpr=[0, 1, 2]) == ["0", "1", "2"]
    assert names_of(top1=[40, 41]) == ["40", "41"]


def test_a_model_with_one_seed_names_no_further_ones():
    assert names_of(top1=[0], bpr=[0, 1, 2]) == ["0", "1", "2"]


def test_seeds_that_differ_between_models_are_both_named():
    assert names_of(top1=[0, 1], bpr=[5, 6]) == ["0 / 5", "1 / 6"]


def test_a_heading_says_the_seed_only_where_there_are_several():
    assert SeedChoice(1, "1").tag == ", seed 1"
    assert SeedChoice(0, "").tag == ""
