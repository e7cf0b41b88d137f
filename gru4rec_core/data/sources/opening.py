"""Which kind of source is a file?"""

from pathlib import Path

from gru4rec_core.data.file_format import LogFile
from gru4rec_core.data.sources.base import Source
from gru4rec_core.data.sources.delimited import DelimitedText
from gru4rec_core.data.sources.excel import ExcelSheet
from gru4rec_core.data.sources.json_lines import JsonLines
from gru4rec_core.data.sources.parquet import ParquetRows


def open_source(file: LogFile, max_rows: int, folder: Path) -> Source:
    """The file as a source; what must be unpacked first goes to `folder`.

    Raises:
        DataError: A Parquet file or an Excel workbook that is broken or too large.
    """
    if file.format == "delimited":
        return DelimitedText(file)
    if file.format == "jsonl":
        return JsonLines(file)
    if file.format == "xlsx":
        return ExcelSheet(file)
    return ParquetRows(file, max_rows, folder)
