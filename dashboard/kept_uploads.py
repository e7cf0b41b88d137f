"""How is a file in an uploader stored once, and not again on every run of the script?"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st
from streamlit.typing import UploadedFile

from dashboard import actions, state
from gru4rec_core.errors import DataError, WorkbenchError
from gru4rec_core.workspace.uploads import discard_upload, note_use

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Upload:
    """A file that was uploaded and stored.

    Attributes:
        file_id: Streamlit's name for this upload; another upload of the same file has another.
        name: the file's name on the user's computer; only for display.
        path: where it is stored.
        sha256: of its content, in hexadecimal digits.
        stamp: shows that nobody else uploaded the same file (see `note_use`).
    """

    file_id: str
    name: str
    path: Path
    sha256: str
    stamp: int = 0

    @property
    def key(self) -> str:
        """Suffix of the keys of its widgets."""
        return self.sha256[:12]


def most_megabytes() -> int:
    """How large an upload may be."""
    return int(st.get_option("server.maxUploadSize"))


def keep_upload(uploaded: UploadedFile, key: str) -> Upload:
    """The stored file of an uploader: copied, hashed and flushed when it is new, then kept in the session.

    The one before in the same uploader is discarded.

    Args:
        uploaded: what is in the uploader.
        key: where the session keeps it.

    Raises:
        DataError: the file is empty, or larger than the limit.
    """
    before = _find_kept(key)
    if before is not None and before.file_id == uploaded.file_id:
        return before
    workspace = state.workspace()
    others = {path.name for path in (workspace.root / "uploads").glob("[!.]*")}
    if before is not None and before.stamp:
        others.discard(before.sha256)  # the same file again is still its own
    path, sha256 = actions.store_upload(workspace, uploaded, uploaded.size, most_megabytes())
    stamp = 0 if sha256 in others else path.stat().st_mtime_ns
    if before is not None and before.sha256 != sha256:
        discard_kept(key)
    kept = st.session_state[key] = Upload(uploaded.file_id, uploaded.name, path, sha256, stamp)
    return kept


def find_upload(key: str) -> Upload | None:
    """What the session keeps of an earlier run of the script; None for nothing.

    Raises:
        DataError: it was removed, because nobody had used it for a day. The next call finds nothing.
    """
    kept: Upload | None = st.session_state.get(key)
    found = _find_kept(key)
    if kept is not None and found is None:
        raise DataError(
            "A file that is not imported is removed a day after it was last used.",
            found=f"{kept.name} is not here any more",
            remedy="Upload it again.",
        )
    return found


def _find_kept(key: str) -> Upload | None:
    """What the session keeps; forgotten where it was removed, otherwise noted to be in use."""
    kept: Upload | None = st.session_state.get(key)
    if kept is not None:
        try:
            kept = st.session_state[key] = replace(kept, stamp=note_use(kept.path, kept.stamp))
        except FileNotFoundError:
            st.session_state.pop(key)
            return None
    return kept


def discard_kept(key: str) -> None:
    """Forgets what the session keeps, and removes the file if nothing else needs it."""
    kept: Upload | None = st.session_state.pop(key, None)
    if kept is None:
        return
    try:
        discard_upload(state.workspace(), kept.path, kept.stamp)
    except WorkbenchError as error:  # it is removed later, with those that are old
        _logger.warning("the upload %s could not be removed: %s", kept.sha256, error)
