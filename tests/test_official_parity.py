"""The production training step against eight steps of the official implementation, number for number.

OFFICIAL_STEPS names another .npz of the same form; its settings are in the .json beside it.
"""

import pytest

from tests.parity import check_steps, read_steps

DESCRIPTION, NUMBERS = read_steps("OFFICIAL_STEPS", "official_steps.npz")


@pytest.mark.parametrize("name", DESCRIPTION["cases"])
def test_eight_steps_equal_the_official_ones(name: str) -> None:
    check_steps(DESCRIPTION, NUMBERS, name)
