"""Facts about what the review pages share."""

import pytest

from dashboard.review_context import nearest_list_length


@pytest.mark.parametrize(("k", "nearest"), [(1, 1), (4, 3), (6, 5), (8, 10), (17, 20), (100, 20)])
def test_a_list_length_without_a_column_takes_the_nearest(k: int, nearest: int):
    assert nearest_list_length(k) == nearest
