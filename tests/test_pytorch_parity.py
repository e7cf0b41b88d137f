"""The production training step against eight steps of the official PyTorch code, whose reset gate comes later.

PYTORCH_STEPS names another .npz of the same form; its settings are in the .json beside it.
"""

import pytest

from tests.parity import check_steps, read_steps

DESCRIPTION, NUMBERS = read_steps("PYTORCH_STEPS", "pytorch_steps.npz")


@pytest.mark.parametrize("name", DESCRIPTION["cases"])
def test_eight_steps_equal_those_of_the_official_pytorch_code(name: str) -> None:
    check_steps(DESCRIPTION, NUMBERS, name)
