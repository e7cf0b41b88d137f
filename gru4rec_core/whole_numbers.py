"""How is a whole number read from a text that anyone may have written, such as a link?"""

_MOST_DIGITS = 15
"""Beyond them, browsers and floats no longer tell whole numbers apart."""


def whole_number(text: str) -> int | None:
    """The number that a text is, from 0; None where it is none, or one of too many digits.

    >>> whole_number("17"), whole_number("-1"), whole_number("9" * 16), whole_number("")
    (17, None, None, None)
    """
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None
