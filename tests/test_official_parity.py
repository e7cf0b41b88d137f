"""The production training step against eight steps of the official implementation, number for number.

OFFICIAL_STEPS names another .npz of the same form; its settings are in the .json beside it.
"""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from tests.parity import check_steps

STEPS_FILE = Path(os.environ.get("OFFICIAL_STEPS", Path(__file__).parent / "reference" / "official_steps.npz"))
DESCRIPTION = json.loads(STEPS_FILE.with_suffix(".json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def numbers():
    with np.load(STEPS_FILE) as archive:
        return dict(archive)


@pytest.mark.parametrize("name", DESCRIPTION["cases"])
def test_eight_steps_equal_the_official_ones(name: str, numbers: dict[str, np.ndarray]) -> None:
    check_steps(DESCRIPTION, numbers, name)
