"""What do the pages read or compute once and reuse until the files behind it change?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard import state
from gru4rec_core.config import SplitConfig, WindowConfig
from gru4rec_core.data.cleaning_types import CleaningStep, StepOutcome
from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.log_faults import find_robots
from gru4rec_core.data.preview import LogPreview
from gru4rec_core.data.reading_options import Layout, ReadingOptions
from gru4rec_core.data.session_preview import FirstSessions
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.windows import Window
from gru4rec_core.errors import DataError, RunError, WorkbenchError
from gru4rec_core.evaluation.comparison import Comparison
from gru4rec_core.evaluation.quality_types import QualityReport
from gru4rec_core.evaluation.timeline import Days, count_days
from gru4rec_core.jobs import planning
from gru4rec_core.jobs.backtest_planning import WindowProposal, find_windows, propose_windows
from gru4rec_core.jobs.planning import DefaultPlan
from gru4rec_core.model.inference import NumpyGru4Rec
from gru4rec_core.report import visit_names
from gru4rec_core.report.frames.quality import describe_sessions
from gru4rec_core.report.frames.split_preview import SplitPreview, preview_split
from gru4rec_core.results import comparison as results
from gru4rec_core.results import log_warnings
from gru4rec_core.results.backtest import BacktestResult, build_backtest_result
from gru4rec_core.results.collected_warnings import diagnose_quality
from gru4rec_core.results.log_warnings import WarningCount
from gru4rec_core.results.recheck import Recheck, RecheckPlan, recheck_run
from gru4rec_core.results.rejudging import compare_at_level
from gru4rec_core.workspace import dataset_files, derived_datasets, import_process
from gru4rec_core.workspace.backtests import BacktestRecord
from gru4rec_core.workspace.records import ComparisonRecord, DatasetRecord
from gru4rec_core.workspace.store import Workspace

Stamp = tuple[tuple[str, int], ...]


def stamp_files(*paths: Path) -> Stamp:
    """Cache key of files: each path with its time of change in ns, 0 where it does not exist."""
    return tuple((str(path), path.stat().st_mtime_ns if path.exists() else 0) for path in paths)


def open_dataset(record: DatasetRecord) -> SessionDataset:
    """The sessions of a dataset, memory-mapped."""
    folder = state.workspace().dataset_folder(record.id)
    files = stamp_files(*(folder / name for name in dataset_files.NAMES))
    return _open_dataset(_root(), record.id, files)


@st.cache_resource(max_entries=8, show_spinner=False)
def _open_dataset(root: str, dataset_id: str, files: Stamp) -> SessionDataset:
    return Workspace(root).open_dataset(dataset_id)


def item_names(dataset_id: str) -> dict[str, str]:
    """Item to the name to show (`Workspace.item_names`). Raises RunError where a file of them is damaged."""
    return _item_names(_root(), dataset_id, item_stamp(dataset_id))


@st.cache_resource(max_entries=8, show_spinner=False)
def _item_names(root: str, dataset_id: str, files: Stamp) -> dict[str, str]:
    return Workspace(root).item_names(dataset_id)


def item_categories(dataset_id: str) -> dict[str, str]:
    """Item to its category; empty where the item table is damaged, whose card the page has."""
    try:
        return _item_categories(_root(), dataset_id, item_stamp(dataset_id))
    except RunError:
        return {}


@st.cache_resource(max_entries=8, show_spinner=False)
def _item_categories(root: str, dataset_id: str, files: Stamp) -> dict[str, str]:
    return Workspace(root).item_categories(dataset_id)


def item_table(dataset_id: str) -> pd.DataFrame:
    """What is known of a dataset's items, not to be altered. Raises RunError where the item table is damaged."""
    return _item_table(_root(), dataset_id, item_stamp(dataset_id))


@st.cache_resource(max_entries=4, show_spinner=False)
def _item_table(root: str, dataset_id: str, files: Stamp) -> pd.DataFrame:
    return Workspace(root).item_table(dataset_id)


def item_stamp(dataset_id: str) -> Stamp:
    """Cache key of what is known of a dataset's items."""
    return stamp_files(*state.workspace().item_files(dataset_id))


def quality_report(record: DatasetRecord) -> QualityReport:
    """What a log was checked for, whatever the test rule."""
    return replace(_quality_report(_root(), record.id, record.content_hash), set_aside=record.set_aside)


@st.cache_data(max_entries=32, show_spinner="Checking the log…")
def _quality_report(root: str, dataset_id: str, content_hash: str) -> QualityReport:
    workspace = Workspace(root)
    return diagnose_quality(workspace, workspace.dataset(dataset_id))


# A dataset's id is made from its content, so the functions below, up to comparisons, need no other key.


def robot_sessions(record: DatasetRecord) -> pd.DataFrame:
    """The sessions of a log that probably come from robots, as a table."""
    return _robot_sessions(_root(), record.id)


@st.cache_data(max_entries=8, show_spinner=False)
def _robot_sessions(root: str, dataset_id: str) -> pd.DataFrame:
    dataset = Workspace(root).open_dataset(dataset_id)
    return describe_sessions(dataset, find_robots(dataset).sessions)


def session_titles(record: DatasetRecord, keys: tuple[str, ...]) -> list[str]:
    """What people read for these sessions of a log (`visit_names.session_titles`)."""
    return _session_titles(_root(), record.id, keys)


@st.cache_data(max_entries=32, show_spinner=False)
def _session_titles(root: str, dataset_id: str, keys: tuple[str, ...]) -> list[str]:
    return visit_names.session_titles(keys, Workspace(root).open_dataset(dataset_id).session_ids)


def days(record: DatasetRecord) -> Days | None:
    """A log day by day; None where its times are not dates."""
    return _days(_root(), record.id)


@st.cache_resource(max_entries=8, show_spinner=False)
def _days(root: str, dataset_id: str) -> Days | None:
    return count_days(Workspace(root).open_dataset(dataset_id))


def preview_cleaning(record: DatasetRecord, step: CleaningStep) -> StepOutcome:
    """What a cleaning step would leave of a log. Raises DataError where it cannot be taken."""
    return _preview_cleaning(_root(), record.id, step.kind, step.value)


@st.cache_data(max_entries=32, show_spinner="Counting what would be left…")
def _preview_cleaning(root: str, dataset_id: str, kind: str, value: float | tuple[str, ...] | None) -> StepOutcome:
    return derived_datasets.preview_cleaning(Workspace(root), dataset_id, [CleaningStep(kind, value)])[0]


def split_preview(record: DatasetRecord, test_rule: SplitConfig) -> SplitPreview:
    """What a test rule does to a log. Raises DataError where it cannot be applied."""
    found = _split_preview(_root(), record.id, test_rule.to_json())
    if isinstance(found, DataError):
        raise found
    return found


@st.cache_data(max_entries=16, show_spinner="Cutting the log…")
def _split_preview(root: str, dataset_id: str, test_rule: str) -> SplitPreview | DataError:
    # That a rule cannot be applied is kept like any other result: what is raised would not be.
    workspace = Workspace(root)
    dataset, unit = workspace.open_dataset(dataset_id), workspace.dataset(dataset_id).time_unit
    try:
        return preview_split(dataset, SplitConfig.from_json(test_rule), unit)
    except DataError as error:
        return error


def count_log_warnings(record: DatasetRecord, most_events: int | None = None) -> WarningCount | WorkbenchError | None:
    """The warnings of a log under its default test rule, counted once and then read from the workspace.

    Args:
        record: the log.
        most_events: a larger log is not checked for it; None where its checks are wanted anyway.

    Returns:
        None where it was not checked yet and is too large to do it now; the error where it cannot be read or cut.
    """
    workspace = state.workspace()
    try:
        test_rule = default_plan(record).test_rule
        stored = log_warnings.find_count(workspace, record, test_rule)
        if stored is not None or (most_events is not None and record.n_events > most_events):
            return stored
        warnings = quality_report(record).with_test(split_preview(record, test_rule).warnings)
    except WorkbenchError as error:
        return error
    return log_warnings.store_count(workspace, record, test_rule, warnings)


def default_plan(record: DatasetRecord) -> DefaultPlan:
    """Test rule, seeds and deciding k of a dataset for which nothing was chosen."""
    return _default_plan(_root(), record.id)


@st.cache_data(max_entries=32, show_spinner=False)
def _default_plan(root: str, dataset_id: str) -> DefaultPlan:
    workspace = Workspace(root)
    return planning.default_plan(workspace, workspace.dataset(dataset_id))


def default_test_start(record: DatasetRecord) -> float:
    """The moment after which the last tenth of the sessions start, in the log's own unit of time."""
    return _default_test_start(_root(), record.id)


@st.cache_data(max_entries=32, show_spinner=False)
def _default_test_start(root: str, dataset_id: str) -> float:
    workspace = Workspace(root)
    return planning.default_test_start(workspace, workspace.dataset(dataset_id))


def default_test_days(record: DatasetRecord) -> float:
    """Days at the end of the log that hold about the last tenth of the sessions."""
    return _default_test_days(_root(), record.id)


@st.cache_data(max_entries=32, show_spinner=False)
def _default_test_days(root: str, dataset_id: str) -> float:
    workspace = Workspace(root)
    return planning.default_test_days(workspace, workspace.dataset(dataset_id))


def window_proposal(record: DatasetRecord, rule: SplitConfig) -> WindowProposal:
    """The windows of a log for which none were chosen, or why there are none."""
    return _window_proposal(_root(), record.id, rule.to_json())


@st.cache_data(max_entries=32, show_spinner=False)
def _window_proposal(root: str, dataset_id: str, rule: str) -> WindowProposal:
    workspace = Workspace(root)
    return propose_windows(workspace, workspace.dataset(dataset_id), SplitConfig.from_json(rule))


def windows(record: DatasetRecord, rule: SplitConfig, config: WindowConfig) -> tuple[Window, ...]:
    """The windows of a log. Raises DataError where one is too small."""
    return _windows(_root(), record.id, rule.to_json(), config.to_json())


@st.cache_data(max_entries=32, show_spinner="Counting sessions…")
def _windows(root: str, dataset_id: str, rule: str, config: str) -> tuple[Window, ...]:
    return find_windows(Workspace(root), dataset_id, SplitConfig.from_json(rule), WindowConfig.from_json(config))


def comparison_result(comparison: ComparisonRecord) -> results.ComparisonResult | None:
    """The result of a comparison; None until every run and its baselines are done."""
    workspace = state.workspace()
    if not results.find_missing(workspace, comparison).has_result:
        return None
    dataset = workspace.dataset(comparison.dataset_id)
    named = (dataset.name, *dataset.set_aside)
    return _comparison_result(_root(), comparison.id, stamp_comparison(comparison), named)


def backtest_result(backtest: BacktestRecord) -> BacktestResult | None:
    """The result of a backtest, as far as its windows have results; None where one of its comparisons is damaged."""
    workspace = state.workspace()
    try:
        records = [workspace.comparison(comparison_id) for comparison_id in backtest.comparison_ids]
    except RunError:
        return None
    stamps = tuple(stamp for record in records for stamp in stamp_comparison(record))
    return _backtest_result(_root(), backtest.id, stamps)


@st.cache_resource(max_entries=4, show_spinner="Comparing the windows…")
def _backtest_result(root: str, backtest_id: str, files: Stamp) -> BacktestResult:
    return build_backtest_result(Workspace(root), backtest_id)


def stamp_comparison(comparison: ComparisonRecord) -> Stamp:
    """Cache key of everything computed from the predictions of a comparison's runs and of its baselines."""
    workspace = state.workspace()
    mapped = results.list_mapped_files(workspace, comparison)
    return stamp_files(*results.list_read_files(workspace, comparison), *mapped)


@st.cache_resource(max_entries=16, show_spinner="Comparing the models…")
def _comparison_result(root: str, comparison_id: str, files: Stamp, named: tuple[str, ...]) -> results.ComparisonResult:
    # `named`: what people may change of a dataset, its name and which warnings are set aside.
    return results.build_comparison_result(Workspace(root), comparison_id)


def comparison_at_level(result: results.ComparisonResult, files: Stamp, confidence: float) -> Comparison:
    """The models of a comparison compared with intervals at another level."""
    return _comparison_at_level(_root(), result.record.id, files, confidence, result)


@st.cache_resource(max_entries=8, show_spinner="Comparing the models at this level…")
def _comparison_at_level(
    root: str, comparison_id: str, files: Stamp, confidence: float, _result: results.ComparisonResult
) -> Comparison:
    return compare_at_level(_result, confidence)


def load_model(run_id: str) -> NumpyGru4Rec:
    """The trained model of a finished run, for inference in NumPy."""
    folder = state.workspace().run_folder(run_id)
    return _load_model(str(folder), stamp_files(folder / "weights.npz", folder / "vocabulary.json"))


@st.cache_resource(max_entries=8, show_spinner=False)
def _load_model(folder: str, files: Stamp) -> NumpyGru4Rec:
    return NumpyGru4Rec.load(Path(folder))


def recheck(plan: RecheckPlan) -> Recheck:
    """How a finished run does on a newer log, under the log's present name.

    All else about a run and a dataset never changes, so their ids are the key.
    """
    retrained = plan.retrained.id if plan.retrained else None
    key = (plan.run_id, plan.dataset_id, plan.split.to_json(), plan.config.to_json(), retrained)
    return replace(_recheck(_root(), key, plan), dataset=state.workspace().dataset(plan.dataset_id))


@st.cache_resource(max_entries=8, show_spinner="Testing the old model on the new events…")
def _recheck(root: str, key: tuple[str | None, ...], _plan: RecheckPlan) -> Recheck:
    return recheck_run(Workspace(root), _plan)


# Uploads are stored under the hash of their content, so their path is key enough.


@st.cache_data(max_entries=8, show_spinner="Looking into the file…")
def preview_upload(
    path: str, name: str, encoding: str, layout: Layout | None = None, has_header: bool | None = None
) -> LogPreview:
    """Format, columns and first rows of an upload; layout and header are recognised where they are None."""
    return import_process.preview_apart(path, name, encoding, ReadingOptions(layout), has_header)


@st.cache_data(max_entries=16, show_spinner="Reading the first sessions…")
def first_sessions(
    path: str, name: str, encoding: str, mapping: ColumnMapping, options: ReadingOptions
) -> FirstSessions:
    """The first sessions that a mapping makes of an upload."""
    return import_process.first_sessions_apart(path, name, encoding, mapping, options)


@st.cache_data(max_entries=16, show_spinner="Counting the kinds of event in the whole file…")
def event_kinds(path: str, name: str, encoding: str, column: str, has_header: bool, layout: Layout) -> dict[str, int]:
    """The values of a column of an upload, each with its number of rows."""
    return import_process.event_kinds_apart(path, name, encoding, column, has_header, layout)


@st.cache_data(max_entries=8, show_spinner="Looking into the file…")
def upload_is_utf8(path: str) -> bool:
    """Whether an upload's text is UTF-8 throughout."""
    return import_process.is_utf8_apart(path)


def _root() -> str:
    return str(state.workspace().root)
