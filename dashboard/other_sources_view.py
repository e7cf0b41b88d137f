"""How does a reader of Data add a log from a database or a folder?

By command alone: a page that read any address would let whoever opens it read every file and database that the server
can reach (docs/decisions/0014-databases-and-folders.md).
"""

from __future__ import annotations

import streamlit as st

COMMANDS = """\
gru4rec import postgresql://reader@db.example/shop --table events --password-env SHOP_PASSWORD
gru4rec import shop.sqlite --query "SELECT visit, clicked_at, product FROM clicks" --session visit
gru4rec import "logs/**/*.parquet"
gru4rec import s3://bucket/logs/"""


def explain_other_sources() -> None:
    """The commands that read a table, a query, a folder or an object store."""
    with st.expander("From a database or a folder", key="other-sources"):
        st.text(
            "On the machine that serves this page, one command reads a table or a query (PostgreSQL, SQLite, DuckDB "
            "and others), a folder of files, or an object store. It only reads, and the log then appears here."
        )
        st.code(COMMANDS, language="bash", wrap_lines=True)
        st.text(
            "Not from this page: whoever opens it could then read every file and database that the server can reach."
        )
