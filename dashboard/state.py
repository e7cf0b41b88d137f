"""What is selected, how does it travel from page to page, and what was read from disk for it?

The selection lives in the URL (`?dataset=…&comparison=…&k=…`), so a pasted link opens the same view. The sidebar's
links drop URL parameters, so the session remembers them and `current` puts them back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from dashboard import messages, navigation
from dashboard.theme import is_dark as is_dark  # pages ask state for all that a view depends on
from gru4rec_core.config import MAX_LIST_LENGTH, PROTOCOL_LABELS
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import RunError
from gru4rec_core.jobs.job_list import baselines_id, job_folder
from gru4rec_core.results import comparison as results
from gru4rec_core.workspace.records import ComparisonRecord, DatasetRecord
from gru4rec_core.workspace.store import Workspace

T = TypeVar("T")

PAGES = {
    "overview": "pages/overview.py",
    "data": "pages/data.py",
    "train": "pages/train.py",
    "compare": "pages/compare.py",
    "accuracy": "pages/accuracy.py",
    "sessions": "pages/sessions.py",
    "try_it": "pages/try_it.py",
}
Stamp = tuple[tuple[str, int], ...]
_KEYS = ("dataset", "comparison", "k")
_REMEMBERED = "_selection"


@dataclass(frozen=True)
class Selection:
    """What the pages look at: records of the workspace, or None where there is nothing yet.

    Attributes:
        dataset, comparison: records; the comparison is always one on the dataset.
        k: how long the lists are, 1 to 20; the comparison's deciding k unless the URL says otherwise.
        missing: what the link named and the workspace does not have, for a notice.
    """

    dataset: DatasetRecord | None
    comparison: ComparisonRecord | None
    k: int | None
    missing: tuple[str, ...] = ()

    def params(self, **changes: Any) -> dict[str, str]:
        """URL parameters of this selection, with `changes` on top; a change to None leaves the parameter out."""
        values: dict[str, Any] = {
            "dataset": self.dataset.id if self.dataset else None,
            "comparison": self.comparison.id if self.comparison else None,
            "k": self.k,
        }
        return {key: str(value) for key, value in (values | changes).items() if value is not None}


def workspace() -> Workspace:
    """The workspace of this process (`GRU4REC_HOME`, or `workspace/` beside app.py)."""
    return Workspace.default()


def current() -> Selection:
    """The selection: from the URL, else as remembered, else the newest of the workspace; written back to the URL."""
    navigation.ensure_entered()
    wanted = {key: st.query_params.get(key) for key in _KEYS}
    remembered: dict[str, str] = st.session_state.get(_REMEMBERED, {})
    if not any(wanted.values()):
        wanted = {key: remembered.get(key) for key in _KEYS}
    selection = _resolve(workspace(), wanted)
    _write(selection)
    return selection


def select(**changes: Any) -> None:
    """Change `dataset`, `comparison` or `k` in the URL and in memory; takes effect on the next run of the script."""
    values = {key: st.query_params.get(key) for key in _KEYS} | changes
    if "dataset" in changes and "comparison" not in changes:
        values["comparison"] = None
    for key, value in values.items():
        if value is None:
            st.query_params.pop(key, None)
        else:
            st.query_params[key] = str(value)
    st.session_state[_REMEMBERED] = {key: str(values[key]) for key in _KEYS if values.get(key) is not None}


def open_page(page: str, selection: Selection, **changes: Any) -> None:
    """Leave for another page and take the selection along; extra parameters (`session=…`) may be added."""
    params = selection.params(**changes)
    st.session_state[_REMEMBERED] = {key: params[key] for key in _KEYS if key in params}
    st.switch_page(PAGES[page], query_params=params)


def way_on(label: str, page: str, selection: Selection, *, key: str, **changes: Any) -> None:
    """The page's one primary button, which leads to the next screen."""
    if st.button(label, type="primary", key=key, icon=":material/arrow_forward:", icon_position="right"):
        open_page(page, selection, **changes)


def page_url(selection: Selection, **changes: Any) -> str:
    """The address of this view, to be pasted to a colleague."""
    parts = urlsplit(st.context.url or "http://localhost:8501/")
    extra = {key: value for key, value in st.query_params.items() if key not in _KEYS}
    query = urlencode(extra | selection.params(**changes))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def context_line(selection: Selection, *, verdict: str | None = None) -> None:
    """The line under every title: dataset · comparison · test rule · list length k · Copy link."""
    comparison = selection.comparison
    pieces = [
        f"Data: {selection.dataset.name}" if selection.dataset else "No data yet",
        comparison.name if comparison else None,
        f"test rule: {PROTOCOL_LABELS[comparison.split.protocol].lower()}" if comparison else None,
        f"list length {selection.k}" if selection.k else None,
    ]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="context"):
        st.text(" · ".join(piece for piece in pieces if piece), width="content")
        with st.popover("Copy link", type="tertiary", icon=":material/link:", key="copy-link"):
            st.code("\n".join(filter(None, (verdict, page_url(selection)))), language=None, wrap_lines=True)
    if selection.missing:
        messages.note(
            f"The link names {' and '.join(selection.missing)}, not in this workspace: showing the newest.", "warning"
        )


def _resolve(home: Workspace, wanted: dict[str, str | None]) -> Selection:
    comparison = _find(home.comparison, wanted["comparison"])
    dataset = _find(home.dataset, comparison.dataset_id if comparison else wanted["dataset"])
    missing = [
        f"{kind} {wanted[kind]}"
        for kind, found in (("dataset", dataset), ("comparison", comparison))
        if wanted[kind] and found is None
    ]
    if dataset is None:
        dataset = next(iter(home.datasets()), None)
    if comparison is None and dataset is not None:
        comparison = next(iter(home.comparisons(dataset.id)), None)
    return Selection(dataset, comparison, _list_length(wanted["k"], comparison), tuple(missing))


def _find(read: Callable[[str], T], name: str | None) -> T | None:
    """The record, or None when the link names one that is gone or never was."""
    if not name:
        return None
    try:
        return read(name)
    except RunError:
        return None


def _list_length(wanted: str | None, comparison: ComparisonRecord | None) -> int | None:
    if wanted and wanted.isdecimal() and 1 <= int(wanted) <= MAX_LIST_LENGTH:
        return int(wanted)
    return min(comparison.config.deciding_k, MAX_LIST_LENGTH) if comparison else None


def _write(selection: Selection) -> None:
    params = selection.params()
    for key in _KEYS:
        if key not in params:
            st.query_params.pop(key, None)
        elif st.query_params.get(key) != params[key]:
            st.query_params[key] = params[key]
    st.session_state[_REMEMBERED] = params


def open_dataset(record: DatasetRecord) -> SessionDataset:
    """The sessions of a dataset, memory-mapped; opened once as long as its files stay as they are."""
    folder = workspace().dataset_folder(record.id)
    return _opened(str(workspace().root), record.id, stamp(folder / "items.npy", folder / "vocabulary.json"))


@st.cache_resource(max_entries=8, show_spinner=False)
def _opened(root: str, dataset_id: str, files: Stamp) -> SessionDataset:
    return Workspace(root).open_dataset(dataset_id)


def comparison_result(comparison: ComparisonRecord) -> results.ComparisonResult | None:
    """The comparison's result, computed once as long as its files stay as they are; None until every run is done."""
    home = workspace()
    if not results.find_missing(home, comparison).has_result:
        return None
    baselines = job_folder(home, "baselines", baselines_id(comparison.dataset_id, comparison.split))
    files = [home.run_folder(run_id) / "metrics.json" for run_id in comparison.run_ids]
    return _compared(str(home.root), comparison.id, stamp(*files, *sorted(baselines.glob("*.parquet"))))


@st.cache_resource(max_entries=8, show_spinner="Comparing the models…")
def _compared(root: str, comparison_id: str, files: Stamp) -> results.ComparisonResult:
    return results.build_comparison_result(Workspace(root), comparison_id)


def stamp(*paths: Path) -> Stamp:
    """Cache key of files: each path with its time of change in ns, 0 where it does not exist."""
    return tuple((str(path), path.stat().st_mtime_ns if path.exists() else 0) for path in paths)
