"""What tests share that run a page, or a part of one, through AppTest."""

import os

from streamlit.testing.v1 import AppTest

PATIENCE = float(os.environ.get("GRU4REC_TEST_PATIENCE", "1"))
"""How many times longer than usual a script may take in a test: for machines that do much else at the same time."""

TIMEOUT = 20 * PATIENCE  # seconds


def run_open(app: AppTest, part: str) -> None:
    """Runs the page with an expander open, by its key: AppTest cannot hold one open from run to run."""
    app.session_state[part] = True
    app.run()


def is_dialog_open(app: AppTest) -> bool:
    """Whether anything stands over the page."""
    return any(one.type == "dialog" for one in app._tree[2].children.values())
