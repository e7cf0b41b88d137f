"""The version that records, reports and the wheel name is one."""

import gru4rec_core
from gru4rec_core.version import __version__


def test_the_package_has_the_same_version() -> None:
    assert gru4rec_core.__version__ == __version__
