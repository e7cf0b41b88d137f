"""A small S3: lists and gives the files of a folder over HTTP, as the bucket `logs`; keeps what it was asked."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

BUCKET = "logs"


@dataclass
class SmallS3:
    """A running server.

    Attributes:
        endpoint: Its address, for `endpoint_override`.
        authorizations: The Authorization header of each request, None without one.
    """

    endpoint: str
    authorizations: list[str | None] = field(default_factory=list)

    def url(self, pattern: str, user: str = "") -> str:
        return f"s3://{user}{BUCKET}/{pattern}?endpoint_override={self.endpoint}&scheme=http&region=us-east-1"


@contextmanager
def running_s3(folder: Path) -> Iterator[SmallS3]:
    """Serves the files of a folder."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def _answer(self, *, with_body: bool) -> None:
            served.authorizations.append(self.headers.get("Authorization"))
            parts = urlsplit(self.path)
            bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
            query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
            if bucket != BUCKET:
                self._send(404, b"<Error><Code>NoSuchBucket</Code></Error>", with_body)
            elif not key and with_body:
                self._send(200, self._list(query).encode(), with_body)
            elif (folder / key).is_file() or not key:
                self._send_file(folder / key if key else None, with_body)
            else:
                self._send(404, b"<Error><Code>NoSuchKey</Code></Error>", with_body)

        def _send_file(self, path: Path | None, with_body: bool) -> None:
            content = path.read_bytes() if path else b""
            wanted = self.headers.get("Range", "")
            if wanted.startswith("bytes="):
                first, _, last = wanted[6:].partition("-")
                part = content[int(first) : int(last) + 1 if last else None]
                span = f"bytes {first}-{int(first) + len(part) - 1}/{len(content)}"
                self._send(206, part, with_body, {"Content-Range": span})
            else:
                self._send(200, content, with_body)

        def _list(self, query: dict[str, str]) -> str:
            prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
            keys = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
            keys = [key for key in keys if key.startswith(prefix)]
            rest = {key: key[len(prefix) :] for key in keys}
            below = {
                prefix + rest[k].split(delimiter)[0] + delimiter for k in keys if delimiter and delimiter in rest[k]
            }
            direct = [key for key in keys if not (delimiter and delimiter in rest[key])]
            contents = "".join(
                f"<Contents><Key>{escape(key)}</Key><Size>{(folder / key).stat().st_size}</Size>"
                "<LastModified>2024-05-01T00:00:00.000Z</LastModified></Contents>"
                for key in direct
            )
            common = "".join(f"<CommonPrefixes><Prefix>{escape(p)}</Prefix></CommonPrefixes>" for p in sorted(below))
            return (
                f"<?xml version='1.0'?><ListBucketResult><Name>{BUCKET}</Name><IsTruncated>false</IsTruncated>"
                f"<KeyCount>{len(direct) + len(below)}</KeyCount>{contents}{common}</ListBucketResult>"
            )

        def _send(self, status: int, body: bytes, with_body: bool, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), "ETag": '"1"', **(headers or {})}.items():
                self.send_header(name, value)
            self.send_header("Last-Modified", "Wed, 01 May 2024 00:00:00 GMT")
            self.end_headers()
            if with_body:
                self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = SmallS3(f"127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
