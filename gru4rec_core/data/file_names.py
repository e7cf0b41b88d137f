"""Which endings do the names of logs have, and what is a file called without them?

A file is recognised by its content. Endings only say what an uploader offers, and which part of a name is no name.
"""

from pathlib import Path

LOG_ENDINGS = (
    *("csv", "tsv", "tab", "psv", "txt", "log", "dat", "data", "inter"),
    *("json", "jsonl", "ndjson", "parquet", "pq", "xlsx", "gz", "gzip", "zip"),
)
"""Without the dot, in lower case; a packed file's name has two of them."""


def without_endings(name: str) -> str:
    """A file's name without its folder and the endings of a log.

    >>> without_endings("logs/shop.2025.csv.gz")
    'shop.2025'
    """
    stem = Path(name).name
    while Path(stem).suffix.lstrip(".").lower() in LOG_ENDINGS:
        stem = Path(stem).stem
    return stem
