"""Which texts stand for a missing value?"""

import pyarrow as pa
import pyarrow.compute as pc

NULL_WORDS = (
    "NaN", "nan", "NAN", "-nan", "None", "none", "NONE", "NULL", "null", "Null", r"\N", "<null>", "<NULL>", "(null)",
    "[null]", "<NA>", "<na>", "NaT", "undefined", "N/A", "n/a", "#N/A", "#NULL!", "#VALUE!", "#REF!",
)  # fmt: skip
"""As databases, pandas, R, spreadsheets and JavaScript write a missing value.

"NA" is not among them, because it is just as often a name (Namibia, North America). As a session it is missing, see
`SESSION_NULL_WORDS`.
"""

SESSION_NULL_WORDS = (*NULL_WORDS, "NA")
"""Session ids are hardly ever two letters, while R writes NA for every missing one."""

# Spaces of every width, but not tabs and line ends: these are part of a text.
SPACES = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
INVISIBLE = SPACES + "\t\n\v\f\r\x85\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u2060\ufeff"
"""What leaves a text empty to the eye: spaces, line ends, and characters without width."""


def is_null_word(texts: pa.Array, words: tuple[str, ...] = NULL_WORDS) -> pa.BooleanArray:
    """Which texts, without the spaces around them, stand for a missing value; bool [n], no nulls."""
    return pc.is_in(texts, pa.array(words))


def is_empty(texts: pa.Array) -> pa.BooleanArray:
    """Which texts have nothing to see; bool [n], no nulls."""
    return pc.equal(pc.utf8_ltrim(texts, INVISIBLE), "")
