"""How many test sessions does it take to see a difference?"""

from math import ceil, isfinite, sqrt

from scipy import stats


def sessions_needed(n_sessions: int, centre: float, half_width: float, margin: float) -> int | None:
    """Sessions that would settle an open comparison if its gap held: n · (h / max(|d|, m − |d|))².

    An interval shrinks with the root of n. It leaves out 0 once h < |d|, and lies within ±m once
    h < m − |d|; the nearer of the two settles it.

    Args:
        n_sessions: sessions tested now.
        centre, half_width: d and h, of the interval of the relative difference.
        margin: m, the relative difference that matters.

    Returns:
        The number, or None where it would not exceed n_sessions or is not finite: then the number of
        sessions is not what keeps the question open.
    """
    if not (isfinite(centre) and isfinite(half_width)):
        return None
    needed = n_sessions * (half_width / max(abs(centre), margin - abs(centre))) ** 2
    return ceil(needed) if n_sessions < needed < 1e12 else None


def smallest_visible_difference(
    n_sessions: int,
    n_events: int,
    hit_rate: float,
    *,
    session_length: float | None = None,
    agreement: float = 0.6,
    within_session: float = 0.2,
    confidence: float = 0.95,
    power: float = 0.8,
) -> float:
    """Smallest relative difference of two hit rates that a test of this size is likely to show.

    (z₁ + z₂) · √(2 p (1 − p) (1 − r) · (1 + (n̄ − 1) ρ) / n) / p: the paired two-proportion formula (Connor
    1987) with the design effect of events that share a session (Kish 1965, section 5.4). The defaults of r
    and ρ are what two unlike models had on an e-shop's log; alike models agree more and show less.

    Args:
        n_sessions: test sessions.
        n_events: predicted events n.
        hit_rate: expected hits per event p, in (0, 1); that of the best baseline will do.
        session_length: n̄, events in the session of an average event, Σ length² / n; by default
            2 n / n_sessions − 1, which holds for geometric lengths and for one event a session.
        agreement: correlation r of the two models' hits, in [0, 1).
        within_session: correlation ρ of the difference within a session, in [0, 1].
        confidence: of the interval, which gives z₁.
        power: how likely the difference is to show, which gives z₂.

    Returns:
        Relative difference, e.g. 0.08 for 8 %; infinite where there is no test or no hit.

    >>> round(smallest_visible_difference(1_000, 1_000, 0.2), 3)
    0.158
    >>> round(smallest_visible_difference(20_000, 20_000, 0.2), 3)
    0.035
    """
    if n_sessions < 1 or n_events < 1 or not 0 < hit_rate < 1:
        return float("inf")
    length = 2 * n_events / n_sessions - 1 if session_length is None else session_length
    design_effect = 1 + (length - 1) * within_session
    variance = 2 * hit_rate * (1 - hit_rate) * (1 - agreement) * design_effect / n_events
    z = stats.norm.ppf((1 + confidence) / 2) + stats.norm.ppf(power)
    return float(z * sqrt(variance) / hit_rate)
