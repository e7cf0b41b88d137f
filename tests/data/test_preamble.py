"""What comes before a table is told from its header and its events."""

import pytest

from gru4rec_core.data.file_format import DELIMITERS
from gru4rec_core.data.preamble import Preamble, find_preamble


@pytest.mark.parametrize(
    ("lines", "preamble"),
    [
        (["session,timestamp,item", "s,1,A"], Preamble()),
        (["sep=;", "a;b"], Preamble(1, ";")),
        (["", '"SEP=\t"\r', "a\tb"], Preamble(2, "\t")),
        (["sep=^", "a;b"], Preamble(1)),
        (["sep=;x", "a;b"], Preamble()),
        (["# exported", "session,timestamp,item"], Preamble(1)),
        (["# by shop, inc., Berlin", "#", "", "session,timestamp,item"], Preamble(3)),
        (["#session,timestamp,item", "s,1,A"], Preamble()),
        (["# exported", "#session,timestamp,item", "s,1,A"], Preamble(1)),
        (["#1,1,A", "#2,2,B", "3,3,A"], Preamble()),
        (["#fun #sun", "sun #sea"], Preamble()),
        (["# exported", "A B"], Preamble(1)),
        (["# exported", "#"], Preamble()),
        (["", "  "], Preamble()),
    ],
)
def test_lines_before_a_table(lines: list[str], preamble: Preamble) -> None:
    assert find_preamble(lines, DELIMITERS) == preamble
