"""How were the models of a comparison tuned, in words?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gru4rec_core.workspace.records import ComparisonRecord, TunedWith
from gru4rec_core.workspace.tunings import describe_budget

NOT_TUNED = "Settings were not tuned."


@dataclass(frozen=True)
class Care:
    """What is said of the tuning of compared models.

    Attributes:
        sentence: with which budget all of them were tuned; "" where one was not.
        limit: what of it limits the verdict; "" for nothing.
    """

    sentence: str = ""
    limit: str = ""


def describe_care(
    record: ComparisonRecord, models: Mapping[str, Sequence[str]], others: Iterable[ComparisonRecord]
) -> Care:
    """With which budgets the models of a comparison were tuned.

    Models that were put side by side by hand were tuned where each is the winner of a tuning: then another comparison
    has its runs and says so.

    Args:
        record: the comparison.
        models: the ids of the runs of each model, by its label.
        others: all comparisons on its dataset.
    """
    if record.tuned is not None:
        budget = _budget(record.tuned)
        return Care(f"Every method with settings to tune was tuned first, on validation data, each with {budget}.")
    tuned_runs = {run_id: one.tuned for one in others if one.tuned is not None for run_id in one.run_ids}
    found = {label: _find(tuned_runs, run_ids) for label, run_ids in models.items()}
    budgets = {label: _budget(tuned) for label, tuned in found.items() if tuned is not None}
    if not budgets:
        return Care(limit=NOT_TUNED)
    told = ", ".join(f"{label} with {budget}" for label, budget in budgets.items())
    if untuned := [label for label in models if label not in budgets]:
        verb = "was" if len(untuned) == 1 else "were"
        return Care(limit=f"Only some settings were tuned: {told}; {' and '.join(untuned)} {verb} not.")
    usual = " The baselines have their usual settings." if record.baselines else ""
    if len(set(budgets.values())) == 1:
        budget = next(iter(budgets.values()))
        return Care(f"Each model was tuned first, on validation data, with {budget}.{usual}")
    sentence = f"Each model was tuned first, on validation data: {told}.{usual}"
    return Care(sentence, "The models were tuned with unequal budgets.")


def _find(tuned_runs: Mapping[str, TunedWith], run_ids: Sequence[str]) -> TunedWith | None:
    """The tuning that a model is a winner of; None where one of its runs is of none."""
    found = [tuned_runs.get(run_id) for run_id in run_ids]
    return found[0] if found and None not in found else None


def _budget(tuned: TunedWith) -> str:
    return describe_budget(tuned.n_trials, tuned.seconds)
