"""What does an order test say, in sentences, and what does it mean for choosing a model?"""

from gru4rec_core.evaluation.rate_intervals import level_text
from gru4rec_core.results.order import OrderTest
from gru4rec_core.words import counted, per_100, percent_number, percent_text

PURPOSE = (
    "A lookup table and a small GRU predict held-out sessions twice: from histories in order, and from the same"
    " histories shuffled. What is lost by shuffling is what order is worth."
)
"""What the test does, before it was run."""


def headline(test: OrderTest) -> str:
    """The result in one sentence, with its interval."""
    share, level = test.share.share, level_text(test.share.confidence)
    if share is None:
        beyond = test.share.predictable
        return (
            "This test cannot show that anything can be predicted here beyond best-sellers: in the top"
            f" {test.k} the better of two methods has {per_100(test.share.best('in_order'))} of 100, best-sellers"
            f" {per_100(test.share.popularity.value)} ({level} interval of the difference: {per_100(beyond.low)} to"
            f" {per_100(beyond.high)})."
        )
    most = percent_number(_clip(share.high))
    if share.low <= 0:
        return (
            f"No effect of order can be shown here: it explains at most {most} % of what can be predicted"
            f" ({level} interval: 0 to {most} %)."
        )
    return (
        f"Order explains {percent_number(_clip(share.value))} % of what can be predicted here"
        f" ({level} interval: {percent_number(share.low)} to {most} %)."
    )


def describe_figures(test: OrderTest) -> str:
    """The figures that the share is made of, as a sentence."""
    share = test.share
    return (
        f"In the top {test.k} the better of two methods has {per_100(share.best('in_order'))} of 100 in order,"
        f" {per_100(share.best('shuffled'))} with shuffled histories; best-sellers have"
        f" {per_100(share.popularity.value)}."
    )


def advise(test: OrderTest) -> list[str]:
    """What the result means for choosing a model, in sentences."""
    share = test.share
    if share.share is None:
        return [
            "This test cannot show that the items so far say more about the next one than best-sellers do: do not count"
            " on a model to beat them."
        ]
    if share.share.low <= 0:
        return [
            "Which items a session holds may be enough: this test cannot show that a sequence model gains anything from"
            " their order."
        ]
    lost = share.best("in_order") - share.best("shuffled")
    figures = f"{100 * lost:.0f} of {100 * share.best('in_order'):.0f} hits per 100"
    first = f"A method that ignores order would lose about {figures}: choose one that uses order."
    return [first, _describe_last_item(test)]


def describe_basis(test: OrderTest) -> str:
    """Which part of the log was used, and its limits, in sentences."""
    drawn = f"{test.n_used:,} of {counted(test.n_offered, 'session')}, drawn at random,"
    used = drawn if test.n_used < test.n_offered else f"All {counted(test.n_offered, 'session')}"
    held_out = counted(test.n_sessions, "held-out session")
    alone = f" {percent_text(test.single)} of the predicted events have one item before them, so nothing to shuffle."
    return (
        f"Used: {used[:1].lower()}{used[1:]} of the training part of the log's default test rule; its test is not"
        " touched."
        f" Learned from {test.n_learned:,} events; predicted {test.n_predictions:,} in {held_out}."
        f"{alone if test.single > 0 else ''} Of a longer history the last {test.longest} items are read, in order and"
        " shuffled alike. Each side was run with three seeds."
    )


def _describe_last_item(test: OrderTest) -> str:
    table, gru = (per_100(test.share.rates[method, "in_order"].value) for method in ("table", "gru"))
    figures = f"the small GRU has {gru} hits per 100, the lookup table, which reads the last item alone, {table}"
    if test.share.beyond_last.low > 0:
        return f"More than the last item counts: {figures}. That speaks for a sequence model."
    return f"The last item says most of it: {figures}. A sequence model has to beat such a table."


def _clip(fraction: float) -> float:
    return min(max(fraction, 0.0), 1.0)
