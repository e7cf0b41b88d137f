"""The package gives its public names, and loads TensorFlow only for those that need it."""

import subprocess
import sys

import pytest

import gru4rec_core

NEED_TENSORFLOW = {"BPR", "TOP1", "Gru4Rec"}


@pytest.mark.parametrize("name", gru4rec_core.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(gru4rec_core, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        gru4rec_core.Nothing  # noqa: B018
    assert set(gru4rec_core.__all__) <= set(dir(gru4rec_core))


def test_nothing_but_the_model_loads_tensorflow() -> None:
    light = sorted(set(gru4rec_core.__all__) - NEED_TENSORFLOW)
    modules = (
        "jobs.jobs",
        "jobs.client",
        "jobs.engine",
        "jobs.engine_process",
        "jobs.estimates",
        "jobs.launcher",
        "jobs.planning",
        "jobs.lost_jobs",
        "jobs.worker",
        "results.comparison",
        "results.recheck",
        "workspace.importing",
        "experiments.baselines",
        "cli.app",
    )
    code = (
        "import sys, importlib, gru4rec_core\n"
        f"for name in {light}: getattr(gru4rec_core, name)\n"
        f"for name in {modules}: importlib.import_module('gru4rec_core.' + name)\n"
        "import gru4rec_core.cli.app\n"
        "print([name for name in ('tensorflow', 'keras', 'streamlit') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
