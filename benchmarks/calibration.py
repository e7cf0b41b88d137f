"""How often are the verdict, its tests and its intervals wrong?

Simulates pairs of models on sessions whose events are correlated, and judges them with the code that judges real
models. With equal models, a 5 % test should reject in about 5 %, a 95 % interval should cover 0 in about 95 %, and
the verdict may call one better in at most 5 %. With unequal models: how often the verdict finds the better one.

    python -m benchmarks.calibration --out docs/calibration.md
    python -m benchmarks.calibration --part trained-again     (minutes, instead of the half hour of all)
    python -m benchmarks.calibration --part self-check
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import stats

from benchmarks.intervals import coverage
from gru4rec_core.config import ComparisonConfig
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.comparison import MetricDifference, PairedComparison, metric_differences
from gru4rec_core.evaluation.pair_verdict import PairVerdict, build_pair_verdict
from gru4rec_core.evaluation.resampling import bootstrap_sums, flipped_sums, mcnemar_midp
from gru4rec_core.evaluation.scoring import Evaluation
from gru4rec_core.evaluation.self_check import (
    EventHits,
    SelfCheck,
    carry_out_checks,
    finds_lead,
    judge_pairs,
    visible_size,
)
from gru4rec_core.evaluation.trained_again import win_share

CONFIG = ComparisonConfig(deciding_k=10)
SESSIONS, EVENTS, HIT_RATES = (50, 200, 1000, 5000), ("1", "1-20", "20"), (0.05, 0.2, 0.5, 0.8)
BATCH = 100
"""Repetitions that share session lengths and resampling draws."""

SHARE_SESSION, SHARE_EVENT, SHARE_MODEL = 0.2, 0.35, 0.15
"""Shares of a hit's latent variance: how easy the session is, how easy the event, how well the model suits it."""


@dataclass(frozen=True)
class World:
    """A kind of comparison: its size, a's hit rate, by how much b's is higher, and whether they are unlike."""

    n_sessions: int
    events: str
    hit_rate: float
    lift: float = 0.0
    unlike: bool = False

    @property
    def name(self) -> str:
        return f"{self.n_sessions:,} | {self.events} | {self.hit_rate:.2f}"


@dataclass(frozen=True)
class Rates:
    """Shares of the repetitions of one world; NaN where a figure does not apply."""

    permutation: float
    mcnemar: float
    covers: float
    covers_relative: float
    better: float
    right: float
    equivalent: float

    def describe_deviation(self, world: World) -> str:
        """Which figures lie outside their aims; empty if none does."""
        few = world.n_sessions < 200
        tests = [rate for rate in (self.permutation, self.mcnemar) if not np.isnan(rate)]
        deviations = []
        if any(rate > 0.07 for rate in tests):
            deviations.append("a test rejects too often")
        if any(rate < 0.03 for rate in tests):
            deviations.append(
                "tests reject less often, as expected with few sessions" if few else "a test rejects too rarely"
            )
        covers = (self.covers, self.covers_relative)
        if min(covers) < 0.93:
            deviations.append("intervals too narrow")
        if max(covers) > 0.97:
            deviations.append("intervals wide" + (", as expected with few sessions" if few else ""))
        if self.better > 0.05:
            deviations.append("verdict too bold")
        return "; ".join(deviations)


def simulate(world: World, n_repetitions: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Hits of two models, float64 [n_sessions, 2, n_repetitions], and the events of each session, [n_sessions]."""
    n_events = _lengths(world, rng)
    session = np.repeat(np.arange(world.n_sessions), n_events)
    shape = (len(session), n_repetitions)
    easy = np.sqrt(SHARE_SESSION) * _normal(world.n_sessions, n_repetitions, rng)[session]
    easy += np.sqrt(SHARE_EVENT) * _normal(*shape, rng)
    hits = np.empty((world.n_sessions, 2, n_repetitions))
    for model in (0, 1):
        # Unlike models of equal hit rate: one suits some sessions and not others, the other suits all alike.
        suits = SHARE_MODEL if not world.unlike else (0.4, 0.02)[model]
        luck = 1 - SHARE_SESSION - SHARE_EVENT - suits
        latent = easy + np.sqrt(suits) * _normal(world.n_sessions, n_repetitions, rng)[session]
        latent += np.sqrt(luck) * _normal(*shape, rng)
        hit = latent < stats.norm.ppf(world.hit_rate * (1 + world.lift * model))
        starts = np.cumsum(n_events) - n_events
        hits[:, model] = np.add.reduceat(hit, starts, axis=0, dtype=np.float64)
    return hits, n_events


def measure(world: World, n_repetitions: int, rng: np.random.Generator) -> Rates:
    """Rates over that many simulated comparisons, each judged by the production code."""
    rows = []
    for start in range(0, n_repetitions, BATCH):
        hits, n_events = simulate(world, min(BATCH, n_repetitions - start), rng)
        midp = _mcnemar_p(hits) if world.events == "1" else np.full(hits.shape[2], np.nan)
        rows += [
            _outcome(world, figures, p, int(n_events.sum()))
            for figures, p in zip(compare(hits, n_events, rng), midp, strict=True)
        ]
    return Rates(*(float(mean) for mean in np.mean(rows, axis=0)))


def compare(
    hits: np.ndarray, n_events: np.ndarray, rng: np.random.Generator, strata: np.ndarray | None = None
) -> Iterator[MetricDifference]:
    """Gives each repetition to the production code as if it were a metric.

    Args:
        hits, n_events: see `simulate`.
        rng: of the resampling.
        strata: [n_sessions], where sessions are drawn within strata.
    """
    n_sessions, _, n_repetitions = hits.shape
    columns = hits.reshape(n_sessions, -1)
    drawn = bootstrap_sums(np.column_stack([columns, n_events.astype(np.float64)]), CONFIG.n_bootstrap, rng, strata)
    samples = (drawn[:, :-1] / drawn[:, -1:]).reshape(-1, 2, n_repetitions)
    flipped = flipped_sums(hits[:, 1] - hits[:, 0], CONFIG.n_permutations, rng)
    names = [f"repetition {i}" for i in range(n_repetitions)]
    yield from metric_differences(names, hits, n_events.sum(), samples, flipped, CONFIG.confidence)


def as_pair(figures: MetricDifference, n_sessions: int, n_events: int) -> PairedComparison:
    """Two models that differ by these figures alone."""
    return PairedComparison(
        a=MODEL_A,
        b=MODEL_B,
        deciding=figures,
        exploratory=(),
        mcnemar_p=None,
        seed_differences=(figures.difference,),
        n_sessions=n_sessions,
        n_events=n_events,
    )


def _outcome(world: World, figures: MetricDifference, mcnemar_p: float, n_events: int) -> tuple[float, ...]:
    verdict = build_pair_verdict(as_pair(figures, world.n_sessions, n_events), CONFIG)
    truth = world.hit_rate * world.lift
    return (
        figures.p_value <= 0.05,
        np.nan if np.isnan(mcnemar_p) else mcnemar_p <= 0.05,
        figures.low - 1e-12 <= truth <= figures.high + 1e-12,
        figures.relative_low - 1e-12 <= world.lift <= figures.relative_high + 1e-12,
        verdict.better,
        verdict.better and verdict.leader == MODEL_B.label,
        verdict.kind == "equivalent",
    )


def _mcnemar_p(hits: np.ndarray) -> np.ndarray:
    delta = hits[:, 1] - hits[:, 0]
    return np.array([mcnemar_midp(int((d < 0).sum()), int((d > 0).sum())) for d in delta.T])


def _lengths(world: World, rng: np.random.Generator) -> np.ndarray:
    if world.events == "1-20":  # mostly short sessions, as logs have them; 4 events on average
        return np.minimum(rng.geometric(0.25, size=world.n_sessions), 20)
    return np.full(world.n_sessions, int(world.events))


def _normal(rows: int, columns: int, rng: np.random.Generator) -> np.ndarray:
    return rng.standard_normal((rows, columns), dtype=np.float32)


def _model(name: str) -> ModelResults:
    event, no_lists = np.zeros(1, np.int32), np.empty((1, 0))
    evaluation = Evaluation(event, event, event, event, event, event, no_lists, no_lists, 1)
    return ModelResults(name, name, "gru4rec", (evaluation,))


MODEL_A, MODEL_B = _model("a"), _model("b")


def equal_worlds() -> list[World]:
    """The grid of equal models, then pairs with equal hit rates that are unlike in kind."""
    grid = [World(n, events, rate) for n in SESSIONS for events in EVENTS for rate in HIT_RATES]
    return grid + [World(n, "1-20", 0.2, unlike=True) for n in SESSIONS]


def unequal_worlds() -> list[World]:
    sizes = (200, 1000, 5000)
    return [World(n, events, 0.2, lift) for n in sizes for events in ("1", "1-20") for lift in (0.05, 0.1, 0.2)]


def report(n_repetitions: int, seed: int) -> str:
    """Everything measured, as Markdown."""
    started = time.perf_counter()
    equal = _measure_all(equal_worlds(), n_repetitions, seed)
    unequal = _measure_all(unequal_worlds(), n_repetitions, seed + 1)
    seconds = time.perf_counter() - started
    error = 100 * np.sqrt(0.05 * 0.95 / n_repetitions)
    worst = max(rates.better for _, rates in equal)
    outside = sum(bool(rates.describe_deviation(world)) for world, rates in equal)
    return "\n".join(
        [
            *_HEAD,
            f"Made by `python -m benchmarks.calibration --repetitions {n_repetitions} --seed {seed}`"
            f" in {seconds / 60:.0f} minutes; {n_repetitions:,} repetitions per row, so every rate near 5 %"
            f" is itself known to ±{error:.1f} (one standard error).",
            "",
            f"**Equal models: the verdict called one better in {_mean(equal, 'better')} % of all repetitions,"
            f" and in {100 * worst:.1f} % in the worst row.** The permutation test rejected in"
            f" {_mean(equal, 'permutation')} %, mid-p McNemar in {_mean(equal, 'mcnemar')} %; the intervals covered"
            f" the truth in {_mean(equal, 'covers')} % (absolute) and {_mean(equal, 'covers_relative')} % (relative)."
            f" Rows outside an aim: {outside} of {len(equal)}.",
            "",
            "## Equal models",
            "",
            "In % of the repetitions. Aims: tests reject in 3 to 7, intervals cover in 93 to 97, the verdict says"
            " better in at most 5.",
            "",
            "| sessions | events each | hit rate | permutation | McNemar | covers | covers, relative"
            " | verdict: better | comment |",
            "|---:|---:|---:|---:|---:|---:|---:|---:|---|",
            *(_equal_row(world, rates) for world, rates in equal),
            "",
            "## Unequal models: power",
            "",
            "Model a has a hit rate of 0.20; b's is higher by `lift`. In % of the repetitions.",
            "",
            "| sessions | events each | lift | verdict: b is better | a is better | take either | covers, relative |",
            "|---:|---:|---:|---:|---:|---:|---:|",
            *(_power_row(world, rates) for world, rates in unequal),
            "",
            "## Which interval",
            "",
            "How often three kinds of bootstrap interval for the difference of equal models cover 0, in % of the"
            " repetitions.",
            "",
            "| sessions | events each | hit rate | percentile | expanded percentile | BCa |",
            "|---:|---:|---:|---:|---:|---:|",
            *_interval_rows(n_repetitions, seed + 2),
            "",
            trained_again_report(n_repetitions, seed + 3),
            "",
            self_check_report(n_repetitions // 10, seed + 4),
        ]
    )


def trained_again_report(n_repetitions: int, seed: int) -> str:
    """How often training again comes out as told, as Markdown."""
    rows = []
    for number, (n_seeds, spread, gap) in enumerate(TRAINED_AGAIN):
        rng = np.random.default_rng([seed, number])
        covered, told, won = np.mean([_train_again(n_seeds, spread, gap, rng) for _ in range(n_repetitions)], axis=0)
        truth = "drawn" if gap is None else f"{100 * stats.norm.cdf(gap):.0f}"
        figures = " | ".join(_percent(share) for share in (covered, told, won))
        rows.append(f"| {n_seeds} | {spread:g} | {truth} | {figures} |")
    return "\n".join([*_TRAINED_AGAIN_HEAD, *rows, ""])


TRAINED_AGAIN = [(n, spread, gap) for n in (2, 3, 5) for spread in (1, 2, 4) for gap in (None, 0.0, 1.0, 2.0)]
"""Seeds per model; by how many times b's rates spread more than a's; the true difference over the spread of a
difference, or None for one drawn anew each time from a normal distribution three times as wide as that."""

_TRAINED_AGAIN_HEAD = [
    "## If you trained again",
    "",
    "Rates of two models are drawn seed by seed, judged by `win_share`, and drawn once more. In % of the"
    " repetitions: how often the interval holds the true share of wins (aim: 95), in what share the leader was"
    " told to win again, and in what share it did. Where the true difference varies from comparison to"
    " comparison (drawn), told and won should agree. Where it is always the same, they need not: of equal"
    " models one leads by luck, and nobody can see that.",
    "",
    "| seeds each | spread of b / a | true wins of b | interval covers | told | won |",
    "|---:|---:|---:|---:|---:|---:|",
]


def _train_again(n_seeds: int, spread: float, gap: float | None, rng: np.random.Generator) -> tuple[float, ...]:
    theta = rng.normal(0, 3) if gap is None else gap
    a = rng.normal(0, 1, n_seeds + 1)
    b = rng.normal(theta * np.hypot(1, spread), spread, n_seeds + 1)
    found = win_share(a[:-1], b[:-1])
    b_leads = b[:-1].mean() > a[:-1].mean()
    told = found.share if b_leads else 1 - found.share
    return found.low <= stats.norm.cdf(theta) <= found.high, told, (b[-1] > a[-1]) == b_leads


_HEAD = [
    "# How often is the verdict wrong?",
    "",
    "Pairs of models are simulated and judged by the code that judges real ones. Hits come from a latent normal"
    " variable: 20 % of its variance is shared by the events of a session, 35 % by both models on one event, 15 % is"
    " how well one model suits one session, the rest is luck. Sessions have exactly 1 event, exactly 20, or 1 to 20"
    " (4 on average).",
    "",
    "- *Permutation test*: flips whole sessions; mid-p, because counting equal arrangements fully rejects too rarely"
    " when few sessions differ. With one event per session it is mid-p McNemar.",
    "- *Interval*: expanded percentiles of the paired bootstrap; the last table shows why.",
    "- *Verdict*: better only if the interval excludes 0, all seeds agree, and p is below 5 % by three standard"
    " errors of its own estimate from 2,000 draws (so up to about 3.7 %).",
    "",
]


def self_check_report(n_repetitions: int, seed: int) -> str:
    """How often the self-check alarms though nothing is wrong, and whether it states the right size, as Markdown."""
    rows = []
    for number, (n_sessions, events, n_seeds) in enumerate(SELF_CHECKED):
        rng = np.random.default_rng([seed, number])
        world = World(n_sessions, events, 0.2)
        checks = [_self_check(world, n_seeds, rng) for _ in range(n_repetitions)]
        sized = [(check, seen) for check, seen in checks if check.smallest is not None]
        figures = (
            np.mean([check.n_called_different / check.n_same for check, _ in checks]),
            np.mean([not check.equals_are_equal for check, _ in checks]),
            np.mean([check.sabotage is not None and check.sabotage.found for check, _ in sized]),
            np.median([check.smallest for check, _ in sized]),
            np.mean([seen for _, seen in sized]),
        )
        rows.append(f"| {n_sessions:,} | {events} | {n_seeds} | {' | '.join(map(_percent, figures))} |")
    return "\n".join([*_SELF_CHECK_HEAD, *rows, ""])


SELF_CHECKED = [(1000, "1", 3), (5000, "1", 3), (1000, "1-20", 2), (1000, "1-20", 3), (1000, "1-20", 5)]
"""Sessions, events of each, seeds."""

_SELF_CHECK_HEAD = [
    "## The self-check",
    "",
    "A simulated test is checked with a model whose hit rate is 0.20; nothing is wrong with either."
    " In % of the repetitions: pairs of equals called different (aim: at most 5), alarms (more than 3 of 20"
    " pairs; aim: at most 5), spoilt models found. The size is the smallest difference that the check says this"
    " test can see, at the median; *seen* is how often the better of two models that differ by the stated size"
    " is seen to lead in another test of the same kind (aim: at least 80).",
    "",
    "| sessions | events each | seeds | called different | alarms | spoilt found | size, % | seen |",
    "|---:|---:|---:|---:|---:|---:|---:|---:|",
]


def _self_check(world: World, n_seeds: int, rng: np.random.Generator) -> tuple[SelfCheck, bool]:
    """A self-check, and whether a difference of the size it states is seen in another test of the same kind."""
    config = CONFIG.replace(seed=int(rng.integers(2**31)))
    test = _SimulatedTest(world, [world.hit_rate] * n_seeds, rng)
    model = ModelResults("b", "b", "gru4rec", MODEL_B.evaluations * n_seeds)
    said = _judge(test, model, config)
    smallest = visible_size(said.half_width, said.centre, config)
    found = carry_out_checks(model, EventHits(test.session, test.hits), test.blend, smallest, config)
    if found.smallest is None:
        return found, False
    other = _SimulatedTest(world, [world.hit_rate / (1 + found.smallest), world.hit_rate], rng)
    verdict = _judge(other, model, config)
    return found, finds_lead(verdict) and verdict.leader_value == other.hits[1].mean()


def _judge(test: "_SimulatedTest", model: ModelResults, config: ComparisonConfig) -> PairVerdict:
    """The verdict on the first two rows of hits."""
    n_events, hits = EventHits(test.session, test.hits[:2]).by_session()
    return judge_pairs(model, hits.T[:, :, None], n_events, config)[0]


class _SimulatedTest:
    """Hits of models on one test, and those of the first one when a share of its hits is lost to noise."""

    def __init__(self, world: World, rates: Sequence[float], rng: np.random.Generator) -> None:
        self.session = np.repeat(np.arange(world.n_sessions), _lengths(world, rng))
        n = len(self.session)
        easy = np.sqrt(SHARE_SESSION) * _normal(world.n_sessions, 1, rng)[self.session, 0]
        easy += np.sqrt(SHARE_EVENT) * _normal(n, 1, rng)[:, 0]
        luck = np.sqrt(1 - SHARE_SESSION - SHARE_EVENT) * _normal(len(rates), n, rng)
        self.hits = (easy + luck < stats.norm.ppf(rates)[:, None]).astype(np.float64)
        self.lost, self.by_noise = rng.random(n), rng.random(n) < world.hit_rate / 4

    def blend(self, share: float) -> np.ndarray:
        """Noise takes this share of the events, and hits a quarter as often as the model."""
        return np.where(self.lost < share, self.by_noise, self.hits[0])


def _measure_all(worlds: list[World], n_repetitions: int, seed: int) -> list[tuple[World, Rates]]:
    measured = []
    for number, world in enumerate(worlds):
        sys.stderr.write(f"{number + 1}/{len(worlds)} {world.name} lift {world.lift}\n")
        measured.append((world, measure(world, n_repetitions, np.random.default_rng([seed, number]))))
    return measured


def _mean(measured: list[tuple[World, Rates]], figure: str) -> str:
    return f"{100 * np.nanmean([getattr(rates, figure) for _, rates in measured]):.1f}"


def _percent(share: float) -> str:
    return "" if np.isnan(share) else f"{100 * share:.1f}"


def _equal_row(world: World, rates: Rates) -> str:
    figures = (rates.permutation, rates.mcnemar, rates.covers, rates.covers_relative, rates.better)
    comment = "; ".join(filter(None, ["unlike models" if world.unlike else "", rates.describe_deviation(world)]))
    return f"| {world.name} | {' | '.join(_percent(figure) for figure in figures)} | {comment} |"


def _power_row(world: World, rates: Rates) -> str:
    figures = (rates.right, rates.better - rates.right, rates.equivalent, rates.covers_relative)
    return (
        f"| {world.n_sessions:,} | {world.events} | {100 * world.lift:.0f} %"
        f" | {' | '.join(_percent(figure) for figure in figures)} |"
    )


def _interval_rows(n_repetitions: int, seed: int) -> Iterator[str]:
    worlds = [World(n, events, rate) for n in (50, 200) for events in EVENTS for rate in (0.05, 0.2, 0.8)]
    for number, world in enumerate(worlds):
        rng = np.random.default_rng([seed, number])
        hits, n_events = zip(*(simulate(world, BATCH, rng) for _ in range(-(-n_repetitions // BATCH))), strict=True)
        covered = np.mean([coverage(h, n, rng) for h, n in zip(hits, n_events, strict=True)], axis=0)
        yield f"| {world.name} | {' | '.join(_percent(rate) for rate in covered)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--part", choices=("all", "trained-again", "self-check"), default="all")
    parser.add_argument("--out", type=Path, help="write the Markdown here as well")
    arguments = parser.parse_args()
    if arguments.part == "all":
        text = report(arguments.repetitions, arguments.seed)
    elif arguments.part == "trained-again":
        text = trained_again_report(arguments.repetitions, arguments.seed + 3)
    else:
        text = self_check_report(arguments.repetitions, arguments.seed + 4)
    if arguments.out:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
