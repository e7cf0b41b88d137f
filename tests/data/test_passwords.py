"""Where passwords come from."""

import sys
from types import SimpleNamespace

import pytest

from gru4rec_core.data.passwords import find_password, has_password
from gru4rec_core.errors import ConfigError

URL = "postgresql://reader@db/shop"


@pytest.fixture(autouse=True)
def no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRU4REC_DB_PASSWORD", raising=False)


def test_a_password_comes_from_the_variable_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", "geheim")
    assert find_password(URL, variable="SHOP_PASSWORD") == "geheim"


def test_without_a_name_the_usual_variable_counts_unless_the_address_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_password(URL) is None
    monkeypatch.setenv("GRU4REC_DB_PASSWORD", "geheim")
    assert find_password(URL) == "geheim"
    assert find_password("postgresql://reader:own@db/shop") is None
    for address in ("file:///logs/", "s3://bucket/logs/"):  # not for a database
        assert find_password(address) is None


def test_a_variable_that_is_not_set_is_told_without_what_was_given() -> None:
    with pytest.raises(ConfigError, match="not set, or empty") as raised:
        find_password(URL, variable="geheim")  # people write the password itself
    assert "geheim" not in str(raised.value)


def test_the_keyring_is_asked_for_the_address_user(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {("shop", "reader"): "geheim"}
    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=lambda *key: known.get(key)))
    assert find_password(URL, keyring_service="shop") == "geheim"
    with pytest.raises(ConfigError, match="nothing under other for reader"):
        find_password(URL, keyring_service="other")


def test_a_keyring_that_is_not_installed_or_not_open_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ConfigError, match="pip install keyring"):
        find_password(URL, keyring_service="shop")

    def refuse(service: str, user: str) -> str:
        raise RuntimeError("geheim")

    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=refuse))
    with pytest.raises(ConfigError, match="Found: RuntimeError"):
        find_password(URL, keyring_service="shop")


def test_two_places_at_once_are_refused() -> None:
    with pytest.raises(ConfigError, match="not from both"):
        find_password(URL, "A", "b")


def test_an_address_has_a_password_or_not() -> None:
    assert has_password("postgresql://reader:geheim@db/shop")
    assert not has_password(URL)
    assert not has_password("no address")
