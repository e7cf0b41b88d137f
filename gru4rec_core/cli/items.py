"""What is known of a dataset's items: add a file with their names and categories."""

from pathlib import Path
from typing import Annotated

import typer

from gru4rec_core.cli.options import AsJson
from gru4rec_core.cli.output import print_result
from gru4rec_core.data.item_table import ItemColumns
from gru4rec_core.data.log_path import require_file
from gru4rec_core.workspace.item_tables import add_item_file
from gru4rec_core.workspace.store import Workspace


def items(
    dataset: Annotated[str, typer.Argument(metavar="DATASET", help="Name or id of a dataset.")],
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV, TSV, JSON lines, Parquet or Excel: a row per item.")
    ],
    item: Annotated[str | None, typer.Option(help="Column of the item, as in the log.")] = None,
    item_name: Annotated[str | None, typer.Option(help="Column of the name to show.")] = None,
    category: Annotated[str | None, typer.Option(help="Column of the category.")] = None,
    encoding: Annotated[str, typer.Option(help="Encoding of a text file, such as windows-1252 or utf-16.")] = "utf-8",
    as_json: AsJson = False,
) -> None:
    """Give a dataset's items names and categories from a second file, in place of an earlier one.

    Without --item, all columns are recognised: the item's by its values, name and category by their names.
    """
    require_file(file)
    columns = ItemColumns(item, item_name, category) if item else None
    if columns is None and (item_name or category):
        raise typer.BadParameter("--item-name and --category need --item.")
    workspace = Workspace.default()
    record = workspace.dataset(dataset)
    added = add_item_file(workspace, record.id, file, columns, encoding=encoding)
    read = ", ".join(f"{role} = {column}" for role, column in vars(added.columns).items() if column)
    also = f"\nalso kept: {', '.join(added.others)}" if added.others else ""
    print_result(as_json, {"dataset": record.id, **added.to_json()}, f"{added.describe()}\ncolumns: {read}{also}")
