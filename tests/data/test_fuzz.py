"""Whatever bytes come: a log, or an error that says what is wrong; never another exception."""

import gzip

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.preview import inspect_log
from gru4rec_core.errors import DataError

pytestmark = pytest.mark.fuzz

HEADERS = st.sampled_from([b"session,timestamp,item\n", b"session;time;item\r\n", b"SessionId\tTime\tItemId\n", b""])
ROWS = st.lists(
    st.tuples(*[st.text(alphabet="ab1290.-:TZ,;\t\"' \u00e9\u0000\n{}[]", max_size=12)] * 3).map(",".join), max_size=30
).map(lambda rows: "\n".join(rows).encode())
CONTENTS = st.one_of(st.binary(max_size=2_000), st.builds(bytes.__add__, HEADERS, ROWS))
ENDINGS = st.sampled_from(["csv", "tsv", "jsonl", "parquet", "csv.gz", "txt"])


@given(CONTENTS, ENDINGS, st.booleans())
@settings(max_examples=1_500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_a_log_or_a_clear_error(tmp_path, content, ending, packed):
    path = tmp_path / f"log.{ending}"
    path.write_bytes(gzip.compress(content) if packed else content)
    told = []
    for read in (inspect_log, read_log):
        try:
            read(path)
        except DataError as error:
            told.append(error)
    assert all(error.rule and (error.remedy or error.found) for error in told)
