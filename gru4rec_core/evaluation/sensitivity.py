"""How many test sessions are needed to detect a difference?"""

from dataclasses import dataclass
from math import ceil, isfinite, sqrt
from statistics import NormalDist

POWER = 0.8
"""How likely a difference of the "smallest visible" size is to show."""


@dataclass(frozen=True)
class SensitivityAssumptions:
    """What the size of a test is judged by before there are results.

    The defaults of the two correlations are what two unlike models had on the log of an online shop; models that
    are more alike agree more often, so smaller differences show.

    Attributes:
        agreement: correlation r of the two models' hits, in [0, 1).
        within_session: correlation ρ of the difference within a session, in [0, 1].
        confidence: level of the interval, in (0, 1).
        power: how likely the difference is to show, in (0, 1).
    """

    agreement: float = 0.6
    within_session: float = 0.2
    confidence: float = 0.95
    power: float = POWER


def sessions_needed(n_sessions: int, centre: float, half_width: float, margin: float) -> int | None:
    """How many sessions would settle an open comparison if its gap held: n · (h / max(|d|, m − |d|))².

    An interval shrinks with the square root of n. It leaves out 0 once h < |d|, and lies within ±m once
    h < m − |d|; whichever comes first settles the comparison.

    Args:
        n_sessions: sessions tested now.
        centre, half_width: d and h, of the interval of the relative difference.
        margin: m, the relative difference that matters.

    Returns:
        The number, or None where it would not exceed n_sessions or is not finite: then the number of
        sessions is not what keeps the comparison open.
    """
    if not (isfinite(centre) and isfinite(half_width)):
        return None
    needed = n_sessions * (half_width / max(abs(centre), margin - abs(centre))) ** 2
    return ceil(needed) if n_sessions < needed < 1e12 else None


def smallest_visible_difference(
    n_sessions: int,
    n_events: int,
    hit_rate: float,
    session_length: float | None = None,
    assumptions: SensitivityAssumptions | None = None,
) -> float:
    """Smallest relative difference of two hit rates that a test of this size is likely to show.

    (z₁ + z₂) · √(2 p (1 − p) (1 − r) · (1 + (n̄ − 1) ρ) / n) / p: the paired two-proportion formula (Connor
    1987) with the design effect of events that share a session (Kish 1965, section 5.4).

    Args:
        n_sessions: test sessions.
        n_events: predicted events n.
        hit_rate: expected hits per event p, in (0, 1); that of the best baseline will do.
        session_length: n̄, events in the session of an average event, Σ length² / n; by default
            2 n / n_sessions − 1, which holds for geometric lengths and for one event per session.
        assumptions: r, ρ, and the level and power that give z₁ and z₂; by default `SensitivityAssumptions()`.

    Returns:
        Relative difference, e.g. 0.08 for 8 %; infinite where there is no test or no hit.

    >>> round(smallest_visible_difference(1_000, 1_000, 0.2), 3)
    0.158
    >>> round(smallest_visible_difference(20_000, 20_000, 0.2), 3)
    0.035
    """
    if n_sessions < 1 or n_events < 1 or not 0 < hit_rate < 1:
        return float("inf")
    assumed = assumptions or SensitivityAssumptions()
    # An average event lies in a longer session than the average session: long ones have more events.
    length = 2 * n_events / n_sessions - 1 if session_length is None else session_length
    design_effect = 1 + (length - 1) * assumed.within_session
    variance = 2 * hit_rate * (1 - hit_rate) * (1 - assumed.agreement) * design_effect / n_events
    return (_interval_z(assumed.confidence) + _normal_quantile(assumed.power)) * sqrt(variance) / hit_rate


def visible_from_half_width(half_width: float, confidence: float, power: float = POWER) -> float:
    """Smallest difference that a test is likely to show, from the half width of an interval it gave: h (z₁ + z₂) / z₁.

    Args:
        half_width: h, of an interval at the level `confidence`.
        confidence: level, in (0, 1), which gives z₁.
        power: how likely the difference is to show, which gives z₂.

    >>> round(visible_from_half_width(0.07, 0.95), 3)
    0.1
    """
    z = _interval_z(confidence)
    return half_width * (z + _normal_quantile(power)) / z


def _interval_z(confidence: float) -> float:
    return _normal_quantile((1 + confidence) / 2)


def _normal_quantile(share: float) -> float:
    # Not SciPy's, which is the same to 15 digits and takes Data's first view 0.3 s to load.
    return NormalDist().inv_cdf(share)
