"""Should the methods be tuned before they are compared, and with which budget each?"""

from __future__ import annotations

import streamlit as st

from gru4rec_core.config import TrainingConfig
from gru4rec_core.jobs.planning import ComparisonPlan
from gru4rec_core.jobs.tuning_plan import DEFAULT_TRIALS, TuningBudget, TuningPlan, tuning_seconds
from gru4rec_core.workspace.records import DatasetRecord

_MINUTES = 5.0
_HELP = (
    "Searches the settings of every method that has any, baselines included, each within the same budget of trials"
    " and time. The search sees training and validation data only; the winners are then trained with fresh"
    " random starts on all that is not test, and tested once."
)


def ask_for_tuning(record: DatasetRecord, plan: ComparisonPlan) -> TuningPlan | None:
    """The switch and its two questions; None where nothing is tuned."""
    if not st.toggle("Tune all methods first", key=f"tune-{record.id}", help=_HELP):
        return None
    trials, minutes = st.columns(2)
    n_trials = trials.number_input(
        "Trials per method",
        2,
        1000,
        DEFAULT_TRIALS,
        key=f"trials-{record.id}",
        help="Settings that each method may try.",
    )
    time = minutes.number_input(
        "Minutes per method, at most",
        0.1,
        1440.0,
        _MINUTES,
        step=1.0,
        format="%g",
        key=f"minutes-{record.id}",
        help="Whichever ends first ends the search of a method.",
    )
    return TuningPlan(
        configs=tuple(_first_of_each_loss(plan)),
        test_rule=plan.test_rule,
        judging=plan.judging,
        budget=TuningBudget(int(n_trials), 60 * float(time)),
        baselines=plan.baselines,
        n_seeds=plan.n_seeds,
        by_job=True,
    )


def describe_time(plan: TuningPlan, n_workers: int) -> str:
    """ "Tunes 9 methods, 2 at a time: about 25 minutes at most …" """
    minutes = tuning_seconds(plan, n_workers) / 60
    at_a_time = min(n_workers, len(plan.methods))
    return (
        f"Tunes {len(plan.methods)} methods, {at_a_time} at a time: about {minutes:.3g} minutes at most, not counting"
        " loading and waiting for other jobs. Methods that are quick to fit finish much sooner. Then the winners are"
        " trained and tested; how long that takes depends on the settings that win."
    )


def _first_of_each_loss(plan: ComparisonPlan) -> list[TrainingConfig]:
    firsts: dict[str, TrainingConfig] = {}
    for config in plan.configs:
        firsts.setdefault(config.loss, config)
    return list(firsts.values())
