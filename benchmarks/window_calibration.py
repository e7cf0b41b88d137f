"""How often is the verdict over several windows wrong?

Simulates pairs of models on several windows (`benchmarks.calibration` has the worlds), and judges them with the code
that judges a backtest. With equal models the verdict may call one better in at most 5 %; where the winner changes from
window to window it should call none.

    python -m benchmarks.window_calibration
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.calibration import BATCH, CONFIG, MODEL_A, MODEL_B, World, as_pair, compare, simulate
from gru4rec_core.evaluation.backtest import BacktestVerdict, WindowComparison, judge_windows
from gru4rec_core.evaluation.comparison import Comparison, MetricDifference


@dataclass(frozen=True)
class Windows:
    """A kind of backtest: sessions per window, a's hit rate, and by how much b's is higher in each window."""

    n_sessions: int
    hit_rate: float
    lifts: tuple[float, ...]
    unlike: bool = False

    @property
    def name(self) -> str:
        lifts = sorted(set(self.lifts), reverse=True)
        text = " and ".join(f"{100 * lift:+.0f} %" if lift else "0" for lift in lifts)
        return (
            f"{len(self.lifts)} | {self.n_sessions:,} | {self.hit_rate:.2f} | {text}{', unlike' if self.unlike else ''}"
        )


@dataclass(frozen=True)
class Rates:
    """Shares of the repetitions.

    The verdict calls b better, a better, or both equivalent; the winner changes; a window's own verdict calls one
    better; the interval of the difference covers the truth.
    """

    b_better: float
    a_better: float
    equivalent: float
    changes: float
    in_a_window: float
    covers: float


def worlds() -> list[Windows]:
    """Equal models, then b better in all windows, then a winner that changes."""
    equal = [
        Windows(n_sessions, rate, (0.0,) * n_windows)
        for n_windows in (2, 4, 8)
        for n_sessions in (50, 250, 1000)
        for rate in (0.05, 0.2)
    ]
    equal += [Windows(n_sessions, 0.2, (0.0,) * 4, unlike=True) for n_sessions in (250, 1000)]
    better = [Windows(n, 0.2, (lift,) * 4) for n in (250, 1000) for lift in (0.05, 0.1, 0.2)]
    changing = [Windows(n, 0.2, (0.2, 0.2, -0.2, -0.2)) for n in (250, 1000)]
    changing += [Windows(n, 0.2, (0.3, 0.3, 0.3, -0.3)) for n in (250, 1000)]
    return equal + better + changing


def measure(world: Windows, n_repetitions: int, rng: np.random.Generator) -> Rates:
    """Rates over that many simulated backtests, each judged by the production code."""
    rows: list[tuple[float, ...]] = []
    for start in range(0, n_repetitions, BATCH):
        size = min(BATCH, n_repetitions - start)
        kinds = [World(world.n_sessions, "1-20", world.hit_rate, lift, world.unlike) for lift in world.lifts]
        drawn = [simulate(kind, size, rng) for kind in kinds]
        hits, n_events = (np.concatenate([window[part] for window in drawn]) for part in (0, 1))
        strata = np.repeat(np.arange(len(drawn)), world.n_sessions)
        by_window = list(zip(*(compare(*window, rng) for window in drawn), strict=True))
        sizes = [(world.n_sessions, int(events.sum())) for _, events in drawn]
        # Windows have other numbers of events: the truth is the mean over events.
        truth = world.hit_rate * np.average(world.lifts, weights=[events for _, events in sizes])
        for windows, whole in zip(by_window, compare(hits, n_events, rng, strata), strict=True):
            rows.append(_outcome(_judge(windows, sizes, whole), whole, truth))
    return Rates(*(float(mean) for mean in np.mean(rows, axis=0)))


def _judge(
    windows: Sequence[MetricDifference], sizes: Sequence[tuple[int, int]], whole: MetricDifference
) -> BacktestVerdict:
    named = [
        WindowComparison(str(number), _as_comparison(figures, *size))
        for number, (figures, size) in enumerate(zip(windows, sizes, strict=True))
    ]
    return judge_windows(named, _as_comparison(whole, *np.sum(sizes, axis=0).tolist()))


def _as_comparison(figures: MetricDifference, n_sessions: int, n_events: int) -> Comparison:
    return Comparison((MODEL_A, MODEL_B), CONFIG, None, (as_pair(figures, n_sessions, n_events),))


def _outcome(said: BacktestVerdict, whole: MetricDifference, truth: float) -> tuple[float, ...]:
    return (
        said.verdict.better == MODEL_B.name,
        said.verdict.better == MODEL_A.name,
        said.verdict.kind == "equivalent",
        said.winner_changes,
        any(window.better for window in said.windows),
        whole.low - 1e-12 <= truth <= whole.high + 1e-12,
    )


def report(n_repetitions: int, seed: int) -> Iterator[str]:
    """A Markdown table, row by row."""
    yield (
        "| windows | sessions each | hit rate | b higher by | b better | a better | take either | winner changes"
        " | a window alone: better | covers |"
    )
    yield "|---:|---:|---:|---|---:|---:|---:|---:|---:|---:|"
    for number, world in enumerate(worlds()):
        rates = measure(world, n_repetitions, np.random.default_rng([seed, number]))
        figures = (
            rates.b_better,
            rates.a_better,
            rates.equivalent,
            rates.changes,
            rates.in_a_window,
            rates.covers,
        )
        yield f"| {world.name} | {' | '.join(f'{100 * figure:.1f}' for figure in figures)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    started = time.perf_counter()
    for line in report(arguments.repetitions, arguments.seed):
        print(line, flush=True)
    sys.stderr.write(f"{time.perf_counter() - started:.0f} s\n")


if __name__ == "__main__":
    main()
