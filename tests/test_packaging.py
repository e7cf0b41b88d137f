"""What `pip install .` promises agrees with what is tested: pins lie in their ranges, the version stands once."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

import gru4rec_core

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def pins() -> dict[str, str]:
    """Name to exact version, from requirements.in."""
    lines = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def test_every_pin_lies_in_its_range_and_every_range_has_a_pin() -> None:
    ranges = [Requirement(text) for text in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dashboard"]]
    assert {requirement.name for requirement in ranges} == set(pins())
    assert [requirement for requirement in ranges if pins()[requirement.name] not in requirement.specifier] == []


def test_every_pinned_package_has_its_reason() -> None:
    table = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text(encoding="utf-8")
    named = {name for row in re.findall(r"^\| ([a-z0-9, -]+) \|", table, re.M) for name in row.split(", ")}
    assert set(pins()) <= named


def test_the_version_is_read_from_the_package() -> None:
    assert PROJECT["dynamic"] == ["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", gru4rec_core.__version__)


def test_type_checkers_see_the_types() -> None:
    assert (ROOT / "gru4rec_core" / "py.typed").exists()
