"""How is a number of things put into words?"""


def counted(number: int, noun: str, several: str = "") -> str:
    """A number with its noun, in the singular for one.

    Args:
        number: how many.
        noun: what one of them is called.
        several: what several are called, where that is not `noun` and an s.

    >>> counted(1, "session"), counted(1_200, "session"), counted(0, "entry", "entries")
    ('1 session', '1,200 sessions', '0 entries')
    """
    return f"{number:,} {noun if number == 1 else several or noun + 's'}"


def true_minus(number: str) -> str:
    """A number as text, with the minus sign that is as wide as a plus.

    >>> true_minus("-2.5")
    '−2.5'
    """
    return number.replace("-", "\N{MINUS SIGN}")
