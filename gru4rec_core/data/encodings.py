"""Which encoding does a text have, and is a name that of a text encoding?"""

import codecs

from gru4rec_core.errors import DataError

ENCODINGS = (
    "utf-8", "windows-1252", "latin-1", "iso-8859-2", "windows-1251", "utf-16", "utf-32", "shift_jis", "gb18030",
    "big5",
)  # fmt: skip
"""Encodings to offer; every other one that Python knows can be read too."""

# UTF-32 first: its little-endian mark begins like that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Python calls these encodings, too; they are for domain names and for program text, and half of them cannot be read
# in parts.
_NOT_OF_FILES = ("idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape")


def normalize_encoding(name: str) -> str:
    """Python's own name of a text encoding.

    Raises:
        DataError: No text encoding has that name.
    """
    try:
        codec = codecs.lookup(name)
        known = "session".encode(name).decode(name) == "session" and codec.name not in _NOT_OF_FILES
    except (LookupError, ValueError):  # rot13 and base64 are codecs, but no text encodings
        known = False
    if not known:
        raise DataError(
            "There is no text encoding of this name.",
            found=repr(name)[:100],
            where="encoding",
            remedy="Use " + ", ".join(ENCODINGS[:3]) + " or another encoding that Python knows.",
        )
    return codec.name


def encoding_mark(head: bytes) -> str | None:
    """ "utf-16" or "utf-32" where a text begins with that encoding's byte order mark, else None."""
    return next((name for mark, name in _MARKS if head.startswith(mark)), None)
