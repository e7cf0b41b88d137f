"""Builds the library's API pages from its docstrings, public names first.

    .venv/bin/python -m docs.make_api site/api

Fails where a module cannot be imported or a public name has no docstring.
"""

import inspect
import os
import sys
import warnings
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import pdoc
import pdoc.render

import gru4rec_core


def main(folder: Path) -> None:
    """Writes `gru4rec_core.html`, which has every public name, and a page for each module that defines one."""
    undocumented = [name for name in gru4rec_core.__all__ if not _has_docstring(name)]
    if undocumented:
        sys.exit(f"Every public name has a docstring; these have none: {', '.join(undocumented)}")
    # pdoc only warns about what it cannot import or resolve.
    warnings.filterwarnings("error", module="pdoc")
    pdoc.render.configure(docformat="google", footer_text=f"GRU4Rec Workbench {gru4rec_core.__version__}")
    public = [getattr(gru4rec_core, name) for name in gru4rec_core.__all__]
    modules = {value.__module__ for value in public if hasattr(value, "__module__")}
    pdoc.pdoc("gru4rec_core", *sorted(modules), output_directory=folder)
    page = (folder / "gru4rec_core.html").read_text(encoding="utf-8")
    missing = [name for name in gru4rec_core.__all__ if f'id="{name}"' not in page]
    if missing:
        sys.exit(f"Every public name is on the first page; these are not: {', '.join(missing)}")
    sys.stdout.write(f"{folder / 'index.html'}: {len(gru4rec_core.__all__)} public names\n")


def _has_docstring(name: str) -> bool:
    value = getattr(gru4rec_core, name)  # also loads it, for pdoc to find
    return bool(inspect.getdoc(value)) if callable(value) else True


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "site/api"))
