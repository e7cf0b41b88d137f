"""What would the verdict be with another margin, or with intervals at another level?

The same rules on the same test events. It explores: what was agreed before training stays what decides, is recorded
and is reported.
"""

from dataclasses import replace

from gru4rec_core.config import ComparisonConfig
from gru4rec_core.evaluation.comparison import Comparison, compare_models
from gru4rec_core.evaluation.rate_intervals import level_text
from gru4rec_core.results.comparison import ComparisonResult, limited_verdict
from gru4rec_core.words import percent_number


def compare_at_level(result: ComparisonResult, confidence: float) -> Comparison:
    """The result's models compared with intervals at another level; its own statistics where the level is the same.

    Resamples again, as long as a comparison takes: about a second for 20,000 test sessions and two models.

    Args:
        result: a comparison as it was agreed.
        confidence: level of the intervals, in (0.5, 1).
    """
    agreed = result.comparison
    if confidence == agreed.config.confidence or not agreed.pairs:
        return replace(agreed, config=agreed.config.replace(confidence=confidence))
    return compare_models(agreed.models, agreed.config.replace(confidence=confidence))


def rejudge(result: ComparisonResult, comparison: Comparison, margin: float) -> ComparisonResult:
    """The result with the verdict that another margin or level gives; what was changed is one of its limits.

    Args:
        result: a comparison as it was agreed; returned as it is where nothing differs.
        comparison: its models at the level wanted (see `compare_at_level`).
        margin: the smallest relative difference that matters, in (0, 1).
    """
    agreed, config = result.record.config, comparison.config.replace(margin=margin)
    if config == agreed:
        return result
    changed, limits = replace(comparison, config=config), (*result.limits, describe_change(agreed, config))
    return replace(
        result,
        record=result.record.model_copy(update={"config": config}),
        comparison=changed,
        verdict=limited_verdict(changed, limits, result.care) if result.verdict else None,
        limits=limits,
    )


def describe_change(agreed: ComparisonConfig, config: ComparisonConfig) -> str:
    """ "Exploratory: changed when the results were known (margin 2 % instead of 5 %)." """
    changes = []
    if config.margin != agreed.margin:
        changes.append(f"margin {percent_number(config.margin)} % instead of {percent_number(agreed.margin)} %")
    if config.confidence != agreed.confidence:
        changes.append(f"level {level_text(config.confidence)} instead of {level_text(agreed.confidence)}")
    return f"Exploratory: changed when the results were known ({', '.join(changes)})."
