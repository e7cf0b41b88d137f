"""Which column has which role, judged by names and values, and why?

A name proposes and the values decide: sessions repeat, items are shared between sessions, times are times. Where no
name proposes a column, its values must speak clearly; a role that nothing suggests stays open.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gru4rec_core.data.column_evidence import ENOUGH_ROWS, find_objection, is_item, is_person, is_shared, is_visit
from gru4rec_core.data.column_profile import ColumnProfile
from gru4rec_core.data.column_words import LIKELY, OTHER, SURE, suggest_roles
from gru4rec_core.data.columns import ROLE_WORDS


@dataclass(frozen=True)
class ColumnGuess:
    """The roles that were recognised.

    Attributes:
        columns: Role ("session", "timestamp", "item", "user", "event", "item_name") to column.
        reasons: Role to why this column was taken, for people.
        doubts: Role to why a column that is named for it was not taken, as a sentence.
        candidates: Role to all columns that may have it, likeliest first.
    """

    columns: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    doubts: dict[str, str] = field(default_factory=dict)
    candidates: dict[str, tuple[str, ...]] = field(default_factory=dict)


def guess_columns(profiles: Sequence[ColumnProfile], chosen: Mapping[str, str] | None = None) -> ColumnGuess:
    """Finds a column for each role. No column has two.

    Args:
        profiles: All columns of a file.
        chosen: Role to column where the user has decided; a chosen user leaves the session open.
    """
    chosen = dict(chosen or {})
    guesser = _Guesser(profiles, ColumnGuess(chosen, dict.fromkeys(chosen, "as chosen")))
    for role in ("timestamp", "session", "user", "item", "event", "item_name"):
        guesser.fill(role)
    return guesser.guess


class _Guesser:
    """Fills a guess role by role; later roles are judged by the columns of earlier ones."""

    def __init__(self, profiles: Sequence[ColumnProfile], guess: ColumnGuess) -> None:
        self.guess = guess
        self._profiles = {profile.name: profile for profile in profiles}
        self._suggested = {name: suggest_roles(name) for name in self._profiles}

    def fill(self, role: str) -> None:
        """Finds the column of a role, by its name or else by its values."""
        taken = self.guess.columns
        ranked = self._rank_by_name(role)
        self.guess.candidates[role] = tuple(profile.name for profile in ranked)
        if role in taken or (role == "session" and "user" in taken):
            return
        free = [profile for profile in ranked if profile.name not in taken.values()]
        if role == "session":
            free = [profile for profile in free if not self._is_shared_by_users(profile)]
        if free:
            self._take(role, free[0], "by its name")
        elif (profile := self._find_by_values(role)) is not None:
            self._take(role, profile, "by its values")
            self.guess.candidates[role] += (profile.name,)

    def _take(self, role: str, profile: ColumnProfile, how: str) -> None:
        self.guess.columns[role] = profile.name
        self.guess.reasons[role] = f"{how}: {_describe(role, profile)}"
        self.guess.doubts.pop(role, None)

    def _known(self) -> dict[str, ColumnProfile]:
        columns = self.guess.columns
        return {role: self._profiles[name] for role, name in columns.items() if name in self._profiles}

    def _rank_by_name(self, role: str) -> list[ColumnProfile]:
        """The columns that are named for a role and whose values do not speak against it, likeliest first.

        A few rows say too little against a sure name; reading them tells more.
        """
        ranked, unlikely = [], []
        for name, roles in self._suggested.items():
            if role not in roles or self._fits_better_elsewhere(name, role):
                continue
            objection = find_objection(role, self._profiles[name], roles[role], self._known())
            if objection is None:
                ranked.append(self._profiles[name])
            elif roles[role] >= SURE and len(self._profiles[name].codes) < ENOUGH_ROWS:
                unlikely.append(self._profiles[name])
            elif roles[role] >= LIKELY:
                doubt = f"The column {name} was not taken as the {ROLE_WORDS[role]}: {objection}."
                self.guess.doubts.setdefault(role, doubt)
        return sorted(ranked, key=lambda p: (-self._suggested[p.name][role], -_distinctness(role, p))) + unlikely

    def _is_shared_by_users(self, session: ColumnProfile) -> bool:
        """Whether a session column numbers the visits of each user from 1, so that its values name none."""
        users = [p for name, p in self._profiles.items() if self._suggested[name].get("user", 0) >= SURE]
        if not any(is_shared(session, user) for user in users if user.name != session.name):
            return False
        self.guess.doubts["session"] = (
            f"The column {session.name} was not taken as the {ROLE_WORDS['session']}: "
            "most of its values occur with several users, so it numbers the visits of each."
        )
        return True

    def _fits_better_elsewhere(self, name: str, role: str) -> bool:
        """Whether the values agree with a role that the name suggests more strongly."""
        roles, profile = self._suggested[name], self._profiles[name]
        stronger = [other for other in roles if roles[other] > roles[role] and other != OTHER]
        return any(find_objection(other, profile, roles[other], self._known()) is None for other in stronger)

    def _find_by_values(self, role: str) -> ColumnProfile | None:
        """The column whose name suggests nothing and whose values speak clearly for this role."""
        known = self._known()
        taken = self.guess.columns.values()
        nameless = [p for name, p in self._profiles.items() if not self._suggested[name] and name not in taken]
        unnamed = [profile for profile in nameless if profile.n_filled >= ENOUGH_ROWS]
        if role == "timestamp":
            times = [profile for profile in unnamed if profile.kind == "time"]
            return times[0] if len(times) == 1 else None
        fits = {"session": is_visit, "user": is_person, "item": is_item}.get(role)
        if fits is None or (role == "user" and "session" in known):
            return None
        return max((p for p in unnamed if fits(p, known)), key=lambda p: p.n_distinct, default=None)


def _distinctness(role: str, profile: ColumnProfile) -> float:
    """How many values a column distinguishes; for a time, dates come before numbers."""
    return profile.n_distinct + (1e9 if role == "timestamp" and profile.kind == "time" else 0)


def _describe(role: str, profile: ColumnProfile) -> str:
    """What was seen in the values that fits the role."""
    if role == "timestamp" and not profile.time_formats:
        return "numbers, not dates: used only for the order"
    if role in ("session", "user"):
        return f"{profile.rows_per_value:.1f} rows per value"
    if role == "item":
        return f"{profile.n_distinct:,} different in {profile.n_filled:,} rows"
    return profile.description
