"""What does a verdict rest on: seeds, convergence, settings, test rule, when the metric was chosen?"""

from collections.abc import Sequence

from gru4rec_core.config import PROTOCOL_LABELS
from gru4rec_core.evaluation.convergence import TOO_FEW
from gru4rec_core.report.frames.settings import select_differences, settings_table
from gru4rec_core.results.comparison import ComparisonResult
from gru4rec_core.workspace.records import RunRecord


def trust_facts(result: ComparisonResult, runs: Sequence[RunRecord]) -> dict[str, str]:
    """What the verdict rests on, each as a name and a short text.

    Args:
        result: the comparison.
        runs: its runs.
    """
    record, first = result.record, result.comparison.models[0]
    seeds = sorted({model.n_seeds for model in result.contenders})
    settings = select_differences(settings_table({run.name: run.config for run in runs}))["setting"]
    differing = [name for name in settings if name not in {"seed", "loss"}]
    return {
        "Seeds": f"{' and '.join(map(str, seeds))} per model" + ("; the effect of luck is unknown" * (seeds == [1])),
        "Training": describe_end_of_training(result),
        "Settings": f"differ in {', '.join(differing)}" if differing else "the same except for the loss",
        "Test": f"{PROTOCOL_LABELS[record.split.protocol].lower()}, {first.n_events:,} {first.unit}",
        "Deciding metric": f"accuracy@{record.config.deciding_k}, chosen "
        + ("before training" if record.decided_before_results else "when results were known"),
    }


def describe_end_of_training(result: ComparisonResult) -> str:
    """Whether training stopped too early, as the end of a sentence."""
    contenders = result.contenders
    still_improving = [model.label for model in contenders if model.still_improving]
    too_few = [model.label for model in contenders if model.too_few_epochs]
    found = [f"still improving when stopped: {', '.join(still_improving)}"] if still_improving else []
    if too_few:
        found.append(TOO_FEW + (f": {', '.join(too_few)}" if len(too_few) < len(contenders) else ""))
    if found:
        return "; ".join(found)
    if result.record.split.validation_fraction == 0:
        return "whether still improving is not known, without validation sessions"
    return "no longer improving when stopped"
