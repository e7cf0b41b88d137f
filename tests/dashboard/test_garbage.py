"""What is loaded is left out of the search for garbage: once for each time that modules are loaded."""

import gc
import sys
import types
import weakref

import pytest

from dashboard import garbage


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked of the collector, in order; nothing is done."""
    asked: list[str] = []
    monkeypatch.setattr(garbage, "_n_modules", 0)
    monkeypatch.setattr(gc, "collect", lambda: asked.append("collect"))
    monkeypatch.setattr(gc, "freeze", lambda: asked.append("freeze"))
    return asked


def test_the_search_is_shortened_once_until_more_is_loaded(frozen: list[str], monkeypatch) -> None:
    garbage.pass_over_modules()
    garbage.pass_over_modules()
    assert frozen == ["collect", "freeze"]
    monkeypatch.setitem(sys.modules, "a_module_loaded_later", types.ModuleType("a_module_loaded_later"))
    garbage.pass_over_modules()
    assert frozen == ["collect", "freeze"] * 2


def test_what_becomes_garbage_later_is_still_found(monkeypatch) -> None:
    monkeypatch.setattr(garbage, "_n_modules", 0)
    garbage.pass_over_modules()

    class Node:
        pass

    node = Node()
    node.itself = node
    gone = weakref.ref(node)
    del node
    gc.collect()
    assert gone() is None
