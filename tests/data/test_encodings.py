"""Encodings are those of text files, and told by their marks."""

import pytest

from gru4rec_core.data.encodings import ENCODINGS, encoding_mark, normalize_encoding
from gru4rec_core.errors import DataError


@pytest.mark.parametrize("name", [*ENCODINGS, "UTF8", "cp037", "utf-8-sig", "iso2022_jp", "utf-7"])
def test_text_encodings_are_known_by_every_name(name: str) -> None:
    assert "text".encode(normalize_encoding(name)).decode(name) == "text"


@pytest.mark.parametrize(
    "name",
    ["rot13", "base64", "hex", "zip", "bz2", "uu", "quopri", "punycode", "idna", "unicode_escape", "undefined", "", "é",
     "a\0b", "../x", "x" * 5_000],
)  # fmt: skip
def test_what_is_no_text_encoding_is_refused(name: str) -> None:
    with pytest.raises(DataError, match="no text encoding of this name") as caught:
        normalize_encoding(name)
    assert "utf-8" in caught.value.remedy


@pytest.mark.parametrize("name", ["utf-16", "utf-32"])
def test_a_mark_names_its_encoding(name: str) -> None:
    assert encoding_mark("session".encode(name)) == name
    assert encoding_mark(b"session") is None
