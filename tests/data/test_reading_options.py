"""What may be decided about reading a log."""

import pytest

from gru4rec_core.data.reading_options import ReadingOptions
from gru4rec_core.errors import DataError


def test_all_is_recognised_unless_it_is_decided() -> None:
    options = ReadingOptions()
    assert options.layout is options.time_format is None
    assert options.sample == 1.0


@pytest.mark.parametrize("sample", [0.0, -0.1, 1.5, float("nan")])
def test_a_sample_is_a_share_of_the_sessions(sample: float) -> None:
    with pytest.raises(DataError, match="fraction of the sessions"):
        ReadingOptions(sample=sample)
