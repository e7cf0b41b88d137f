"""Facts about what is known of items."""

import pandas as pd

from gru4rec_core.data.item_table import CATEGORY, NAME, as_mapping


def test_items_of_which_nothing_is_said_are_left_out():
    frame = pd.DataFrame({"item": ["a", "b"], "name": ["Apple", ""], "category": ["", ""]})
    assert as_mapping(frame, NAME) == {"a": "Apple"}
    assert as_mapping(frame, CATEGORY) == {}
    assert as_mapping(frame[:0], NAME) == {}
