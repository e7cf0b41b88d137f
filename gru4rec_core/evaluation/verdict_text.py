"""How is a verdict put into sentences?

Each can be read alone: it names the list length k, who has which figure, and what was counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite
from typing import Literal

from gru4rec_core.config import ComparisonConfig
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.convergence import TOO_FEW
from gru4rec_core.evaluation.pair_verdict import PairVerdict
from gru4rec_core.evaluation.rate_intervals import level_text
from gru4rec_core.evaluation.tie_breakers import faster, wider
from gru4rec_core.evaluation.trained_again import TrainedAgain
from gru4rec_core.words import p_text, per_100, percent_number, rounded_count

MOSTLY_CHANCE = 0.5
"""A list of half of the items hits half of the time whatever it shows: from that share on, the verdict says so."""

BaselineOutcome = Literal["beaten", "as-well", "better", "undecided", "no-baseline"]

_AGAINST_BASELINES = {
    "beaten": "{model} beats the strongest baseline.",
    "as-well": "the strongest baseline does as well.",
    "better": "the strongest baseline does better.",
    "undecided": "whether {model} beats the strongest baseline is not decided.",
    "no-baseline": "no baseline was run, so whether it beats one is not decided.",
}


@dataclass(frozen=True)
class Rate:
    """A method's name as in a sentence ("BPR", "the lookup table") and its hits, a fraction."""

    name: str
    value: float

    def __str__(self) -> str:
        return f"{self.name} {per_100(self.value)}"


@dataclass(frozen=True)
class Test:
    """What rates are of: list length k, and what is counted, "sessions" or "events"."""

    k: int
    unit: str

    @property
    def whole(self) -> str:
        return f"100 test {self.unit}"


def pair_sentence(verdict: PairVerdict, config: ComparisonConfig) -> str:
    """The sentence of a verdict on two models."""
    test = Test(config.deciding_k, verdict.pair.b.unit)
    leader, other = Rate(verdict.leader, verdict.leader_value), Rate(verdict.other, verdict.other_value)
    rates = f"In the top {test.k}: {leader}, {other} of {test.whole}"
    span = f"{percent_number(verdict.low)} to {percent_number(verdict.high)} %"
    if verdict.kind == "clear":
        return (
            f"{leader.name} is better. The next item was in its top {test.k} for {per_100(leader.value)} of"
            f" {test.whole}, {other.name}'s for {per_100(other.value)}: {_lead(verdict, config, span)}."
        )
    if verdict.kind == "equivalent":
        return f"Take either. {rates}; {_how_close(verdict, config)}.{_tie_breaker(verdict, config)}"
    if verdict.kind == "size-open":
        return (
            f"{leader.name} is better; by how much is open. {rates}, {span} more;"
            f" under {percent_number(config.margin)} % may not matter to you."
        )
    return f"Not decided. {rates}; {_open_span(verdict, span)}{_needed(verdict, config)}"


def baseline_sentence(test: Test, best: Rate, baselines: Sequence[Rate], outcome: BaselineOutcome) -> str:
    """The sentence of the best model against the baselines.

    Args:
        test: what the rates are of.
        best: the best model.
        baselines: the strongest and best-sellers; one where they are the same, none where none was run.
        outcome: what the statistics say.
    """
    rates = ", ".join(map(str, (best, *baselines)))
    return (
        f"Best model against the baselines, in the top {test.k}: {rates} of {test.whole};"
        f" {_AGAINST_BASELINES[outcome].format(model=best.name)}"
    )


def baseline_leads_sentence(test: Test, best: Rate, baseline: Rate, n_models: int) -> str:
    """The headline where a baseline is better than every model."""
    return (
        f"{'Neither' if n_models == 2 else 'None of the models'}."
        f" {baseline.name[0].upper()}{baseline.name[1:]} had {per_100(baseline.value)} of {test.whole} in"
        f" {'their' if baseline.name.startswith('best-sellers') else 'its'} top {test.k}, the best model, {best.name},"
        f" {per_100(best.value)}."
    )


def trained_again_sentence(found: TrainedAgain) -> str:
    """How often the leader would win again, in one sentence; "" where nothing was tested."""
    leader, other = method_name(found.leader_label), method_name(found.other_label)
    if found.single:
        which = "of each" if len(found.single) == 2 else f"of {found.single[0]}"
        return f"If you trained again: one run {which} cannot tell whether {leader} would win again."
    if found.wins is None:
        return ""
    if len(found.trained) == 2:
        meeting = f"If you trained both again, {leader} would win"
    elif found.trained == (found.leader_label,):
        meeting = f"If you trained {leader} again, it would beat {other}"
    else:
        meeting = f"If you trained {other} again, {leader} would beat it"
    share = round(100 * found.wins.share)
    often = f"about {share}" if share < 100 else "more than 99"
    span = f"between {floor(100 * found.wins.low)} and {ceil(100 * found.wins.high)}"
    return f"{meeting} in {often} of 100 repeats ({span})."


def further_seeds_phrase(found: TrainedAgain) -> str:
    """The runs that are offered: "two more seeds of each"; "" for none."""
    counts = {model.label: model.count for model in found.further_seeds}
    if len(counts) == len(found.trained) > 1 and len(set(counts.values())) == 1:
        return f"{_more_seeds(next(iter(counts.values())))} of each"
    return " and ".join(f"{_more_seeds(count)} of {label}" for label, count in counts.items())


def _more_seeds(count: int) -> str:
    return "one more seed" if count == 1 else f"{'two' if count == 2 else count} more seeds"


@dataclass(frozen=True)
class NextStep:
    """What can be done now.

    Attributes:
        kind: which step it is, so that a page can lead to where it is taken.
        sentence: the step in words.
    """

    kind: Literal["more-epochs", "settings", "modern", "baseline"]
    sentence: str


def next_steps(baseline: str, still_improving: Sequence[str]) -> tuple[NextStep, ...]:
    """What to do where a baseline is ahead, the most promising first.

    Args:
        baseline: its name as in a sentence.
        still_improving: labels of the models that were still improving when training stopped.
    """
    epochs = "Train for more epochs, with early stopping"
    if still_improving:
        verb = "was" if len(still_improving) == 1 else "were"
        epochs += f": {' and '.join(still_improving)} {verb} still improving when stopped"
    return (
        NextStep("more-epochs", f"{epochs}."),
        NextStep("settings", "Tune the learning rate, the dropout and the number of units."),
        NextStep("modern", "Try the preset “modern”."),
        NextStep("baseline", f"Or use {baseline}, with nothing to train."),
    )


def deciding_note(k: int, shown: int) -> str:
    """What to say beside the verdict where the page shows another list length than the one that decided; else ""."""
    if k == shown:
        return ""
    return f"Decided by the top {k}. The figures below are those of the top {shown}, which decides nothing."


def method_name(label: str) -> str:
    """A baseline's label as in a sentence: "the lookup table" for "Lookup table (Markov)", "V-SKNN" as it is."""
    name = label.partition(" (")[0]
    in_sentences = {
        "Lookup table": "the lookup table",
        "Last item again": "“last item again”",
        "Sequential rules": "sequential rules",
    }
    return in_sentences.get(name, name.replace("Best-sellers", "best-sellers"))


def limit_sentences(verdict: PairVerdict, config: ComparisonConfig) -> tuple[str, ...]:
    """What limits a verdict, as sentences, the most important first."""
    pair = verdict.pair
    both = (pair.a, pair.b)
    trained = [model for model in both if model.kind == "gru4rec"]
    single = [model for model in trained if model.n_seeds == 1]
    limits = []
    if single:
        whose = "each" if len(single) == len(trained) else f"of {single[0].label}"
        limits.append(f"One training run {whose}: provisional.")
    improving = [model.label for model in both if model.still_improving]
    if improving:
        were = "was" if len(improving) == 1 else "were"
        limits.append(
            f"{' and '.join(improving)} {were} still improving when training stopped, by hits in the top"
            f" {config.deciding_k}."
        )
    too_few = [model.label for model in both if model.too_few_epochs]
    if too_few:
        limits.append(f"Whether {' and '.join(too_few)} improved to the end of training: {TOO_FEW}.")
    if any(model.overlaps_training_days for model in both):
        limits.append("Tested on days seen in training.")
    if not verdict.confirmed and (verdict.low > 0 or verdict.high < 0):
        limits.append(_why_unconfirmed(verdict, config))
    k, n_items = config.deciding_k, pair.a.evaluations[0].n_items
    by_chance = by_chance_share(k, n_items)
    if by_chance >= MOSTLY_CHANCE:
        chance = f"With {k} of {n_items} items in the list, chance alone hits {per_100(by_chance)} of 100"
        said = chance if k < n_items else f"A list of {k} holds all {n_items} items"
        limits.append(f"{said}: a shorter list would tell the models apart better.")
    return tuple(limits)


def by_chance_share(k: int, n_items: int) -> float:
    """The share of next items that k different items drawn at random hold, in [0, 1].

    >>> by_chance_share(10, 12) > MOSTLY_CHANCE, by_chance_share(10, 200), by_chance_share(20, 12)
    (True, 0.05, 1.0)
    """
    return min(k / n_items, 1.0)


def _lead(verdict: PairVerdict, config: ComparisonConfig, span: str) -> str:
    level = level_text(config.confidence)
    if isfinite(verdict.centre):
        return f"{percent_number(verdict.centre)} % more ({level}: {span})"
    figures = verdict.pair.deciding  # there is no percentage of nothing: say it in hits
    low, high = per_100(figures.low), per_100(figures.high)
    return f"{per_100(figures.difference)} more ({level}: {low} to {high})"


def _why_unconfirmed(verdict: PairVerdict, config: ComparisonConfig) -> str:
    if not verdict.pair.seeds_agree and len(verdict.pair.seed_differences) > 1:
        return "The training runs disagree on which is better: more of them would help."
    return (
        f"The interval for {verdict.leader}'s lead leaves out 0, but the permutation test does not confirm the lead"
        f" (p = {p_text(verdict.p_value)}, not clearly below {1 - config.confidence:.4g})."
    )


def _how_close(verdict: PairVerdict, config: ComparisonConfig) -> str:
    """Says that the two are equivalent, even where the difference is probably not just chance."""
    margin = f"less than {percent_number(config.margin)} %"
    if verdict.confirmed and (verdict.low > 0 or verdict.high < 0):
        return f"they differ by {margin}, though {verdict.leader}'s lead is probably not just chance"
    return f"they differ by {margin}"


def _tie_breaker(verdict: PairVerdict, config: ComparisonConfig) -> str:
    """Which model trains faster and which recommends more of the catalogue, where that exceeds its own noise."""
    pair = (verdict.pair.b, verdict.pair.a)
    quick, broad = (_label(model) for model in (faster(*pair), wider(*pair, config)))
    phrases = []
    if quick:
        phrases.append(f"{quick} trains faster")
    if broad:
        phrases.append(f"{'' if broad == quick else broad + ' '}recommends more of the catalogue")
    return f" {(' and ' if quick == broad else ', ').join(phrases)}." if phrases else ""


def _label(model: ModelResults | None) -> str:
    return model.label if model else ""


def _open_span(verdict: PairVerdict, span: str) -> str:
    if not (isfinite(verdict.low) and isfinite(verdict.high)):
        return "any difference is plausible."
    return f"anything from {span} is plausible."


def _needed(verdict: PairVerdict, config: ComparisonConfig) -> str:
    if verdict.sessions_needed is None:
        return ""
    sessions = f"about {rounded_count(verdict.sessions_needed)} test sessions"
    if per_100(verdict.leader_value) == per_100(verdict.other_value):
        margin = f"{percent_number(config.margin)} %"
        return f" If they stay this even, {sessions} would show that they differ by less than {margin}."
    return f" If this gap holds, {sessions} would settle it."
