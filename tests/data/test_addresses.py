"""What of an address may be shown."""

import pytest

from gru4rec_core.data.addresses import check_address, find_secrets, hide_secrets, show_pattern, show_url
from gru4rec_core.errors import DataError

ADDRESSES = {
    "postgresql+psycopg://reader:geheim@db.example:5432/shop": "postgresql://db.example:5432/shop",
    "postgresql://reader:ge%2Fheim@db/shop?sslpassword=geheim&connect_timeout=3": "postgresql://db/shop",
    "mysql://reader:ge/heim?@db/shop": "mysql://db/shop",  # not escaped, as people write it
    "postgresql://reader@[::1]:5432/shop": "postgresql://[::1]:5432/shop",
    "sqlite:///data/shop.db": "sqlite:///data/shop.db",
    "duckdb:////data/shop.duckdb": "duckdb:////data/shop.duckdb",
    "postgresql://reader:Pa@geheim@127.0.0.1:9/shop": "postgresql://…",  # an @ that is not escaped
    "postgresql://reader:Pa@x/geheim@db/shop": "postgresql://…",
    "postgresql:///reader:geheim@db/shop": "postgresql://…",
    "postgresql://reader@corp:ge%40heim@db/shop": "postgresql://db/shop",
    "sqlite:///data/a@b.db": "sqlite:///data/a@b.db",
    "postgres//reader:geheim@db": "postgres//reader://…",
}


@pytest.mark.parametrize(("url", "shown"), ADDRESSES.items())
def test_credentials_and_options_are_not_shown(url: str, shown: str) -> None:
    assert show_url(url) == shown


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://reader:Pa@geheim@127.0.0.1:9/shop",
        "postgresql://reader:Pa@a:geheim@db/shop",
        "postgresql://reader:Pa@a?geheim@db/shop",
        "mysql+pymysql://re/ader:geheim@db/shop",
    ],
)
def test_an_at_sign_that_is_not_escaped_is_refused_without_the_password(url: str) -> None:
    with pytest.raises(DataError, match="as %40") as raised:
        check_address(url)
    assert "geheim" not in str(raised.value)
    assert "Pa" not in str(raised.value)


@pytest.mark.parametrize(
    "url", [*list(ADDRESSES)[:5], "sqlite:///a@b.db", "postgresql://reader@corp:ge%40heim@db/shop"]
)
def test_other_addresses_are_sound(url: str) -> None:
    check_address(url)


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        ("logs/*.parquet", "logs/*.parquet"),
        ("s3://key:geheim@bucket/a/*.csv?region=x&secret_key=geheim", "s3://bucket/a/*.csv"),
        ("s3://anonymous@bucket/a@b.csv", "s3://…"),
        ("s3://key:ge/heim@bucket/a", "s3://…"),
        ("s3://bucket/date=1/*", "s3://bucket/date=1/*"),
        ("hdfs://host:9/x", "hdfs://host:9/x"),
    ],
)
def test_keys_of_object_stores_are_not_shown(pattern: str, shown: str) -> None:
    assert show_pattern(pattern) == shown


def test_secrets_are_the_passwords_and_secret_options() -> None:
    url = "postgresql://reader:p%40ss@db/shop?sslpassword=geheim&sslmode=require"
    assert find_secrets(url, "other") == ("other", "p@ss", "geheim")
    assert find_secrets("no address", None) == ("no address",)


@pytest.mark.parametrize("text", ["cannot log in with p@ss/1", "bad part p%40ss%2F1 in address"])
def test_secrets_are_hidden_as_they_are_and_escaped(text: str) -> None:
    assert "…" in hide_secrets(text, ["p@ss/1"])
    assert "ss" not in hide_secrets(text.replace("address", ""), ["p@ss/1"])


@pytest.mark.parametrize(
    "text",
    [
        "['gru4rec', 'import', 'postgresql://reader:geheim@db/shop']",
        "could not parse postgres:/reader:geheim@db/shop",
        'connection failed: password="geheim" host=db',
        "s3://key:geheim@bucket/logs?secret_key=geheim",
        "{'password': 'geheim', 'user': 'reader'}",
        "read_x(password => 'geheim', host => 'db')",
        "CREATE SECRET (PASSWORD 'geheim')",
        "ATTACH 'host=h user=u password=geheim' AS db",
        "ATTACH 'host=h password=''geheim'' user=u'",
        "dblink('password=''it''s geheim''')",
        'connect(password="it\'s geheim")',
        r"dblink(E'password=\'geheim\'')",
        "postgres_scan('postgresql://u:geheim@h/db', 'public', 'events')",
    ],
)
def test_what_looks_like_a_secret_is_hidden_in_any_text(text: str) -> None:
    assert "geheim" not in hide_secrets(text)


def test_other_text_is_left_alone() -> None:
    assert hide_secrets('password authentication failed for user "reader"').endswith('user "reader"')
    assert hide_secrets('SELECT token "Session" FROM t') == 'SELECT token "Session" FROM t'
    text = 'relation "events" does not exist at s3://bucket/date=2024-05-01, user@example.com'
    assert hide_secrets(text) == text
