"""What is no log at all."""

import io
import pickle

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather

from tests.data.corpus.line import reads, refuses, table

NPY, FEATHER = io.BytesIO(), io.BytesIO()
np.save(NPY, np.arange(3))
feather.write_feather(pa.table({"session": ["s"]}), FEATHER)
KINDS = {
    "a PNG image": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "a JPEG image": b"\xff\xd8\xff\xe0\0\x10JFIF",
    "a GIF image": b"GIF89a\1\0\1\0",
    "a PDF document": b"%PDF-1.7\n%\xe2\xe3",
    "a bzip2 archive": b"BZh91AY&SY",
    "an xz archive": b"\xfd7zXZ\0\0\4",
    "a Zstandard archive": b"(\xb5/\xfd\x04X",
    "an SQLite database": b"SQLite format 3\0\x10\0",
    "an HDF5 file": b"\x89HDF\r\n\x1a\n",
    "an old Office document": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
}
HIT = '10.0.0.1 - - [01/Mar/2024:09:00:00 +0000] "GET /p/2 HTTP/1.1" 200 1153'

LINES = [
    *[refuses(kind, content, kind, "Use CSV") for kind, content in KINDS.items()],
    *[refuses(f"{kind} whose name says CSV", content, kind, file="sessions.csv") for kind, content in KINDS.items()][:2],
    refuses("an array of NumPy", NPY.getvalue(), "binary file"),
    refuses("a table of Arrow", FEATHER.getvalue(), "binary file"),
    refuses("an object of Python", pickle.dumps({"session": [1] * 300}), "binary file"),
    refuses("a program", b"\x7fELF\2\1\1\0" + b"\0" * 50, "binary file"),
    refuses("random bytes", np.random.default_rng(9).bytes(4_000), "log.csv"),
    refuses("an empty file", b"", "empty file"),
    refuses("only blank lines", b"\n  \n\r\n", "empty file"),
    refuses("only a byte order mark", b"\xef\xbb\xbf", "empty file"),
    refuses("no file", None, "no file at this path"),
    refuses("a folder", {"log.csv": table().encode()}, "a folder"),
    refuses("a web page", "<!DOCTYPE html>\n<html><body>Not found</body></html>\n", "web page"),
    refuses("XML", '<?xml version="1.0"?>\n<log><event session="1"/></log>\n', "XML"),
    refuses("prose", "Dear all,\nplease find the log attached.\nBest\n", "column"),
    refuses("prose without commas", "Read me first\nThis is a page for people who want to see what is in the log\nOpen it with the browser and wait\n", "prose", "--layout session-per-line"),
    refuses("prose of another language", "Bitte zuerst lesen\nDas ist die Seite für alle mit einem Log von der Firma\nSie ist nicht groß und nicht klein\n", "prose"),
    reads("items called like little words", "on off on\noff on the\n", {"1": ["on", "off", "on"], "2": ["off", "on", "the"]}),
    refuses("the log of a web server", f"{HIT}\n{HIT}\n", "as a server writes them", "awk"),
    refuses("the log of a web server with browsers", f'{HIT} "-" "Mozilla/5.0 (KHTML, like Gecko)"\n' * 3, "as a server writes them", "awk"),
    refuses("the log of a web server, W3C", "#Software: IIS\n#Fields: date time cs-uri-stem c-ip\n2024-03-01 09:00:00 /p/2 10.0.0.1\n2024-03-01 09:00:09 /p/3 10.0.0.1\n", "as a server writes them"),
    refuses("the log of a program", "2024-03-01 09:00:00 INFO started\n2024-03-01 09:00:01 WARN slow disk\n", "as a server writes them"),
    refuses("a single word", "nothing", "column"),
    refuses("a pointer of Git LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "Git LFS"),
]  # fmt: skip
