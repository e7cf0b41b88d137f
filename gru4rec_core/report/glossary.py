"""What do the words mean that screens and reports use, and what can an offline test not say?

Plain text, one home: a screen may show a single term beside its figure, the report shows all.
"""

from __future__ import annotations

from dataclasses import dataclass

from gru4rec_core.config import PROTOCOL_LABELS


@dataclass(frozen=True)
class Term:
    """A word or several that belong together (`name`), and what they mean (`meaning`)."""

    name: str
    meaning: str


OFFLINE_LIMITS = (
    "An offline test matches what people did with the old page. It says nothing about the clicks or the revenue that a"
    " new list would cause.",
    "People mostly click what they are shown. An item that the old page never showed can hardly be a hit, however"
    " welcome it would have been.",
    "A hit counts the same whether the item was obvious or a discovery. How varied or surprising a list is, no hit rate"
    " says.",
    "The figures hold for these sessions and this test rule. Other seasons, other pages and later catalogues need a"
    " test of their own; only a trial with real visitors (an A/B test) measures the effect.",
)
"""What an offline test cannot say, each a paragraph."""

TERMS = (
    Term("Session", "One visit; its items in order."),
    Term(
        "Hits in the top k (accuracy@k, recall@k)",
        "Of 100 predictions, how often the item that came was among the first k.",
    ),
    Term("MRR@k", "1 for first place, ½ for second, ⅓ for third, 0 below k; averaged."),
    Term("NDCG@k", "Like MRR@k, gentler on lower places."),
    Term(
        "TOP1, BPR",
        "Two training recipes; both push the true next item above others. Their loss values cannot be compared with"
        " each other.",
    ),
    Term(
        "Interval",
        "The range of values compatible with these test sessions, at the level named (usually 95 %). Luck in training"
        " is left out, except under “If you trained again” and “Does order matter here?”.",
    ),
    Term("Seed", "The random start of a training run; repeats show what luck does."),
    Term(
        "Margin",
        "The smallest relative difference that matters to you: 5 % means 42 hits per 100 against 40. Models closer than"
        " that count as equal.",
    ),
    Term("Baseline", "A simple method without training by gradient. A model must beat it to be worth its trouble."),
    Term(
        "Tuned, trial",
        "Before the test, settings were searched on validation data, with the same budget for each method. A trial is"
        " one choice of settings that was tried.",
    ),
    Term(
        f"{PROTOCOL_LABELS['last-item']} (test rule)",
        "Predicts each session's end after training on the same days, which makes models look better than they are.",
    ),
    Term(f"{PROTOCOL_LABELS['time']} (test rule)", "Trains on the past, tests on later days."),
    Term(
        "Window",
        "A period, such as a week, on which models are tested that were trained on everything before it. A test on"
        " several weeks (a backtest) has several windows, one after another.",
    ),
    Term(
        f"{PROTOCOL_LABELS['session-holdout']} (test rule)",
        "Trains on some sessions, tests on others drawn at random from the same days.",
    ),
    Term("Offline test", OFFLINE_LIMITS[0]),
)
"""The words of every comparison, in the order in which a reader meets them."""


def explain(name: str) -> str:
    """What a word means.

    Args:
        name: its name in `TERMS`, or the beginning of it.

    Raises:
        KeyError: there is no such word.

    >>> explain("Seed")
    'The random start of a training run; repeats show what luck does.'
    """
    meaning = next((term.meaning for term in TERMS if term.name.startswith(name)), None)
    if meaning is None:
        raise KeyError(name)
    return meaning


BASELINE_MEANINGS = {
    "popularity": "The same list for all: what occurred most often in training.",
    "session-popularity": "What the session already had, most often first, then best-sellers.",
    "last-item-again": "The item just seen, once more, then best-sellers.",
    "markov": "What most often followed the item just seen (first-order Markov).",
    "sequential-rules": "What came soon after the item just seen in earlier sessions, near items weighing more.",
    "item-knn": "What is most often in the same sessions as the item just seen.",
    "v-sknn": "What the most similar earlier sessions had, rare items weighing more (nearest neighbours).",
    "stan": "What stood near the shared item in similar sessions, recent sessions weighing more.",
    "vstan": "STAN and V-SKNN in one: place, age of the session and rarity of the item all count.",
    "linear-ar": "Weighs the items seen so far, recent ones more, by a linear model of what followed them.",
    "slis": "A linear model of which items are in one session.",
    "slit": "A linear model of which items follow which in a session.",
    "slist": "SLIS and SLIT in one linear model.",
    "vs-knn": "What similar sessions of the training part had (nearest neighbours; of an earlier version).",
}
"""One sentence on each baseline, by its name."""
