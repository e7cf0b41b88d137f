"""A card says what is damaged and what removing it takes along; an error without damage is shown as it is."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import damage_card
from gru4rec_core.workspace.integrity import find_damage
from gru4rec_core.workspace.store import Workspace
from tests.damaged_files import damage


def test_what_goes_along_is_said_before_it_is_removed(home: Workspace) -> None:
    damage(home.root, "run", "cut")
    (found,) = find_damage(home)
    said = damage_card.describe_removal(home, found)
    assert said.startswith("Removes BPR, seed 0 with 1 comparison from this workspace. This frees ")
    assert said.endswith("kB. This cannot be undone.")


def test_what_comes_back_by_itself_is_said(home: Workspace) -> None:
    damage(home.root, "test part", "cut")
    (found,) = find_damage(home)
    assert "It is cut again when it is next needed." in damage_card.describe_removal(home, found)


def test_training_again_says_how_long_it_takes(home: Workspace) -> None:
    damage(home.root, "weights", "cut")
    (found,) = find_damage(home)
    assert "about " in damage_card.describe_training(home, found)
    damage(home.root, "run", "cut")
    assert "about " not in damage_card.describe_training(home, found)


def draw(root: str, is_damaged: bool) -> None:

    from dashboard import damage_card
    from gru4rec_core.errors import RunError
    from gru4rec_core.workspace.integrity import find_damage
    from gru4rec_core.workspace.store import Workspace

    workspace = Workspace(root)
    with damage_card.in_place_of(workspace, lambda: find_damage(workspace) if is_damaged else []):
        raise RunError("It does not go on.")


def test_a_card_or_the_error_takes_the_place_of_what_cannot_be_drawn(home: Workspace) -> None:
    damage(home.root, "metrics", "emptied")
    app = AppTest.from_function(draw, args=(str(home.root), True)).run()
    text = " ".join(element.proto.body for element in app.get("html"))
    assert "Run BPR, seed 0 is damaged." in text
    assert "It does not go on." not in text
    assert [button.label for button in app.button] == ["Repair", "Remove"]
    app.button[0].click().run()
    assert find_damage(home) == []
    error = AppTest.from_function(draw, args=(str(home.root), False)).run()
    assert "It does not go on." in error.get("html")[0].proto.body


def draw_several(root: str, n_damages: int) -> None:
    from dashboard import damage_card
    from gru4rec_core.workspace.integrity import find_damage
    from gru4rec_core.workspace.store import Workspace

    workspace = Workspace(root)
    for place in ("here", "there"):
        damage_card.show_cards(workspace, find_damage(workspace)[:n_damages], place=place)


@pytest.mark.parametrize(("n_damages", "n_folded"), [(1, 0), (2, 0), (3, 2)])
def test_more_than_two_cards_are_folded_below_one_line(home: Workspace, n_damages: int, n_folded: int) -> None:
    for file in ("metrics", "comparison", "baseline"):
        damage(home.root, file, "emptied")
    app = AppTest.from_function(draw_several, args=(str(home.root), n_damages)).run()
    assert not app.exception
    text = " ".join(element.proto.body for element in app.get("html"))
    assert text.count("3 things here are damaged: ") == n_folded
    assert [(one.label, one.proto.expanded) for one in app.expander] == [("Show what can be done", False)] * n_folded
    assert len([button for button in app.button if button.label == "Repair"]) == 2 * n_damages
