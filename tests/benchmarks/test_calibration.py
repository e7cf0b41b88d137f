"""The short form of docs/calibration.md: 400 repetitions, so bands are as wide as their own chance (four errors)."""

import numpy as np
import pytest

from benchmarks.calibration import World, equal_worlds, measure, simulate

REPETITIONS = 400
FOUR_ERRORS = 4 * np.sqrt(0.05 * 0.95 / REPETITIONS)


@pytest.mark.parametrize(
    "world",
    [World(200, "1", 0.2), World(400, "1-20", 0.2), World(200, "20", 0.5), World(200, "1-20", 0.2, unlike=True)],
    ids=lambda world: world.name,
)
def test_equal_models_are_called_different_as_seldom_as_promised(world):
    rates = measure(world, REPETITIONS, np.random.default_rng(1))
    assert rates.permutation == pytest.approx(0.05, abs=FOUR_ERRORS)
    assert rates.covers == pytest.approx(0.95, abs=FOUR_ERRORS)
    assert rates.covers_relative == pytest.approx(0.95, abs=FOUR_ERRORS)
    assert rates.better < 0.05 + FOUR_ERRORS / 4
    assert np.isnan(rates.mcnemar) == (world.events != "1")


def test_few_sessions_are_judged_cautiously():
    rates = measure(World(50, "1", 0.05), REPETITIONS, np.random.default_rng(2))
    assert rates.permutation < 0.05
    assert rates.covers > 0.93
    assert rates.better < 0.05


def test_a_large_difference_is_found_and_not_the_wrong_way_round():
    rates = measure(World(1000, "1-20", 0.2, lift=0.2), 100, np.random.default_rng(3))
    assert rates.right > 0.85
    assert rates.better == rates.right


def test_treating_events_as_independent_would_reject_too_often():
    """Why sessions are flipped whole: McNemar on the events of 20-event sessions is far off its 5 %."""
    hits, n_events = simulate(World(200, "20", 0.5), REPETITIONS, np.random.default_rng(4))
    delta = (hits[:, 1] - hits[:, 0]).sum(axis=0)
    discordant = 0.3 * n_events.sum()  # no more than that of the events tell the two apart
    assert (np.abs(delta) > 1.96 * np.sqrt(discordant)).mean() > 0.07


def test_simulated_hits_have_the_rate_asked_for(generator):
    for world in (World(2000, "1-20", 0.2), World(2000, "20", 0.5, unlike=True), World(2000, "1", 0.2, lift=0.5)):
        hits, n_events = simulate(world, 20, generator)
        rates = hits.sum(axis=(0, 2)) / (20 * n_events.sum())
        assert rates == pytest.approx([world.hit_rate, world.hit_rate * (1 + world.lift)], abs=0.01)
        assert (hits <= n_events[:, None, None]).all()


def test_the_grid_spans_what_logs_look_like():
    worlds = equal_worlds()
    assert {world.n_sessions for world in worlds} == {50, 200, 1000, 5000}
    assert {world.hit_rate for world in worlds} == {0.05, 0.2, 0.5, 0.8}
