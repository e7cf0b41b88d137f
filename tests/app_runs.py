"""What tests share that run a page, or a part of one, through AppTest."""

import os

from streamlit.testing.v1 import AppTest

PATIENCE = float(os.environ.get("GRU4REC_TEST_PATIENCE", "1"))
"""How many times longer than usual a script may take in a test: for machines that do much else at the same time."""

TIMEOUT = 20 * PATIENCE  # seconds


def run_open(app: AppTest, popover: str) -> None:
    """Runs the page with a popover open, by its key: AppTest cannot hold one open from run to run."""
    app.session_state[popover] = True
    app.run()
