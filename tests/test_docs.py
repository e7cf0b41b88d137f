"""Files and functions that the guides name exist, so that a move or a new name is noticed here."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
GUIDES = (
    "README.md",
    "CONTRIBUTING.md",
    "docs/architecture.md",
    "docs/cluster.md",
    "docs/reliability.md",
    *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs" / "decisions").glob("*.md")),
)
FOLDERS = ("gru4rec_core", "dashboard", "pages", "tests")
RECIPES = ("CONTRIBUTING.md", "docs/architecture.md")
"""Guides to the source of today: every name in them must occur there. Decisions may name what is gone."""

MADE = ("site/", "workspace/", "build/")
"""Folders that are made by using the project."""


@pytest.mark.parametrize("guide", GUIDES)
def test_every_file_and_function_named_in_a_guide_exists(guide: str) -> None:
    text = (ROOT / guide).read_text(encoding="utf-8")
    named = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.S))
    missing = [name for name in named if is_path(name) and not (ROOT / name).exists()]
    missing += [name for name in named if is_dotted(name) and not resolves(name)]
    if guide in RECIPES:
        missing += [name for name in named if name.isidentifier() and name not in words()]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("guide", GUIDES)
def test_every_link_between_guides_leads_somewhere(guide: str) -> None:
    folder = (ROOT / guide).parent
    links = re.findall(r"\]\(([^)#]+)\)", (ROOT / guide).read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (folder / link).exists()] == []


def is_path(name: str) -> bool:
    """A path from the project's root, not a pattern, a command or a file that is made by using the project."""
    top = name.partition("/")[0]
    return bool(re.fullmatch(r"[\w./-]+", name)) and "/" in name and (ROOT / top).exists() and not name.startswith(MADE)


def is_dotted(name: str) -> bool:
    """`package.module` or `package.module.name`, where the package is one of ours."""
    return bool(re.fullmatch(r"[a-z_]+(\.\w+)+", name)) and package(name.split(".")[0]) is not None


def test_every_row_of_the_matrices_names_a_test_that_exists() -> None:
    text = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if re.match(r"\|(?! *what breaks| *file|-)", line)]
    assert rows
    assert [row for row in rows if not re.search(r"\| `[^`]+::\w+`(, `[^`]+::\w+`)* \|$", row)] == []
    named = re.findall(r"`(tests/[^`]+?)::(\w+)`", text)
    assert [name for name in named if f"def {name[1]}(" not in (ROOT / name[0]).read_text(encoding="utf-8")] == []


@cache
def words() -> set[str]:
    """Every word of the source and of its tests."""
    paths = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    return {word for path in paths for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))}


def package(name: str) -> Path | None:
    """The folder of a package of ours, named in full or inside gru4rec_core."""
    folders = [ROOT / "gru4rec_core" / name, ROOT / name]
    return next((folder for folder in folders if (folder / "__init__.py").exists()), None)


def resolves(name: str) -> bool:
    """Whether a dotted name is a module of ours, or something defined in one."""
    first, *rest = name.split(".")
    path = package(first)
    assert path is not None
    while rest and (path / rest[0]).is_dir():
        path /= rest.pop(0)
    if rest and (path / f"{rest[0]}.py").exists():
        path = path / f"{rest.pop(0)}.py"
    else:
        path /= "__init__.py"
    body = ast.parse(path.read_text(encoding="utf-8")).body
    for part in rest:
        found = [node for node in body if part in defined(node)]
        if not found:
            return False
        body = getattr(found[0], "body", [])
    return True


def defined(node: ast.stmt) -> set[str]:
    """Names that a statement gives a meaning to."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return {target.id for target in targets if isinstance(target, ast.Name)}


def test_names_are_told_apart() -> None:
    assert resolves("data.sessions.SessionDataset.lengths")
    assert not resolves("data.sessions.Nothing")
    assert not resolves("data.nothing")
    assert is_path("gru4rec_core/config.py")
    assert not is_path("pages/*.py")
    assert not is_dotted("weights.npz")
