"""The printed command gives the same comparison again."""

import shlex

import pytest

from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.jobs.planning import with_seeds
from gru4rec_core.results.reproduction import name_option, reproduce_command
from gru4rec_core.workspace.records import ComparisonRecord, TunedWith


def a_record(**changes) -> ComparisonRecord:
    values = {
        "id": "top1-bpr-1",
        "name": "TOP1 against BPR",
        "dataset_id": "letters-1",
        "dataset_hash": "1",
        "split": SplitConfig(protocol="time", test_days=2.5),
        "config": ComparisonConfig(deciding_k=3),
        "run_ids": (),
        "baselines": ("popularity", "markov"),
    }
    return ComparisonRecord(**(values | changes))


def runs_of(*configs: TrainingConfig, seeds: int = 2) -> list[TrainingConfig]:
    return [one for config in configs for one in with_seeds(config, seeds)]


def test_what_defaults_would_choose_is_written_out():
    command = reproduce_command(a_record(), runs_of(TrainingConfig(loss="top1"), TrainingConfig(loss="bpr")))
    assert command == (
        "python -m gru4rec_core compare letters-1 --losses top1,bpr --seeds 2 --baselines popularity,markov"
        " --protocol time --test-days 2.5 --k 3"
    )


def test_only_what_differs_from_the_preset_is_named():
    shared = {"n_hidden": (8, 4), "early_stopping": True, "seed": 5}
    configs = runs_of(*(TrainingConfig(loss=loss, **shared) for loss in ("top1", "bpr")))
    words = shlex.split(reproduce_command(a_record(split=SplitConfig(seed=3)), configs))
    assert words[words.index("--n-hidden") + 1] == "8,4"
    assert words[words.index("--seed") + 1] == "5"
    assert words[words.index("--split-seed") + 1] == "3"
    assert "--early-stopping" in words
    assert "--learning-rate" not in words


def test_each_losses_paper_settings_are_a_preset():
    configs = runs_of(*(TrainingConfig.preset(f"paper-{loss}", loss=loss, epochs=2) for loss in ("top1", "bpr")))
    words = shlex.split(reproduce_command(a_record(), configs))
    assert words[words.index("--preset") + 1] == "paper"
    assert words[words.index("--epochs") + 1] == "2"
    assert "--momentum" not in words


def test_models_that_differ_in_more_than_their_loss_are_trained_one_by_one():
    configs = [TrainingConfig(loss="top1", epochs=3), TrainingConfig(loss="bpr", epochs=4)]
    lines = reproduce_command(a_record(), configs).splitlines()
    assert len(lines) == 2
    assert "train letters-1 --loss bpr --epochs 4 --protocol time" in lines[1]


@pytest.mark.parametrize(
    ("model", "field", "name"),
    [(SplitConfig, "seed", "split_seed"), (ComparisonConfig, "deciding_k", "k"), (TrainingConfig, "seed", "seed")],
)
def test_names_that_would_be_taken_twice_are_told_apart(model, field: str, name: str):
    assert name_option(model, field) == name


def test_winners_of_a_tuning_are_compared_again_as_they_were_judged():
    record = a_record(tuned=TunedWith(tuning_id="tuning-a"))
    command = reproduce_command(record, runs_of(TrainingConfig(loss="top1"), TrainingConfig(loss="bpr")))
    assert command.startswith(
        "python -m gru4rec_core compare letters-1 --tuned tuning-a --seeds 2 --k 3 --margin 0.05 "
    )


@pytest.mark.parametrize(
    ("seeds", "n_seeds"), [({"top1": (1, 2, 3, 4, 5), "bpr": (1, 2, 3)}, 5), ({"top1": (1, 3), "bpr": (1, 2)}, 3)]
)
def test_where_winners_have_fewer_runs_than_others_the_command_has_them_all_and_says_so(
    seeds: dict[str, tuple[int, ...]], n_seeds: int
):
    """Further seeds of one model, or a run that failed and was left out."""
    configs = [TrainingConfig(loss=loss, seed=seed) for loss, of_loss in seeds.items() for seed in of_loss]
    comment, command = reproduce_command(a_record(tuned=TunedWith(tuning_id="tuning-a")), configs).splitlines()
    assert comment == (
        f"# Trains {n_seeds} runs of each model. This comparison has {len(seeds['top1'])} of TOP1 and"
        f" {len(seeds['bpr'])} of BPR, so its figures will differ somewhat."
    )
    words = shlex.split(command)
    assert words[words.index("--seeds") + 1] == str(n_seeds)
    trained = runs_of(*(TrainingConfig(loss=loss, seed=1) for loss in seeds), seeds=n_seeds)
    assert set(configs) < set(trained)


def test_models_with_uneven_numbers_of_runs_are_trained_one_by_one():
    configs = [TrainingConfig(loss="top1", seed=seed) for seed in (0, 1, 2)] + [TrainingConfig(loss="bpr")]
    assert len(reproduce_command(a_record(), configs).splitlines()) == 4
