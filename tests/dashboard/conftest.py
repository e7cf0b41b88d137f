"""What tests of the dashboard's parts share."""

import gc

import pytest


@pytest.fixture(autouse=True, scope="module")
def collections_are_short() -> None:
    """Streamlit collects garbage after each run of a script: 0.3 s where another test has loaded TensorFlow.

    What is there by now is left out of it.
    """
    gc.freeze()
