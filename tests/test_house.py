"""The house of docs/decisions/0008: no circles, mirrored tests, few parameters, and a first line for every module.

Everything is computed from the source, so that a new module is judged without being listed here.
"""

import ast
from collections.abc import Collection, Iterator
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("gru4rec_core", "dashboard", "pages")
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
MOST_PARAMETERS = 6

TESTED_ELSEWHERE = {
    "gru4rec_core/__init__.py": "tests/test_public_names.py",  # named after what it holds
    "gru4rec_core/__main__.py": "tests/cli/test_app.py",  # one call of cli.app.main, made by the tests of that
}
USES_TENSORFLOW = {
    "gru4rec_core",
    "gru4rec_core.experiments.network_trials",
    "gru4rec_core.experiments.run",
    "gru4rec_core.experiments.threads",
    "gru4rec_core.jobs.worker",
}
"""Besides the model package: the first resolves public names when they are used."""


def module_name(path: Path) -> str:
    """`gru4rec_core.data.sessions` for its path."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}
MODULES = {module_name(path) for path in SOURCES}


@pytest.fixture(scope="module")
def imports() -> dict[str, set[str]]:
    """What each module imports: at the top, inside functions, for type checkers, or by naming a module in a string."""
    graph = grimp.build_graph(*ROOMS, include_external_packages=True, cache_dir=None)
    edges = {name: set(graph.find_modules_directly_imported_by(name)) for name in MODULES}
    for path, tree in TREES.items():
        edges[module_name(path)] |= set(named_in_strings(tree))
    return {name: imported - {name} for name, imported in edges.items()}


def named_in_strings(tree: ast.Module) -> Iterator[str]:
    """Modules of ours named by a whole string: "package.module", "package.module:name" or "package.module.name"."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            name = node.value.partition(":")[0]
            for candidate in (name, name.rpartition(".")[0]):
                if candidate in MODULES and "." in candidate:
                    yield candidate
                    break


def circles(edges: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules that reach each other (Tarjan's strongly connected components of more than one)."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    groups: list[list[str]] = []

    def visit(name: str) -> None:
        order[name] = lowest[name] = len(order)
        stack.append(name)
        for imported in sorted(edges[name] & edges.keys()):
            if imported not in order:
                visit(imported)
                lowest[name] = min(lowest[name], lowest[imported])
            elif imported in stack:
                lowest[name] = min(lowest[name], order[imported])
        if lowest[name] == order[name]:
            group = stack[stack.index(name) :]
            del stack[-len(group) :]
            if len(group) > 1:
                groups.append(sorted(group))

    for name in sorted(edges):
        if name not in order:
            visit(name)
    return groups


def test_circles_are_found() -> None:
    assert circles({"a": {"b"}, "b": {"c", "d"}, "c": {"a"}, "d": set()}) == [["a", "b", "c"]]
    assert circles({"a": {"b", "c"}, "b": {"c"}, "c": {"outside"}}) == []


def test_modules_named_in_strings_are_found() -> None:
    text = 'a = "gru4rec_core.errors"; b = ["gru4rec_core.cli.app:main"]; c = "see gru4rec_core.config"'
    assert list(named_in_strings(ast.parse(text))) == ["gru4rec_core.errors", "gru4rec_core.cli.app"]


def test_no_modules_import_each_other_in_a_circle(imports: dict[str, set[str]]) -> None:
    found = circles(imports)
    assert not found, "\n".join(" <-> ".join(group) for group in found)


def test_only_the_model_one_experiment_and_the_worker_reach_tensorflow(imports: dict[str, set[str]]) -> None:
    direct = {name for name, imported in imports.items() if imported & {"tensorflow", "keras"}}
    outside = {name for name in direct - USES_TENSORFLOW if not name.startswith("gru4rec_core.model.")}
    assert not outside, sorted(outside)
    assert "gru4rec_core.model.inference" not in direct


def test_a_module_begins_with_a_line_that_says_what_it_is_for() -> None:
    firsts = {relative(path): (ast.get_docstring(tree) or "\n").splitlines()[0] for path, tree in TREES.items()}
    unclear = [f"{name}: {line!r}" for name, line in firsts.items() if len(line.split()) < 3 or line[-1] not in ".?!:"]
    assert not unclear, "\n".join(unclear)


def test_a_module_has_a_test_module_of_its_name() -> None:
    tests = [TESTED_ELSEWHERE.get(relative(path), mirror(path)) for path in SOURCES if not is_empty(TREES[path])]
    missing = [test for test in tests if not (ROOT / test).exists()]
    assert not missing, "\n".join(missing)


def is_empty(tree: ast.Module) -> bool:
    """Nothing but a docstring: a package that only says what it is for."""
    return len(tree.body) == 1 and ast.get_docstring(tree) is not None


def mirror(path: Path) -> str:
    """tests/data/test_sessions.py for gru4rec_core/data/sessions.py; dashboard and pages keep their folder's name."""
    inside = path.relative_to(ROOT / "gru4rec_core" if path.is_relative_to(ROOT / "gru4rec_core") else ROOT)
    return str(Path("tests") / inside.parent / f"test_{path.name}")


def test_a_function_takes_six_parameters_at_most() -> None:
    public = public_names()
    long = [
        f"{relative(path)}: {name} takes {count}"
        for path, tree in TREES.items()
        for name, count in parameter_counts(tree, public.get(module_name(path), set()))
        if count > MOST_PARAMETERS
    ]
    assert not long, "\n".join(long)


def public_names() -> dict[str, set[str]]:
    """What may take more parameters, by module: the names of `gru4rec_core.__all__`, and commands.

    The parameters of a command are its options, and so the public interface of the command line.
    """
    tree = TREES[ROOT / "gru4rec_core" / "__init__.py"]
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module in MODULES]
    names = {str(node.module): {alias.name for alias in node.names} for node in imported}
    for module, name in commands():
        names.setdefault(f"gru4rec_core.cli.{module}", set()).add(name)
    return names


def commands() -> Iterator[tuple[str, str]]:
    """Module and name of each function that cli/app.py makes a command: `app.command("train")(train.train)`."""
    for node in ast.walk(TREES[ROOT / "gru4rec_core" / "cli" / "app.py"]):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("app.command("):
            yield tuple(ast.unparse(node.args[0]).split("."))


def parameter_counts(tree: ast.AST, public: Collection[str] = (), inside: str = "") -> Iterator[tuple[str, int]]:
    """Each function outside `public` with its number of parameters (`self` and `cls` not counted)."""
    for node in ast.iter_child_nodes(tree):
        name = f"{inside}{node.name}" if isinstance(node, ast.FunctionDef | ast.ClassDef) else inside.rstrip(".")
        if name in public:
            continue
        if isinstance(node, ast.FunctionDef):
            arguments = node.args
            named = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
            yield name, len([a for a in named if a not in {"self", "cls"}])
        yield from parameter_counts(node, public, f"{name}." if name else "")


def test_commands_are_found() -> None:
    assert ("train", "train") in set(commands())


def test_parameters_are_counted() -> None:
    text = "def f(a, /, b, *, c): ...\nclass C:\n    def m(self, x): ...\nclass P:\n    def m(self, x): ..."
    assert list(parameter_counts(ast.parse(text), {"P"})) == [("f", 3), ("C.m", 1)]
