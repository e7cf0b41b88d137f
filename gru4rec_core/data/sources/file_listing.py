"""Which files does a folder or a pattern name, and in which order?"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

import pyarrow as pa
from pyarrow import fs

from gru4rec_core.data.addresses import hide_secrets, show_pattern
from gru4rec_core.errors import DataError

_S3_OPTIONS = {"region", "endpoint_override", "scheme"}
_WITHOUT_VALUE = "__HIVE_DEFAULT_PARTITION__"


class ListedFile(NamedTuple):
    """A file of a folder.

    Attributes:
        path: As its file system takes it.
        name: For people.
        size: Bytes.
        partitions: What its folders say about all its rows, as `date=2024-05-01/` does; None for no value.
    """

    path: str
    name: str
    size: int
    partitions: dict[str, str | None]


class FileListing(NamedTuple):
    """The files of a pattern, in the order of their names, and the file system they are on."""

    filesystem: fs.FileSystem
    files: list[ListedFile]


def list_files(pattern: str) -> FileListing:
    """The files of a folder, with all folders in it, or of a pattern; names that begin with "." or "_" are left out.

    On a local disk links to folders are not followed, and a file that a link names too is one file.

    Raises:
        DataError: There are none, or the address cannot be reached.
    """
    with explain_storage_errors(pattern):
        filesystem, path = _open_filesystem(pattern)
        found = list(_find(filesystem, path.rstrip("/") or "/"))
    if not found:
        raise DataError(
            "There is no file in this folder, or none that matches this pattern.",
            found="none",
            where=show_pattern(pattern),
            remedy="Check the path. In a pattern, * stands for any name and ** for any folders.",
        )
    if isinstance(filesystem, fs.LocalFileSystem):
        found = _once_each(found)
    files = [
        ListedFile(info.path, _shown_name(pattern, info.path), info.size or 0, _partitions(info.path))
        for info in sorted(found, key=lambda info: info.path)
    ]
    return FileListing(filesystem, files)


@contextmanager
def explain_storage_errors(pattern: str) -> Iterator[None]:
    """Turns what a file system raises into our error, without any secret."""
    try:
        yield
    except (OSError, pa.ArrowException, ValueError) as error:
        cause = hide_secrets(str(error), [secret for secret in _secrets(pattern) if secret])
        raise DataError(
            "The folder or object store could not be read.",
            found=cause.strip().partition("\n")[0][:300].rstrip("."),
            where=show_pattern(pattern),
            remedy="Check the address, and that its credentials are in the environment (AWS_ACCESS_KEY_ID and so on); "
            "s3://anonymous@bucket/… reads a public bucket."
            if "://" in pattern
            else "Check the path and its permissions.",
        ) from None


def _secrets(pattern: str) -> list[str | None]:
    if "://" not in pattern:
        return []
    user, _, password = urlsplit(pattern).netloc.rpartition("@")[0].partition(":")
    return [unquote(password), unquote(user) if password else None]


def _open_filesystem(pattern: str) -> tuple[fs.FileSystem, str]:
    """The file system, and the pattern as a path on it."""
    if "://" not in pattern:
        return fs.LocalFileSystem(), Path(pattern).as_posix()
    parts = urlsplit(pattern)
    if parts.scheme == "file":
        return fs.LocalFileSystem(), unquote(pattern.partition("://")[2].removeprefix("localhost"))  # ? is no query
    if parts.scheme == "s3" and parts.username == "anonymous":
        options = {key: value for key, value in parse_qsl(parts.query) if key in _S3_OPTIONS}
        return fs.S3FileSystem(anonymous=True, **options), f"{parts.hostname}{unquote(parts.path)}"
    return fs.FileSystem.from_uri(pattern)


def _find(filesystem: fs.FileSystem, path: str) -> Iterator[fs.FileInfo]:
    base = _find_base(path, isinstance(filesystem, fs.LocalFileSystem))
    info = filesystem.get_file_info(base)
    if info.type == fs.FileType.File:
        yield info
    if info.type != fs.FileType.Directory:
        return
    inside = path[len(base) :].lstrip("/") if base != "." else path
    recursive = base == path or "/" in inside or "**" in inside
    wanted = re.compile(_to_regex(inside) if base != path else ".*", re.DOTALL)
    for child in _list_children(filesystem, base, recursive):
        name = PurePosixPath(child.path).relative_to(base).as_posix()
        if child.type == fs.FileType.File and not _is_hidden(name) and wanted.fullmatch(name):
            yield child


def _find_base(path: str, is_local: bool) -> str:
    """The folder above the first name that is a pattern; the path itself where none is. What exists is no pattern."""
    parts = path.split("/")
    for i, part in enumerate(parts):
        if set(part) & set("*?[") and not (is_local and os.path.lexists("/".join(parts[: i + 1]))):
            return "/".join(parts[:i]) or ("/" if i else ".")
    return path


def _list_children(filesystem: fs.FileSystem, base: str, recursive: bool) -> list[fs.FileInfo]:
    if not isinstance(filesystem, fs.LocalFileSystem):
        return filesystem.get_file_info(fs.FileSelector(base, recursive=recursive))
    folders = os.walk(base, onerror=_raise)  # pyarrow would follow links, around and around
    paths = [Path(folder, name).as_posix() for folder, _, names in folders for name in names]
    if not recursive:
        paths = [entry.path for entry in os.scandir(base)]
    return filesystem.get_file_info(paths)


def _raise(error: OSError) -> None:
    raise error


def _once_each(found: list[fs.FileInfo]) -> list[fs.FileInfo]:
    """Files without those that are links to another one of them."""
    by_place: dict[str, fs.FileInfo] = {}
    for info in sorted(found, key=lambda info: (os.path.islink(info.path), info.path)):  # noqa: PTH114
        by_place.setdefault(os.path.realpath(info.path), info)
    return list(by_place.values())


def _to_regex(pattern: str) -> str:
    meaning = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?|\[!?[^\]]+\])", pattern)
    return "".join(
        meaning.get(part) or (part.replace("[!", "[^") if part.startswith("[") and len(part) > 1 else re.escape(part))
        for part in parts
    )


def _is_hidden(name: str) -> bool:
    return any(part[0] in "._" and "=" not in part for part in name.split("/"))


def _shown_name(pattern: str, path: str) -> str:
    scheme = urlsplit(pattern).scheme if "://" in pattern else ""
    return f"{scheme}://{path.lstrip('/')}" if scheme and scheme != "file" else str(Path(path))


def _partitions(path: str) -> dict[str, str | None]:
    named = (part.partition("=") for part in path.split("/")[:-1] if "=" in part)
    return {unquote(key): None if value == _WITHOUT_VALUE else unquote(value) for key, _, value in named if key}
