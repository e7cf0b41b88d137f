"""Which columns do well-known files without a header have?"""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow.compute as pc

from gru4rec_core.data.column_profile import ColumnProfile

_ID = r"\d{1,12}"
_MOMENT = r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d+)?Z?"
_SECONDS = r"\d{9,10}"
_UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_STARS = r"[0-5](\.[05])?"
_ANY = r"(?s).*"


@dataclass(frozen=True)
class KnownForm:
    """A form of files without a header.

    Attributes:
        name: Of the files.
        patterns: What all values of each column look like.
        roles: Role to the number of its column, from 0.
    """

    name: str
    patterns: tuple[str, ...]
    roles: dict[str, int]

    def fits(self, profiles: Sequence[ColumnProfile]) -> bool:
        return len(profiles) == len(self.patterns) and all(
            len(profile.values) and pc.all(pc.match_substring_regex(profile.values, rf"^({pattern})$")).as_py()
            for profile, pattern in zip(profiles, self.patterns, strict=True)
        )


KNOWN_FORMS = (
    KnownForm("YOOCHOOSE", (_ID, _MOMENT, _ID, _ANY), {"session": 0, "timestamp": 1, "item": 2}),
    KnownForm("MovieLens", (_ID, _ID, _STARS, _SECONDS), {"user": 0, "timestamp": 3, "item": 1}),
    KnownForm(
        "Last.fm",
        (r"user_\d+", _MOMENT, _UUID, _ANY, _UUID, _ANY),
        {"user": 0, "timestamp": 1, "item": 4, "item_name": 5},
    ),
    KnownForm(
        "Taobao", (_ID, _ID, _ID, r"pv|buy|cart|fav", _SECONDS), {"user": 0, "timestamp": 4, "item": 1, "event": 3}
    ),
)


def find_known_form(profiles: Sequence[ColumnProfile]) -> KnownForm | None:
    """The form that all columns of a file without a header have; None where it is none of these."""
    return next((form for form in KNOWN_FORMS if form.fits(profiles)), None)
