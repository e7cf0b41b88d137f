"""Whoever acts is named, known to the provider, or the system's user."""

import threading

import pytest

from gru4rec_core.access import actors
from gru4rec_core.access.actors import (
    READ_ONLY,
    Actor,
    acting_as,
    current_actor,
    install_provider,
    system_user,
    user_name,
)

ADA = Actor("ada@example.com", "analyst")


@pytest.fixture
def logged_in():
    install_provider(lambda: ADA)
    yield
    install_provider(None)


def test_without_a_provider_the_system_s_user_acts() -> None:
    assert current_actor() == system_user() == Actor(user_name(), "admin")


@pytest.mark.usefixtures("logged_in")
def test_the_provider_s_word_counts_and_read_only_lowers_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert current_actor() == ADA
    monkeypatch.setenv(READ_ONLY, "1")
    assert current_actor() == Actor("ada@example.com", "viewer")


def test_a_thread_is_told_its_actor_and_nobody_else_s() -> None:
    found: list[Actor | None] = []

    def work() -> None:
        with acting_as(ADA), acting_as(None):  # None changes nothing
            found.append(current_actor())
        found.append(current_actor())

    with acting_as(Actor("eve@example.com", "viewer")):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert found == [ADA, system_user()]


def test_a_user_without_a_name_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise OSError

    monkeypatch.setattr(actors.getpass, "getuser", nobody)
    assert user_name() == "unknown"
