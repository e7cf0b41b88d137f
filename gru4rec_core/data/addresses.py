"""What of the address of a database or an object store may be shown, and what is a secret?

An address may hold a password. It is never stored, shown or logged: messages name the place by `show_url` or
`show_pattern`, and what comes from a driver goes through `hide_secrets` first.
"""

import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus, urlsplit

from gru4rec_core.errors import DataError

HIDDEN = "…"
_FILE_SYSTEMS = {"file", "s3", "gs", "gcs", "abfs", "abfss", "hdfs"}
_FILE_DATABASES = {"sqlite", "duckdb"}
_SECRET_WORDS = r"pass(?:word|wd|phrase)?|pwd|secret|token|credential|access_key|account_key|signature|api_?key"
_USER_IN_URL = re.compile(r"(\b\w[\w+.-]*:/{1,3})[^\s'\"]*@")
_USER_AND_REST = re.compile(r"(?:[^:/]*(?::[^@]*)?@)?(?P<rest>.*)", re.DOTALL)  # as SQLAlchemy divides an address
_SECRET_VALUE = re.compile(  # password=…, password => '…', PASSWORD '…'; quotes may be doubled, as in an SQL text
    rf"(?i)(\b\w*(?:{_SECRET_WORDS})\w*['\"]?(?:\s*(?:=>|[=:])\s*|\s+(?='))\\?)"
    r"(?:('+)[^']+(?:''[^']+)*|(\"+)[^\"]+(?:\"\"[^\"]+)*|[^\s&;,'\"]+)"
)


def show_url(url: str) -> str:
    """Backend, host and database of an address, and nothing else: "postgresql://db.example:5432/shop"."""
    from sqlalchemy.engine import make_url  # takes a third of a second, which most commands need not wait
    from sqlalchemy.exc import ArgumentError

    try:
        check_address(url)
        parsed = make_url(url)
    except (ArgumentError, ValueError, DataError):
        return f"{url.partition(':')[0]}://{HIDDEN}"
    port = f":{parsed.port}" if parsed.port else ""
    host = f"[{parsed.host}]" if ":" in (parsed.host or "") else (parsed.host or "")
    return f"{parsed.get_backend_name()}://{host}{port}/{parsed.database or ''}"


def is_file_system(address: str) -> bool:
    """Whether an address is a file system's, as pyarrow knows them; every other one is taken for a database's."""
    scheme, signs, _ = address.partition("://")
    return bool(signs) and scheme.lower() in _FILE_SYSTEMS


def check_address(url: str) -> None:
    """Refuses an address whose password holds an "@" of its own: a part of it would pass for the host, and be shown.

    Raises:
        DataError: An "@" stands after the one that ends user and password.
    """
    backend, _, rest = url.partition("://")
    divided = _USER_AND_REST.fullmatch(rest)
    if divided is None or "@" not in divided["rest"] or backend.partition("+")[0] in _FILE_DATABASES:
        return
    raise DataError(
        "In the address of a database, an @ ends user and password, and stands nowhere else.",
        found="another @, as in a password that is not escaped",
        where=f"{backend}://{HIDDEN}",
        remedy="Write any other @ as %40 (and / as %2F, : as %3A). Or leave the password out, and name the variable "
        "that holds it with --password-env.",
    )


def show_pattern(pattern: str) -> str:
    """A folder or pattern without credentials and options."""
    if "://" not in pattern:
        return pattern
    parts = urlsplit(pattern)
    if "@" in parts.path or (":" in parts.netloc and "@" not in parts.netloc and parts.scheme != "hdfs"):
        return f"{parts.scheme}://{HIDDEN}"  # a key that is not escaped may have cut the address in the wrong place
    if parts.scheme == "file":
        return pattern  # ? is a sign of a pattern there
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def find_secrets(url: str, password: str | None) -> tuple[str, ...]:
    """The texts that must not be seen: the password given, that of the address, and secret options in it."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return tuple(filter(None, [url, password]))
    options = [value for name, value in _options(parsed.query.items()) if re.search(f"(?i){_SECRET_WORDS}", name)]
    return tuple(str(text) for text in (password, parsed.password, *options) if text)


def _options(query: Iterable[tuple[str, str | tuple[str, ...]]]) -> Iterable[tuple[str, str]]:
    for name, values in query:
        yield from ((name, value) for value in ([values] if isinstance(values, str) else values))


def hide_secrets(text: str, secrets: Iterable[str] = ()) -> str:
    """A text without these secrets, and without what looks like one: `user:password@` and `password=…`.

    >>> hide_secrets("cannot open postgresql://reader:geheim@db/shop?sslpassword=x")
    'cannot open postgresql://…@db/shop?sslpassword=…'
    """
    forms = {form for secret in secrets for form in (secret, quote(secret, safe=""), quote_plus(secret))}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, HIDDEN)
    return _SECRET_VALUE.sub(rf"\1\2\3{HIDDEN}", _USER_IN_URL.sub(rf"\1{HIDDEN}@", text))
