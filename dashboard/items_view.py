"""How does Data take a second file that gives the items names and categories?"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard import cached, messages, reading_form, state, widgets
from dashboard.kept_uploads import Upload, discard_kept, keep_upload, most_megabytes
from gru4rec_core.access.guard import is_allowed
from gru4rec_core.access.rights import Action
from gru4rec_core.data.file_names import LOG_ENDINGS
from gru4rec_core.data.item_file import guess_described, guess_item_columns
from gru4rec_core.data.item_table import CATEGORY, NAME, ItemColumns
from gru4rec_core.errors import WorkbenchError
from gru4rec_core.report.export import TableSource, export_table
from gru4rec_core.words import counted, share_text
from gru4rec_core.workspace import import_process
from gru4rec_core.workspace.records import DatasetRecord

_TOLD = "_items_told"
_UPLOAD = "_items_upload"
_ROUND = "_items_round"  # a new key empties the uploader
_SHOWN = 200  # rows of the table on the page


def read_names(record: DatasetRecord) -> dict[str, str]:
    """What the items are called; nothing where a file of that is damaged, which `show_items` says."""
    try:
        return cached.item_names(record.id)
    except WorkbenchError:
        return {}


def show_items(record: DatasetRecord) -> None:
    """What is known of the items, and the uploader for a file that says more."""
    table = _read_table(record)
    told = st.session_state.pop(_TOLD, None)
    with st.expander("What are the items called?", expanded=bool(told), key=f"items-{record.id}"):
        if told:
            messages.show_message(told, "good")
        if table is None:
            _offer_to_forget(record)
        else:
            st.text(describe_known(record, table))
            if len(table):
                _show_known(record, table)
        if not is_allowed(Action.DESCRIBE_ITEMS):
            return
        uploaded = st.file_uploader(
            "A second file with a row per item: its id as in the log, a name, a category, anything else",
            type=list(LOG_ENDINGS),
            key=f"items-file-{record.id}-{st.session_state.get(_ROUND, 0)}",
            max_upload_size=most_megabytes(),
        )
        if uploaded is None:
            discard_kept(_UPLOAD)
        else:
            try:
                _ask_and_add(record, keep_upload(uploaded, _UPLOAD))
            except WorkbenchError as error:
                messages.show_problem(error)


def _read_table(record: DatasetRecord) -> pd.DataFrame | None:
    """The item table, None where it is damaged; says so, and where the names of the log's own column are."""
    table = None
    try:
        table = cached.item_table(record.id)
        cached.item_names(record.id)
    except WorkbenchError as error:
        messages.show_problem(error)
    return table


def describe_known(record: DatasetRecord, table: pd.DataFrame) -> str:
    """How many items have a name or a category, in one sentence."""
    if table.empty:
        return (
            "A second file can give the items names and categories. Names are then shown instead of ids, and"
            " Accuracy says how often a model guesses the right category."
        )
    named, sorted_in = (int((table[column] != "").sum()) for column in (NAME, CATEGORY))
    kinds = counted(table.loc[table[CATEGORY] != "", CATEGORY].nunique(), "category", "categories")
    return f"Items with a name: {share_text(named, record.n_items)}; with a category: {sorted_in:,} ({kinds})."


def _show_known(record: DatasetRecord, table: pd.DataFrame) -> None:
    # Made when it is asked for: with its source in each row it is a copy of the whole table.
    widgets.show_table(
        lambda: export_table(table, TableSource(record.name)),
        key="item-table",
        name="items",
        shown=table.head(_SHOWN),
        height=260,
    )
    _offer_to_forget(record)


def _offer_to_forget(record: DatasetRecord) -> None:
    if is_allowed(Action.DESCRIBE_ITEMS) and st.button(
        "Forget these names and categories", key=f"forget-items-{record.id}", type="tertiary"
    ):
        state.workspace().set_item_table(record.id, None)
        st.rerun()


def _ask_and_add(record: DatasetRecord, upload: Upload) -> None:
    """The file's columns and the button. Raises DataError where the file cannot be read."""
    path, name, key = str(upload.path), upload.name, f"{record.id}-{upload.key}"
    encoding = "utf-8" if cached.upload_is_utf8(path) else reading_form.ask_for_encoding(upload.path, key)
    preview = cached.preview_upload(path, name, encoding, "events")
    items = [str(item) for item in cached.open_dataset(record).vocabulary.items]
    guess = guess_item_columns(preview.rows, items)
    likely = (guess.name, guess.category) if guess else guess_described(preview.columns)
    st.dataframe(preview.rows.head(3), hide_index=True, key=f"items-preview-{key}")
    columns = list(preview.columns)
    left, middle, right = st.columns(3)
    with left:
        item = _choose("Item, as in the log", columns, guess.item if guess else None, f"items-item-{key}")
    with middle:
        named = _choose("Name", [None, *columns], likely[0], f"items-name-{key}")
    with right:
        category = _choose("Category", [None, *columns], likely[1], f"items-category-{key}")
    if guess is None and item is None:
        messages.show_message("None of the first rows has an item of this log. Choose the column that holds the items.")
    label = _label_adding(named, category)
    if item is not None and st.button(label, type="primary", key=f"add-items-{record.id}"):
        chosen = ItemColumns(item, named, category)
        root = state.workspace().root
        with st.spinner("Reading the items…"):
            added = import_process.add_items_apart(root, record.id, path, name, encoding, chosen)
        discard_kept(_UPLOAD)
        st.session_state[_TOLD] = added.describe()
        st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
        st.rerun()


def _label_adding(name: str | None, category: str | None) -> str:
    """What the button does with the columns that are chosen."""
    added = [word for word, column in (("names", name), ("categories", category)) if column is not None]
    return f"Add {' and '.join(added) or 'the other columns'} from this file"


def _choose(label: str, columns: Sequence[str | None], likely: str | None, key: str) -> str | None:
    """One of the columns; where None is among them, there may be no such column."""
    index = columns.index(likely) if likely in columns else None
    return st.selectbox(label, columns, index=index, format_func=_column_label, placeholder="Choose", key=key)


def _column_label(column: str | None) -> str:
    return "No column" if column is None else column
