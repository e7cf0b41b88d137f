"""Packed files: gzip, and ZIP with one file in it."""

import io
import zipfile
from pathlib import Path

import pytest

from gru4rec_core.data.ingest import ReadLimits, read_log
from gru4rec_core.data.unpacking import UnpackedReader
from gru4rec_core.errors import DataError
from tests.data.logs import CSV, FORMATS, Write, sessions


def zipped(files: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", how) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return sink.getvalue()


@pytest.mark.parametrize("name", list(FORMATS))
def test_a_zip_with_one_file_gives_the_log_in_it(name: str, write: Write) -> None:
    litter = {"folder/": b"", "__MACOSX/._log.csv": b"x", "folder/.DS_Store": b"x"}
    log = read_log(write(zipped({"folder/log.csv": FORMATS[name], **litter}), "log.zip"))
    assert sessions(log) == {"s1": ["A", "B"], "s2": ["B", "C", "A"]}
    assert log.summary.format == f"{name}, zipped"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (zipped({"clicks.csv": b"a", "buys.csv": b"b"}), "2 files: clicks.csv, buys.csv"),
        (zipped({f"{n}.csv": b"a" for n in range(9)}), "9 files: 0.csv, 1.csv, 2.csv, 3.csv, 4.csv, …"),
        (zipped({"__MACOSX/._log.csv": b"x"}), "an empty archive"),
        (zipped({"log.csv": CSV.encode()})[:-30], "ZIP archive is damaged or incomplete"),
        (zipped({"log.csv": CSV.encode()}, zipfile.ZIP_STORED).replace(b"s2,15,B", b"s2,15,C"), "Bad CRC"),
        (zipped({"log.csv": CSV.encode()}, zipfile.ZIP_LZMA), "unusual compression"),
        (zipped({"log.zip": zipped({"log.csv": CSV.encode()})}), "inside another archive"),
    ],
    ids=["two files", "nine files", "no file", "cut off", "damaged", "lzma", "zip in zip"],
)
def test_other_archives_are_refused_with_rule_and_remedy(content: bytes, words: str, write: Write) -> None:
    with pytest.raises(DataError, match=f"(?i){words}") as caught:
        read_log(write(content), name="visits.zip")
    assert "visits.zip" in caught.value.where
    assert caught.value.remedy


def test_a_file_without_a_name_in_an_archive_is_read_like_any_other(write: Write) -> None:
    unnamed = zipped({"log.csv": CSV.encode()}).replace(b"log.csv", b"\0og.csv")  # a name ends before a null byte
    assert len(read_log(write(unnamed, "log.zip")).dataset.session_ids) == 2


def test_an_archive_with_a_password_is_refused(write: Write) -> None:
    archive = bytearray(zipped({"log.csv": CSV.encode()}))
    archive[6] |= 1  # the flag "encrypted", in the file's own header and in the list of files
    archive[archive.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(DataError, match="is encrypted, or uses an unusual compression"):
        read_log(write(bytes(archive), "log.zip"))


def test_a_zip_unpacks_to_no_more_than_the_limit(write: Write) -> None:
    bomb = zipped({"log.csv": b"session,timestamp,item\n" + b"s,1,A\n" * 500_000})
    with pytest.raises(DataError, match=r"at most 0\.001 GB"):
        read_log(write(bomb), limits=ReadLimits(unpacked_bytes=1_000_000))


def test_progress_counts_packed_bytes(write: Write) -> None:
    path = write(zipped({"log.csv": CSV.encode() * 1000}), "log.zip")
    with UnpackedReader(path, "log.zip", 1 << 20) as reader:
        while reader.read(1000):
            assert 0 < reader.packed_position <= path.stat().st_size


def test_how_far_a_zip_archive_is_read_goes_by_its_unpacked_bytes(tmp_path: Path) -> None:
    path = tmp_path / "log.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("log.csv", b"s,1,A\n" * 100_000)
    with UnpackedReader(path, "log.zip", 10**9) as reader:
        reader.read(150_000)
        assert reader.packed_position == path.stat().st_size // 4
