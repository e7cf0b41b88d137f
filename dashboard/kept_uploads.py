"""How is a file in an uploader stored once, and not again on every run of the script?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.typing import UploadedFile

from dashboard import actions, state


@dataclass(frozen=True)
class Upload:
    """A file that was uploaded and stored.

    Attributes:
        file_id: Streamlit's name for this upload; another upload of the same file has another.
        name: the file's name on the user's computer; only for display.
        path: where it is stored.
        sha256: of its content, in hexadecimal digits.
    """

    file_id: str
    name: str
    path: Path
    sha256: str

    @property
    def key(self) -> str:
        """Suffix of the keys of its widgets."""
        return self.sha256[:12]


def most_megabytes() -> int:
    """How large an upload may be."""
    return int(st.get_option("server.maxUploadSize"))


def keep_upload(uploaded: UploadedFile, key: str) -> Upload:
    """The stored file of an uploader: copied, hashed and flushed when it is new, then kept in the session.

    Args:
        uploaded: what is in the uploader.
        key: where the session keeps it.

    Raises:
        DataError: the file is empty, or larger than the limit.
    """
    kept: Upload | None = st.session_state.get(key)
    if kept is None or kept.file_id != uploaded.file_id:
        path, sha256 = actions.store_upload(state.workspace(), uploaded, uploaded.size, most_megabytes())
        kept = st.session_state[key] = Upload(uploaded.file_id, uploaded.name, path, sha256)
    return kept
